package dev.hone.loop;

import dev.hone.loop.search.Direction;
import dev.hone.loop.search.Next;
import dev.hone.loop.search.NumericRange;
import dev.hone.loop.search.Observation;
import dev.hone.loop.search.Search;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Goes on where a kept change of a number left off: is another value still better? Each step is a
 * loop of its own, with its own experiment. It ends when what is left to gain is not worth an
 * experiment, and begins again after a month, or when another loop changes the knob.
 */
public final class Tuning {
  /** The technique of these loops. */
  public static final String TECHNIQUE = "tune";

  private static final int BUDGET = 12;
  private static final Duration FRESH = Duration.ofDays(30);
  private static final Duration PATIENCE = Duration.ofHours(6);
  private static final double HALF_WIDTHS = 1.96;

  private final Conductor conductor;
  private final Loops loops;
  private final Knobs knobs;
  private final Ids ids;
  private final RandomGenerator random;
  private final Consumer<String> notice;
  private final Map<String, String> stopped = new HashMap<>();

  /**
   * A tuning that has seen nothing.
   *
   * @param notice takes one sentence when a knob cannot be read, or its search has ended
   */
  public Tuning(
      Conductor conductor,
      Loops loops,
      Knobs knobs,
      Ids ids,
      RandomGenerator random,
      Consumer<String> notice) {
    this.conductor = conductor;
    this.loops = loops;
    this.knobs = knobs;
    this.ids = ids;
    this.random = random;
    this.notice = notice;
  }

  /** One round: proposes at most one step a knob. */
  public void look(Instant now) throws InterruptedException {
    var byKnob = new HashMap<String, List<LoopRecord>>();
    for (LoopRecord loop : loops.all()) {
      byKnob.computeIfAbsent(loop.plan().knob().id(), k -> new ArrayList<>()).add(loop);
    }
    for (List<LoopRecord> history : byKnob.values()) {
      history.sort(Comparator.comparing(LoopRecord::id));
      boolean kept = history.stream().anyMatch(l -> l.state() == LoopState.KEPT);
      boolean open = history.stream().anyMatch(l -> !l.state().isFinal());
      if (kept && !open) {
        step(history, now);
      }
    }
  }

  private void step(List<LoopRecord> history, Instant now) throws InterruptedException {
    LoopRecord last = history.getLast();
    String knobId = last.plan().knob().id();
    if (last.id().equals(stopped.get(knobId))) {
      return;
    }
    if (last.state() == LoopState.EXPIRED && last.recommendation().technique().equals(TECHNIQUE)) {
      stopped.put(knobId, last.id());
      notice.accept(
          last.plan().knob()
              + " stays at "
              + last.plan().from()
              + ": what is left to gain cannot be proven here");
      return;
    }
    try {
      Knob knob = knobs.open(last.plan().knob());
      Optional<NumericRange> range = knob.range();
      if (range.isEmpty()) {
        stopped.put(knobId, last.id());
        return;
      }
      String value = knob.read();
      double incumbent = range.get().parse(value);
      Next next =
          new Search(direction(history), BUDGET)
              .next(
                  range.get(),
                  incumbent,
                  observations(history, range.get(), now),
                  conductor.policy().leastGain(),
                  random);
      switch (next) {
        case Next.Stop stop -> {
          stopped.put(knobId, last.id());
          notice.accept(last.plan().knob() + " stays at " + value + ": " + stop.why());
        }
        case Next.Try step -> propose(last, value, range.get().text(step.value()), step, now);
      }
    } catch (KnobException | IllegalArgumentException e) {
      stopped.put(knobId, last.id());
      if (!(e instanceof KnobException gone && gone.reason() == KnobException.Reason.GONE)) {
        notice.accept(last.plan().knob() + " cannot be tuned: " + e.getMessage());
      }
    }
  }

  /** The way the last kept change went. */
  private static Direction direction(List<LoopRecord> history) {
    for (LoopRecord loop : history.reversed()) {
      Optional<Double> from = number(loop.plan().from());
      Optional<Double> to = number(loop.plan().to());
      if (loop.state() == LoopState.KEPT && from.isPresent() && to.isPresent()) {
        return to.get() > from.get() ? Direction.UP : Direction.DOWN;
      }
    }
    return Direction.UNKNOWN;
  }

