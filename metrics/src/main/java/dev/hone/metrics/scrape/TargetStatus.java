package dev.hone.metrics.scrape;

import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a target that is scraped.
 *
 * @param job the job's name
 * @param discovered its labels before relabelling
 * @param labels what its series carry
 * @param url where it is scraped
 * @param error why the last scrape failed, or the empty string
 * @param last when it was scraped last
 * @param took how long that took
 * @param metadata what it says of its metrics, by metric
 */
public record TargetStatus(
    String job,
    Map<String, String> discovered,
    Labels labels,
    String url,
    Health health,
    String error,
    Optional<Instant> last,
    Duration took,
    Duration interval,
    Duration timeout,
    Map<String, MetricMetadata> metadata) {
  /** Whether the last scrape succeeded. */
  public enum Health {
    UNKNOWN,
    UP,
    DOWN
  }

  /**
   * A target that rules dropped.
   *
   * @param job the job's name
   * @param discovered its labels before relabelling
   */
  public record Dropped(String job, Map<String, String> discovered) {}
}
