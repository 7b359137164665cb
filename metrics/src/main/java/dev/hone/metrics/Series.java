package dev.hone.metrics;

/**
 * A copy of the samples of one series, oldest first.
 *
 * @param labels the identity of the series
 * @param times milliseconds since the epoch, strictly increasing
 * @param values one value a time
 */
@SuppressWarnings("ArrayRecordComponent")
public record Series(Labels labels, long[] times, double[] values) {
  /** The number of samples. */
  public int size() {
    return times.length;
  }

  /** The index of the last sample at or before {@code time} (ms since the epoch), or -1. */
  public int indexAtOrBefore(long time) {
    int found = java.util.Arrays.binarySearch(times, time);
    return found >= 0 ? found : -found - 2;
  }
}
