package dev.hone.bench;

import dev.hone.loop.Conductor;
import dev.hone.loop.Finding;
import dev.hone.loop.Ids;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobFactory;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Knobs;
import dev.hone.loop.Loops;
import dev.hone.loop.Mode;
import dev.hone.loop.Policy;
import dev.hone.loop.Recommendation;
import dev.hone.loop.Signals;
import dev.hone.loop.Ticker;
import dev.hone.loop.Workload;
import dev.hone.server.GuardLog;
import dev.hone.server.GuardProcess;
import dev.hone.server.StartException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Hone without pages, layers and store: the kernel on a journal and the guard process, put together
 * as {@link dev.hone.server.Hone} does it.
 *
 * @param loops the journal
 * @param guard the other process
 * @param conductor decisions
 */
record SmallHone(Loops loops, GuardProcess guard, Conductor conductor) implements AutoCloseable {
  /**
   * What differs from one to another.
   *
   * @param knobs what can be changed
   * @param signals what is judged by
   * @param ticker time
   * @param policy what is allowed
   * @param random seeds of plans and ids
   * @param notices takes what people should know
   */
  record Parts(
      KnobFactory knobs,
      Signals signals,
      Ticker ticker,
      Policy policy,
      RandomGenerator random,
      Consumer<String> notices) {
    /** The system's time, everything allowed, and notices on standard error. */
    static Parts of(KnobFactory knobs, Signals signals, long seed) {
      return new Parts(
          knobs,
          signals,
          Ticker.system(),
          SmallHone.policy(),
          new SplittableRandom(seed),
          System.err::println);
    }
  }

  /** Puts it together; what an earlier one left open is not ended yet. */
  static SmallHone start(Path directory, Loops loops, Parts parts) throws StartException {
    var forward = new Conductor[1];
    GuardProcess guard =
        GuardProcess.start(
            directory,
            (loop, value) -> undone(forward[0], loop, value, parts.notices),
            () -> gone(forward[0], parts.notices));
    ThreadFactory trials = Thread.ofPlatform().daemon().name("trial-", 0).factory();
    forward[0] =
        new Conductor(
            loops,
            new Knobs(List.of(parts.knobs)),
            guard,
            parts.signals,
            Workload.NONE,
            parts.ticker,
            new Ids(parts.ticker, parts.random),
            parts.random,
            task -> trials.newThread(task).start(),
            parts.policy,
            parts.notices);
    return new SmallHone(loops, guard, forward[0]);
  }

  private static void undone(
      Conductor conductor, String loop, String value, Consumer<String> notices) {
    try {
      conductor.rollBack(loop, "guard", "Hone fell silent; the guard restored " + value);
    } catch (Conductor.RefusedException e) {
      notices.accept(String.valueOf(e.getMessage()));
    }
  }

  private static void gone(Conductor conductor, Consumer<String> notices) {
    notices.accept("the guard process has ended");
    try {
      conductor.endTrials("the guard process has ended");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends what an earlier one left open. */
  void reconcile(Path directory) {
    var log = new GuardLog(directory);
    conductor.reconcile(log.read());
    if (loops.all().stream().noneMatch(loop -> loop.state().isActive())) {
      log.clear();
    }
  }

  /** Proposes a change and has it approved. */
  String begin(KnobRef ref, Fate fate, Instant now) throws KnobException {
    return begin(fate.finding(ref, now), fate.recommendation(ref, now));
  }

  /** Proposes what was found and recommended, and has it approved. */
  String begin(Finding finding, Recommendation recommendation) throws KnobException {
    try {
      String loop = conductor.propose(finding, recommendation);
      conductor.approve(loop, loops.require(loop).planHash(), "bench");
      return loop;
    } catch (Conductor.RefusedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Everything at a time, as often as one likes. */
  static Policy policy() {
    return new Policy(
        Map.of(Fate.LAYER, Mode.APPROVE),
        100,
        0.04,
        0.2,
        0.02,
        Duration.ofHours(3),
        Duration.ZERO,
        new Policy.Limits(
            1_000_000,
            1_000_000,
            4,
            List.<Knob.Risk>of(),
            0,
            Duration.ZERO,
            Duration.ZERO,
            List.of()),
        List.of());
  }

  @Override
  public void close() {
    guard.close();
    loops.close();
  }
}
