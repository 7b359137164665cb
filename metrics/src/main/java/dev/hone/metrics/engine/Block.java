package dev.hone.metrics.engine;

import dev.hone.metrics.LabelTest;
import dev.hone.metrics.Labels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.roaringbitmap.IntIterator;

/** An immutable folder of samples, mapped into memory. */
final class Block implements AutoCloseable {
  private static final String PRUNED = "-p";

  private final Path folder;
  private final BlockMeta meta;
  private final Arena arena;
  private final MemorySegment columns;
  private final BlockIndex index;

  private Block(Path folder, BlockMeta meta, Arena arena, MemorySegment columns, BlockIndex index) {
    this.folder = folder;
    this.meta = meta;
    this.arena = arena;
    this.columns = columns;
    this.index = index;
  }

  /**
   * Opens a block.
   *
   * @throws IOException when a file is missing or cannot be read
   * @throws CorruptException when its index is not what was written
   */
  static Block open(Path folder) throws IOException {
    BlockMeta meta = BlockMeta.read(folder.resolve(BlockWriter.META_FILE));
    var arena = Arena.ofShared();
    try {
      MemorySegment columns = map(folder.resolve(BlockWriter.COLUMNS_FILE), arena);
      var index = new BlockIndex(map(folder.resolve(BlockWriter.INDEX_FILE), arena));
      return new Block(folder, meta, arena, columns, index);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private static MemorySegment map(Path file, Arena arena) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  Path folder() {
    return folder;
  }

  BlockMeta meta() {
    return meta;
  }

  /** Its name, which stays when series are taken out of it. */
  String identity() {
    return String.valueOf(folder.getFileName()).replaceFirst(PRUNED + "\\d+$", "");
  }

  /** Where it lies once series are taken out of it. */
  Path pruned() {
    for (int i = 1; ; i++) {
      Path other = folder.resolveSibling(identity() + PRUNED + i);
      if (!Files.exists(other)) {
        return other;
      }
    }
  }

  boolean overlaps(long fromExclusive, long to) {
    return meta.minTime() <= to && meta.maxTime() > fromExclusive;
  }

  void addLabelNames(Set<String> into) {
    index.addNames(into);
  }

  void addLabelValues(String label, Set<String> into) {
    index.addValues(label, into);
  }

  /** The numbers of matching series, ascending, which is the order of their labels. */
  int[] select(List<LabelTest> tests) {
    var bitmap = index.select(tests);
    var numbers = new int[bitmap.getCardinality()];
    IntIterator each = bitmap.getIntIterator();
    for (int i = 0; each.hasNext(); i++) {
      numbers[i] = each.next();
    }
    return numbers;
  }

  int seriesCount() {
    return index.seriesCount();
  }

  Labels labels(int series) {
    return index.series(series).labels();
  }

  /** Reads series of a block; keeps what it decoded last. For one thread. */
  final class Reader {
    private final PackedBytes bytes = new PackedBytes();
    private final long[] scratch = new long[BlockWriter.COLUMN_SAMPLES];
    private final long[] times = new long[BlockWriter.COLUMN_SAMPLES];
    private final double[] values = new double[BlockWriter.COLUMN_SAMPLES];
    private long timesPlace = -1;

    /** Moves a cursor past the labels. */
    private BlockIndex.Cursor chunks(int series) {
      BlockIndex.Cursor cursor = index.series(series);
      long labels = cursor.getVar();
      for (long i = 0; i < 2 * labels; i++) {
        cursor.getVar();
      }
      return cursor;
    }

    /**
     * Adds the samples of a series in {@code (from, to]} that are newer than those held.
     *
     * @throws CorruptException when a column is not what was written
     */
    void read(int series, int column, long from, long to, SampleBuffer into) {
      BlockIndex.Cursor cursor = chunks(series);
      long chunks = cursor.getVar();
      for (long i = 0; i < chunks; i++) {
        int count = (int) cursor.getVar();
        long first = cursor.getSigned();
        long last = first + cursor.getVar();
        long timePlace = cursor.getVar();
        long place = cursor.getVar();
        int length = 0;
        for (int c = 0; c < meta.columns(); c++) {
          int next = (int) cursor.getVar();
          if (c < column) {
            place += next + PackedBytes.CHECKSUM;
          } else if (c == column) {
            length = next;
          }
        }
        if (count < 1 || count > BlockWriter.COLUMN_SAMPLES) {
          throw new CorruptException("a column of " + folder + " claims " + count + " samples");
        }
        if (first > to) {
          return;
        }
        if (last > from) {
          readChunk(timePlace, place, length, count, from, to, into);
        }
      }
    }

    private void readChunk(
        long timePlace, long place, int length, int count, long from, long to, SampleBuffer into) {
      try {
        if (timePlace != timesPlace) {
          timesPlace = -1;
          int timeLength = columns.get(BlockIndex.INT, timePlace);
          bytes.load(columns, timePlace + 4, timeLength);
          TimeColumn.read(bytes, count, times);
          timesPlace = timePlace;
        }
        bytes.load(columns, place, length);
      } catch (IndexOutOfBoundsException e) {
        throw new CorruptException("a column lies outside " + folder, e);
      } catch (CorruptException e) {
        throw new CorruptException(e.getMessage() + " in " + folder, e);
      }
      long after = into.size == 0 ? from : Math.max(from, into.times[into.size - 1]);
      int begin = SampleBuffer.firstAfter(times, count, after);
      int end = SampleBuffer.firstAfter(times, count, to);
      if (begin >= end) {
        return;
      }
      into.ensure(count);
      if (begin == 0) {
        ValueColumn.read(bytes, count, scratch, into.values, into.size);
      } else {
        ValueColumn.read(bytes, count, scratch, values, 0);
        System.arraycopy(values, begin, into.values, into.size, end - begin);
      }
      System.arraycopy(times, begin, into.times, into.size, end - begin);
      into.size += end - begin;
    }
  }

  Reader reader() {
    return new Reader();
  }

  @Override
  public void close() {
    arena.close();
  }

  /** Closes it and deletes its folder. */
  void delete() {
    close();
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
