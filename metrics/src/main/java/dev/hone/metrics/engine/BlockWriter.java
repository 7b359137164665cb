package dev.hone.metrics.engine;

import dev.hone.metrics.Labels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.roaringbitmap.RoaringBitmap;

/**
 * Writes a block: series in the order of their labels, columns into {@code columns.bin}, labels and
 * places into {@code index.bin}. Everything goes to a folder with the ending {@code .tmp}, is
 * brought to the disk and renamed, so that a block is there whole or not at all.
 *
 * <p>Series that were scraped together have the same times; equal time columns are written once.
 */
final class BlockWriter implements AutoCloseable {
  /** Samples in one column; a short read decodes at most so many. */
  static final int COLUMN_SAMPLES = 1024;

  static final String COLUMNS_FILE = "columns.bin";
  static final String INDEX_FILE = "index.bin";
  static final String META_FILE = "meta.properties";
  static final String TEMPORARY = ".tmp";
  static final long MAGIC = 0x314B4C42454E4F48L; // HONEBLK1, little-endian
  private static final int REMEMBERED_TIMES = 65_536;
  private static final int FLUSH = 1 << 20;

  private record Times(long hash, int count, long first, long last) {}

  private final Path folder;
  private final Path temporary;
  private final int columns;
  private final int level;
  private final FileChannel channel;
  private final ByteSink out = new ByteSink(FLUSH + (1 << 18));
  private final ByteSink series = new ByteSink(1 << 16);
  private final TimeColumn.Scratch scratch = new TimeColumn.Scratch(COLUMN_SAMPLES);
  private final CRC32C crc = new CRC32C();
  private final Map<Times, Long> knownTimes = new HashMap<>();
  private final Map<String, Integer> symbols = new HashMap<>();
  private final List<byte[]> symbolBytes = new ArrayList<>();
  private final TreeMap<String, TreeMap<String, RoaringBitmap>> postings = new TreeMap<>();
  private int[] seriesPlaces = new int[1024];
  private int seriesCount;
  private long flushed;
  private long samples;
  private long minTime = Long.MAX_VALUE;
  private long maxTime = Long.MIN_VALUE;
  private long resolution;
  private Set<String> sources = Set.of();
  private int rules;
  private boolean finished;

  /**
   * Begins a block.
   *
   * @param folder where it will lie
   * @param columns values a sample
   */
  BlockWriter(Path folder, int columns, int level) throws IOException {
    this.folder = folder;
    this.columns = columns;
    this.level = level;
    this.temporary = folder.resolveSibling(folder.getFileName() + TEMPORARY);
    Folders.delete(temporary);
    Files.createDirectories(temporary);
    this.channel =
        FileChannel.open(
            temporary.resolve(COLUMNS_FILE),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE);
    out.putLong(MAGIC);
  }

  /**
   * Says that it holds buckets.
   *
   * @param begin buckets that end after this time are in it, if there were samples
   * @param end and until this one
   */
  void summarises(
      long bucketMillis, long begin, long end, Set<String> blocks, int rulesOfRetention) {
    resolution = bucketMillis;
    minTime = begin + 1;
    maxTime = end;
    sources = blocks;
    rules = rulesOfRetention;
  }

  /** How many series it has. */
  int seriesCount() {
    return seriesCount;
  }

  /**
   * Adds a series, whose labels must come after those of the series before.
   *
   * @param values one array a column
   */
  void add(Labels labels, long[] times, double[][] values, int count) throws IOException {
    if (count == 0) {
      return;
    }
    if (seriesCount == seriesPlaces.length) {
      seriesPlaces = Arrays.copyOf(seriesPlaces, seriesCount * 2);
    }
    seriesPlaces[seriesCount] = series.length;
    series.putVar(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      String name = labels.labelName(i);
      String value = labels.labelValue(i);
      series.putVar(symbol(name));
      series.putVar(symbol(value));
      postings
          .computeIfAbsent(name, n -> new TreeMap<>())
          .computeIfAbsent(value, v -> new RoaringBitmap())
          .add(seriesCount);
    }
    int chunks = (count + COLUMN_SAMPLES - 1) / COLUMN_SAMPLES;
    series.putVar(chunks);
    for (int i = 0; i < chunks; i++) {
      int from = i * COLUMN_SAMPLES;
      addChunk(times, values, from, Math.min(count, from + COLUMN_SAMPLES) - from);
    }
    samples += count;
    minTime = Math.min(minTime, times[0]);
    maxTime = Math.max(maxTime, times[count - 1]);
    seriesCount++;
  }

