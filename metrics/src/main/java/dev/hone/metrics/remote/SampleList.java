package dev.hone.metrics.remote;

import dev.hone.metrics.TooLargeException;
import java.util.Arrays;

/** Samples that go into the outbox together; reused. */
final class SampleList {
  /** As many samples as surely fit into one record of the outbox. */
  private static final int MOST = 1 << 21;

  private static final int USUAL = 1 << 10;

  /** Arrays up to this length are kept when it is cleared. */
  private static final int KEPT = 1 << 17;

  private int[] series = new int[USUAL];
  private long[] times = new long[USUAL];
  private long[] bits = new long[USUAL];
  private int size;

  void clear() {
    if (times.length > KEPT) {
      series = new int[USUAL];
      times = new long[USUAL];
      bits = new long[USUAL];
    }
    size = 0;
  }

  void add(int number, long time, long valueBits) {
    if (size == series.length) {
      if (size == MOST) {
        throw new TooLargeException(
            "there are more than " + MOST + " samples in a batch; send less");
      }
      series = Arrays.copyOf(series, size * 2);
      times = Arrays.copyOf(times, size * 2);
      bits = Arrays.copyOf(bits, size * 2);
    }
    series[size] = number;
    times[size] = time;
    bits[size++] = valueBits;
  }

  int size() {
    return size;
  }

  int[] series() {
    return series;
  }

  long[] times() {
    return times;
  }

  long[] bits() {
    return bits;
  }

  /** Copies the sample at a place to an earlier one. */
  void move(int from, int to) {
    series[to] = series[from];
    times[to] = times[from];
    bits[to] = bits[from];
  }

  void truncate(int length) {
    size = length;
  }

  long oldest() {
    long oldest = Long.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      oldest = Math.min(oldest, times[i]);
    }
    return oldest;
  }

  long newest() {
    long newest = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      newest = Math.max(newest, times[i]);
    }
    return newest;
  }
}
