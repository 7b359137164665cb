package dev.hone.server;

import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What makes the number of series large: the answer of Prometheus' {@code status/tsdb} about the
 * series with samples in the last hours.
 */
final class Cardinality {
  private static final Duration RECENT = Duration.ofHours(2);
  private static final int MOST = 10;

  private final Map<String, Long> series = new HashMap<>();
  private final Map<String, Long> pairs = new HashMap<>();
  private final Map<String, Long> bytes = new HashMap<>();
  private final Set<Labels> seen = new HashSet<>();

  private Cardinality() {}

  /**
   * Counts.
   *
   * @param now ms since the epoch
   */
  static Map<String, Object> of(MetricStore store, long now) {
    var counted = new Cardinality();
    store.series(List.of(), now - RECENT.toMillis(), now, counted::add);
    var values = new HashMap<String, Long>();
    for (String pair : counted.pairs.keySet()) {
      values.merge(pair.substring(0, pair.indexOf('=')), 1L, Long::sum);
    }
    var answer = new LinkedHashMap<String, Object>();
    var head = new LinkedHashMap<String, Object>();
    head.put("numSeries", counted.seen.size());
    head.put("numLabelPairs", counted.pairs.size());
    answer.put("headStats", head);
    answer.put("seriesCountByMetricName", most(counted.series));
    answer.put("labelValueCountByLabelName", most(values));
    answer.put("memoryInBytesByLabelName", most(counted.bytes));
    answer.put("seriesCountByLabelValuePair", most(counted.pairs));
    return answer;
  }

  private void add(Labels labels) {
    if (!seen.add(labels)) {
      return;
    }
    series.merge(labels.name(), 1L, Long::sum);
    for (int i = 0; i < labels.size(); i++) {
      String name = labels.labelName(i);
      String value = labels.labelValue(i);
      if (pairs.merge(name + "=" + value, 1L, Long::sum) == 1) {
        long length = value.getBytes(StandardCharsets.UTF_8).length;
        bytes.merge(name, length, Long::sum);
      }
    }
  }

  private static List<Map<String, Object>> most(Map<String, Long> counts) {
    var most = new ArrayList<Map<String, Object>>();
    counts.entrySet().stream()
        .sorted(
            Comparator.comparing((Map.Entry<String, Long> e) -> -e.getValue())
                .thenComparing(Map.Entry::getKey))
        .limit(MOST)
        .forEach(
            e -> {
              var one = new LinkedHashMap<String, Object>();
              one.put("name", e.getKey());
              one.put("value", e.getValue());
              most.add(one);
            });
    return most;
  }
}
