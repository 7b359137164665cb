package dev.hone.metrics;

import java.util.Arrays;

/**
 * What is known of one series in buckets of equal length instead of sample by sample. A bucket of
 * resolution R that ends at e holds what its samples in {@code (e-R, e]} come to; markers of
 * staleness are no samples. Reusable.
 */
@SuppressWarnings("EnumOrdinal") // a column is found by its number
public final class Summaries {
  /** A column: one number a bucket. */
  public enum Column {
    /** Number of samples; 0 in a bucket that only says that the series ended. */
    COUNT,
    /** Their sum. */
    SUM,
    /** The least, NaN only when all are. */
    MIN,
    /** The greatest, NaN only when all are. */
    MAX,
    /** The first. */
    FIRST,
    /** The last. */
    LAST,
    /**
     * What a counter lost at resets within the bucket: the sum of the values before each fall. Its
     * increase between first and last sample is {@code LAST - FIRST + LOST}.
     */
    LOST,
    /** How often a sample was less than the one before it, within the bucket. */
    RESETS,
    /**
     * The sum of squared differences from the bucket's mean; {@code DEVIATION + SUM²/COUNT} is the
     * sum of squares, which is not kept itself because the variance would be lost in its rounding.
     */
    DEVIATION,
    /** When the first sample is from, ms after the beginning of the bucket. */
    FIRST_TIME,
    /** When the last sample is from, ms after the beginning of the bucket. */
    LAST_TIME,
    /** 1 when a marker of staleness follows the last sample, else 0. */
    ENDED
  }

  private static final Column[] COLUMNS = Column.values();

  private final double[][] columns = new double[COLUMNS.length][64];
  private long[] ends = new long[64];
  private long resolution;
  private int size;

  /** How many columns there are. */
  public static int columnCount() {
    return COLUMNS.length;
  }

  /** Empties it for buckets of another length, in ms. */
  public void begin(long bucketMillis) {
    resolution = bucketMillis;
    size = 0;
  }

  /** The length of a bucket in ms. */
  public long resolution() {
    return resolution;
  }

  /** How many buckets there are; those without samples are left out. */
  public int size() {
    return size;
  }

  /** When a bucket ends, ms since the epoch; ascending. */
  public long end(int bucket) {
    return ends[bucket];
  }

  /** A number of a bucket. */
  public double get(Column column, int bucket) {
    return columns[column.ordinal()][bucket];
  }

  /** Sets a number of a bucket. */
  public void set(Column column, int bucket, double value) {
    columns[column.ordinal()][bucket] = value;
  }

  /** The time of the first sample of a bucket, ms since the epoch. */
  public long firstTime(int bucket) {
    return ends[bucket] - resolution + (long) get(Column.FIRST_TIME, bucket);
  }

  /** The time of the last sample of a bucket, ms since the epoch. */
  public long lastTime(int bucket) {
    return ends[bucket] - resolution + (long) get(Column.LAST_TIME, bucket);
  }

  /** The first bucket that ends after a time. */
  public int firstAfter(long time) {
    int place = Arrays.binarySearch(ends, 0, size, time);
    return place >= 0 ? place + 1 : -place - 1;
  }

  /** Makes room for so many more buckets. */
  public void ensure(int more) {
    if (size + more > ends.length) {
      int capacity = Math.max(size + more, 2 * size);
      ends = Arrays.copyOf(ends, capacity);
      for (int i = 0; i < columns.length; i++) {
        columns[i] = Arrays.copyOf(columns[i], capacity);
      }
    }
  }

  /** Adds a bucket at the end, all of its numbers 0; returns its number. */
  public int add(long end) {
    ensure(1);
    ends[size] = end;
    for (double[] column : columns) {
      column[size] = 0;
    }
    return size++;
  }

  /** Adds a bucket of another at the end. */
  public void add(Summaries from, int bucket) {
    ensure(1);
    ends[size] = from.ends[bucket];
    for (int i = 0; i < columns.length; i++) {
      columns[i][size] = from.columns[i][bucket];
    }
    size++;
  }

  /** The ends of all buckets; longer than {@link #size}, and valid until it changes. */
  public long[] ends() {
    return ends;
  }

  /** All numbers of a column; longer than {@link #size}, and valid until it changes. */
  public double[] column(Column column) {
    return columns[column.ordinal()];
  }

  /** Takes the series of a scan, one after the other. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * A series.
     *
     * @param summaries at least one bucket; valid during the call only
     */
    void visit(Labels labels, Summaries summaries);
  }
}
