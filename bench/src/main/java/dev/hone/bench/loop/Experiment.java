package dev.hone.bench.loop;

import dev.hone.loop.Guardrail;
import dev.hone.loop.KnobRef;
import dev.hone.loop.LoopEvent;
import dev.hone.loop.Plan;
import dev.hone.loop.Policy;
import dev.hone.loop.Rehearsal;
import dev.hone.loop.SignalRef;
import dev.hone.loop.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One experiment: a world, a change, a trap, and the method that has to find out.
 *
 * @param seed decides the noise, which is the same for every method, and the on/off schedule
 */
record Experiment(
    Method method, World world, Injection injection, Trap trap, Watch watch, long seed) {
  private static final Duration DEADLINE = Duration.ofMinutes(190);
  private static final Guardrail LATENCY = new Guardrail(VirtualSystem.PRIMARY, 0.5, 0.01);
  private static final Guardrail FAILURES = new Guardrail(VirtualSystem.ERRORS, 0.5, 0.02);
  private static final Guardrail TAIL = new Guardrail(VirtualSystem.P99, 0.5, 0.01);

  /** What the plan looks at. */
  enum Watch {
    /** Judged by the primary signal; it and the errors are guarded. */
    USUAL,
    /** The 99th percentile is guarded too. */
    TAIL_GUARDED,
    /** Judged by the 99th percentile. */
    TAIL_JUDGED,
    /** Judged by the primary signal; nothing is guarded. */
    UNGUARDED
  }

  Play play() {
    var noise = Noise.draw(world, VirtualSystem.SAMPLES, seed);
    var system = new VirtualSystem(noise, injection, trap);
    SignalRef primary = watch == Watch.TAIL_JUDGED ? VirtualSystem.P99 : VirtualSystem.PRIMARY;
    double truth = watch == Watch.TAIL_JUDGED ? injection.p99() : injection.primary();
    if (method == Method.BEFORE_AFTER) {
      return BeforeAfter.play(system, primary, truth);
    }
    Rehearsal.Outcome outcome;
    try {
      outcome = rehearse(primary, system);
    } catch (IllegalArgumentException e) {
      if (system.silent() || trap.loss() > 0) {
        return Play.refused(truth);
      }
      throw e;
    }
    system.advanceTo(outcome.ended());
    var verdict = outcome.verdict();
    return new Play(
        verdict.decision(),
        outcome.aborted(),
        outcome.aborted() && system.silent(),
        Duration.between(VirtualSystem.START, outcome.ended()).toSeconds() / 60.0,
        truth,
        Math.log1p(verdict.effect()),
        Math.log1p(verdict.low()),
        Math.log1p(verdict.high()),
        system.exposure(),
        system.harmSeconds(),
        outcome.events().stream().anyMatch(Experiment::lengthens));
  }

  /** The same in other noise and with another schedule. */
  Experiment reseeded(long by) {
    long other = Batch.seed("seed " + by, Long.hashCode(seed));
    return new Experiment(method, world, injection, trap, watch, other);
  }

  private static boolean lengthens(LoopEvent event) {
    return event instanceof LoopEvent.SettlingMeasured measured
        && (measured.block().compareTo(Method.BLOCK) > 0
            || measured.burnIn().compareTo(Method.BURN_IN) > 0);
  }

  private Rehearsal.Outcome rehearse(SignalRef primary, VirtualSystem system) {
    var settling = Duration.ofSeconds(Injection.DECLARED_SETTLING);
    return Rehearsal.run(plan(primary), settling, system, VirtualSystem.START);
  }

  private Plan plan(SignalRef primary) {
    Policy policy = Policy.observing();
    var guardrails = new ArrayList<Guardrail>();
    if (watch != Watch.UNGUARDED) {
      guardrails.addAll(List.of(LATENCY, FAILURES));
    }
    if (watch == Watch.TAIL_GUARDED) {
      guardrails.add(TAIL);
    }
    return new Plan(
        "rehearsed",
        new KnobRef("virtual", new Target("service", "shop"), Map.of()),
        "shop",
        Rehearsal.OFF,
        Rehearsal.ON,
        method.design(),
        primary,
        policy.leastGain(),
        policy.alpha(),
        policy.alphaHarm(),
        guardrails,
        Batch.seed("schedule", Long.hashCode(seed)),
        DEADLINE);
  }
}
