package dev.hone.demo.traffic;

import dev.hone.demo.http.Buckets;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;

/** What the traffic tells about the shop. */
final class TrafficMetrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Histogram all =
      Histogram.builder()
          .name("demo_request_seconds")
          .help("Latency of all requests from their intended start, errors included.")
          .classicOnly()
          .classicUpperBounds(Buckets.seconds())
          .register(registry);
  private final Histogram byRoute =
      Histogram.builder()
          .name("demo_route_request_seconds")
          .help("Latency of the requests of one route from their intended start.")
          .classicOnly()
          .classicUpperBounds(Buckets.seconds())
          .labelNames("route")
          .register(registry);
  private final Counter requests =
      Counter.builder()
          .name("demo_requests_total")
          .help("Requests that have ended, by outcome: answered, failed, dropped.")
          .labelNames("route", "outcome")
          .register(registry);
  private final Counter errors =
      Counter.builder()
          .name("demo_request_errors_total")
          .help("Requests without a good answer in time; dropped ones included.")
          .register(registry);

  TrafficMetrics() {
    for (Scenario scenario : Scenario.values()) {
      byRoute.initLabelValues(scenario.route());
      for (Generator.Outcome outcome : Generator.Outcome.values()) {
        requests.initLabelValues(scenario.route(), label(outcome));
      }
    }
  }

  void ended(Scenario scenario, long latencyNanos, Generator.Outcome outcome) {
    double seconds = latencyNanos / 1e9;
    all.observe(seconds);
    byRoute.labelValues(scenario.route()).observe(seconds);
    requests.labelValues(scenario.route(), label(outcome)).inc();
    if (outcome != Generator.Outcome.ANSWERED) {
      errors.inc();
    }
  }

  private static String label(Generator.Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  PrometheusRegistry registry() {
    return registry;
  }
}