  private static Optional<Double> number(String text) {
    try {
      return Optional.of(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static List<Observation> observations(
      List<LoopRecord> history, NumericRange range, Instant now) {
    var seen = new ArrayList<Observation>();
    for (LoopRecord loop : history) {
      Verdict verdict = loop.verdict();
      if (verdict != null && loop.updatedAt().plus(FRESH).isAfter(now)) {
        Optional<Double> from = number(loop.plan().from());
        Optional<Double> to = number(loop.plan().to());
        boolean usable =
            from.isPresent()
                && to.isPresent()
                && range.contains(from.get())
                && range.contains(to.get());
        if (usable) {
          seen.add(observation(loop, verdict, from.get(), to.get()));
        }
      }
    }
    return seen;
  }

  private static Observation observation(LoopRecord loop, Verdict verdict, double from, double to) {
    double sign = loop.plan().primary().better() == SignalRef.Better.LOWER ? 1 : -1;
    double effect = Math.log1p(verdict.effect());
    double far = Math.log1p(verdict.low());
    double near = Math.log1p(verdict.high());
    double error = (near - far) / (2 * HALF_WIDTHS);
    if (!Double.isFinite(error)) {
      double half = Double.isFinite(near) ? near - effect : effect - far;
      error = half / HALF_WIDTHS;
    }
    boolean aborted =
        verdict.decision() == Verdict.Decision.ROLL_BACK
            && verdict.reasons().stream().anyMatch(r -> r.startsWith("guardrail: "));
    double margin = aborted ? 0.2 : -0.2;
    boolean known = Double.isFinite(error) && error > 0 && Double.isFinite(effect);
    return new Observation(
        to,
        from,
        known ? sign * effect : Double.NaN,
        known ? error : Double.POSITIVE_INFINITY,
        margin,
        loop.updatedAt());
  }

  private void propose(LoopRecord last, String from, String to, Next.Try step, Instant now)
      throws KnobException {
    if (to.equals(from)
        || !conductor.accepts(last.plan().knob(), to)
        || !conductor.mayPropose(last.recommendation().layer(), TECHNIQUE, last.plan().knob())) {
      return;
    }
    Recommendation r = last.recommendation();
    var finding =
        new Finding(
            ids.next(),
            r.layer(),
            "tunable",
            last.finding().target(),
            last.plan().knob() + " is at " + from + "; another value may be better",
            now,
            now,
            List.of(
                new Finding.Evidence(
                    "expected gain at " + to,
                    step.expectedGain(),
                    "ratio",
                    "search over the loops of this knob")),
            Map.of(Strategy.DETAIL, Strategy.SCHEDULED.name()),
            1);
    if (conductor.dealsWith(finding)) {
      return;
    }
    var why =
        new Recommendation.Explanation(
            List.of(finding.summary(), step.why()),
            "constrained search around the value in force: steps first, then expected improvement"
                + " under a Gaussian process",
            List.of(
                new Recommendation.Rejected(
                    "leaving it at " + from, "an experiment costs less than it may gain")),
            "the guard undoes what is clearly worse; chance of harm "
                + Math.round(100 * step.chanceOfHarm())
                + " %",
            r.explanation().applyCommand().replace(last.plan().to(), to),
            r.explanation().undoCommand().replace(last.plan().from(), from));
    conductor.propose(
        finding,
        new Recommendation(
            ids.next(),
            finding.id(),
            r.layer(),
            TECHNIQUE,
            last.plan().knob(),
            from,
            to,
            "Tune " + last.plan().knob() + " from " + from + " to " + to,
            new Recommendation.Expected(step.expectedLow(), Math.min(0, step.expectedHigh())),
            "an experiment",
            r.risk(),
            why,
            last.plan().design(),
            last.plan().primary(),
            last.plan().guardrails(),
            true,
            "",
            now.plus(PATIENCE)));
  }
}
