package dev.hone.bench;

import dev.hone.loop.Journal;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Loops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * A byte of the journal differs after a kill: Hone does not start on it and says where, the values
 * are the old ones all the same, and the file of a backup brings the loops to their end.
 */
final class DamagedJournal {
  private DamagedJournal() {}

  static Disturbances.End run(Path directory) throws Exception {
    Shot shot = Shot.measure(Fate.KEEP);
    var sleepers = new ArrayList<Sleeper>();
    for (int i = 0; i < shot.fates().size(); i++) {
      sleepers.add(Sleeper.start());
    }
    Path journal = directory.resolve(CrashChild.JOURNAL);
    try {
      try (var child = CrashProcess.start(directory, List.of(), shot, sleepers)) {
        if (child.await("done") == null) {
          throw new IOException("the child ended before it was killed");
        }
        child.kill();
      }
      byte[] whole = Files.readAllBytes(journal);
      byte[] damaged = whole.clone();
      damaged[damaged.length / 2] ^= 1;
      Files.write(journal, damaged);
      String refusal = refusal(journal);
      boolean old = awaitOff(sleepers.subList(0, 2));
      Files.write(journal, whole);
      try (var child =
          CrashProcess.start(
              directory,
              List.of(),
              new Shot(Shot.Kind.MEASURE, List.of(), Fuse.Setting.NEVER, -1, false),
              List.of())) {
        boolean started = child.await("ready") != null;
        child.kill();
        boolean ended = ended(journal);
        return new Disturbances.End(
            "refused (" + refusal + "), old values by the guard; with the backup ends ROLLED_BACK",
            refusal.contains("is damaged at line") && old && started && ended);
      }
    } finally {
      sleepers.forEach(Sleeper::close);
    }
  }

  private static String refusal(Path journal) {
    try (var loops = new Loops(journal, InstantSource.system())) {
      return "not refused with " + loops.all().size() + " loops";
    } catch (Journal.JournalException e) {
      return String.valueOf(e.getMessage()).replace(journal.toString(), "FILE");
    }
  }

  private static boolean awaitOff(List<Sleeper> sleepers) throws InterruptedException {
    long end = System.nanoTime() + 3_000_000_000L;
    for (Sleeper sleeper : sleepers) {
      while (!sleeper.value().equals(Sleeper.OFF)) {
        if (System.nanoTime() > end) {
          return false;
        }
        Thread.sleep(5);
      }
    }
    return true;
  }

  private static boolean ended(Path journal) throws IOException {
    try (var loops = Loops.read(journal)) {
      for (LoopRecord loop : loops.all()) {
        if (loop.state() != LoopState.ROLLED_BACK && loop.state() != LoopState.KEPT) {
          return false;
        }
      }
      return true;
    }
  }
}
