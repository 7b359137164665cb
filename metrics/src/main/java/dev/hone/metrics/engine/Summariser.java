package dev.hone.metrics.engine;

import dev.hone.metrics.Summaries;
import dev.hone.metrics.Summaries.Column;

/** Puts the samples of a series together in buckets. */
final class Summariser {
  private static final long STALE = 0x7FF0000000000002L;

  private Summariser() {}

  /**
   * Adds the buckets of samples to those held; they must begin after these end.
   *
   * @param times ascending, ms since the epoch; sample {@code from} begins
   * @param to one after the last sample
   */
  static void add(long[] times, double[] values, int from, int to, Summaries into) {
    long resolution = into.resolution();
    for (int i = from; i < to; ) {
      long begin = Math.floorDiv(times[i] - 1, resolution) * resolution;
      long end = begin + resolution;
      int next = i + 1;
      while (next < to && times[next] <= end) {
        next++;
      }
      bucket(times, values, i, next, begin, into.add(end), into);
      i = next;
    }
  }

  private static void bucket(
      long[] times, double[] values, int from, int to, long begin, int bucket, Summaries into) {
    int count = 0;
    int first = -1;
    int last = -1;
    double sum = 0;
    double rest = 0;
    double min = Double.NaN;
    double max = Double.NaN;
    double lost = 0;
    int resets = 0;
    boolean ended = false;
    for (int i = from; i < to; i++) {
      double v = values[i];
      ended = isStale(v);
      if (ended) {
        continue;
      }
      if (last >= 0 && v < values[last]) {
        resets++;
        lost += values[last];
      }
      first = first < 0 ? i : first;
      last = i;
      count++;
      double t = sum + v;
      rest += Math.abs(sum) >= Math.abs(v) ? (sum - t) + v : (v - t) + sum;
      sum = t;
      min = v < min || Double.isNaN(min) ? v : min;
      max = v > max || Double.isNaN(max) ? v : max;
    }
    into.set(Column.ENDED, bucket, ended ? 1 : 0);
    if (count == 0) {
      return;
    }
    sum = Double.isFinite(sum) ? sum + rest : sum;
    into.set(Column.COUNT, bucket, count);
    into.set(Column.SUM, bucket, sum);
    into.set(Column.MIN, bucket, min);
    into.set(Column.MAX, bucket, max);
    into.set(Column.FIRST, bucket, values[first]);
    into.set(Column.LAST, bucket, values[last]);
    into.set(Column.LOST, bucket, lost);
    into.set(Column.RESETS, bucket, resets);
    into.set(Column.DEVIATION, bucket, deviation(values, from, to, sum / count));
    into.set(Column.FIRST_TIME, bucket, (double) (times[first] - begin));
    into.set(Column.LAST_TIME, bucket, (double) (times[last] - begin));
  }

  /** The sum of squared differences from the mean, corrected for the rounding of the mean. */
  private static double deviation(double[] values, int from, int to, double mean) {
    double squares = 0;
    double differences = 0;
    int count = 0;
    for (int i = from; i < to; i++) {
      double v = values[i];
      if (!isStale(v)) {
        double difference = v - mean;
        squares += difference * difference;
        differences += difference;
        count++;
      }
    }
    return Math.max(0, squares - differences * differences / count);
  }

  private static boolean isStale(double value) {
    return Double.isNaN(value) && Double.doubleToRawLongBits(value) == STALE;
  }
}
