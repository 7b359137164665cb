package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Predicts from recent time without a change how likely and how soon an experiment would end with a
 * verdict, and gives a plan the times and the number of pairs that it needs.
 *
 * <p>For a paired design it reads pairs of blocks of the past as if an experiment ran in them,
 * draws from their differences with random signs, adds the expected effect, and lets the judge
 * decide, many times over.
 */
final class Planner {
  private static final int LEAST_HISTORY = 6;
  private static final int MOST_HISTORY = 60;
  private static final int MOST_MISSING = 3;
  private static final int RUNS = 300;
  private static final int COARSE_RUNS = 100;
  private static final double ENOUGH = 0.8;
  private static final int MOST_PAIRS = 90;
  private static final double[] GAINS = {0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7};
  private static final double MAD_TO_SD = 1.4826;

  private final Signals signals;
  private final Instant now;
  private final Untouched untouched;

  /**
   * A planner.
   *
   * @param untouched the time that tells what signals do by themselves
   */
  Planner(Signals signals, Instant now, Untouched untouched) {
    this.signals = signals;
    this.now = now;
    this.untouched = untouched;
  }

  /** A design and what is expected of it. */
  record Choice(Design design, Forecast forecast) {}

  /**
   * The proposed design with as many pairs and as long blocks as the expected effect needs at the
   * present noise, within the deadline. What is not known of longer blocks does not speak for them.
   */
  Choice choose(Plan plan, double gain) {
    if (!(plan.design() instanceof Design.Paired paired)) {
      return new Choice(plan.design(), predict(plan, gain));
    }
    Choice best = null;
    for (Design.Paired candidate : candidates(paired, plan.deadline())) {
      var choice = new Choice(candidate, predict(with(plan, candidate), gain));
      double power = choice.forecast.power();
      boolean first = best == null;
      if (power >= ENOUGH || (first && Double.isNaN(power))) {
        return choice;
      }
      if (best == null || power > best.forecast.power()) {
        best = choice;
      }
    }
    return best == null ? new Choice(paired, predict(plan, gain)) : best;
  }

  /** The design as proposed, then with more pairs, then with longer blocks, while they fit. */
  private static List<Design.Paired> candidates(Design.Paired design, Duration deadline) {
    var candidates = new ArrayList<Design.Paired>();
    for (int times : new int[] {1, 2, 4}) {
      for (int more : new int[] {1, 2, 3}) {
        Duration block = design.block().multipliedBy(times);
        long fitting = deadline.dividedBy(block.multipliedBy(2));
        int pairs = (int) Math.min(Math.min((long) design.maxPairs() * more, MOST_PAIRS), fitting);
        if (pairs >= PairedRun.LEAST_PAIRS) {
          candidates.add(
              design.withTimes(block, design.burnIn().multipliedBy(times)).withPairs(pairs));
        }
      }
    }
    return candidates.stream().distinct().toList();
  }

  private static Plan with(Plan plan, Design design) {
    return new Plan(
        plan.loopId(),
        plan.knob(),
        plan.group(),
        plan.from(),
        plan.to(),
        design,
        plan.primary(),
        plan.leastGain(),
        plan.alpha(),
        plan.alphaHarm(),
        plan.guardrails(),
        plan.seed(),
        plan.deadline());
  }

  /**
   * What to expect of a plan.
   *
   * @param gain the expected gain in log units, positive is better
   */
  Forecast predict(Plan plan, double gain) {
    return switch (plan.design()) {
      case Design.Paired paired -> paired(plan, paired, gain);
      case Design.OneWay design -> oneWay(plan, design, gain);
    };
  }

  private Forecast paired(Plan plan, Design.Paired design, double gain) {
    Duration pair = design.block().multipliedBy(2);
    Duration budget = pair.multipliedBy(design.maxPairs());
    double[] past = pastDifferences(plan, design);
    if (past.length < LEAST_HISTORY) {
      return unknown(past.length, budget, "pairs");
    }
    Simulated expected = simulate(plan, design, past, gain, RUNS);
    double detectable = Double.NaN;
    for (double candidate : GAINS) {
      double power = simulate(plan, design, past, -Math.log1p(-candidate), COARSE_RUNS).power;
      if (power >= ENOUGH) {
        detectable = candidate;
        break;
      }
    }
    Duration time = expected.power >= 0.5 ? pair.multipliedBy(expected.pairs) : budget;
    return forecast(past.length, spread(past), expected.power, time, detectable, gain, budget);
  }

  /** Share of runs that keep, and the median of their pairs. */
  private record Simulated(double power, int pairs) {}

  private static Simulated simulate(
      Plan plan, Design.Paired design, double[] past, double gain, int runs) {
    var random = new SplittableRandom(plan.seed());
    var needed = new ArrayList<Integer>();
    for (int run = 0; run < runs; run++) {
      var judge = new BettingJudge(plan.leastGain(), plan.alpha(), plan.alphaHarm());
      for (int i = 1; i <= design.maxPairs(); i++) {
        double noise = past[random.nextInt(past.length)];
        judge.add((random.nextBoolean() ? noise : -noise) - gain);
        Verdict.Decision decision = judge.decision();
        if (decision == Verdict.Decision.KEEP) {
          needed.add(i);
        }
        if (decision != Verdict.Decision.INCONCLUSIVE) {
          break;
        }
      }
    }
    needed.sort(null);
    int median = needed.isEmpty() ? design.maxPairs() : needed.get(needed.size() / 2);
    return new Simulated((double) needed.size() / runs, median);
  }

