package dev.hone.metrics.promql;

import java.time.Duration;

/**
 * What one query may use.
 *
 * @param time how long it may take
 * @param samples how many samples it may read from the store
 * @param values how many values it may hold at once
 * @param steps how many moments a range may have
 * @param lookBack how old the newest sample of a series may be to count as its value now
 * @param subqueryStep the step of a subquery that names none
 */
public record Limits(
    Duration time, long samples, long values, int steps, Duration lookBack, Duration subqueryStep) {
  /** Prometheus' defaults, and memory bounded by the heap. */
  public static final Limits STANDARD =
      new Limits(
          Duration.ofMinutes(2),
          500_000_000,
          Math.max(2_000_000, Runtime.getRuntime().maxMemory() / 256),
          11_000,
          Duration.ofMinutes(5),
          Duration.ofMinutes(1));
}
