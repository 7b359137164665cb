package dev.hone.metrics.promql;

import dev.hone.metrics.Labels;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The aggregation operators. Rows are added one by one and need not be kept. */
abstract class Aggregations {
  final int steps;

  Aggregations(int steps) {
    this.steps = steps;
  }

  /** Adds a series of a group. */
  abstract void add(Labels group, Row row);

  abstract List<Row> result();

  /** Aggregations that need a few numbers a group and step. */
  static final class Folding extends Aggregations {
    private final String operator;
    private final Map<Labels, double[][]> groups = new LinkedHashMap<>();

    Folding(String operator, int steps) {
      super(steps);
      this.operator = operator;
    }

    @Override
    void add(Labels group, Row row) {
      double[][] state = groups.get(group);
      if (state == null) {
        state = new double[][] {Row.absent(steps), new double[steps], new double[steps]};
        groups.put(group, state);
      }
      double[] values = row.values();
      double[] result = state[0];
      switch (operator) {
        case "sum" -> {
          for (int i = 0; i < steps; i++) {
            double v = values[i];
            if (!Row.isAbsent(v)) {
              result[i] = Row.isAbsent(result[i]) ? v : result[i] + v;
            }
          }
        }
        case "count", "group" -> {
          boolean one = operator.equals("group");
          for (int i = 0; i < steps; i++) {
            if (!Row.isAbsent(values[i])) {
              result[i] = one || Row.isAbsent(result[i]) ? 1 : result[i] + 1;
            }
          }
        }
        case "min", "max" -> extreme(values, result, operator.equals("max"));
        case "avg" -> average(values, result, state[1]);
        default -> variance(values, result, state[1], state[2]);
      }
    }

    private void extreme(double[] values, double[] result, boolean max) {
      for (int i = 0; i < steps; i++) {
        double v = values[i];
        if (Row.isAbsent(v)) {
          continue;
        }
        double r = result[i];
        if (Double.isNaN(r) || (max ? r < v : r > v)) {
          result[i] = v;
        }
      }
    }

    private void average(double[] values, double[] mean, double[] count) {
      for (int i = 0; i < steps; i++) {
        double v = values[i];
        if (Row.isAbsent(v)) {
          continue;
        }
        count[i]++;
        if (count[i] == 1) {
          mean[i] = v;
        } else if (!Double.isInfinite(mean[i])
            || (Double.isInfinite(v) ? (mean[i] > 0) != (v > 0) : Double.isNaN(v))) {
          mean[i] += v / count[i] - mean[i] / count[i];
        }
      }
    }

    private void variance(double[] values, double[] sum, double[] mean, double[] count) {
      for (int i = 0; i < steps; i++) {
        double v = values[i];
        if (Row.isAbsent(v)) {
          continue;
        }
        count[i]++;
        if (count[i] == 1) {
          mean[i] = v;
          sum[i] = 0;
        } else {
          double delta = v - mean[i];
          mean[i] += delta / count[i];
          sum[i] += delta * (v - mean[i]);
        }
      }
    }

    @Override
    List<Row> result() {
      var rows = new ArrayList<Row>(groups.size());
      groups.forEach(
          (labels, state) -> {
            double[] values = state[0];
            if (operator.startsWith("std")) {
              for (int i = 0; i < steps; i++) {
                if (!Row.isAbsent(values[i])) {
                  double variance = values[i] / state[2][i];
                  values[i] = operator.equals("stddev") ? Math.sqrt(variance) : variance;
                }
              }
            }
            rows.add(new Row(labels, values));
          });
      return rows;
    }
  }

  /** Aggregations that need all values of a step. */
  static final class Gathering extends Aggregations {
    private final String operator;
    private final double[] parameter;
    private final Map<Labels, List<Row>> groups = new LinkedHashMap<>();

    Gathering(String operator, int steps, double[] parameter) {
      super(steps);
      this.operator = operator;
      this.parameter = parameter;
    }

    @Override
    void add(Labels group, Row row) {
      groups.computeIfAbsent(group, g -> new ArrayList<>()).add(row);
    }

    @Override
    List<Row> result() {
      var result = new ArrayList<Row>();
      groups.forEach(
          (labels, rows) -> {
            switch (operator) {
              case "quantile" -> result.add(quantile(labels, rows));
              default -> top(rows, operator.equals("topk"), result);
            }
          });
      return result;
    }

    private Row quantile(Labels labels, List<Row> rows) {
      double[] result = Row.absent(steps);
      var buffer = new double[rows.size()];
      for (int i = 0; i < steps; i++) {
        int count = 0;
        for (Row row : rows) {
          if (!Row.isAbsent(row.values()[i])) {
            buffer[count++] = row.values()[i];
          }
        }
        if (count > 0) {
          result[i] = WindowFunctions.quantile(parameter[i], Arrays.copyOf(buffer, count));
        }
      }
      return new Row(labels, result);
    }

    private void top(List<Row> rows, boolean top, List<Row> result) {
      var kept = new double[rows.size()][];
      for (int i = 0; i < steps; i++) {
        int wanted = count(parameter[i]);
        if (wanted < 1) {
          continue;
        }
        var best = new BestHeap(Math.min(wanted, rows.size()), top);
        for (int r = 0; r < rows.size(); r++) {
          double v = rows.get(r).values()[i];
          if (!Row.isAbsent(v)) {
            best.offer(r, v);
          }
        }
        int[] chosen = best.bestFirst();
        for (int r : chosen) {
          if (kept[r] == null) {
            kept[r] = Row.absent(steps);
          }
          kept[r][i] = rows.get(r).values()[i];
        }
        if (steps == 1) {
          for (int r : chosen) {
            result.add(new Row(rows.get(r).labels(), kept[r]));
          }
          return;
        }
      }
      for (int r = 0; r < kept.length; r++) {
        if (kept[r] != null) {
          result.add(new Row(rows.get(r).labels(), kept[r]));
        }
      }
    }

    /** Best first; NaN last both ways. */
    static int compare(double a, double b, boolean descending) {
      if (Double.isNaN(a) || Double.isNaN(b)) {
        return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
      }
      if (a == b) {
        return 0;
      }
      return (a < b) == descending ? 1 : -1;
    }

    private static int count(double k) {
      if (!(k >= -9.223372036854776E18 && k <= 9.223372036854776E18)) {
        throw new QueryException.Execution("Scalar value " + k + " overflows int64");
      }
      return Math.clamp((long) k, 0, Integer.MAX_VALUE);
    }
  }

  /** A number as Prometheus writes it into a label. */
  static String text(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return value == 0 && 1 / value < 0 ? "-0" : Long.toString((long) value);
    }
    String text = Double.toString(value);
    if (text.indexOf('E') >= 0) {
      return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
