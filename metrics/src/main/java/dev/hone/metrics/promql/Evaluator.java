package dev.hone.metrics.promql;

import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a query over a store, all moments of a range at once: each part yields for each of its
 * series one value a moment. What Prometheus checks at each moment (matching, equal label sets) is
 * checked at each moment here too.
 */
final class Evaluator {
  private final Grid query;
  private final Budget budget;
  private final Samples samples;
  private final @Nullable Tiering tiering;
  private final @Nullable Pushing pushing;

  Evaluator(MetricStore store, Grid query, Budget budget) {
    this(
        store,
        query,
        budget,
        store instanceof PushDown target ? new Pushing(target, store, query, budget) : null);
  }

  private Evaluator(MetricStore store, Grid query, Budget budget, @Nullable Pushing pushing) {
    this.query = query;
    this.budget = budget;
    this.samples = new Samples(store, budget);
    this.tiering = store.tiers().map(t -> new Tiering(t, samples, budget)).orElse(null);
    this.pushing = pushing;
  }

  /** One that reads raw samples even when the store could evaluate parts itself. */
  static Evaluator here(MetricStore store, Grid query, Budget budget) {
    return new Evaluator(store, query, budget, null);
  }

  /** The values of a scalar part. */
  double[] scalar(Expr expr, Grid grid) {
    budget.checkTime();
    return switch (Expr.bare(expr)) {
      case Expr.Literal literal -> filled(literal.value(), grid);
      case Expr.Unary unary -> {
        double[] values = scalar(unary.inner(), grid);
        for (int i = 0; unary.minus() && i < values.length; i++) {
          values[i] = -values[i];
        }
        yield values;
      }
      case Expr.Binary binary -> scalars(binary, grid);
      case Expr.Call call -> scalarCall(call, grid);
      default -> throw new IllegalStateException("not a scalar: " + expr);
    };
  }

  private static double[] filled(double value, Grid grid) {
    var values = new double[grid.steps()];
    Arrays.fill(values, value);
    return values;
  }

  private double[] scalars(Expr.Binary binary, Grid grid) {
    double[] left = scalar(binary.left(), grid);
    double[] right = scalar(binary.right(), grid);
    Operator operator = binary.operator();
    for (int i = 0; i < left.length; i++) {
      left[i] =
          operator.isComparison()
              ? (operator.holds(left[i], right[i]) ? 1 : 0)
              : operator.apply(left[i], right[i]);
    }
    return left;
  }

  private double[] scalarCall(Expr.Call call, Grid grid) {
    switch (call.function()) {
      case PI -> {
        return filled(Math.PI, grid);
      }
      case TIME -> {
        var values = new double[grid.steps()];
        Arrays.setAll(values, i -> grid.time(i) / 1000.0);
        return values;
      }
      default -> {
        double[] values = Row.absent(grid.steps());
        var several = new boolean[grid.steps()];
        stream(
            call.arguments().getFirst(),
            grid,
            row -> {
              for (int i = 0; i < values.length; i++) {
                double v = row.values()[i];
                if (!Row.isAbsent(v)) {
                  several[i] |= !Row.isAbsent(values[i]);
                  values[i] = v;
                }
              }
            });
        for (int i = 0; i < values.length; i++) {
          if (several[i] || Row.isAbsent(values[i])) {
            values[i] = Double.NaN;
          }
        }
        return values;
      }
    }
  }

  /** The text of a string part. */
  static String text(Expr expr) {
    if (Expr.bare(expr) instanceof Expr.Text text) {
      return text.value();
    }
    throw new IllegalStateException("not a string: " + expr);
  }

  /** All series of a vector part. */
  List<Row> vector(Expr expr, Grid grid) {
    var rows = new ArrayList<Row>();
    stream(
        expr,
        grid,
        row -> {
          budget.hold(row.values().length + 8);
          rows.add(row);
        });
    return rows;
  }