  private void addChunk(long[] times, double[][] values, int from, int count) throws IOException {
    long timePlace = timeColumn(times, from, count);
    series.putVar(count);
    series.putSigned(times[from]);
    series.putVar(times[from + count - 1] - times[from]);
    series.putVar(timePlace);
    series.putVar(flushed + out.length);
    for (int column = 0; column < columns; column++) {
      int began = out.length;
      ValueColumn.write(values[column], from, count, scratch, out);
      series.putVar(checksum(began));
    }
    if (out.length >= FLUSH) {
      flush();
    }
  }

  /** The place of an equal time column that is written already, or of a new one. */
  private long timeColumn(long[] times, int from, int count) {
    long hash = count;
    for (int i = from; i < from + count; i++) {
      hash = (hash ^ times[i]) * 0xD6E8FEB86659FD93L;
      hash ^= hash >>> 32;
    }
    var key = new Times(hash, count, times[from], times[from + count - 1]);
    Long known = knownTimes.get(key);
    if (known != null) {
      return known;
    }
    int began = out.length;
    out.putInt(0);
    TimeColumn.write(times, from, count, scratch, out);
    out.setInt(began, checksum(began + 4));
    long place = flushed + began;
    if (knownTimes.size() == REMEMBERED_TIMES) {
      knownTimes.clear();
    }
    knownTimes.put(key, place);
    return place;
  }

  /** Adds the checksum of what was written since {@code began}; returns its length without it. */
  private int checksum(int began) {
    int length = out.length - began;
    crc.reset();
    crc.update(out.bytes, began, length);
    out.putInt((int) crc.getValue());
    return length;
  }

  private int symbol(String text) {
    Integer known = symbols.get(text);
    if (known != null) {
      return known;
    }
    int number = symbolBytes.size();
    symbols.put(text, number);
    symbolBytes.add(text.getBytes(StandardCharsets.UTF_8));
    return number;
  }

  private void flush() throws IOException {
    write(channel, out);
    flushed += out.length;
    out.clear();
  }

  private static void write(FileChannel to, ByteSink bytes) throws IOException {
    var buffer = ByteBuffer.wrap(bytes.bytes, 0, bytes.length);
    while (buffer.hasRemaining()) {
      to.write(buffer);
    }
  }

  /**
   * Completes the block and puts it in its place.
   *
   * @return what it holds
   */
  BlockMeta finish() throws IOException {
    flush();
    channel.force(true);
    channel.close();
    var meta =
        new BlockMeta(
            minTime, maxTime, samples, seriesCount, columns, level, resolution, sources, rules);
    ByteSink index =
        BlockIndex.encode(symbolBytes, symbols, series, seriesPlaces, seriesCount, postings);
    store(INDEX_FILE, index);
    var text = new ByteSink(256);
    text.put(meta.text().getBytes(StandardCharsets.UTF_8));
    store(META_FILE, text);
    WriteLog.syncFolder(temporary);
    Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
    Path parent = folder.getParent();
    if (parent != null) {
      WriteLog.syncFolder(parent);
    }
    finished = true;
    return meta;
  }

  private void store(String name, ByteSink bytes) throws IOException {
    try (var file =
        FileChannel.open(
            temporary.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      write(file, bytes);
      file.force(true);
    }
  }

  /** Throws away what is not finished. */
  @Override
  public void close() throws IOException {
    if (!finished) {
      channel.close();
      Folders.delete(temporary);
    }
  }
}
