package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs a randomised switchback: blocks, burn-in, guard windows, bets. */
final class SwitchbackRun {
  private final String loop;
  private final Plan plan;
  private final Design.Switchback design;
  private final Schedule schedule;
  private final Signals signals;
  private final Ticker ticker;
  private final Loops loops;
  private final BettingJudge judge;
  private final FastGuard fastGuard;
  private final List<Block> blocks = new ArrayList<>();

  SwitchbackRun(
      String loop,
      Plan plan,
      Design.Switchback design,
      Schedule schedule,
      Signals signals,
      Ticker ticker,
      Loops loops) {
    this.loop = loop;
    this.plan = plan;
    this.design = design;
    this.schedule = schedule;
    this.signals = signals;
    this.ticker = ticker;
    this.loops = loops;
    this.judge = new BettingJudge(plan.leastGain(), plan.alpha(), plan.alphaHarm());
    this.fastGuard = new FastGuard(plan.guardrails(), 0);
  }

  Verdict run(Trial.Change change)
      throws KnobException, InterruptedException, Trial.Abort, Trial.Refused {
    Instant deadline = ticker.instant().plus(plan.deadline());
    observeControl();
    Trial.Refused.whereBlind(fastGuard);
    loops.append(loop, new LoopEvent.Applying());
    change.to(plan.to());
    loops.append(loop, new LoopEvent.Experimenting());
    for (int i = 0; i < design.maxPairs(); i++) {
      if (ticker.instant().plus(design.block().multipliedBy(2)).isAfter(deadline)) {
        return verdict(Verdict.Decision.INCONCLUSIVE, "the deadline came before a decision");
      }
      var pair = new ArrayList<Block>(2);
      for (int slot = 0; slot < 2; slot++) {
        boolean wanted = schedule.onFirst().get(i) == (slot == 0);
        change.to(wanted ? plan.to() : plan.from());
        pair.add(block(wanted));
      }
      bet(i + 1, pair.get(0), pair.get(1));
      if (judge.decision() == Verdict.Decision.ROLL_BACK) {
        return verdict(Verdict.Decision.ROLL_BACK, wealth("worse", judge.wealthWorse()));
      } else if (judge.decision() == Verdict.Decision.KEEP) {
        return completeness() >= Verdict.LEAST_COMPLETENESS
            ? verdict(Verdict.Decision.KEEP, wealth("better", judge.wealthBetter()))
            : verdict(
                Verdict.Decision.INCONCLUSIVE,
                String.format(
                    "only %.0f %% of the data was there; %.0f %% is needed",
                    100 * completeness(), 100 * Verdict.LEAST_COMPLETENESS));
      }
      int left = design.maxPairs() - i - 1;
      Optional<String> futile = judge.futility(left);
      if (left > 0 && futile.isPresent()) {
        return verdict(
            Verdict.Decision.INCONCLUSIVE, futile.get() + ", after " + (i + 1) + " pairs");
      }
    }
    return verdict(
        Verdict.Decision.INCONCLUSIVE,
        "no decision after " + design.maxPairs() + " pairs; the effect is too small for the noise");
  }

  /** The time just before the change gives the guard its first control readings. */
  private void observeControl() {
    Duration window = guardWindow();
    Instant now = ticker.instant();
    for (int back = 3; back >= 1; back--) {
      Instant from = now.minus(window.multipliedBy(back));
      for (Guardrail guardrail : fastGuard.guardrails()) {
        fastGuard.control(guardrail, signals.read(guardrail.signal(), from, from.plus(window)));
      }
    }
  }

  private Duration guardWindow() {
    Duration measured = design.block().minus(design.burnIn());
    return measured.compareTo(FastGuard.WINDOW) < 0 ? measured : FastGuard.WINDOW;
  }

  private Block block(boolean on) throws InterruptedException, Trial.Abort {
    Instant start = ticker.instant();
    Instant measureFrom = start.plus(design.burnIn());
    Instant end = start.plus(design.block());
    Duration window = guardWindow();
    for (Instant from = measureFrom; !from.plus(window).isAfter(end); from = from.plus(window)) {
      ticker.waitUntil(from.plus(window));
      watch(on, from, from.plus(window));
    }
    ticker.waitUntil(end);
    Signals.Reading reading = signals.read(plan.primary(), measureFrom, end);
    var block = new Block(on, start, end, reading.value(), reading.completeness());
    blocks.add(block);
    return block;
  }

  private void watch(boolean on, Instant from, Instant to) throws Trial.Abort {
    for (Guardrail guardrail : fastGuard.guardrails()) {
      Signals.Reading reading = signals.read(guardrail.signal(), from, to);
      if (on) {
        Optional<String> alarm = fastGuard.treated(guardrail, reading);
        if (alarm.isPresent()) {
          throw new Trial.Abort(verdict(Verdict.Decision.ROLL_BACK, alarm.get()));
        }
      } else {
        fastGuard.control(guardrail, reading);
      }
    }
  }

  private void bet(int index, Block first, Block second) {
    Block on = first.on() ? first : second;
    Block off = first.on() ? second : first;
    double difference = Math.log(on.value()) - Math.log(off.value());
    if (plan.primary().better() == SignalRef.Better.HIGHER) {
      difference = -difference;
    }
    boolean complete =
        Math.min(on.completeness(), off.completeness()) >= Verdict.LEAST_COMPLETENESS
            && Double.isFinite(difference);
    if (complete) {
      judge.add(difference);
    }
    var pair =
        new Pair(
            index,
            first,
            second,
            complete ? difference : Double.NaN,
            judge.wealthBetter(),
            judge.wealthWorse());
    loops.append(loop, new LoopEvent.PairMeasured(pair));
  }

  private double completeness() {
    return blocks.stream().mapToDouble(Block::completeness).average().orElse(0);
  }

  private static String wealth(String side, double wealth) {
    return String.format("the bet on \"%s\" multiplied its stake by %.3g", side, wealth);
  }

  private Verdict verdict(Verdict.Decision decision, String reason) {
    BettingJudge.Interval interval = judge.interval();
    boolean turned = plan.primary().better() == SignalRef.Better.HIGHER;
    return new Verdict(
        decision,
        design.grade(),
        turned ? turn(judge.effect()) : judge.effect(),
        turned ? turn(interval.high()) : interval.low(),
        turned ? turn(interval.low()) : interval.high(),
        judge.pairs(),
        judge.wealthBetter(),
        judge.wealthWorse(),
        completeness(),
        List.of(reason));
  }

  /** The same effect seen the other way up: a factor becomes its inverse. */
  private static double turn(double relative) {
    return 1 / (1 + relative) - 1;
  }
}
