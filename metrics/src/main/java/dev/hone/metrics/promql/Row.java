package dev.hone.metrics.promql;

import dev.hone.metrics.Labels;
import java.util.Arrays;

/**
 * A series of an intermediate result: one value a step, {@link #ABSENT} where it has none.
 *
 * @param values owned by the row
 */
@SuppressWarnings("ArrayRecordComponent")
record Row(Labels labels, double[] values) {
  private static final long ABSENT_BITS = 0x7FFABCDE12345678L;

  /** A NaN that no calculation yields: there is no value. */
  static final double ABSENT = Double.longBitsToDouble(ABSENT_BITS);

  private static final long STALE_BITS = 0x7FF0000000000002L;

  static boolean isAbsent(double value) {
    return Double.isNaN(value) && Double.doubleToRawLongBits(value) == ABSENT_BITS;
  }

  /** Whether a stored value marks the end of a series (Prometheus, "Staleness"). */
  static boolean isStale(double value) {
    return Double.isNaN(value) && Double.doubleToRawLongBits(value) == STALE_BITS;
  }

  static double[] absent(int steps) {
    var values = new double[steps];
    Arrays.fill(values, ABSENT);
    return values;
  }

  boolean isEmpty() {
    for (double value : values) {
      if (!isAbsent(value)) {
        return false;
      }
    }
    return true;
  }
}
