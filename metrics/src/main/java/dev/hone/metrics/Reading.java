package dev.hone.metrics;

/**
 * What a query gave for a window of time.
 *
 * @param value the result; NaN when there was nothing to compute it from
 * @param completeness the share of the expected samples that were there, 0 to 1
 */
public record Reading(double value, double completeness) {
  /** No data. */
  public static final Reading NONE = new Reading(Double.NaN, 0);
}