  /** The series of a vector part, one by one; a row belongs to whom it is given. */
  void stream(Expr expr, Grid grid, Consumer<Row> sink) {
    budget.checkTime();
    if (pushing != null && pushing.stream(expr, grid, sink)) {
      return;
    }
    switch (Expr.bare(expr)) {
      case Expr.Selector selector -> select(selector, grid, sink);
      case Expr.Unary unary -> {
        if (unary.minus()) {
          var rows = new ArrayList<Row>();
          mapped(unary.inner(), grid, v -> -v, rows::add);
          Rows.merged(rows, true).forEach(sink);
        } else {
          stream(unary.inner(), grid, sink);
        }
      }
      case Expr.Binary binary -> binary(binary, grid, sink);
      case Expr.Aggregate aggregate -> aggregate(aggregate, grid).forEach(sink);
      case Expr.Call call -> new Calls(this, budget).stream(call, grid, sink);
      default -> throw new IllegalStateException("not a vector: " + expr);
    }
  }

  /** The series of a part without their names, each value replaced. */
  void mapped(
      Expr expr, Grid grid, java.util.function.DoubleUnaryOperator change, Consumer<Row> sink) {
    stream(
        expr,
        grid,
        row -> {
          double[] values = row.values();
          for (int i = 0; i < values.length; i++) {
            if (!Row.isAbsent(values[i])) {
              values[i] = change.applyAsDouble(values[i]);
            }
          }
          sink.accept(new Row(row.labels().withoutName(), values));
        });
  }

  private void select(Expr.Selector selector, Grid grid, Consumer<Row> sink) {
    newest(
        selector,
        grid,
        (labels, values, times) -> sink.accept(new Row(labels, spread(values, grid))));
  }

  /** The newest sample of each series at each moment at which a selector looks. */
  void newest(Expr.Selector selector, Grid grid, Samples.NewestSink sink) {
    Grid moments = moments(selector.when(), grid);
    if (tiering == null) {
      samples.newest(selector.matchers(), moments, sink);
    } else {
      tiering.newest(selector.matchers(), moments, sink);
    }
  }

  /** The value of a function over the window before each moment, of every series. */
  void overTime(
      Expr expr,
      Grid grid,
      Function function,
      Samples.Windows.Each each,
      BiConsumer<Labels, double[]> sink) {
    if (tiering != null
        && Expr.bare(expr) instanceof Expr.Range range
        && SummaryFunctions.answers(function)) {
      tiering.windows(
          range.selector().matchers(),
          moments(range.selector().when(), grid),
          range.range(),
          function,
          each,
          (labels, values) -> sink.accept(labels, spread(values, grid)));
      return;
    }
    boolean counter = function == Function.RATE || function == Function.INCREASE;
    windows(
        expr,
        grid,
        (labels, windows) ->
            sink.accept(labels, (counter ? windows.prepared() : windows).values(each)));
  }

  /** The times at which a selector looks: shifted, or one fixed time for all steps. */
  Grid moments(Expr.When when, Grid grid) {
    if (!when.isFixed()) {
      return when.offset() == 0
          ? grid
          : new Grid(grid.start() - when.offset(), grid.step(), grid.steps());
    }
    Long at = when.at();
    long time = at != null ? at : "start".equals(when.edge()) ? query.start() : query.end();
    return new Grid(time - when.offset(), grid.step(), 1);
  }

  /** Repeats the value of a fixed time at every step. */
  static double[] spread(double[] values, Grid grid) {
    if (values.length == grid.steps()) {
      return values;
    }
    return filled(values[0], grid);
  }

  private void binary(Expr.Binary binary, Grid grid, Consumer<Row> sink) {
    boolean scalarLeft = binary.left().type() == Expr.Type.SCALAR;
    boolean scalarRight = binary.right().type() == Expr.Type.SCALAR;
    if (!scalarLeft && !scalarRight) {
      List<Row> left = vector(binary.left(), grid);
      List<Row> right = vector(binary.right(), grid);
      new Matches(binary, grid.steps()).apply(left, right).forEach(sink);
      return;
    }
    double[] scalar = scalar(scalarLeft ? binary.left() : binary.right(), grid);
    Operator operator = binary.operator();
    boolean keepsName = !operator.dropsName() && !binary.bool();
    Consumer<Row> each =
        row -> {
          double[] values = row.values();
          for (int i = 0; i < values.length; i++) {
            double v = values[i];
            if (!Row.isAbsent(v)) {
              double l = scalarLeft ? scalar[i] : v;
              double r = scalarLeft ? v : scalar[i];
              values[i] = element(operator, binary.bool(), l, r, v);
            }
          }
        };
    Expr inner = scalarLeft ? binary.right() : binary.left();
    if (keepsName) {
      stream(
          inner,
          grid,
          row -> {
            each.accept(row);
            sink.accept(row);
          });
      return;
    }
    var rows = new ArrayList<Row>();
    stream(
        inner,
        grid,
        row -> {
          each.accept(row);
          budget.hold(row.values().length);
          rows.add(new Row(row.labels().withoutName(), row.values()));
        });
    Rows.merged(rows, false).forEach(sink);
  }

