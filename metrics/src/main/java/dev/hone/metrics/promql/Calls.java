package dev.hone.metrics.promql;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Patterns;
import dev.hone.metrics.wire.Names;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The functions that yield a vector. */
final class Calls {
  /** After so many seconds the Gregorian calendar repeats itself. */
  private static final long FOUR_CENTURIES = 146_097L * 86_400;

  private final Evaluator evaluator;
  private final Budget budget;

  Calls(Evaluator evaluator, Budget budget) {
    this.evaluator = evaluator;
    this.budget = budget;
  }

  void stream(Expr.Call call, Grid grid, Consumer<Row> sink) {
    Function function = call.function();
    List<Expr> arguments = call.arguments();
    switch (function) {
      case VECTOR ->
          sink.accept(new Row(Labels.NONE, evaluator.scalar(arguments.getFirst(), grid)));
      case TIMESTAMP -> timestamp(arguments.getFirst(), grid, distinct(sink));
      case ABSENT, ABSENT_OVER_TIME -> absent(call, grid, sink);
      case SORT, SORT_DESC -> sort(call, grid, sink);
      case LABEL_REPLACE -> replace(arguments, grid, distinct(sink));
      case LABEL_JOIN -> join(arguments, grid, distinct(sink));
      case HISTOGRAM_QUANTILE -> {
        double[] q = evaluator.scalar(arguments.getFirst(), grid);
        List<Row> rows = evaluator.vector(arguments.get(1), grid);
        Histograms.quantiles(q, rows, grid.steps()).forEach(sink);
      }
      case HISTOGRAM_COUNT, HISTOGRAM_SUM, HISTOGRAM_FRACTION -> {
        // Classic histograms have none of these; native ones are not stored.
        evaluator.stream(arguments.getLast(), grid, row -> {});
      }
      case DAY_OF_MONTH, DAY_OF_WEEK, DAY_OF_YEAR, DAYS_IN_MONTH, HOUR, MINUTE, MONTH, YEAR ->
          date(call, grid, sink);
      case CLAMP, CLAMP_MIN, CLAMP_MAX, ROUND -> bounded(call, grid, sink);
      default -> {
        DoubleUnaryOperator simple = simple(function);
        if (simple != null) {
          Distinct distinct = distinct(sink);
          evaluator.mapped(arguments.getFirst(), grid, simple, distinct.rows::add);
          distinct.finish(false);
        } else {
          overTime(call, grid, sink);
        }
      }
    }
  }

  /** Rows that may have come to have equal labels. */
  private static final class Distinct {
    final List<Row> rows = new ArrayList<>();
    private final Consumer<Row> sink;

    Distinct(Consumer<Row> sink) {
      this.sink = sink;
    }

    void finish(boolean strict) {
      Rows.merged(rows, strict).forEach(sink);
    }
  }

  private static Distinct distinct(Consumer<Row> sink) {
    return new Distinct(sink);
  }

  private static @Nullable DoubleUnaryOperator simple(Function function) {
    return switch (function) {
      case ABS -> Math::abs;
      case ACOS -> Math::acos;
      case ACOSH -> Calls::acosh;
      case ASIN -> Math::asin;
      case ASINH -> v -> Math.copySign(asinh(Math.abs(v)), v);
      case ATAN -> Math::atan;
      case ATANH -> v -> 0.5 * Math.log1p(2 * v / (1 - v));
      case CEIL -> Math::ceil;
      case COS -> Math::cos;
      case COSH -> Math::cosh;
      case DEG -> v -> v * 180 / Math.PI;
      case EXP -> Math::exp;
      case FLOOR -> Math::floor;
      case LN -> Math::log;
      case LOG10 -> Math::log10;
      case LOG2 -> v -> Math.log(v) * (1 / Math.log(2));
      case RAD -> v -> v * Math.PI / 180;
      case SGN -> v -> v < 0 ? -1 : v > 0 ? 1 : v;
      case SIN -> Math::sin;
      case SINH -> Math::sinh;
      case SQRT -> Math::sqrt;
      case TAN -> Math::tan;
      case TANH -> Math::tanh;
      default -> null;
    };
  }

