package dev.hone.metrics.engine;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Brings back what a folder holds: blocks, checkpoint, log. Damage is reported and left out. */
final class Recovery {
  static final String WAL = "wal";
  static final String BLOCKS = "blocks";

  private final Path folder;
  private final Head head;
  private final Consumer<String> notices;
  private long unknown;

  /** Series that left the head and came back under another number, by that number. */
  private final Map<Integer, HeadSeries> otherNumbers = new HashMap<>();

  Recovery(Path folder, Head head, Consumer<String> notices) {
    this.folder = folder;
    this.head = head;
    this.notices = notices;
  }

  /** Opens the blocks; unfinished ones are deleted, damaged ones put aside. */
  List<Block> blocks() throws IOException {
    Path parent = Files.createDirectories(folder.resolve(BLOCKS));
    var blocks = new ArrayList<Block>();
    for (Path entry : Folders.list(parent)) {
      String name = String.valueOf(entry.getFileName());
      if (name.endsWith(BlockWriter.TEMPORARY)) {
        Folders.delete(entry);
      } else if (Files.isDirectory(entry) && !name.startsWith("damaged-")) {
        try {
          blocks.add(Block.open(entry));
        } catch (IOException | RuntimeException e) {
          Path aside = entry.resolveSibling("damaged-" + name);
          Files.move(entry, aside);
          notices.accept(
              "block %s is left out: %s; it lies in %s now".formatted(name, e.getMessage(), aside));
        }
      }
    }
    return blocks;
  }

  /**
   * Fills the head from checkpoint and log.
   *
   * @return the number of the segment to write next
   */
  int replay() throws IOException {
    Path wal = Files.createDirectories(folder.resolve(WAL));
    int first = 0;
    try {
      first = Checkpoint.load(wal, head);
    } catch (CorruptException e) {
      notices.accept(e.getMessage() + "; what it held and no block holds is lost");
    }
    int next = first;
    List<Integer> segments = WriteLog.segments(wal);
    for (int segment : segments) {
      next = Math.max(next, segment + 1);
      if (segment >= first) {
        read(WriteLog.segment(wal, segment), segment == segments.getLast());
      }
    }
    if (unknown > 0) {
      notices.accept(
          unknown + " samples of the write-ahead log belong to series whose definition is lost");
    }
    return Math.max(next, 1);
  }

  private void read(Path file, boolean newest) throws IOException {
    var target = new Replay();
    try (var in = new BufferedInputStream(Files.newInputStream(file), 1 << 18)) {
      var frames = new Frames.Reader(in);
      try {
        for (ByteSource payload; (payload = frames.next()) != null; ) {
          LogRecord.read(payload, target);
        }
      } catch (Frames.DamagedException | IllegalArgumentException e) {
        long rest = Files.size(file) - frames.position();
        notices.accept(
            "%s: %s; %s (%d bytes)"
                .formatted(
                    file,
                    e.getMessage(),
                    newest
                        ? "the write that a crash cut off is dropped"
                        : "what follows in this segment is lost",
                    rest));
      }
    }
  }

  /** Puts records into the head. */
  private final class Replay implements LogRecord.Target {
    @Override
    public void series(int ref, byte[] key) {
      if (head.index.get(ref) != null) {
        return;
      }
      HeadSeries known = head.find(key, 0, key.length);
      if (known == null) {
        head.create(key, ref).logged = true;
      } else {
        otherNumbers.put(ref, known);
        head.index.skipTo(ref + 1);
      }
    }

    @Override
    public void sample(int ref, long time, long bits) {
      HeadSeries series = head.index.get(ref);
      if (series == null) {
        series = otherNumbers.get(ref);
      }
      if (series == null) {
        unknown++;
      } else {
        head.add(series, time, bits);
      }
    }
  }
}
