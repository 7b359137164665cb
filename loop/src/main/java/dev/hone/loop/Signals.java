package dev.hone.loop;

import java.time.Instant;

/** Reads signals; the only way the loop sees the running system. */
public interface Signals {
  /** The signal's value over a window that may lie in the past. */
  Reading read(SignalRef signal, Instant from, Instant to);

  /**
   * A value and how much of the data it should rest on was there.
   *
   * @param value NaN when there was no data
   * @param completeness 0 to 1
   */
  record Reading(double value, double completeness) {
    /** No data. */
    public static final Reading NONE = new Reading(Double.NaN, 0);

    /** Whether there is a value. */
    public boolean present() {
      return !Double.isNaN(value);
    }
  }
}
