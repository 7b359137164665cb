package dev.hone.metrics.remote;

import java.util.Arrays;

/** Samples that go into the outbox together; reused. */
final class SampleList {
  private int[] series = new int[1024];
  private long[] times = new long[1024];
  private long[] bits = new long[1024];
  private int size;

  void clear() {
    size = 0;
  }

  void add(int number, long time, long valueBits) {
    if (size == series.length) {
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
