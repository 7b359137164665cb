package dev.hone.metrics.remote;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Series;
import dev.hone.metrics.SeriesVisitor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Puts samples of the same series from several backends together, each time once. */
final class JoinedSeries {
  private final Map<Labels, TreeMap<Long, Double>> series = new LinkedHashMap<>();

  void add(Series part) {
    TreeMap<Long, Double> samples =
        series.computeIfAbsent(part.labels(), labels -> new TreeMap<>());
    for (int i = 0; i < part.size(); i++) {
      samples.put(part.times()[i], part.values()[i]);
    }
  }

  void forEach(SeriesVisitor visitor) {
    series.forEach(
        (labels, samples) -> {
          long[] times = samples.keySet().stream().mapToLong(Long::longValue).toArray();
          double[] values = samples.values().stream().mapToDouble(Double::doubleValue).toArray();
          visitor.visit(labels, times, values, times.length);
        });
  }
}
