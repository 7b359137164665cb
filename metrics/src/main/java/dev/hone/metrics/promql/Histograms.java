package dev.hone.metrics.promql;

import dev.hone.metrics.Decimals;
import dev.hone.metrics.Labels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Quantiles of classic histograms (Prometheus 2.42, promql/quantile.go). */
final class Histograms {
  private static final Set<String> LEFT_OUT = Set.of(Labels.NAME, "le");

  private record Bucket(double bound, Row row) {}

  private Histograms() {}

  static List<Row> quantiles(double[] q, List<Row> rows, int steps) {
    Map<Labels, List<Bucket>> groups = new LinkedHashMap<>();
    for (Row row : rows) {
      String le = row.labels().get("le");
      if (le != null) {
        double bound = bound(le);
        if (!Double.isNaN(bound) || le.equalsIgnoreCase("nan")) {
          groups
              .computeIfAbsent(row.labels().only(LEFT_OUT, false), l -> new ArrayList<>())
              .add(new Bucket(bound, row));
        }
      }
    }
    var result = new ArrayList<Row>();
    groups.forEach(
        (labels, buckets) -> {
          buckets.sort((a, b) -> Double.compare(a.bound, b.bound));
          double[] values = Row.absent(steps);
          for (int i = 0; i < steps; i++) {
            values[i] = quantile(q[i], buckets, i);
          }
          result.add(new Row(labels, values));
        });
    return result;
  }

  private static double bound(String le) {
    try {
      return switch (le) {
        case "+Inf", "Inf", "inf", "+inf" -> Double.POSITIVE_INFINITY;
        case "-Inf", "-inf" -> Double.NEGATIVE_INFINITY;
        default -> Decimals.parse(le);
      };
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static double quantile(double q, List<Bucket> all, int step) {
    int size = 0;
    var bounds = new double[all.size()];
    var counts = new double[all.size()];
    for (Bucket bucket : all) {
      double count = bucket.row.values()[step];
      if (Row.isAbsent(count)) {
        continue;
      }
      if (size > 0 && bounds[size - 1] == bucket.bound) {
        counts[size - 1] += count;
      } else {
        bounds[size] = bucket.bound;
        counts[size++] = count;
      }
    }
    if (size == 0) {
      return Row.ABSENT;
    }
    if (Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (bounds[size - 1] != Double.POSITIVE_INFINITY) {
      return Double.NaN;
    }
    double max = counts[0];
    for (int i = 1; i < size; i++) {
      if (counts[i] > max) {
        max = counts[i];
      } else if (counts[i] < max) {
        counts[i] = max;
      }
    }
    return interpolated(q, bounds, counts, size);
  }

  private static double interpolated(double q, double[] bounds, double[] counts, int size) {
    double observations = counts[size - 1];
    if (size < 2 || observations == 0) {
      return Double.NaN;
    }
    double rank = q * observations;
    int b = 0;
    int high = size - 1;
    while (b < high) {
      int middle = (b + high) >>> 1;
      if (counts[middle] >= rank) {
        high = middle;
      } else {
        b = middle + 1;
      }
    }
    if (b == size - 1) {
      return bounds[size - 2];
    }
    if (b == 0 && bounds[0] <= 0) {
      return bounds[0];
    }
    double start = b > 0 ? bounds[b - 1] : 0;
    double count = b > 0 ? counts[b] - counts[b - 1] : counts[b];
    rank -= b > 0 ? counts[b - 1] : 0;
    return start + (bounds[b] - start) * (rank / count);
  }
}
