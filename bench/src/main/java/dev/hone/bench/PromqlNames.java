package dev.hone.bench;

import java.util.List;

/** Names that occur in {@link PromqlData}. */
final class PromqlNames {
  static final List<String> METRICS =
      List.of(
          "demo_requests_total",
          "demo_cpu_seconds_total",
          "demo_memory_bytes",
          "demo_celsius",
          "demo_odd",
          "demo_flapping",
          "demo_up",
          "demo_replicas",
          "demo_boot_seconds",
          "demo_latency_seconds_bucket",
          "demo_latency_seconds_count",
          "demo_latency_seconds_sum",
          "demo_info",
          "demo_gaps",
          "demo_requests_total",
          "demo_celsius",
          "demo_gaps",
          "demo_nothing");

  static final List<String> MATCHERS =
      List.of(
          "method=\"GET\"",
          "status=~\"4..|5..\"",
          "mode!=\"idle\"",
          "type=\"free\"",
          "kind=\"mixed\"",
          "kind!=\"nan\", job=\"demo\"",
          "path=\"/orders\"",
          "le=\"+Inf\"",
          "le=~\"0.*\"",
          "version=~\"1.+\"",
          "zone=\"a\"",
          "sensor=\"out\"",
          "none=\"\"",
          "instance=~\".*\"",
          "status=~\"\"",
          "method=~\"GET|\"");

  private PromqlNames() {}
}
