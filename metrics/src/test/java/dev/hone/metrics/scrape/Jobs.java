package dev.hone.metrics.scrape;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Jobs for tests: each ten seconds, like Prometheus' defaults otherwise. */
final class Jobs {
  private Jobs() {}

  static Job job(String name) {
    return job(name, Duration.ofSeconds(10));
  }

  static Job job(String name, Duration timeout) {
    return new Job(
        name,
        Duration.ofSeconds(10),
        timeout,
        "http",
        "/metrics",
        Map.of(),
        false,
        true,
        true,
        Access.OPEN,
        List.of(),
        List.of(),
        ScrapeLimits.NONE);
  }

  static Job with(Job job, ScrapeLimits limits) {
    return new Job(
        job.name(),
        job.interval(),
        job.timeout(),
        job.scheme(),
        job.path(),
        job.parameters(),
        job.honorLabels(),
        job.honorTimestamps(),
        job.followRedirects(),
        job.access(),
        job.relabel(),
        job.metricRelabel(),
        limits);
  }

  static Job with(Job job, String scheme, Access access) {
    return new Job(
        job.name(),
        job.interval(),
        job.timeout(),
        scheme,
        job.path(),
        job.parameters(),
        job.honorLabels(),
        job.honorTimestamps(),
        job.followRedirects(),
        access,
        job.relabel(),
        job.metricRelabel(),
        job.limits());
  }
}
