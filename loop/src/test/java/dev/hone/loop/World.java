package dev.hone.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;

/** A conductor with everything around it faked but the journal, in virtual time. */
final class World implements AutoCloseable {
  final Path folder;
  final FakeTicker ticker = new FakeTicker();
  final FakeFactory factory = new FakeFactory(ticker);
  final FakeGuard guard = new FakeGuard();
  final FakeDisk disk = new FakeDisk();
  final FakeSignals signals;
  final List<String> problems = new ArrayList<>();
  Executor executor = Runnable::run;
  Workload workload = Workload.NONE;
  Policy policy = Examples.policy(Mode.APPROVE);
  Loops.Bounds bounds = Loops.Bounds.STANDARD;
  Loops loops;
  Conductor conductor;
  private final SplittableRandom random;

  /** A world in which knob {@code k} at {@code b} has the given effect on the latency. */
  World(long seed, double effect) {
    try {
      folder = Files.createTempDirectory("hone-loop");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    random = new SplittableRandom(seed);
    signals = new FakeSignals(factory, "k", seed, effect);
    loops = openLoops();
    conductor = newConductor();
  }

  private Loops openLoops() {
    return new Loops(journal(), disk, ticker, bounds);
  }

  private Conductor newConductor() {
    return new Conductor(
        loops,
        new Knobs(List.of(factory)),
        guard,
        signals,
        workload,
        ticker,
        new Ids(ticker, random),
        random,
        task -> executor.execute(task),
        policy,
        problems::add);
  }

  Path journal() {
    return folder.resolve("journal");
  }

  FakeKnob knob() {
    return factory.knob("k");
  }

  /** A proposal for knob {@code k}. */
  String propose(Design design) {
    return propose("k", design);
  }

  String propose(String name, Design design) {
    return propose(name, Examples.recommendation(name, design));
  }

  String propose(String name, Recommendation recommendation) {
    try {
      return conductor.propose(Examples.finding(name), recommendation);
    } catch (KnobException e) {
      throw new AssertionError(e);
    }
  }

  void approve(String loop) {
    try {
      conductor.approve(loop, loops.require(loop).planHash(), "ann");
    } catch (Conductor.RefusedException e) {
      throw new AssertionError(e);
    }
  }

  /** Proposes, approves and runs an experiment on knob {@code k} to its end. */
  LoopRecord run(Design design) {
    String loop = propose(design);
    approve(loop);
    conductor.tick();
    return loops.require(loop);
  }

  /** Lets signals come to rest after a trial by {@link Examples#SWITCHBACK}. */
  void rest() {
    ticker.pass(Examples.SWITCHBACK.burnIn().plus(Examples.SWITCHBACK.block()));
  }

  /** Lets the time pass with a tick each second. */
  void pass(Duration duration) {
    for (long second = 0; second < duration.toSeconds(); second++) {
      ticker.pass(Duration.ofSeconds(1));
      conductor.tick();
    }
  }

  /**
   * Hone dies in the middle of what it does: nothing is written, changed or waited for any more.
   */
  void die() {
    disk.dead = true;
    factory.dead = true;
    throw new Death();
  }

  /** Hone's threads die wherever they are. */
  void kill() {
    disk.dead = true;
    factory.dead = true;
    ticker.killThreads();
  }

  /** Ends everything that runs in the test's thread. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1;
  }

  /** Hone dies, if it lives, and starts again. */
  void restart() {
    restart(Map.of());
  }

  void restart(Map<String, GuardPost.Undone> guardLog) {
    disk.dead = false;
    factory.dead = false;
    loops.close();
    guard.restart();
    loops = openLoops();
    conductor = newConductor();
    conductor.reconcile(guardLog);
  }

  List<Journal.Entry> entries() {
    var entries = new ArrayList<Journal.Entry>();
    try {
      Journal.read(journal(), entries::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return entries;
  }

  List<LoopEvent> events(String loop) {
    return entries().stream().filter(e -> e.loop().equals(loop)).map(Journal.Entry::event).toList();
  }

  @Override
  public void close() {
    loops.close();
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
