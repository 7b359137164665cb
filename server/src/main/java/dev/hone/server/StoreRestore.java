package dev.hone.server;

import dev.hone.metrics.engine.CorruptException;
import dev.hone.metrics.engine.Engine;
import dev.hone.metrics.engine.EngineOptions;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Puts a snapshot in the place of the metrics of a data directory on which no Hone runs. It is
 * brought to {@code metrics.copying} and opened there; only then it becomes {@code
 * metrics.restoring}, and the two are exchanged by renaming. What was there is never deleted: it
 * lies in {@code metrics.before-restore-TIME}.
 */
final class StoreRestore {
  static final String METRICS = "metrics";
  static final String SNAPSHOTS = "snapshots";
  private static final String RETENTION = "retention";
  private static final String COPYING = "metrics.copying";
  private static final String RESTORING = "metrics.restoring";
  private static final String BLOCKS = "blocks";
  private static final String LOG = "wal";

  private final Path data;
  private final InstantSource clock;

  StoreRestore(Path data, InstantSource clock) {
    this.data = data;
    this.clock = clock;
  }

  /** The folder of the snapshots of a data directory. */
  static Path snapshots(Path data) {
    return data.resolve(METRICS).resolve(SNAPSHOTS);
  }

  /**
   * Ends what a crash cut off between the two renames, when the snapshot was proven good.
   *
   * @throws IOException when it cannot be renamed
   */
  static void complete(Path data) throws IOException {
    Path restoring = data.resolve(RESTORING);
    if (Files.isDirectory(restoring) && !Files.exists(data.resolve(METRICS))) {
      Files.move(restoring, data.resolve(METRICS));
    }
  }

  /**
   * Restores.
   *
   * @param source the snapshot, or a whole folder of metrics
   * @return where that lies which was there before; the same place as before when nothing was
   * @throws StartException when it is no good snapshot; then nothing has changed
   */
  Path restore(Path source, EngineOptions options) throws StartException {
    if (!Files.isDirectory(source.resolve(BLOCKS))) {
      throw new StartException(
          "`"
              + source
              + "` is no snapshot: it holds no folder `blocks`; `hone snapshot --list` names those"
              + " there are");
    }
    Path metrics = data.resolve(METRICS);
    Path restoring = data.resolve(RESTORING);
    try {
      if (Files.exists(metrics) && Files.isSameFile(source, metrics)) {
        throw new StartException("`" + source + "` is what is to be replaced; name a snapshot");
      }
      complete(data);
      Path copying = data.resolve(COPYING);
      delete(copying);
      copy(source, copying);
      prove(source, copying, options);
      delete(restoring);
      Files.move(copying, restoring);
      return exchange(metrics, restoring);
    } catch (IOException e) {
      throw new StartException(
          "`"
              + source
              + "` cannot be restored ("
              + e.getClass().getSimpleName()
              + ": "
              + e.getMessage()
              + "); what was there is unchanged",
          e);
    }
  }

  /** Options under which opening a store neither deletes what it keeps nor changes for how long. */
  static EngineOptions optionsOf(Path store, EngineOptions otherwise) throws IOException {
    return Engine.lastRetention(store).map(otherwise::withRetention).orElse(otherwise);
  }

  private static void copy(Path source, Path target) throws IOException {
    for (String part : List.of(BLOCKS, LOG, RETENTION)) {
      Path from = source.resolve(part);
      if (!Files.exists(from)) {
        continue;
      }
      try (var files = Files.walk(from)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Path to = target.resolve(source.relativize(file).toString());
          if (Files.isDirectory(file)) {
            Files.createDirectories(to);
          } else if (!part.equals(BLOCKS) || !linked(file, to)) {
            Files.copy(file, to);
            try (var open = FileChannel.open(to, StandardOpenOption.WRITE)) {
              open.force(true);
            }
          }
        }
      }
    }
  }

  /** Files of blocks never change, so that a link is as good as a copy. */
  private static boolean linked(Path file, Path to) {
    try {
      Files.createLink(to, file);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** Opens the copy as Hone will; what cannot be read is a reason not to restore. */
  private void prove(Path source, Path copy, EngineOptions options)
      throws IOException, StartException {
    var problems = new ArrayList<String>();
    try (var engine = Engine.open(copy, optionsOf(copy, options), clock, 1, problems::add)) {
      engine.verify();
    } catch (CorruptException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    Path contents = source.resolve(Engine.SNAPSHOT_CONTENTS);
    if (Files.exists(contents)) {
      for (String name : Files.readAllLines(contents)) {
        if (!Files.isDirectory(copy.resolve(BLOCKS).resolve(name))) {
          problems.add("the block `" + name + "` is missing");
        }
      }
    }
    if (!problems.isEmpty()) {
      delete(copy);
      throw new StartException(
          "`%s` is damaged: %s; what was there is unchanged"
              .formatted(source, String.join("; ", problems)));
    }
  }

  private Path exchange(Path metrics, Path restoring) throws IOException {
    if (!Files.exists(metrics)) {
      Files.move(restoring, metrics);
      return metrics;
    }
    String time = clock.instant().toString().replaceAll("[^0-9TZ]", "");
    Path aside = data.resolve("metrics.before-restore-" + time);
    Files.move(metrics, aside);
    try {
      Files.move(restoring, metrics);
    } catch (IOException e) {
      Files.move(aside, metrics);
      throw e;
    }
    Path kept = aside.resolve(SNAPSHOTS);
    if (Files.isDirectory(kept)) {
      Files.move(kept, metrics.resolve(SNAPSHOTS), StandardCopyOption.ATOMIC_MOVE);
    }
    return aside;
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (var files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }
}
