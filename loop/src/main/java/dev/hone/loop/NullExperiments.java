package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Experiments in which nothing is changed, one after the other without a gap, on what was measured
 * lately: schedule, guard and judge are those in earnest, only the knob is not there. How often
 * they end with a verdict all the same is the loop's own error rate on this very system.
 */
public final class NullExperiments {
  private static final Duration BLOCK = Duration.ofSeconds(60);
  private static final Duration BURN_IN = Duration.ofSeconds(15);
  private static final int PAIRS = 30;
  private static final Duration LONGEST_AGO = Duration.ofHours(6);

  private final Loops loops;
  private final Signals signals;
  private final RandomGenerator random;
  private final Map<String, Instant> measuredTo = new HashMap<>();

  public NullExperiments(Loops loops, Signals signals, RandomGenerator random) {
    this.loops = loops;
    this.signals = signals;
    this.random = random;
  }

  /**
   * Runs at most one experiment on the time since the last one, when there is enough of it.
   *
   * @param guardrails watched as in earnest
   */
  public void look(SignalRef signal, List<Guardrail> guardrails, Policy policy, Instant now) {
    var design = new Design.Switchback(BLOCK, BURN_IN, PAIRS);
    Duration longest = BLOCK.multipliedBy(2L * PAIRS);
    Instant start = start(signal, design, now);
    if (start.plus(longest).isAfter(now)) {
      return;
    }
    Plan plan = plan(signal, guardrails, policy, design, longest);
    Optional<Rehearsal.Outcome> outcome = rehearse(plan, start);
    Instant end = outcome.map(Rehearsal.Outcome::ended).orElse(start.plus(longest));
    measuredTo.put(signal.query(), end);
    if (outcome.isPresent() && outcome.get().verdict().completeness() >= 0.9) {
      Verdict verdict = outcome.get().verdict();
      loops.append(
          new LoopEvent.NullMeasured(
              signal.name(),
              design.title(),
              verdict.decision(),
              verdict.effect(),
              verdict.low(),
              verdict.high(),
              start,
              end));
    }
  }

  private Instant start(SignalRef signal, Design design, Instant now) {
    Instant oldest = now.minus(LONGEST_AGO);
    Instant told =
        loops
            .registry()
            .tally(signal.name(), design.title())
            .map(Registry.NullTally::measuredTo)
            .orElse(oldest);
    Instant since = measuredTo.getOrDefault(signal.query(), told);
    return since.isBefore(oldest) ? oldest : since;
  }

  private Optional<Rehearsal.Outcome> rehearse(Plan plan, Instant start) {
    try {
      return Optional.of(Rehearsal.run(plan, Duration.ZERO, new AsItWas(signals), start));
    } catch (IllegalArgumentException noReadingAtTheStart) {
      return Optional.empty();
    }
  }

  private Plan plan(
      SignalRef signal,
      List<Guardrail> guardrails,
      Policy policy,
      Design design,
      Duration longest) {
    return new Plan(
        "null",
        new KnobRef("null", new Target("signal", signal.name()), Map.of()),
        "null",
        Rehearsal.OFF,
        Rehearsal.ON,
        design,
        signal,
        policy.leastGain(),
        policy.alpha(),
        policy.alphaHarm(),
        guardrails,
        random.nextLong(),
        longest.plusSeconds(1));
  }

  /** The system as it was; nothing can be changed in the past. */
  private record AsItWas(Signals signals) implements Rehearsal.Stage {
    @Override
    public Reading read(SignalRef signal, Instant from, Instant to) {
      return signals.read(signal, from, to);
    }

    @Override
    public void inForce(Instant at, String value) {}
  }
}
