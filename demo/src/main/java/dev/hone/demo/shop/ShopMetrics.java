package dev.hone.demo.shop;

import com.zaxxer.hikari.HikariPoolMXBean;
import dev.hone.demo.http.Buckets;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.DoubleSupplier;

/** What the shop tells about itself. */
final class ShopMetrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Histogram seconds =
      Histogram.builder()
          .name("shop_request_seconds")
          .help("Time to answer a request, from its arrival in the shop.")
          .classicOnly()
          .classicUpperBounds(Buckets.seconds())
          .labelNames("route")
          .register(registry);
  private final Counter errors =
      Counter.builder()
          .name("shop_request_errors_total")
          .help("Requests answered with status 400 or above.")
          .labelNames("route", "status")
          .register(registry);

  ShopMetrics(HikariPoolMXBean pool) {
    gauge("shop_pool_active", "Connections in use.", pool::getActiveConnections);
    gauge("shop_pool_idle", "Connections not in use.", pool::getIdleConnections);
    gauge("shop_pool_total", "Connections open.", pool::getTotalConnections);
    gauge(
        "shop_pool_pending",
        "Threads that wait for a connection.",
        pool::getThreadsAwaitingConnection);
    gauge(
        "jvm_memory_heap_used_bytes",
        "Heap in use.",
        () -> ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    gauge(
        "jvm_threads", "Live threads.", () -> ManagementFactory.getThreadMXBean().getThreadCount());
    gauge(
        "jvm_gc_seconds",
        "Time spent collecting garbage since the start.",
        () ->
            ManagementFactory.getGarbageCollectorMXBeans().stream()
                    .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                    .sum()
                / 1000.0);
    gauge(
        "process_cpu_seconds",
        "Processor time used since the start.",
        () ->
            ProcessHandle.current()
                    .info()
                    .totalCpuDuration()
                    .map(java.time.Duration::toNanos)
                    .orElse(0L)
                / 1e9);
  }

  private void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  /** Counts an answer. */
  void answered(String route, int status, long nanos) {
    seconds.labelValues(route).observe(nanos / 1e9);
    if (status >= 400) {
      errors.labelValues(route, Integer.toString(status)).inc();
    }
  }

  PrometheusRegistry registry() {
    return registry;
  }
}
