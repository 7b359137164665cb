package dev.hone.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A store in memory with a fixed bound: at most {@code maxSeries} series of at most {@code
 * samplesPerSeries} samples; the oldest sample of a series makes room for the newest. A ring costs
 * 16 bytes a sample and grows as samples come.
 */
public final class MemoryStore implements MetricStore {
  private static final int FIRST_CAPACITY = 64;

  private final int maxSeries;
  private final int samplesPerSeries;
  private final ConcurrentHashMap<Labels, Integer> handles = new ConcurrentHashMap<>();
  private volatile Ring[] rings = new Ring[FIRST_CAPACITY];
  private volatile int count;

  /**
   * An empty store.
   *
   * @param maxSeries how many series it may hold
   * @param samplesPerSeries how many samples a series may hold
   */
  public MemoryStore(int maxSeries, int samplesPerSeries) {
    this.maxSeries = maxSeries;
    this.samplesPerSeries = samplesPerSeries;
  }

  @Override
  public long series(Labels labels) {
    Integer known = handles.get(labels);
    return known != null ? known : register(labels);
  }

  private synchronized int register(Labels labels) {
    Integer known = handles.get(labels);
    if (known != null) {
      return known;
    }
    if (count >= maxSeries) {
      throw new LimitException(
          "series `"
              + labels
              + "` refused: the store holds its maximum of "
              + maxSeries
              + " series; raise `metrics.maxSeries` or drop a label with many values");
    }
    int handle = count;
    Ring[] grown = handle == rings.length ? Arrays.copyOf(rings, handle * 2) : rings;
    grown[handle] = new Ring(labels, samplesPerSeries);
    rings = grown;
    count = handle + 1;
    handles.put(labels, handle);
    return handle;
  }

  @Override
  public boolean append(long series, long timeMillis, double value) {
    return rings[(int) series].append(timeMillis, value);
  }

  @Override
  public List<Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    var found = new ArrayList<Series>();
    for (Ring ring : all()) {
      if (matchers.stream().allMatch(m -> m.matches(ring.labels))) {
        Series copy = ring.copy(fromMillis, toMillis);
        if (copy.size() > 0) {
          found.add(copy);
        }
      }
    }
    return found;
  }

  @Override
  public List<String> labelValues(String label) {
    var values = new TreeSet<String>();
    for (Ring ring : all()) {
      String value = ring.labels.get(label);
      if (value != null) {
        values.add(value);
      }
    }
    return List.copyOf(values);
  }

  @Override
  public List<String> labelNames() {
    var names = new TreeSet<String>();
    for (Ring ring : all()) {
      names.addAll(ring.labels.asMap().keySet());
    }
    return List.copyOf(names);
  }

  @Override
  public Appender appender() {
    return new Direct();
  }

  /** Stores each sample at once. */
  private final class Direct implements Appender {
    private long taken;
    private long refused;

    @Override
    public int series(Labels labels) {
      return (int) MemoryStore.this.series(labels);
    }

    @Override
    public long newest(int series) {
      return rings[series].newest();
    }

    @Override
    public void add(int series, long timeMillis, long valueBits) {
      if (append(series, timeMillis, Double.longBitsToDouble(valueBits))) {
        taken++;
      } else {
        refused++;
      }
    }

    @Override
    public Outcome commit() {
      return new Outcome(taken, 0, refused, 0, refused == 0 ? "" : "a sample is not the newest");
    }

    @Override
    public void close() {}
  }

  @Override
  public int seriesCount() {
    return count;
  }

  private List<Ring> all() {
    int held = count;
    return Arrays.asList(rings).subList(0, held);
  }

  @Override
  public void close() {}

  /** A ring of samples that doubles until its limit and then overwrites its oldest. */
  private static final class Ring {
    private final Labels labels;
    private final int limit;
    private long[] times;
    private double[] values;
    private int start;
    private int size;

    Ring(Labels labels, int limit) {
      this.labels = labels;
      this.limit = limit;
      int capacity = Math.min(FIRST_CAPACITY, limit);
      this.times = new long[capacity];
      this.values = new double[capacity];
    }

    synchronized boolean append(long time, double value) {
      if (size > 0 && times[slot(size - 1)] >= time) {
        return false;
      }
      if (size == times.length && size < limit) {
        grow();
      }
      if (size == times.length) {
        start = (start + 1) % times.length;
        size--;
      }
      int slot = slot(size++);
      times[slot] = time;
      values[slot] = value;
      return true;
    }

    synchronized long newest() {
      return size == 0 ? Long.MIN_VALUE : times[slot(size - 1)];
    }

    synchronized Series copy(long from, long to) {
      int first = firstAfter(from);
      int end = firstAfter(to);
      var copiedTimes = new long[end - first];
      var copiedValues = new double[end - first];
      for (int i = first; i < end; i++) {
        copiedTimes[i - first] = times[slot(i)];
        copiedValues[i - first] = values[slot(i)];
      }
      return new Series(labels, copiedTimes, copiedValues);
    }

    private int firstAfter(long time) {
      int low = 0;
      int high = size;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (times[slot(middle)] <= time) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    private int slot(int index) {
      return (start + index) % times.length;
    }

    private void grow() {
      int capacity = Math.min(times.length * 2, limit);
      var newTimes = new long[capacity];
      var newValues = new double[capacity];
      for (int i = 0; i < size; i++) {
        newTimes[i] = times[slot(i)];
        newValues[i] = values[slot(i)];
      }
      times = newTimes;
      values = newValues;
      start = 0;
    }
  }
}
