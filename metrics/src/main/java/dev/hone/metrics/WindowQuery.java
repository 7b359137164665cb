package dev.hone.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A query over one window of time, written in a subset of PromQL: selectors, {@code rate}, {@code
 * increase}, {@code avg_over_time}, {@code max_over_time} and {@code min_over_time} over {@code
 * [$window]}, {@code sum}, {@code max} and {@code avg} with {@code by (…)}, {@code
 * histogram_quantile}, numbers and {@code + - * /}. A bare selector is the last value in the
 * window.
 *
 * <p>Unlike PromQL's, {@code increase} does not extrapolate: it is the difference between the last
 * samples at or before the two ends of the window, so that windows that touch add up; resets of a
 * counter are corrected.
 */
public final class WindowQuery {
  private final String text;
  private final Expression expression;

  private WindowQuery(String text, Expression expression) {
    this.text = text;
    this.expression = expression;
  }

  /**
   * Reads a query.
   *
   * @throws IllegalArgumentException with the position when the text is not in the subset
   */
  public static WindowQuery parse(String text) {
    return new WindowQuery(text, new QueryParser(text).parse());
  }

  /**
   * The query's single value over a window; when it yields several series, their sum.
   *
   * @param fromMillis start of the window, exclusive, ms since the epoch
   * @param toMillis end of the window, inclusive
   */
  public Reading evaluate(MetricStore store, long fromMillis, long toMillis) {
    var scope = new Scope(store, fromMillis, toMillis);
    List<Point> points = expression.evaluate(scope);
    double sum = 0;
    int present = 0;
    for (Point point : points) {
      if (!Double.isNaN(point.value())) {
        sum += point.value();
        present++;
      }
    }
    return present == 0 ? Reading.NONE : new Reading(sum, scope.completeness());
  }

  /** One value a series, by labels. */
  public Map<Labels, Double> evaluateEach(MetricStore store, long fromMillis, long toMillis) {
    var values = new LinkedHashMap<Labels, Double>();
    for (Point point : expression.evaluate(new Scope(store, fromMillis, toMillis))) {
      values.put(Labels.of(point.labels()), point.value());
    }
    return values;
  }

  @Override
  public String toString() {
    return text;
  }

  /** A value with the labels it is grouped by. */
  record Point(Map<String, String> labels, double value) {}

  /** The window that is evaluated, and how complete the data in it was. */
  static final class Scope {
    /** Samples further apart than this many usual intervals count as a gap. */
    private static final double GAP_INTERVALS = 1.9;

    private static final long LOOK_BACK_MILLIS = 60_000;

    private final MetricStore store;
    private final long from;
    private final long to;
    private double worst = 1;

    Scope(MetricStore store, long from, long to) {
      this.store = store;
      this.from = from;
      this.to = to;
    }

    long from() {
      return from;
    }

    long to() {
      return to;
    }

    double completeness() {
      return worst;
    }

    /** Shows each series once; only one is held at a time, however long the window is. */
    void scan(List<Matcher> matchers, Consumer<Series> visitor) {
      store.scan(
          matchers,
          from - LOOK_BACK_MILLIS,
          to,
          false,
          (labels, times, values, count) -> {
            var series =
                new Series(labels, Arrays.copyOf(times, count), Arrays.copyOf(values, count));
            worst = Math.min(worst, coverage(series));
            visitor.accept(series);
          });
    }

    /** The share of the window that is not in a gap between samples. */
    private double coverage(Series series) {
      long interval = usualInterval(series);
      double missing = 0;
      long last = from;
      int first = series.indexAtOrBefore(from);
      if (first >= 0) {
        last = series.times()[first];
      }
      for (int i = first + 1; i < series.size(); i++) {
        missing += gap(last, series.times()[i], interval);
        last = series.times()[i];
      }
      missing += gap(last, to, interval);
      return Math.clamp(1 - missing / Math.max(1, to - from), 0, 1);
    }

    private double gap(long left, long right, long interval) {
      long tolerated = (long) (GAP_INTERVALS * interval);
      long start = Math.max(left + tolerated, from);
      return Math.max(0, right - start);
    }

    private static long usualInterval(Series series) {
      if (series.size() < 2) {
        return 1_000;
      }
      long[] steps = new long[series.size() - 1];
      for (int i = 0; i < steps.length; i++) {
        steps[i] = series.times()[i + 1] - series.times()[i];
      }
      Arrays.sort(steps);
      return steps[steps.length / 2];
    }
  }

  /** A node of the query. */
  sealed interface Expression {
    List<Point> evaluate(Scope scope);
  }

  /** A literal. */
  record NumberLiteral(double value) implements Expression {
    @Override
    public List<Point> evaluate(Scope scope) {
      return List.of(new Point(Map.of(), value));
    }
  }

  /** What is done with the samples of one series. */
  enum OverTime {
    LAST,
    RATE,
    INCREASE,
    AVERAGE,
    MAXIMUM,
    MINIMUM
  }

  /** A selector and what is done with its samples. */
  record Selection(List<Matcher> matchers, OverTime function) implements Expression {
    @Override
    public List<Point> evaluate(Scope scope) {
      var points = new ArrayList<Point>();
      scope.scan(
          matchers,
          series -> {
            double value = apply(series, scope);
            if (!Double.isNaN(value)) {
              points.add(new Point(series.labels().asMap(), value));
            }
          });
      return points;
    }

