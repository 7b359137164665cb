package dev.hone.bench;

import dev.hone.loop.Journal;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** The disk of the data directory is full, before, while and after a change is measured. */
final class FullDisk {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String FILLER = "filler";

  private FullDisk() {}

  static void run(Figures figures) throws Exception {
    make(figures, "full-before", loop -> loop.state() == LoopState.SCHEDULED, LoopState.EXPIRED);
    make(figures, "full-measuring", loop -> loop.pairs().size() == 2, LoopState.ROLLED_BACK);
    make(figures, "full-keeping", loop -> loop.state() == LoopState.KEEPING, LoopState.ROLLED_BACK);
  }

  private static void make(
      Figures figures, String name, Predicate<LoopRecord> when, LoopState state) throws Exception {
    Path directory = Files.createTempDirectory("hone-full-");
    Optional<SmallDisk> disk = SmallDisk.mount(directory);
    if (disk.isEmpty()) {
      figures.skipped("crash.disturbed-" + name, "a small file system cannot be mounted here");
      return;
    }
    try (SmallDisk small = disk.get()) {
      Disturbances.add(figures, name, fill(small.directory(), when, state));
    } finally {
      CrashChain.clear(directory);
    }
  }

  private static Disturbances.End fill(Path directory, Predicate<LoopRecord> when, LoopState state)
      throws Exception {
    try (var scene = Scene.of(directory)) {
      var full = new boolean[1];
      scene.loops.onChange(
          loop -> {
            if (when.test(loop) && !full[0]) {
              full[0] = true;
              fill(directory, scene);
            }
          });
      scene.begin(Fate.KEEP);
      scene.await(Duration.ofSeconds(5), () -> !scene.notices.isEmpty());
      boolean undone = scene.await(Duration.ofSeconds(5), () -> scene.is(Sleeper.OFF));
      String meanwhile = "while full: " + scene.loop().state() + ", value " + scene.sleeper.value();
      Files.delete(directory.resolve(FILLER));
      scene.await(PATIENCE, () -> scene.loop().state().isFinal());
      return new Disturbances.End(
          meanwhile + "; then it " + scene.end(),
          undone && scene.loop().state() == state && scene.is(Sleeper.OFF) && full[0]);
    }
  }

  /** Leaves no room for one more entry. */
  private static void fill(Path directory, Scene scene) {
    try (var filler = new FileOutputStream(directory.resolve(FILLER).toFile())) {
      while (true) {
        filler.write(new byte[4096]);
      }
    } catch (IOException full) {
      try {
        while (true) {
          scene.loops.append(Disturbances.smallest());
        }
      } catch (Journal.JournalException e) {
        // Now the last block of the journal is full too.
      }
    }
  }
}
