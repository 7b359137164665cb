package dev.hone.metrics.promql;

import dev.hone.metrics.Labels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The aggregation {@code count_values}: the value becomes a label, then series are grouped. */
final class CountValues {
  private final String label;
  private final Set<String> names;
  private final boolean without;
  private final int steps;
  private final Map<Labels, double[]> counts = new LinkedHashMap<>();

  CountValues(String label, Set<String> names, boolean without, int steps) {
    this.label = label;
    this.names = names;
    this.without = without;
    this.steps = steps;
  }

  void add(Row row) {
    for (int i = 0; i < steps; i++) {
      double v = row.values()[i];
      if (!Row.isAbsent(v)) {
        Labels group = row.labels().with(label, Aggregations.text(v)).only(names, !without);
        double[] count = counts.computeIfAbsent(group, g -> Row.absent(steps));
        count[i] = Row.isAbsent(count[i]) ? 1 : count[i] + 1;
      }
    }
  }

  List<Row> result() {
    var rows = new ArrayList<Row>(counts.size());
    counts.forEach((labels, values) -> rows.add(new Row(labels, values)));
    return rows;
  }
}