    private double apply(Series series, Scope scope) {
      int end = series.size() - 1;
      int start = series.indexAtOrBefore(scope.from());
      if (end <= start) {
        return Double.NaN;
      }
      return switch (function) {
        case LAST -> series.values()[end];
        case INCREASE -> start < 0 ? partialIncrease(series) : increase(series, start, end);
        case RATE -> {
          int first = Math.max(start, 0);
          double seconds = (series.times()[end] - series.times()[first]) / 1000.0;
          yield seconds <= 0 ? Double.NaN : increase(series, first, end) / seconds;
        }
        case AVERAGE -> {
          double sum = 0;
          for (int i = start + 1; i <= end; i++) {
            sum += series.values()[i];
          }
          yield sum / (end - start);
        }
        case MAXIMUM -> {
          double max = Double.NEGATIVE_INFINITY;
          for (int i = start + 1; i <= end; i++) {
            max = Math.max(max, series.values()[i]);
          }
          yield max;
        }
        case MINIMUM -> {
          double min = Double.POSITIVE_INFINITY;
          for (int i = start + 1; i <= end; i++) {
            min = Math.min(min, series.values()[i]);
          }
          yield min;
        }
      };
    }

    /** A counter that began inside the window: what it rose since its first sample. */
    private static double partialIncrease(Series series) {
      return series.size() < 2 ? Double.NaN : increase(series, 0, series.size() - 1);
    }

    private static double increase(Series series, int start, int end) {
      double sum = 0;
      for (int i = start + 1; i <= end; i++) {
        double step = series.values()[i] - series.values()[i - 1];
        sum += step >= 0 ? step : series.values()[i];
      }
      return sum;
    }
  }

  /** How series are put together. */
  enum Combine {
    SUM,
    MAX,
    AVG
  }

  /** An aggregation over groups of series. */
  record Aggregation(Combine combine, List<String> by, Expression inner) implements Expression {
    @Override
    public List<Point> evaluate(Scope scope) {
      var groups = new LinkedHashMap<Map<String, String>, double[]>();
      for (Point point : inner.evaluate(scope)) {
        var key = new TreeMap<String, String>();
        for (String label : by) {
          String value = point.labels().get(label);
          if (value != null) {
            key.put(label, value);
          }
        }
        double[] sumCountMax =
            groups.computeIfAbsent(key, k -> new double[] {0, 0, Double.NEGATIVE_INFINITY});
        sumCountMax[0] += point.value();
        sumCountMax[1]++;
        sumCountMax[2] = Math.max(sumCountMax[2], point.value());
      }
      var points = new ArrayList<Point>();
      groups.forEach(
          (key, s) ->
              points.add(
                  new Point(
                      key,
                      switch (combine) {
                        case SUM -> s[0];
                        case MAX -> s[2];
                        case AVG -> s[0] / s[1];
                      })));
      return points;
    }
  }

  /** A quantile of classic histogram buckets, interpolated linearly within the bucket. */
  record Quantile(double q, Expression inner) implements Expression {
    @Override
    public List<Point> evaluate(Scope scope) {
      var groups = new LinkedHashMap<Map<String, String>, TreeMap<Double, Double>>();
      for (Point point : inner.evaluate(scope)) {
        String bound = point.labels().get("le");
        if (bound != null) {
          var key = new TreeMap<>(point.labels());
          key.remove("le");
          key.remove(Labels.NAME);
          groups
              .computeIfAbsent(key, k -> new TreeMap<>())
              .merge(Sample.number(bound), point.value(), Double::sum);
        }
      }
      var points = new ArrayList<Point>();
      groups.forEach((key, buckets) -> points.add(new Point(key, quantile(buckets))));
      return points;
    }

    private double quantile(TreeMap<Double, Double> cumulative) {
      double total = cumulative.isEmpty() ? 0 : cumulative.lastEntry().getValue();
      if (total <= 0) {
        return Double.NaN;
      }
      double rank = q * total;
      double lowerBound = 0;
      double lowerCount = 0;
      for (var bucket : cumulative.entrySet()) {
        double bound = bucket.getKey();
        double count = Math.max(bucket.getValue(), lowerCount);
        if (count >= rank) {
          if (Double.isInfinite(bound)) {
            return lowerBound;
          }
          double share = count == lowerCount ? 1 : (rank - lowerCount) / (count - lowerCount);
          return lowerBound + (bound - lowerBound) * share;
        }
        lowerBound = bound;
        lowerCount = count;
      }
      return lowerBound;
    }
  }

  /**
   * Arithmetic between series with equal labels, the metric's name aside; a number goes with all.
   */
  record Arithmetic(char operator, Expression left, Expression right) implements Expression {
    @Override
    public List<Point> evaluate(Scope scope) {
      List<Point> lefts = left.evaluate(scope);
      List<Point> rights = right.evaluate(scope);
      var points = new ArrayList<Point>();
      for (Point l : lefts) {
        for (Point r : rights) {
          boolean scalar = left instanceof NumberLiteral || right instanceof NumberLiteral;
          if (scalar || key(l).equals(key(r))) {
            Map<String, String> labels = left instanceof NumberLiteral ? key(r) : key(l);
            points.add(new Point(labels, apply(l.value(), r.value())));
          }
        }
      }
      return points;
    }

    private static Map<String, String> key(Point point) {
      var key = new TreeMap<>(point.labels());
      key.remove(Labels.NAME);
      return key;
    }

    private double apply(double l, double r) {
      return switch (operator) {
        case '+' -> l + r;
        case '-' -> l - r;
        case '*' -> l * r;
        default -> l / r;
      };
    }
  }
}
