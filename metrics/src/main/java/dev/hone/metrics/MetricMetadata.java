package dev.hone.metrics;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is known of a metric.
 *
 * @param type counter, gauge, histogram, summary, info, stateset or unknown
 * @param help a sentence for people, or the empty string
 * @param unit or the empty string
 */
public record MetricMetadata(String type, String help, String unit) {
  /** Nothing is known. */
  public static final MetricMetadata UNKNOWN = new MetricMetadata("unknown", "", "");

  /** The same with what a line says: HELP, TYPE or UNIT. */
  public MetricMetadata with(String what, String value) {
    return switch (what) {
      case "TYPE" -> new MetricMetadata(value.equals("untyped") ? "unknown" : value, help, unit);
      case "HELP" -> new MetricMetadata(type, value, unit);
      default -> new MetricMetadata(type, help, value);
    };
  }

  /** What senders said of metrics that were not scraped; bounded, the first that come stay. */
  public static final class Table {
    private static final int MOST_METRICS = 20_000;
    private static final int MOST_EACH = 10;
    private static final int MOST_TEXT = 1_024;

    private final Map<String, Set<MetricMetadata>> known = new ConcurrentHashMap<>();

    /** Takes what is said of a metric. */
    public void add(String metric, MetricMetadata said) {
      if (metric.length() > MOST_TEXT
          || said.help().length() > MOST_TEXT
          || said.unit().length() > MOST_TEXT
          || (known.size() >= MOST_METRICS && !known.containsKey(metric))) {
        return;
      }
      known.compute(
          metric,
          (name, before) -> {
            if (before != null && (before.contains(said) || before.size() >= MOST_EACH)) {
              return before;
            }
            var more = new LinkedHashSet<MetricMetadata>(before == null ? Set.of() : before);
            more.add(said);
            return more;
          });
    }

    /** All of it, by metric. */
    public Map<String, Set<MetricMetadata>> all() {
      return new TreeMap<>(known);
    }
  }
}
