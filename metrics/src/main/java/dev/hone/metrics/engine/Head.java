package dev.hone.metrics.engine;

import dev.hone.metrics.LabelTest;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The series in memory. Series are found and made by one writer at a time (the engine's writing
 * lock); what readers see changes only under {@link #lock}.
 */
final class Head {
  private static final int OFFENDERS = 3;

  /** From so many series on they are sorted by rank instead of by labels. */
  private static final int RANKED = 500;

  final ReadWriteLock lock = new ReentrantReadWriteLock();
  final HeadIndex index = new HeadIndex();
  private final long blockMillis;
  private final int maxSeries;
  private final long seed;
  private SeriesTable table;
  private volatile long maxTime = Long.MIN_VALUE;
  private long compactingBefore = Long.MIN_VALUE;
  private String refusal = "";
  private int refusalSize;

  Head(EngineOptions options, long seed) {
    this.blockMillis = EngineOptions.BLOCK_SPAN.toMillis();
    this.maxSeries = options.maxSeries();
    this.seed = seed;
    this.table = new SeriesTable(seed);
  }

  /** The time of the newest sample, or {@link Long#MIN_VALUE}. */
  long maxTime() {
    return maxTime;
  }

  @Nullable HeadSeries find(byte[] key, int from, int length) {
    return table.find(key, from, length);
  }

  byte[] key(HeadSeries series) {
    return table.key(series.key);
  }

  /**
   * The series with a label set.
   *
   * @throws MetricStore.LimitException when it is new and the head is full
   */
  HeadSeries series(Labels labels) {
    byte[] key = KeyBytes.of(labels);
    HeadSeries known = table.find(key, 0, key.length);
    if (known != null) {
      return known;
    }
    if (key.length > SeriesTable.MAX_KEY) {
      throw new IllegalArgumentException(
          "the labels of `%s` take %d bytes; the maximum is %d"
              .formatted(labels.name(), key.length, SeriesTable.MAX_KEY));
    }
    if (index.size() >= maxSeries) {
      throw new MetricStore.LimitException(refusal(labels));
    }
    return create(key, index.nextRef());
  }

  /** Makes a series with a number that a log or checkpoint gave it. */
  HeadSeries create(byte[] key, int ref) {
    var series = new HeadSeries(KeyBytes.labels(key), ref, table.keep(key));
    lock.writeLock().lock();
    try {
      table.add(series);
      index.add(series);
    } finally {
      lock.writeLock().unlock();
    }
    return series;
  }

  /** Why a new series is refused, with those that take the most room. */
  private String refusal(Labels labels) {
    if (refusal.isEmpty() || refusalSize != index.size()) {
      refusalSize = index.size();
      refusal =
          "the store holds its maximum of %d series. Most belong to %s; labels with the most values are %s. Drop such a label or raise `metrics.maxSeries`"
              .formatted(
                  maxSeries,
                  largest(index.counts(Labels.NAME), " series"),
                  largest(index.valueCounts(), " values"));
    }
    return "new series `" + labels + "` refused: " + refusal;
  }

  private static String largest(Map<String, Integer> counts, String unit) {
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(OFFENDERS)
        .map(e -> "`" + e.getKey() + "` (" + e.getValue() + unit + ")")
        .reduce((a, b) -> a + ", " + b)
        .orElse("none");
  }

  /** Adds a sample; the caller holds the write lock. */
  void add(HeadSeries series, long time, long bits) {
    if (!series.any() || time > series.lastTime()) {
      series.add(time, bits, blockMillis);
    } else if (time != series.lastTime() || bits != series.lastBits()) {
      series.addLate(time, bits);
    }
    if (time < compactingBefore) {
      series.touched = true;
    }
    if (time > maxTime) {
      maxTime = time;
    }
  }

  /** Takes note of the newest time of a series that was put back. */
  void noteTime(HeadSeries series) {
    if (series.any() && series.lastTime() > maxTime) {
      maxTime = series.lastTime();
    }
  }

  /** The series that fulfil every condition, in the order of their labels. */
  HeadSeries[] select(List<LabelTest> tests) {
    HeadSeries[] found;
    var ranks = new long[0];
    lock.readLock().lock();
    try {
      found = index.select(tests).toArray(HeadSeries[]::new);
      if (found.length > RANKED) {
        ranks = new long[found.length];
        for (int i = 0; i < found.length; i++) {
          ranks[i] = (long) found[i].rank << 32 | i;
        }
      }
    } finally {
      lock.readLock().unlock();
    }
    return found.length > RANKED ? byRank(found, ranks) : byLabels(found);
  }

  private static HeadSeries[] byLabels(HeadSeries[] series) {
    Arrays.sort(series, (a, b) -> a.labels.compareTo(b.labels));
    return series;
  }

  /** Sorts by rank; those without one are sorted by labels and merged in. */
  private HeadSeries[] byRank(HeadSeries[] found, long[] ranks) {
    Arrays.sort(ranks);
    int fresh = 0;
    while (fresh < ranks.length && ranks[fresh] < 0) {
      fresh++;
    }
    if (fresh > found.length / 8) {
      rank();
      return byLabels(found);
    }
    var newer = new HeadSeries[fresh];
    for (int i = 0; i < fresh; i++) {
      newer[i] = found[(int) ranks[i]];
    }
    byLabels(newer);
    var sorted = new HeadSeries[found.length];
    int left = 0;
    int right = fresh;
    for (int i = 0; i < sorted.length; i++) {
      HeadSeries ranked = right < ranks.length ? found[(int) ranks[right]] : null;
      if (ranked == null || (left < fresh && newer[left].labels.compareTo(ranked.labels) < 0)) {
        sorted[i] = newer[left++];
      } else {
        sorted[i] = ranked;
        right++;
      }
    }
    return sorted;
  }

  /** Works out the order of all series anew. */
  private void rank() {
    List<HeadSeries> sorted = sorted();
    lock.writeLock().lock();
    try {
      int rank = 0;
      for (HeadSeries series : sorted) {
        series.rank = rank++;
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  List<HeadSeries> all() {
    lock.readLock().lock();
    try {
      return index.all();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** All series in the order of their labels. */
  List<HeadSeries> sorted() {
    var sorted = new ArrayList<>(all());
    sorted.sort((a, b) -> a.labels.compareTo(b.labels));
    return sorted;
  }

  /** The series that may hold samples in {@code (from, to]}, in the order of their labels. */
  HeadSeries[] holding(long from, long to) {
    HeadSeries[] found;
    lock.readLock().lock();
    try {
      found = index.all().stream().filter(s -> s.mayHold(from, to)).toArray(HeadSeries[]::new);
    } finally {
      lock.readLock().unlock();
    }
    return byLabels(found);
  }

  void addLabelNames(Set<String> into) {
    lock.readLock().lock();
    try {
      into.addAll(index.labelNames());
    } finally {
      lock.readLock().unlock();
    }
  }

  void addLabelValues(String label, Set<String> into) {
    lock.readLock().lock();
    try {
      into.addAll(index.labelValues(label));
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Reads samples of a series in {@code (from, to]} into a cleared buffer. */
  void read(HeadSeries series, long from, long to, ChunkReader reader, SampleBuffer into) {
    lock.readLock().lock();
    try {
      series.read(from, to, reader, into);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The same with chunks that {@link #finished} listed for a longer time. */
  void read(
      HeadSeries series,
      HeadSeries.Finished chunks,
      long from,
      long to,
      ChunkReader reader,
      SampleBuffer into) {
    lock.readLock().lock();
    try {
      series.read(chunks, from, to, reader, into);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Finished chunks of each series with samples in {@code (from, to]}, oldest first. */
  List<HeadSeries.Finished> finished(List<HeadSeries> series, long from, long to) {
    var chunks = new ArrayList<HeadSeries.Finished>(series.size());
    for (HeadSeries one : series) {
      lock.readLock().lock();
      try {
        chunks.add(one.finished(from, to));
      } finally {
        lock.readLock().unlock();
      }
    }
    return chunks;
  }

  /** The newest sample in {@code (from, to]}. */
  void readNewest(HeadSeries series, long from, long to, ChunkReader reader, SampleBuffer into) {
    lock.readLock().lock();
    try {
      if (series.newestIsAtOrBefore(to)) {
        if (series.lastTime() > from) {
          into.add(series.lastTime(), Double.longBitsToDouble(series.lastBits()));
        }
      } else {
        series.read(from, to, reader, into);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The spans of time before {@code time} that hold samples, by their beginnings, ascending. */
  SortedSet<Long> spansBefore(long time) {
    var spans = new TreeSet<Long>();
    for (HeadSeries series : all()) {
      lock.readLock().lock();
      try {
        series.addSpans(blockMillis, spans);
      } finally {
        lock.readLock().unlock();
      }
    }
    return spans.headSet(Math.floorDiv(time, blockMillis)).stream()
        .map(span -> span * blockMillis)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** From now on series that get samples older than {@code time} are marked. */
  void beginCompaction(long time) {
    lock.writeLock().lock();
    try {
      compactingBefore = time;
      for (HeadSeries series : index.all()) {
        series.touched = false;
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /**
   * Forgets what is older than the time given to {@link #beginCompaction}, except in series that
   * got such samples since; series without samples leave the head. The caller holds the engine's
   * writing lock.
   */
  void endCompaction() {
    lock.writeLock().lock();
    try {
      boolean anyDropped = false;
      for (HeadSeries series : index.all()) {
        if (!series.touched) {
          series.forgetBefore(compactingBefore);
          if (series.isEmpty()) {
            series.dropped = true;
            anyDropped = true;
          }
        }
      }
      compactingBefore = Long.MIN_VALUE;
      if (anyDropped) {
        index.removeDropped();
        var fresh = new SeriesTable(seed);
        for (HeadSeries series : index.all()) {
          fresh.add(series.moved(fresh.keep(table.key(series.key))));
        }
        table = fresh;
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