  /** Differences of neighbouring blocks before now, the newest first, from untouched time only. */
  private double[] pastDifferences(Plan plan, Design.Paired design) {
    double scale = design instanceof Design.ConcurrentSplit ? 0.5 : 1;
    Duration pair = design.block().multipliedBy(2);
    var differences = new double[MOST_HISTORY];
    int count = 0;
    int missing = 0;
    Optional<Instant> untouchedTo = untouched.newest(now, pair);
    while (untouchedTo.isPresent() && count < MOST_HISTORY && missing < MOST_MISSING) {
      Instant end = untouchedTo.get();
      double second = block(plan, design, end);
      double first = block(plan, design, end.minus(design.block()));
      double difference = scale * (first - second);
      if (Double.isFinite(difference)) {
        differences[count++] = difference;
      } else {
        missing++;
      }
      untouchedTo = untouched.newest(end.minus(pair), pair);
    }
    return Arrays.copyOf(differences, count);
  }

  private double block(Plan plan, Design.Paired design, Instant end) {
    Instant from = end.minus(design.block()).plus(design.burnIn());
    Signals.Reading reading =
        switch (design) {
          case Design.ConcurrentSplit split -> {
            Signals.Reading first = signals.read(split.first(), from, end);
            Signals.Reading second = signals.read(split.second(), from, end);
            yield new Signals.Reading(
                first.value() / second.value(),
                Math.min(first.completeness(), second.completeness()));
          }
          case Design.Switchback s -> signals.read(plan.primary(), from, end);
          case Design.RepeatedLoadTest t -> signals.read(plan.primary(), from, end);
        };
    return reading.completeness() >= Verdict.LEAST_COMPLETENESS
        ? Math.log(reading.value())
        : Double.NaN;
  }

  /** Normal approximation of the comparison that {@link DifferenceJudge} makes. */
  private Forecast oneWay(Plan plan, Design.OneWay design, double gain) {
    Duration budget = design.longest();
    var logs = new ArrayList<Double>();
    Optional<Instant> untouchedTo = untouched.newest(now, design.window());
    for (int i = 0; i < design.windowsBefore() && untouchedTo.isPresent(); i++) {
      Instant end = untouchedTo.get();
      Instant from = end.minus(design.window());
      double treated = Math.log(signals.read(plan.primary(), from, end).value());
      double control = 0;
      for (SignalRef each : design.controls()) {
        control += Math.log(signals.read(each, from, end).value()) / design.controls().size();
      }
      if (Double.isFinite(treated - control)) {
        logs.add(treated - control);
      }
      untouchedTo = untouched.newest(from, design.window());
    }
    if (logs.size() < 4) {
      return unknown(logs.size(), budget, "windows");
    }
    double noise = deviation(logs);
    double error =
        noise
            * Math.sqrt(
                1.0 / design.windowsBefore() + 1.0 / (Design.OneWay.LOOKS * design.windowsAfter()));
    double delta = -Math.log1p(-plan.leastGain());
    double half = 2.2 * error;
    double power = error == 0 ? (gain > delta ? 1 : 0) : normal((gain - delta - half) / error);
    double detectable = -Math.expm1(-(delta + half + 0.84 * error));
    return forecast(logs.size(), noise, power, budget, detectable, gain, budget);
  }

  private static double deviation(List<Double> values) {
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.size() - 1));
  }

  /** The standard normal distribution, Abramowitz and Stegun 26.2.17, to seven digits. */
  static double normal(double x) {
    double t = 1 / (1 + 0.2316419 * Math.abs(x));
    double tail =
        Math.exp(-x * x / 2)
            / Math.sqrt(2 * Math.PI)
            * t
            * (0.319381530
                + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    return x >= 0 ? 1 - tail : tail;
  }

  private static double spread(double[] values) {
    double[] magnitudes = Arrays.stream(values).map(Math::abs).sorted().toArray();
    return MAD_TO_SD * magnitudes[magnitudes.length / 2];
  }

  private static Forecast unknown(int history, Duration budget, String what) {
    return new Forecast(
        0,
        Double.NaN,
        Double.NaN,
        budget,
        Double.NaN,
        "only "
            + history
            + " "
            + what
            + " of history without a change; how long it takes is not known, at most "
            + text(budget));
  }

  private static Forecast forecast(
      int history,
      double noise,
      double power,
      Duration time,
      double detectable,
      double gain,
      Duration budget) {
    String smallest =
        Double.isNaN(detectable)
            ? "no gain is sure to be seen within " + text(budget)
            : String.format(
                Locale.ROOT,
                detectable < 0
                    ? "what makes it no more than %.0f %% worse is kept within %s"
                    : "gains from %.0f %% on are seen within %s",
                100 * Math.abs(detectable),
                text(budget));
    String sentence =
        String.format(
            Locale.ROOT,
            "an experiment sees a gain of %.0f %% with a chance of %.0f %%, typically after %s; %s",
            -100 * Math.expm1(-gain),
            100 * power,
            text(time),
            smallest);
    return new Forecast(history, noise, power, time, detectable, sentence);
  }

  static String text(Duration duration) {
    long seconds = duration.toSeconds();
    return seconds >= 5_400
        ? String.format(Locale.ROOT, "%.1f h", seconds / 3_600.0)
        : seconds >= 120 ? Math.round(seconds / 60.0) + " min" : seconds + " s";
  }
}
