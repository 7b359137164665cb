package dev.hone.layer.jvm;

import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.jspecify.annotations.Nullable;

/**
 * Which attributes of a JVM's platform MXBeans become which series, with the names of Prometheus'
 * {@code client_java} where it has one. Memory pools and collectors are looked up once: they do not
 * change while a JVM runs.
 */
final class PlatformBeans {
  private static final ObjectName MEMORY = JmxConnection.name("java.lang:type=Memory");
  private static final ObjectName THREADS = JmxConnection.name("java.lang:type=Threading");
  private static final ObjectName CLASSES = JmxConnection.name("java.lang:type=ClassLoading");
  private static final ObjectName SYSTEM = JmxConnection.name("java.lang:type=OperatingSystem");
  private static final ObjectName POOLS = JmxConnection.name("java.lang:type=MemoryPool,*");
  private static final ObjectName COLLECTORS =
      JmxConnection.name("java.lang:type=GarbageCollector,*");
  private static final double MILLIS = 1e-3;
  private static final double NANOS = 1e-9;

  private final MetricStore store;
  private final String pid;
  private final String jvm;
  private final Map<ObjectName, List<Source>> sources = new LinkedHashMap<>();

  /** One number: an attribute, or a part of a composite one, times its unit. */
  private record Source(String attribute, @Nullable String part, double unit, long series) {}

  /** A number for a series. */
  record Value(long series, double value) {}

  PlatformBeans(JmxConnection connection, MetricStore store, String pid, String jvm)
      throws IOException {
    this.store = store;
    this.pid = pid;
    this.jvm = jvm;
    usage(MEMORY, "HeapMemoryUsage", "jvm_memory_", "area", "heap");
    usage(MEMORY, "NonHeapMemoryUsage", "jvm_memory_", "area", "nonheap");
    for (ObjectName pool : connection.beans().queryNames(POOLS, null)) {
      usage(pool, "Usage", "jvm_memory_pool_", "pool", pool.getKeyProperty("name"));
    }
    for (ObjectName collector : connection.beans().queryNames(COLLECTORS, null)) {
      String gc = collector.getKeyProperty("name");
      add(collector, "CollectionCount", 1, "jvm_gc_collection_seconds_count", "gc", gc);
      add(collector, "CollectionTime", MILLIS, "jvm_gc_collection_seconds_sum", "gc", gc);
    }
    add(THREADS, "ThreadCount", 1, "jvm_threads_current");
    add(THREADS, "DaemonThreadCount", 1, "jvm_threads_daemon");
    add(THREADS, "PeakThreadCount", 1, "jvm_threads_peak");
    add(THREADS, "TotalStartedThreadCount", 1, "jvm_threads_started_total");
    add(CLASSES, "LoadedClassCount", 1, "jvm_classes_currently_loaded");
    add(CLASSES, "TotalLoadedClassCount", 1, "jvm_classes_loaded_total");
    add(CLASSES, "UnloadedClassCount", 1, "jvm_classes_unloaded_total");
    add(SYSTEM, "ProcessCpuLoad", 1, "jvm_process_cpu_load_ratio");
    add(SYSTEM, "ProcessCpuTime", NANOS, "jvm_process_cpu_seconds_total");
    add(SYSTEM, "OpenFileDescriptorCount", 1, "jvm_process_open_fds");
    add(SYSTEM, "MaxFileDescriptorCount", 1, "jvm_process_max_fds");
    add(JmxConnection.RUNTIME, "Uptime", MILLIS, "jvm_uptime_seconds");
  }

  private void usage(ObjectName bean, String attribute, String prefix, String label, String value) {
    for (String part : List.of("used", "committed", "max")) {
      long series = series(prefix + part + "_bytes", label, value);
      sources
          .computeIfAbsent(bean, ignored -> new ArrayList<>())
          .add(new Source(attribute, part, 1, series));
    }
  }

  private void add(
      ObjectName bean, String attribute, double unit, String name, String... moreLabels) {
    sources
        .computeIfAbsent(bean, ignored -> new ArrayList<>())
        .add(new Source(attribute, null, unit, series(name, moreLabels)));
  }

  private long series(String name, String... moreLabels) {
    var labels = new LinkedHashMap<String, String>();
    labels.put(Labels.NAME, name);
    labels.put("pid", pid);
    labels.put("jvm", jvm);
    for (int i = 0; i < moreLabels.length; i += 2) {
      labels.put(moreLabels[i], moreLabels[i + 1]);
    }
    return store.series(Labels.of(labels));
  }

  /** Reads every attribute, one call an MBean. What a JVM does not tell is left out. */
  List<Value> read(JmxConnection connection) throws IOException, JMException {
    var values = new ArrayList<Value>();
    for (var entry : sources.entrySet()) {
      List<Source> wanted = entry.getValue();
      String[] names = wanted.stream().map(Source::attribute).distinct().toArray(String[]::new);
      var found = new LinkedHashMap<String, Object>();
      for (Attribute attribute : connection.attributes(entry.getKey(), names).asList()) {
        if (attribute.getValue() != null) {
          found.put(attribute.getName(), attribute.getValue());
        }
      }
      for (Source source : wanted) {
        Object value = found.get(source.attribute());
        if (value instanceof CompositeData data && source.part() != null) {
          value = data.get(source.part());
        }
        // -1 stands for "not known" or "without limit" in all of these
        if (value instanceof Number number && number.doubleValue() >= 0) {
          values.add(new Value(source.series(), number.doubleValue() * source.unit()));
        }
      }
    }
    return values;
  }
}