  private static double acosh(double v) {
    if (v < 1) {
      return Double.NaN;
    }
    return v > 1 << 28 ? Math.log(v) + Math.log(2) : Math.log(v + Math.sqrt(v * v - 1));
  }

  private static double asinh(double v) {
    if (v > 1 << 28) {
      return Math.log(v) + Math.log(2);
    }
    return Math.log1p(v + v * v / (1 + Math.sqrt(v * v + 1)));
  }

  private void overTime(Expr.Call call, Grid grid, Consumer<Row> sink) {
    Function function = call.function();
    Expr range = null;
    for (Expr argument : call.arguments()) {
      range = argument.type() == Expr.Type.MATRIX ? argument : range;
    }
    if (range == null) {
      throw new IllegalStateException(function + " takes a range vector");
    }
    boolean first = call.arguments().getFirst() == range;
    double[] one = evaluator.optionalScalar(call, first ? 1 : 0, grid);
    double[] two = evaluator.optionalScalar(call, 2, grid);
    Samples.Windows.Each each = function(function, one, two);
    boolean keepsName = function == Function.LAST_OVER_TIME;
    var seen = new HashSet<Labels>();
    evaluator.overTime(
        range,
        grid,
        function,
        each,
        (labels, values) -> {
          var row = new Row(keepsName ? labels : labels.withoutName(), values);
          if (!row.isEmpty()) {
            if (!keepsName && !seen.add(row.labels())) {
              throw new QueryException.Execution(
                  "vector cannot contain metrics with the same labelset");
            }
            sink.accept(row);
          }
        });
  }

  private static Samples.Windows.Each function(
      Function function, double @Nullable [] one, double @Nullable [] two) {
    double[] a = one == null ? new double[0] : one;
    double[] b = two == null ? new double[0] : two;
    return switch (function) {
      case RATE -> (w, i) -> WindowFunctions.rate(w, true, true);
      case INCREASE -> (w, i) -> WindowFunctions.rate(w, true, false);
      case DELTA -> (w, i) -> WindowFunctions.rate(w, false, false);
      case IRATE -> (w, i) -> WindowFunctions.instant(w, true);
      case IDELTA -> (w, i) -> WindowFunctions.instant(w, false);
      case AVG_OVER_TIME -> (w, i) -> WindowFunctions.average(w);
      case SUM_OVER_TIME -> (w, i) -> WindowFunctions.sum(w);
      case MIN_OVER_TIME -> (w, i) -> WindowFunctions.min(w);
      case MAX_OVER_TIME -> (w, i) -> WindowFunctions.max(w);
      case COUNT_OVER_TIME -> (w, i) -> w.size();
      case LAST_OVER_TIME -> (w, i) -> w.values[w.to - 1];
      case PRESENT_OVER_TIME -> (w, i) -> 1;
      case STDVAR_OVER_TIME -> (w, i) -> WindowFunctions.variance(w);
      case STDDEV_OVER_TIME -> (w, i) -> Math.sqrt(WindowFunctions.variance(w));
      case QUANTILE_OVER_TIME -> (w, i) -> WindowFunctions.quantile(a[i], w);
      case CHANGES -> (w, i) -> WindowFunctions.changes(w);
      case RESETS -> (w, i) -> WindowFunctions.resets(w);
      case DERIV -> (w, i) -> WindowFunctions.derivative(w);
      case PREDICT_LINEAR -> (w, i) -> WindowFunctions.predict(w, a[i]);
      case HOLT_WINTERS ->
          (w, i) -> {
            requireFactor("smoothing", a[i]);
            requireFactor("trend", b[i]);
            return WindowFunctions.holtWinters(w, a[i], b[i]);
          };
      default -> throw new IllegalStateException("not a function over time: " + function);
    };
  }

  private static void requireFactor(String name, double factor) {
    if (factor <= 0 || factor >= 1) {
      throw new QueryException.Execution(
          "invalid %s factor. Expected: 0 < %s factor < 1, got: %s".formatted(name, name, factor));
    }
  }

