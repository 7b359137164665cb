package dev.hone.bench;

import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Loops;
import dev.hone.loop.Mode;
import dev.hone.loop.Ticker;
import dev.hone.server.Hone;
import dev.hone.server.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** The kill switch with many open changes: by its method, and by the file through a whole Hone. */
final class StopTrial {
  private static final int OPEN = 100;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(120);
  private static final Goal FIVE_SECONDS = new Goal("<=5000");

  private StopTrial() {}

  static void run(Figures figures) throws Exception {
    byMethod(figures);
    byFile(figures);
  }

  private static void byMethod(Figures figures) throws Exception {
    Path directory = Files.createTempDirectory("hone-stop-");
    var sleepers = new ArrayList<Sleeper>();
    var knobs = FusedKnobs.unfused();
    Ticker ticker = Ticker.system();
    try (var loops = new Loops(directory.resolve(CrashChild.JOURNAL), ticker);
        var hone =
            SmallHone.start(
                directory,
                loops,
                SmallHone.Parts.of(
                    knobs, new FateSignals(knobs.switchings(), ticker.instant()), 1))) {
      for (int i = 0; i < OPEN; i++) {
        sleepers.add(Sleeper.start());
        hone.begin(sleepers.getLast().ref(), Fate.OPEN, ticker.instant());
      }
      long end = System.nanoTime() + PATIENCE;
      while (count(sleepers, Sleeper.ON) < OPEN && System.nanoTime() < end) {
        hone.conductor().tick();
        Thread.sleep(20);
      }
      figures.report("crash.stop-open", count(sleepers, Sleeper.ON), "changes");
      long began = System.nanoTime();
      hone.conductor().stopEverything("bench", "enough");
      double millis = (System.nanoTime() - began) / 1e6;
      int undone = count(sleepers, Sleeper.OFF);
      long told =
          loops.all().stream().map(LoopRecord::state).filter(LoopState.ROLLED_BACK::equals).count();
      figures.add("crash.stop", millis, "ms", FIVE_SECONDS);
      figures.add("crash.stop-undone", undone, "of " + OPEN, new Goal(">=" + OPEN));
      figures.add("crash.stop-journalled", (double) told, "of " + OPEN, new Goal(">=" + OPEN));
    } finally {
      sleepers.forEach(Sleeper::close);
      CrashChain.clear(directory);
    }
  }

  private static int count(List<Sleeper> sleepers, String value) throws InterruptedException {
    int count = 0;
    for (Sleeper sleeper : sleepers) {
      count += sleeper.value().equals(value) ? 1 : 0;
    }
    return count;
  }

  /** All scheduling of a host is one group, so that a whole Hone has one such change open. */
  private static void byFile(Figures figures) throws Exception {
    Path directory = Files.createTempDirectory("hone-stop-");
    var settings =
        new Settings(
            0,
            directory,
            Optional.empty(),
            Optional.empty(),
            Map.of(Fate.LAYER, Mode.APPROVE),
            Set.of(),
            Settings.Metrics.of());
    try (var sleeper = Sleeper.start();
        Hone hone = Hone.start(settings)) {
      String loop = open(hone, sleeper);
      long began = System.nanoTime();
      Files.createFile(directory.resolve("STOP"));
      while (!(sleeper.value().equals(Sleeper.OFF) && isOver(hone, loop))
          && System.nanoTime() - began < PATIENCE) {
        Thread.sleep(2);
      }
      figures.add("crash.stop-file", (System.nanoTime() - began) / 1e6, "ms", FIVE_SECONDS);
    } finally {
      CrashChain.clear(directory);
    }
  }

  /** Has a whole Hone put one change on. */
  static String open(Hone hone, Sleeper sleeper) throws Exception {
    String loop = proposed(hone, sleeper);
    hone.conductor().approve(loop, hone.loops().require(loop).planHash(), "bench");
    long end = System.nanoTime() + PATIENCE;
    while (!sleeper.value().equals(Sleeper.ON)) {
      if (System.nanoTime() > end) {
        throw new IOException("the change was not put on: " + hone.loops().require(loop).history());
      }
      Thread.sleep(20);
    }
    return loop;
  }

  /** Proposes until the coin says that the change is on in the first block. */
  private static String proposed(Hone hone, Sleeper sleeper) throws Exception {
    while (true) {
      Instant now = InstantSource.system().instant();
      String loop =
          hone.conductor()
              .propose(
                  Fate.OPEN.finding(sleeper.ref(), now),
                  Fate.longBlocks(sleeper.ref(), now, "node_load1 + 1"));
      if (new SplittableRandom(hone.loops().require(loop).plan().seed()).nextBoolean()) {
        return loop;
      }
      hone.conductor().reject(loop, "bench", "off first");
    }
  }

  static boolean isOver(Hone hone, String loop) {
    return hone.loops().require(loop).state().isFinal();
  }
}
