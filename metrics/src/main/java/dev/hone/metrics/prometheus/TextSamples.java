package dev.hone.metrics.prometheus;

import dev.hone.metrics.Labels;
import dev.hone.metrics.engine.Backfill;
import dev.hone.metrics.wire.Exposition;
import dev.hone.metrics.wire.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Samples of a text of any length, as many at once as memory has room for. */
final class TextSamples {
  private static final int PART = 1 << 20;
  private static final int MOST_SAMPLES = 2_000_000;
  private static final int MOST_SERIES = 100_000;
  private static final int TAIL = 64;
  private static final long YEAR_1973 = 100_000_000_000L;
  private static final long YEAR_2100 = 4_102_444_800_000L;

  private final InputStream in;
  private final boolean openMetrics;
  private final byte[] part = new byte[PART];
  private int held;
  private int lines;
  private long bytesRead;
  private boolean ended;
  private final Map<Labels, Samples> batch = new HashMap<>();
  private int size;

  TextSamples(InputStream in, boolean openMetrics) {
    this.in = in;
    this.openMetrics = openMetrics;
  }

  /** Whether a file ends as OpenMetrics must. */
  static boolean isOpenMetrics(Path path) throws IOException {
    try (var file = new RandomAccessFile(path.toFile(), "r")) {
      var tail = new byte[(int) Math.min(TAIL, file.length())];
      file.seek(file.length() - tail.length);
      file.readFully(tail);
      return new String(tail, StandardCharsets.UTF_8).strip().endsWith("# EOF");
    }
  }

  /** Samples of one series. */
  private static final class Samples {
    private long[] times = new long[16];
    private double[] values = new double[16];
    private int size;
    private boolean sorted = true;

    void add(long time, double value) {
      if (size == times.length) {
        times = Arrays.copyOf(times, size * 2);
        values = Arrays.copyOf(values, size * 2);
      }
      sorted &= size == 0 || time > times[size - 1];
      times[size] = time;
      values[size++] = value;
    }

    /** Sorts by time; of several at one time the first stays. */
    void sort() {
      if (sorted) {
        return;
      }
      int[] order =
          IntStream.range(0, size)
              .boxed()
              .sorted(Comparator.comparingLong(i -> times[i]))
              .mapToInt(i -> i)
              .toArray();
      var oldTimes = times.clone();
      var oldValues = values.clone();
      int kept = 0;
      for (int i : order) {
        if (kept == 0 || oldTimes[i] > times[kept - 1]) {
          times[kept] = oldTimes[i];
          values[kept++] = oldValues[i];
        }
      }
      size = kept;
      sorted = true;
    }

    int firstAt(long time) {
      int at = Arrays.binarySearch(times, 0, size, time);
      return at >= 0 ? at : -at - 1;
    }
  }

  /** Reads on; false when there is nothing more. */
  boolean readBatch() throws IOException {
    batch.clear();
    size = 0;
    while (size < MOST_SAMPLES && batch.size() < MOST_SERIES && readPart()) {
      // until there are enough
    }
    batch.values().forEach(Samples::sort);
    return size > 0;
  }

  private boolean readPart() throws IOException {
    int read = in.readNBytes(part, held, PART - held);
    bytesRead += read;
    int available = held + read;
    if (available == 0) {
      return false;
    }
    int end = available;
    if (available == PART) {
      while (end > 0 && part[end - 1] != '\n') {
        end--;
      }
      if (end == 0) {
        throw new MalformedException(
            "line " + (lines + 1) + " is longer than " + PART + " bytes; it is no sample");
      }
    }
    read(new String(part, 0, end, StandardCharsets.UTF_8));
    held = available - end;
    System.arraycopy(part, end, part, 0, held);
    return true;
  }

  private void read(String text) {
    if (ended && !text.isBlank()) {
      throw new MalformedException("line " + (lines + 1) + ": there is text after `# EOF`");
    }
    ended |= Exposition.readPart(text, openMetrics, lines, this::sample);
    lines += (int) text.chars().filter(c -> c == '\n').count();
  }

  private void sample(SortedMap<String, String> labels, double value, @Nullable Long millis) {
    if (millis == null) {
      throw new MalformedException(
          "a sample of `"
              + labels.get(Labels.NAME)
              + "` has no time; only samples with times can be brought in");
    }
    checkUnit(millis);
    batch.computeIfAbsent(Labels.of(labels), key -> new Samples()).add(millis, value);
    size++;
  }

  /** Tells seconds from milliseconds: no sample is from before 1973 or after 2100. */
  private void checkUnit(long millis) {
    if (openMetrics && millis > YEAR_2100) {
      throw new MalformedException(
          "the time %s s lies after 2100; times of OpenMetrics are in seconds. If these are milliseconds, name the format with --format text"
              .formatted(millis / 1000));
    } else if (!openMetrics && millis < YEAR_1973) {
      throw new MalformedException(
          "the time %d ms lies before 1973; times of Prometheus' text are in milliseconds. If these are seconds, name the format with --format openmetrics"
              .formatted(millis));
    }
  }

  long bytesRead() {
    return bytesRead;
  }

  /** Whether {@code # EOF} was there. */
  boolean ended() {
    return ended;
  }

  /** The series of the batch in their order. */
  List<Labels> series() {
    var sorted = new ArrayList<>(batch.keySet());
    sorted.sort(null);
    return sorted;
  }

  /** The numbers of the spans in which samples of the batch lie. */
  SortedSet<Long> spans(long span) {
    var spans = new TreeSet<Long>();
    for (Samples samples : batch.values()) {
      for (int i = 0; i < samples.size; ) {
        long number = Math.floorDiv(samples.times[i], span);
        spans.add(number);
        i = samples.firstAt((number + 1) * span);
      }
    }
    return spans;
  }

  /** Adds the samples of a series in {@code [from, to)}. */
  void add(Labels labels, long from, long to, Backfill backfill) throws IOException {
    Samples samples = batch.getOrDefault(labels, new Samples());
    int first = samples.firstAt(from);
    int last = samples.firstAt(to);
    backfill.add(labels, samples.times, samples.values, first, last);
  }
}
