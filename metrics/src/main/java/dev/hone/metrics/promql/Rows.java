package dev.hone.metrics.promql;

import dev.hone.metrics.Labels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Work on whole intermediate results. */
final class Rows {
  private Rows() {}

  private static QueryException.Execution same() {
    return new QueryException.Execution("vector cannot contain metrics with the same labelset");
  }

  /**
   * Makes one row of those with equal labels.
   *
   * @param strict whether equal labels are an error even when the rows never have a value together
   */
  static List<Row> merged(List<Row> rows, boolean strict) {
    Map<Labels, Row> byLabels = new LinkedHashMap<>(rows.size() * 2);
    boolean any = false;
    for (Row row : rows) {
      Row other = byLabels.putIfAbsent(row.labels(), row);
      if (other != null) {
        any = true;
        if (strict && !row.isEmpty() && !other.isEmpty()) {
          throw same();
        }
        merge(row.values(), other.values());
      }
    }
    return any ? new ArrayList<>(byLabels.values()) : rows;
  }

  private static void merge(double[] from, double[] into) {
    for (int i = 0; i < from.length; i++) {
      if (!Row.isAbsent(from[i])) {
        if (!Row.isAbsent(into[i])) {
          throw same();
        }
        into[i] = from[i];
      }
    }
  }
}
