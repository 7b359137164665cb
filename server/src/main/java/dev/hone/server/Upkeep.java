package dev.hone.server;

import dev.hone.loop.Conductor;
import dev.hone.loop.Guardrail;
import dev.hone.loop.Ids;
import dev.hone.loop.Knobs;
import dev.hone.loop.Layer;
import dev.hone.loop.LoadDetector;
import dev.hone.loop.Loops;
import dev.hone.loop.NullExperiments;
import dev.hone.loop.Objective;
import dev.hone.loop.Outlook;
import dev.hone.loop.SignalRef;
import dev.hone.loop.Signals;
import dev.hone.loop.Target;
import dev.hone.loop.Tuning;
import dev.hone.loop.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What Hone does without a finding: notices another level of the load, looks after kept changes,
 * tunes kept numbers further, and measures its own error rate on experiments without a change.
 */
final class Upkeep {
  private static final double FULL_MEMORY = 0.95;

  private final Conductor conductor;
  private final Optional<Objective> objective;
  private final Loops loops;
  private final Optional<LoadDetector> load;
  private final Watch watch;
  private final Tuning tuning;
  private final NullExperiments nulls;

  Upkeep(
      Conductor conductor,
      Loops loops,
      Knobs knobs,
      Signals signals,
      Ids ids,
      RandomGenerator random,
      Optional<Objective> objective,
      Consumer<String> notice) {
    this.conductor = conductor;
    this.objective = objective;
    this.loops = loops;
    this.load =
        objective
            .flatMap(Objective::load)
            .map(signal -> new LoadDetector(signal, signals, loops.registry().loadShift()));
    this.watch = new Watch(conductor, loops, knobs, ids, notice);
    this.tuning = new Tuning(conductor, loops, knobs, ids, random, notice);
    this.nulls = new NullExperiments(loops, signals, random);
  }

  /** One round. */
  void look(Instant now) throws InterruptedException {
    load.flatMap(detector -> detector.look(now)).ifPresent(loops::append);
    watch.look(now);
    tuning.look(now);
    if (objective.isPresent()) {
      List<Guardrail> guardrails = objective.get().guardrails();
      nulls.look(objective.get().primary(), guardrails, conductor.policy(), now);
    }
  }

  /** What of this host will cross a bound. */
  static Layer outlook(Signals signals, Ids ids) {
    var memory =
        new SignalRef(
            "memory in use",
            "ratio",
            "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
            SignalRef.Better.LOWER);
    var bound =
        new Outlook.Bound(
            memory,
            new Target("host", "this host"),
            FULL_MEMORY,
            Duration.ofHours(6),
            Duration.ofHours(24));
    return new Layer(
        "host",
        List.of(),
        List.of(new Outlook("host", List.of(bound), signals, ids)),
        List.of(),
        List.of());
  }
}
