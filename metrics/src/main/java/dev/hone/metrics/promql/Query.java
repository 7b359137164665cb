package dev.hone.metrics.promql;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A query in PromQL, read and ready to be evaluated; reusable and safe for several threads. */
public final class Query {
  private final String text;
  private final Expr expr;

  private Query(String text, Expr expr) {
    this.text = text;
    this.expr = expr;
  }

  /**
   * Reads a query.
   *
   * @throws QueryException.Syntax with the position when it is not PromQL
   */
  public static Query parse(String text) {
    return new Query(text, Parser.parse(text));
  }

  /**
   * Reads a selector alone, as {@code match[]} has it.
   *
   * @throws QueryException.Syntax with the position when it is not one
   */
  public static List<Matcher> selector(String text) {
    return Parser.selector(text);
  }

  /** A selector as text. */
  public static String selectorText(List<Matcher> matchers) {
    return Printer.matchers(matchers);
  }

  /** What a query yields. */
  public sealed interface Result {}

  /**
   * One number.
   *
   * @param time ms since the epoch
   */
  public record Scalar(long time, double value) implements Result {}

  /**
   * A text.
   *
   * @param time ms since the epoch
   */
  public record Text(long time, String value) implements Result {}

  /** One value of each series at one moment. */
  public record Vector(long time, List<Point> points) implements Result {}

  /** A series' value. */
  public record Point(Labels labels, double value) {}

  /** Several values of each series. */
  public record Matrix(List<Line> lines) implements Result {}

  /**
   * The values of a series.
   *
   * @param times ms since the epoch
   * @param values one a time
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Line(Labels labels, long[] times, double[] values) {}

  /**
   * The value at one moment.
   *
   * @param time ms since the epoch
   * @throws QueryException when the data do not allow an answer or it takes too much
   */
  public Result instant(MetricStore store, long time, Limits limits) {
    return instant(store, time, limits, warning -> {});
  }

  /**
   * The value at one moment.
   *
   * @param warnings takes sentences on what is not as exact or as complete as asked
   * @throws QueryException when the data do not allow an answer or it takes too much
   */
  public Result instant(MetricStore store, long time, Limits limits, Consumer<String> warnings) {
    var grid = new Grid(time, 1, 1);
    var budget = new Budget(limits, System::nanoTime);
    Result result = instant(new Evaluator(store, grid, budget), grid);
    budget.warnings().forEach(warnings);
    return result;
  }

  private Result instant(Evaluator evaluator, Grid grid) {
    long time = grid.start();
    return switch (expr.type()) {
      case SCALAR -> new Scalar(time, evaluator.scalar(expr, grid)[0]);
      case STRING -> new Text(time, Evaluator.text(expr));
      case VECTOR -> {
        var points = new ArrayList<Point>();
        for (Row row : Rows.merged(evaluator.vector(expr, grid), false)) {
          if (!Row.isAbsent(row.values()[0])) {
            points.add(new Point(row.labels(), row.values()[0]));
          }
        }
        yield new Vector(time, points);
      }
      case MATRIX -> {
        var lines = new ArrayList<Line>();
        evaluator.windows(
            expr,
            grid,
            (labels, windows) -> lines.add(new Line(labels, windows.times(), windows.values())));
        yield new Matrix(lines);
      }
    };
  }

  /**
   * The values at several moments.
   *
   * @param start the first, ms since the epoch
   * @param end none is later
   * @param step their distance in ms; positive
   * @throws QueryException when the data do not allow an answer or it takes too much
   */
  public Matrix range(MetricStore store, long start, long end, long step, Limits limits) {
    return range(store, start, end, step, limits, warning -> {});
  }

  /**
   * The values at several moments.
   *
   * @param start the first, ms since the epoch
   * @param end none is later
   * @param step their distance in ms; positive
   * @param warnings takes sentences on what is not as exact or as complete as asked
   * @throws QueryException when the data do not allow an answer or it takes too much
   */
  public Matrix range(
      MetricStore store,
      long start,
      long end,
      long step,
      Limits limits,
      Consumer<String> warnings) {
    long steps = (end - start) / step + 1;
    if (steps > limits.steps()) {
      throw new QueryException.Limit(
          "exceeded maximum resolution of %d points per timeseries. Try decreasing the query resolution (?step=XX)"
              .formatted(limits.steps()));
    }
    if (expr.type() == Expr.Type.MATRIX || expr.type() == Expr.Type.STRING) {
      throw new QueryException.Syntax(
          text,
          0,
          "invalid expression type \""
              + expr.type()
              + "\" for range query, must be scalar or instant vector");
    }
    var grid = new Grid(start, step, (int) steps);
    var budget = new Budget(limits, System::nanoTime);
    var evaluator = new Evaluator(store, grid, budget);
    var lines = new ArrayList<Line>();
    if (expr.type() == Expr.Type.SCALAR) {
      lines.add(line(new Row(Labels.NONE, evaluator.scalar(expr, grid)), grid));
    } else {
      for (Row row : Rows.merged(evaluator.vector(expr, grid), false)) {
        Line line = line(row, grid);
        if (line.times().length > 0) {
          lines.add(line);
        }
      }
      lines.sort((a, b) -> a.labels().compareTo(b.labels()));
    }
    budget.warnings().forEach(warnings);
    return new Matrix(lines);
  }

  static Line line(Row row, Grid grid) {
    int count = 0;
    for (double value : row.values()) {
      count += Row.isAbsent(value) ? 0 : 1;
    }
    var times = new long[count];
    var values = new double[count];
    int at = 0;
    for (int i = 0; i < grid.steps(); i++) {
      if (!Row.isAbsent(row.values()[i])) {
        times[at] = grid.time(i);
        values[at++] = row.values()[i];
      }
    }
    return new Line(row.labels(), times, values);
  }

  @Override
  public String toString() {
    return text;
  }
}