  private static double element(Operator operator, boolean bool, double l, double r, double v) {
    if (!operator.isComparison()) {
      return operator.apply(l, r);
    }
    boolean holds = operator.holds(l, r);
    if (bool) {
      return holds ? 1 : 0;
    }
    return holds ? v : Row.ABSENT;
  }

  private List<Row> aggregate(Expr.Aggregate aggregate, Grid grid) {
    var names = new java.util.HashSet<>(aggregate.labels());
    if (aggregate.without()) {
      names.add(Labels.NAME);
    }
    String operator = aggregate.operator();
    Expr parameter = aggregate.parameter();
    double[] numbers =
        parameter != null && parameter.type() == Expr.Type.SCALAR
            ? scalar(parameter, grid)
            : new double[0];
    String label = parameter != null && parameter.type() == Expr.Type.STRING ? text(parameter) : "";
    if (operator.equals("count_values") && !dev.hone.metrics.wire.Names.isLabel(label)) {
      throw new QueryException.Execution("invalid label name \"" + label + "\"");
    }
    if (operator.equals("count_values")) {
      if (!aggregate.without()) {
        names.add(label);
      }
      var counts = new CountValues(label, names, aggregate.without(), grid.steps());
      stream(aggregate.inner(), grid, counts::add);
      return counts.result();
    }
    Aggregations aggregations =
        parameter == null
            ? new Aggregations.Folding(operator, grid.steps())
            : new Aggregations.Gathering(operator, grid.steps(), numbers);
    stream(
        aggregate.inner(),
        grid,
        row -> {
          if (parameter != null) {
            budget.hold(row.values().length + 8);
          }
          aggregations.add(row.labels().only(names, !aggregate.without()), row);
        });
    return aggregations.result();
  }

  /** Gives each series of a range part with the samples of each moment's window. */
  void windows(Expr expr, Grid grid, Samples.WindowSink sink) {
    switch (Expr.bare(expr)) {
      case Expr.Range range -> {
        Grid moments = moments(range.selector().when(), grid);
        if (tiering != null) {
          tiering.checkSamples(range.selector().matchers(), moments, range.range());
        }
        samples.windows(range.selector().matchers(), moments, range.range(), grid, sink);
      }
      case Expr.Subquery subquery -> subquery(subquery, grid, sink);
      default -> throw new IllegalStateException("not a range: " + expr);
    }
  }

  private void subquery(Expr.Subquery subquery, Grid grid, Samples.WindowSink sink) {
    Grid moments = moments(subquery.when(), grid);
    long step = subquery.step() > 0 ? subquery.step() : budget.limits().subqueryStep().toMillis();
    long earliest = moments.start() - subquery.range();
    long start = step * (earliest / step);
    if (start < earliest) {
      start += step;
    }
    long steps = Math.floorDiv(moments.end() - start, step) + 1;
    if (steps > Integer.MAX_VALUE / 16) {
      throw new QueryException.Limit("a subquery has " + steps + " steps; take larger ones");
    }
    if (steps <= 0) {
      return;
    }
    var inner = new Grid(start, step, (int) steps);
    for (Row row : vector(subquery.inner(), inner)) {
      samples.windows(row, inner, moments, subquery.range(), grid, sink);
    }
  }

  /** The value at every step, or null when a part is not there. */
  double @Nullable [] optionalScalar(Expr.Call call, int index, Grid grid) {
    return call.arguments().size() > index && call.arguments().get(index).type() == Expr.Type.SCALAR
        ? scalar(call.arguments().get(index), grid)
        : null;
  }
}