  private void timestamp(Expr argument, Grid grid, Distinct result) {
    if (Expr.bare(argument) instanceof Expr.Selector selector) {
      evaluator.newest(
          selector,
          grid,
          (labels, values, times) -> {
            double[] seconds = Row.absent(values.length);
            for (int i = 0; i < values.length; i++) {
              if (!Row.isAbsent(values[i])) {
                seconds[i] = times[i] / 1000.0;
              }
            }
            result.rows.add(new Row(labels.withoutName(), Evaluator.spread(seconds, grid)));
          });
    } else {
      evaluator.stream(
          argument,
          grid,
          row -> {
            double[] values = row.values();
            for (int i = 0; i < values.length; i++) {
              if (!Row.isAbsent(values[i])) {
                values[i] = grid.time(i) / 1000.0;
              }
            }
            result.rows.add(new Row(row.labels().withoutName(), values));
          });
    }
    result.finish(false);
  }

  private void absent(Expr.Call call, Grid grid, Consumer<Row> sink) {
    var values = new double[grid.steps()];
    Arrays.fill(values, 1);
    Consumer<double[]> strike =
        present -> {
          for (int i = 0; i < values.length; i++) {
            if (!Row.isAbsent(present[i])) {
              values[i] = Row.ABSENT;
            }
          }
        };
    Expr argument = Expr.bare(call.arguments().getFirst());
    if (call.function() == Function.ABSENT) {
      evaluator.stream(argument, grid, row -> strike.accept(row.values()));
    } else {
      evaluator.overTime(
          argument,
          grid,
          call.function(),
          (w, i) -> 1,
          (labels, present) -> strike.accept(present));
    }
    sink.accept(new Row(absentLabels(argument), values));
  }

  /** The labels that a selector fixes to one value. */
  private static Labels absentLabels(Expr argument) {
    List<dev.hone.metrics.Matcher> matchers =
        switch (argument) {
          case Expr.Selector selector -> selector.matchers();
          case Expr.Range range -> range.selector().matchers();
          default -> List.of();
        };
    var labels = new TreeMap<String, String>();
    var seen = new HashSet<String>();
    for (var matcher : matchers) {
      if (matcher.label().equals(Labels.NAME)) {
        continue;
      }
      if (matcher.operator() == dev.hone.metrics.Matcher.Operator.EQUAL
          && seen.add(matcher.label())) {
        labels.put(matcher.label(), matcher.value());
      } else {
        labels.remove(matcher.label());
      }
    }
    return Labels.of(labels);
  }

  private void sort(Expr.Call call, Grid grid, Consumer<Row> sink) {
    List<Row> rows = evaluator.vector(call.arguments().getFirst(), grid);
    if (grid.steps() == 1) {
      boolean descending = call.function() == Function.SORT_DESC;
      rows.sort((a, b) -> Aggregations.Gathering.compare(a.values()[0], b.values()[0], descending));
    }
    rows.forEach(sink);
  }

  private void replace(List<Expr> arguments, Grid grid, Distinct result) {
    String target = Evaluator.text(arguments.get(1));
    String replacement = Evaluator.text(arguments.get(2));
    String source = Evaluator.text(arguments.get(3));
    Pattern pattern;
    try {
      pattern = Patterns.wholeLine(Evaluator.text(arguments.get(4)));
    } catch (IllegalArgumentException e) {
      throw new QueryException.Execution(
          "invalid regular expression in label_replace(): " + Evaluator.text(arguments.get(4)));
    }
    if (!Names.isLabel(target)) {
      throw new QueryException.Execution(
          "invalid destination label name in label_replace(): " + target);
    }
    evaluator.stream(
        arguments.getFirst(),
        grid,
        row -> {
          String value = row.labels().get(source);
          Matcher matcher = pattern.matcher(value == null ? "" : value);
          Labels labels =
              matcher.matches()
                  ? row.labels().with(target, Templates.expand(replacement, matcher))
                  : row.labels();
          budget.hold(row.values().length);
          result.rows.add(new Row(labels, row.values()));
        });
    result.finish(false);
  }

