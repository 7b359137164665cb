package dev.hone.bench;

import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Loops;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Hone stands still for ten seconds: the guard undoes, and Hone notices when it goes on. */
final class StoppedHone {
  private static final long STILL = TimeUnit.SECONDS.toNanos(10);
  private static final long NOTICED = TimeUnit.SECONDS.toNanos(5);

  private StoppedHone() {}

  static Disturbances.End run(Path directory) throws Exception {
    Shot shot = Shot.measure(Fate.KEEP);
    var sleepers = new ArrayList<Sleeper>();
    for (int i = 0; i < shot.fates().size(); i++) {
      sleepers.add(Sleeper.start());
    }
    List<Sleeper> open = sleepers.subList(0, 2);
    try (var child = CrashProcess.start(directory, List.of(), shot, sleepers)) {
      if (child.await("done") == null) {
        throw new IOException("the child ended before it was stopped");
      }
      long began = System.nanoTime();
      signal("STOP", child.process().pid());
      while (!allOff(open) && System.nanoTime() - began < STILL) {
        Thread.sleep(5);
      }
      double seconds = (System.nanoTime() - began) / 1e9;
      boolean undone = allOff(open);
      TimeUnit.NANOSECONDS.sleep(STILL - (System.nanoTime() - began));
      long continued = System.nanoTime();
      signal("CONT", child.process().pid());
      while (!noticed(directory) && System.nanoTime() - continued < NOTICED) {
        Thread.sleep(20);
      }
      double noticed = (System.nanoTime() - continued) / 1e9;
      String text =
          String.format(
              java.util.Locale.ROOT,
              "the guard undid after %.1f s; Hone noticed %.1f s after it went on, ends ROLLED_BACK",
              seconds,
              noticed);
      return new Disturbances.End(text, undone && noticed(directory) && allOff(open));
    } finally {
      sleepers.forEach(Sleeper::close);
    }
  }

  private static boolean allOff(List<Sleeper> sleepers) throws InterruptedException {
    for (Sleeper sleeper : sleepers) {
      if (!sleeper.value().equals(Sleeper.OFF)) {
        return false;
      }
    }
    return true;
  }

  private static boolean noticed(Path directory) throws IOException {
    try (var loops = Loops.read(directory.resolve(CrashChild.JOURNAL))) {
      for (LoopRecord loop : loops.all()) {
        boolean open = Fate.of(loop.plan().primary()) == Fate.OPEN;
        if (open && loop.state() != LoopState.ROLLED_BACK) {
          return false;
        }
      }
      return true;
    }
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
  }
}
