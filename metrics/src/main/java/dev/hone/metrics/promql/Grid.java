package dev.hone.metrics.promql;

/**
 * The moments at which a part of a query is evaluated.
 *
 * @param start the first, ms since the epoch
 * @param step their distance in ms; positive
 * @param steps how many there are; at least 1
 */
record Grid(long start, long step, int steps) {
  long time(int index) {
    return start + index * step;
  }

  long end() {
    return time(steps - 1);
  }
}