  private void join(List<Expr> arguments, Grid grid, Distinct result) {
    String target = Evaluator.text(arguments.get(1));
    String separator = Evaluator.text(arguments.get(2));
    List<String> sources = arguments.stream().skip(3).map(Evaluator::text).toList();
    for (String source : sources) {
      if (!Names.isLabel(source)) {
        throw new QueryException.Execution("invalid source label name in label_join(): " + source);
      }
    }
    if (!Names.isLabel(target)) {
      throw new QueryException.Execution(
          "invalid destination label name in label_join(): " + target);
    }
    evaluator.stream(
        arguments.getFirst(),
        grid,
        row -> {
          var values = new ArrayList<String>();
          for (String source : sources) {
            String value = row.labels().get(source);
            values.add(value == null ? "" : value);
          }
          budget.hold(row.values().length);
          result.rows.add(
              new Row(row.labels().with(target, String.join(separator, values)), row.values()));
        });
    result.finish(false);
  }

  private void date(Expr.Call call, Grid grid, Consumer<Row> sink) {
    DoubleUnaryOperator part = v -> part(call.function(), v);
    if (call.arguments().isEmpty()) {
      var values = new double[grid.steps()];
      Arrays.setAll(values, i -> part.applyAsDouble(grid.time(i) / 1000.0));
      sink.accept(new Row(Labels.NONE, values));
      return;
    }
    Distinct distinct = distinct(sink);
    evaluator.mapped(call.arguments().getFirst(), grid, part, distinct.rows::add);
    distinct.finish(false);
  }

  private static double part(Function function, double seconds) {
    // A number that does not fit becomes 2^63 seconds, as on the reference platform.
    boolean fits = seconds > -0x1p63 && seconds < 0x1p63;
    long whole = fits ? (long) seconds : Long.MAX_VALUE;
    long cycles = Math.floorDiv(whole, FOUR_CENTURIES);
    long rest = Math.floorMod(whole, FOUR_CENTURIES) + (fits ? 0 : 1);
    ZonedDateTime time = Instant.ofEpochSecond(rest).atZone(ZoneOffset.UTC);
    return switch (function) {
      case DAY_OF_MONTH -> time.getDayOfMonth();
      case DAY_OF_WEEK -> time.getDayOfWeek().getValue() % 7;
      case DAY_OF_YEAR -> time.getDayOfYear();
      case DAYS_IN_MONTH -> time.toLocalDate().lengthOfMonth();
      case HOUR -> time.getHour();
      case MINUTE -> time.getMinute();
      case MONTH -> time.getMonthValue();
      default -> time.getYear() + 400.0 * cycles;
    };
  }

  private void bounded(Expr.Call call, Grid grid, Consumer<Row> sink) {
    Distinct distinct = distinct(sink);
    double[] one = evaluator.optionalScalar(call, 1, grid);
    double[] two = evaluator.optionalScalar(call, 2, grid);
    evaluator.stream(
        call.arguments().getFirst(),
        grid,
        row -> {
          double[] values = row.values();
          for (int i = 0; i < values.length; i++) {
            if (!Row.isAbsent(values[i])) {
              values[i] =
                  bounded(
                      call.function(),
                      values[i],
                      one == null ? 1 : one[i],
                      two == null ? 0 : two[i]);
            }
          }
          distinct.rows.add(new Row(row.labels().withoutName(), values));
        });
    distinct.finish(false);
  }

  private static double bounded(Function function, double v, double one, double two) {
    return switch (function) {
      case CLAMP -> two < one ? Row.ABSENT : max(one, min(two, v));
      case CLAMP_MIN -> max(one, v);
      case CLAMP_MAX -> min(one, v);
      default -> {
        double inverse = 1.0 / one;
        yield Math.floor(v * inverse + 0.5) / inverse;
      }
    };
  }

  /** The larger; infinity wins over NaN. */
  private static double max(double a, double b) {
    boolean infinite = a == Double.POSITIVE_INFINITY || b == Double.POSITIVE_INFINITY;
    return infinite ? Double.POSITIVE_INFINITY : Math.max(a, b);
  }

  /** The smaller; negative infinity wins over NaN. */
  private static double min(double a, double b) {
    boolean infinite = a == Double.NEGATIVE_INFINITY || b == Double.NEGATIVE_INFINITY;
    return infinite ? Double.NEGATIVE_INFINITY : Math.min(a, b);
  }
}
