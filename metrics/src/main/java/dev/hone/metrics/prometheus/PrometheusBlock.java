package dev.hone.metrics.prometheus;

import dev.hone.metrics.Labels;
import dev.hone.metrics.wire.MalformedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of Prometheus (tsdb/docs/format): a folder with {@code meta.json}, {@code index}, {@code
 * chunks/000001 …} and perhaps {@code tombstones}, which name samples that count as deleted.
 */
final class PrometheusBlock implements AutoCloseable {
  static final String META = "meta.json";
  private static final long CHUNKS_MAGIC = 0x85BD40DDL;
  private static final long TOMBSTONES_MAGIC = 0x0130BA30L;
  private static final int CHUNKS_HEADER = 8;
  private static final int XOR = 1;
  private static final Pattern TIME =
      Pattern.compile("\"(minTime|maxTime)\"\\s*:\\s*(-?\\d{1,18})");

  /** Where a block lies and which times it holds, in ms: the last excluded. */
  record Place(Path folder, long from, long to) {
    /** Reads {@code meta.json}. */
    static Place of(Path folder) throws IOException {
      var times = new HashMap<String, Long>();
      Matcher matcher = TIME.matcher(Files.readString(folder.resolve(META)));
      while (matcher.find()) {
        times.putIfAbsent(matcher.group(1), Long.parseLong(matcher.group(2)));
      }
      Long from = times.get("minTime");
      Long to = times.get("maxTime");
      if (from == null || to == null) {
        throw new MalformedException(
            "`" + folder.resolve(META) + "` has no minTime and maxTime; leave this block out");
      }
      return new Place(folder, from, to);
    }
  }

  /** Times that are deleted, both inclusive. */
  private record Deleted(long from, long to) {}

  /** Takes the samples of a chunk; times ascend. */
  interface Samples {
    void take(long[] times, double[] values, int from, int to) throws IOException;
  }

  private final Path folder;
  private final Arena arena = Arena.ofShared();
  private final PrometheusIndex index;
  private final List<FileCursor> segments = new ArrayList<>();
  private final Map<Long, List<Deleted>> deleted = new HashMap<>();
  private final XorChunk chunk = new XorChunk();
  private int at = -1;
  private PrometheusIndex.Entry entry = new PrometheusIndex.Entry(Labels.NONE, List.of());

  /** Chunks of native histograms that were passed over. */
  long histogramChunks;

  PrometheusBlock(Path folder) throws IOException {
    this.folder = folder;
    try {
      index = new PrometheusIndex(FileCursor.map(folder.resolve("index"), arena));
      for (int i = 1; ; i++) {
        Path segment = folder.resolve("chunks").resolve("%06d".formatted(i));
        if (!Files.exists(segment)) {
          break;
        }
        FileCursor file = FileCursor.map(segment, arena);
        if (file.u32() != CHUNKS_MAGIC || file.u8() != 1) {
          throw file.damaged("it holds no chunks of version 1");
        }
        segments.add(file);
      }
      Path tombstones = folder.resolve("tombstones");
      if (Files.exists(tombstones)) {
        readTombstones(FileCursor.map(tombstones, arena));
      }
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private void readTombstones(FileCursor in) {
    if (in.u32() != TOMBSTONES_MAGIC || in.u8() != 1) {
      throw in.damaged("it holds no tombstones of version 1");
    }
    in.check(5, in.size() - 9);
    while (in.at < in.size() - 4) {
      long series = in.uvarint();
      var times = new Deleted(in.varint(), in.varint());
      deleted.computeIfAbsent(series, s -> new ArrayList<>()).add(times);
    }
  }

  /** Goes back before the first series. */
  void rewind() {
    at = -1;
  }

  /** Moves to the next series, in the order of labels; false when there is none. */
  boolean next() {
    if (++at >= index.seriesCount()) {
      return false;
    }
    entry = index.entry(at);
    return true;
  }

  Labels labels() {
    return entry.labels();
  }

  /** Shows the samples of the current series in {@code [from, to)} that are not deleted. */
  void read(long from, long to, Samples into) throws IOException {
    for (var each : entry.chunks()) {
      if (each.from() < to && each.to() >= from && decode(each.place())) {
        show(from, to, into);
      }
    }
  }

  private boolean decode(long place) {
    int segment = (int) (place >>> 32);
    if (segment >= segments.size()) {
      throw new MalformedException(
          "`%s` has %d files of chunks, and its index speaks of number %d; leave this block out"
              .formatted(folder, segments.size(), segment + 1));
    }
    FileCursor in = segments.get(segment).at(place & 0xFFFFFFFFL);
    if (in.at < CHUNKS_HEADER) {
      throw in.damaged("a chunk inside the header");
    }
    int length = in.count();
    long from = in.at;
    in.check(from, 1L + length);
    if (in.u8() != XOR) {
      histogramChunks++;
      return false;
    }
    try {
      chunk.read(in.bytes(length));
    } catch (IndexOutOfBoundsException e) {
      throw in.damaged("a chunk that ends early (" + e.getMessage() + ")");
    }
    return true;
  }

  /** Shows the decoded chunk in pieces, without what is deleted. */
  private void show(long from, long to, Samples into) throws IOException {
    List<Deleted> gone = deleted.getOrDefault(index.reference(at), List.of());
    int begin = 0;
    for (int i = 0; i <= chunk.size; i++) {
      long time = i < chunk.size ? chunk.times[i] : 0;
      boolean kept =
          i < chunk.size
              && time >= from
              && time < to
              && gone.stream().noneMatch(d -> d.from <= time && time <= d.to);
      if (i < chunk.size && i > 0 && time <= chunk.times[i - 1]) {
        throw new MalformedException(
            "`" + folder + "` has times that do not ascend; leave this block out");
      }
      if (!kept) {
        if (begin < i) {
          into.take(chunk.times, chunk.values, begin, i);
        }
        begin = i + 1;
      }
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
