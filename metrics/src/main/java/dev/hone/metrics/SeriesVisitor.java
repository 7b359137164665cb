package dev.hone.metrics;

/** Takes the series of a scan, one after the other. */
@FunctionalInterface
public interface SeriesVisitor {
  /**
   * A series.
   *
   * @param times milliseconds since the epoch, strictly increasing; valid during the call only
   * @param values one a time; valid during the call only
   * @param count how many samples there are; never 0
   */
  void visit(Labels labels, long[] times, double[] values, int count);
}
