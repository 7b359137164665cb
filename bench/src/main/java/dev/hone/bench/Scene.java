package dev.hone.bench;

import dev.hone.loop.KnobException;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.Loops;
import dev.hone.loop.Policy;
import dev.hone.loop.Ticker;
import dev.hone.server.StartException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A small Hone in this process with one change, for what goes wrong. */
final class Scene implements AutoCloseable {
  private static final long TICK_MILLIS = 10;

  final Sleeper sleeper;
  final FusedKnobs knobs = FusedKnobs.unfused();
  final SteppedTicker ticker = new SteppedTicker();
  final List<String> notices = new CopyOnWriteArrayList<>();
  final Loops loops;
  final SmallHone hone;
  private String loop = "";

  /** A Hone in a directory that cleans up first. */
  Scene(Path directory, Policy policy, Sleeper sleeper) throws StartException {
    this.sleeper = sleeper;
    this.loops = new Loops(directory.resolve(CrashChild.JOURNAL), InstantSource.system());
    this.hone =
        SmallHone.start(
            directory,
            loops,
            new SmallHone.Parts(
                knobs,
                new FateSignals(knobs.switchings(), ticker.instant()),
                ticker,
                policy,
                new SplittableRandom(1),
                notices::add));
    hone.reconcile(directory);
  }

  static Scene of(Path directory) throws StartException, IOException, KnobException {
    return new Scene(directory, SmallHone.policy(), Sleeper.start());
  }

  void begin(Fate fate) throws KnobException {
    loop = hone.begin(sleeper.ref(), fate, ticker.instant());
  }

  LoopRecord loop() {
    return loops.require(loop);
  }

  /** The reason of the last change of state, with the state. */
  String end() throws InterruptedException {
    return "ends " + loop().state() + ", value " + sleeper.value();
  }

  boolean is(String value) {
    try {
      return sleeper.value().equals(value);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Lets time pass until something is so; false when it was not in time. */
  boolean await(Duration patience, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      hone.conductor().tick();
      TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
    }
    return true;
  }

  @Override
  public void close() {
    hone.close();
    sleeper.close();
  }

  /** The system's clock, and steps that somebody sets it by. */
  static final class SteppedTicker implements Ticker {
    private volatile Duration step = Duration.ZERO;
    private volatile Duration next = Duration.ZERO;

    /** The clock is set while the next wait is under way. */
    void stepWhileWaiting(Duration by) {
      next = by;
    }

    @Override
    public Instant instant() {
      return InstantSource.system().instant().plus(step);
    }

    @Override
    public void waitUntil(Instant time) throws InterruptedException {
      Duration rest = Duration.between(instant(), time);
      if (rest.isPositive()) {
        Thread.sleep(rest);
      }
      step = next;
    }
  }
}
