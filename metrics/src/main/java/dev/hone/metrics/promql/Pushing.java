package dev.hone.metrics.promql;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds the parts of a query that a {@link PushDown} may evaluate share by share, and puts the
 * answers together. Pushed are selectors, functions of a range selector, functions and arithmetic
 * of one value at a time, and over these the aggregations that can be made of partial results: sum,
 * count, group, min, max, topk, bottomk, and avg as sum ÷ count. The rest is evaluated here.
 */
final class Pushing {
  /** Prometheus refuses a range of more. */
  private static final int MOST_STEPS = 11_000;

  private static final Set<String> AGGREGATIONS =
      Set.of("sum", "count", "group", "min", "max", "avg", "topk", "bottomk");

  private static final Set<Function> OVER_TIME =
      EnumSet.of(
          Function.RATE,
          Function.INCREASE,
          Function.DELTA,
          Function.IRATE,
          Function.IDELTA,
          Function.AVG_OVER_TIME,
          Function.SUM_OVER_TIME,
          Function.MIN_OVER_TIME,
          Function.MAX_OVER_TIME,
          Function.COUNT_OVER_TIME,
          Function.LAST_OVER_TIME,
          Function.PRESENT_OVER_TIME,
          Function.STDVAR_OVER_TIME,
          Function.STDDEV_OVER_TIME,
          Function.QUANTILE_OVER_TIME,
          Function.CHANGES,
          Function.RESETS,
          Function.DERIV,
          Function.PREDICT_LINEAR);

  /** Functions of one value at a time. */
  private static final Set<Function> EACH =
      EnumSet.of(
          Function.ABS,
          Function.CEIL,
          Function.FLOOR,
          Function.ROUND,
          Function.CLAMP,
          Function.CLAMP_MIN,
          Function.CLAMP_MAX,
          Function.SGN,
          Function.SQRT,
          Function.EXP,
          Function.LN,
          Function.LOG2,
          Function.LOG10,
          Function.DEG,
          Function.RAD);

  private final PushDown target;
  private final MetricStore store;
  private final Grid query;
  private final Budget budget;

  Pushing(PushDown target, MetricStore store, Grid query, Budget budget) {
    this.target = target;
    this.store = store;
    this.query = query;
    this.budget = budget;
  }

  /** Whether the part was pushed; then its series went to the sink. */
  boolean stream(Expr expr, Grid grid, Consumer<Row> sink) {
    if (grid.steps() > MOST_STEPS || !Limits.STANDARD.lookBack().equals(look())) {
      return false;
    }
    Expr bare = Expr.bare(expr);
    if (bare instanceof Expr.Aggregate aggregate) {
      if (!AGGREGATIONS.contains(aggregate.operator())
          || aggregate.labels().contains(target.label())
          || (aggregate.parameter() != null
              && !(Expr.bare(aggregate.parameter()) instanceof Expr.Literal))) {
        return false;
      }
      Part part = part(aggregate, aggregate.inner(), grid);
      if (part == null) {
        return false;
      }
      aggregate(aggregate, part, sink);
      return true;
    }
    Part part = part(bare, bare, grid);
    return part != null && plain(part, sink);
  }

  private java.time.Duration look() {
    return budget.limits().lookBack();
  }

  private @org.jspecify.annotations.Nullable Part part(Expr whole, Expr inner, Grid grid) {
    var found = new Reads();
    if (!pushable(inner, found) || found.selectors.isEmpty()) {
      return null;
    }
    if (!(Expr.bare(inner) instanceof Expr.Selector) && !found.named()) {
      return null;
    }
    long oldest = Long.MAX_VALUE;
    long newest = Long.MIN_VALUE;
    for (Expr.Selector selector : found.selectors) {
      Grid moments = moments(selector.when(), grid);
      oldest = Math.min(oldest, moments.start() - Math.max(found.range, look().toMillis()));
      newest = Math.max(newest, moments.end());
    }
    return new Part(whole, grid, found.functions, oldest, newest);
  }

  private Grid moments(Expr.When when, Grid grid) {
    return Evaluator.here(store, query, budget).moments(when, grid);
  }

  /** What a part reads and uses. */
  private static final class Reads {
    final List<Expr.Selector> selectors = new ArrayList<>();
    final Set<String> functions = new HashSet<>();
    long range;

    /**
     * Whether the metric is named: without their name, series of two metrics may come to have equal
     * labels, which an engine that sees only a share of them does not notice.
     */
    boolean named() {
      return selectors.stream()
          .allMatch(
              selector ->
                  selector.matchers().stream()
                      .anyMatch(
                          m ->
                              m.label().equals(Labels.NAME)
                                  && m.operator() == Matcher.Operator.EQUAL));
    }
  }

  private boolean pushable(Expr expr, Reads reads) {
    return switch (Expr.bare(expr)) {
      case Expr.Selector selector -> reads(selector, reads);
      case Expr.Unary unary -> pushable(unary.inner(), reads);
      case Expr.Binary binary -> {
        if (binary.left().type() == Expr.Type.SCALAR) {
          yield constant(binary.left()) && pushable(binary.right(), reads);
        }
        yield binary.right().type() == Expr.Type.SCALAR
            && constant(binary.right())
            && pushable(binary.left(), reads);
      }
      case Expr.Call call -> {
        boolean overTime = OVER_TIME.contains(call.function());
        if (!overTime && !EACH.contains(call.function())) {
          yield false;
        }
        reads.functions.add(call.function().text());
        for (Expr argument : call.arguments()) {
          boolean fine =
              switch (Expr.bare(argument)) {
                case Expr.Range range -> {
                  reads.range = Math.max(reads.range, range.range());
                  yield reads(range.selector(), reads);
                }
                case Expr other when other.type() == Expr.Type.SCALAR -> constant(other);
                case Expr other when other.type() == Expr.Type.VECTOR -> pushable(other, reads);
                default -> false;
              };
          if (!fine) {
            yield false;
          }
        }
        yield true;
      }
      default -> false;
    };
  }

  private boolean reads(Expr.Selector selector, Reads reads) {
    reads.selectors.add(selector);
    return selector.matchers().stream().noneMatch(m -> m.label().equals(target.label()));
  }

  /** Whether a scalar needs no samples. */
  private static boolean constant(Expr expr) {
    return switch (Expr.bare(expr)) {
      case Expr.Literal literal -> true;
      case Expr.Unary unary -> constant(unary.inner());
      case Expr.Binary binary -> constant(binary.left()) && constant(binary.right());
      case Expr.Call call -> call.function() == Function.TIME || call.function() == Function.PI;
      default -> false;
    };
  }

  /** Series as they are; false when they must be seen together to find what is wrong with them. */
  private boolean plain(Part part, Consumer<Row> sink) {
    var rows = new ArrayList<Row>();
    var seen = new HashSet<Labels>();
    for (List<Query.Line> share : target.evaluate(part)) {
      for (Query.Line line : share) {
        Row row = row(line, part.grid);
        if (!seen.add(row.labels())) {
          return false;
        }
        rows.add(row);
      }
    }
    rows.forEach(sink);
    return true;
  }

  private void aggregate(Expr.Aggregate aggregate, Part part, Consumer<Row> sink) {
    String operator = aggregate.operator();
    if (operator.equals("avg")) {
      average(aggregate, part, sink);
      return;
    }
    partial(aggregate, operator, part).forEach(sink);
  }

  /** What the shares answer to one aggregation, put together. */
  private List<Row> partial(Expr.Aggregate aggregate, String operator, Part part) {
    var expr =
        new Expr.Aggregate(
            aggregate.position(),
            operator,
            aggregate.inner(),
            aggregate.parameter(),
            aggregate.without() ? with(aggregate.labels(), target.label()) : aggregate.labels(),
            aggregate.without());
    var whole = new Part(expr, part.grid, part.functions, part.oldest, part.newest);
    int steps = part.grid.steps();
    Aggregations all;
    var names = new HashSet<>(aggregate.labels());
    if (aggregate.parameter() == null) {
      all = new Aggregations.Folding(operator.equals("count") ? "sum" : operator, steps);
    } else {
      var parameter = new double[steps];
      java.util.Arrays.fill(parameter, ((Expr.Literal) Expr.bare(aggregate.parameter())).value());
      all = new Aggregations.Gathering(operator, steps, parameter);
      if (aggregate.without()) {
        names.add(Labels.NAME);
      }
    }
    for (List<Query.Line> share : target.evaluate(whole)) {
      for (Query.Line line : share) {
        Row row = row(line, part.grid);
        Labels group =
            aggregate.parameter() == null
                ? row.labels()
                : row.labels().only(names, !aggregate.without());
        all.add(group, row);
      }
    }
    return all.result();
  }

  private static List<String> with(List<String> labels, String more) {
    var all = new ArrayList<>(labels);
    all.add(more);
    return all;
  }

  private void average(Expr.Aggregate aggregate, Part part, Consumer<Row> sink) {
    Map<Labels, double[]> counts = new HashMap<>();
    partial(aggregate, "count", part).forEach(row -> counts.put(row.labels(), row.values()));
    for (Row sum : partial(aggregate, "sum", part)) {
      double[] count = counts.getOrDefault(sum.labels(), Row.absent(part.grid.steps()));
      double[] values = sum.values();
      for (int i = 0; i < values.length; i++) {
        boolean both = !Row.isAbsent(count[i]) && !Row.isAbsent(values[i]);
        values[i] = both ? values[i] / count[i] : Row.ABSENT;
      }
      sink.accept(sum);
    }
  }

  private Row row(Query.Line line, Grid grid) {
    budget.read(line.times().length);
    budget.hold(grid.steps() + 8);
    double[] values = Row.absent(grid.steps());
    for (int i = 0; i < line.times().length; i++) {
      long step = Math.round((line.times()[i] - grid.start()) / (double) grid.step());
      if (step >= 0 && step < values.length) {
        values[(int) step] = line.values()[i];
      }
    }
    return new Row(line.labels().only(Set.of(target.label()), false), values);
  }

  /** A part over a grid. */
  private final class Part implements PushDown.Part {
    private final Expr expr;
    private final Grid grid;
    private final Set<String> functions;
    private final long oldest;
    private final long newest;

    Part(Expr expr, Grid grid, Set<String> functions, long oldest, long newest) {
      this.expr = expr;
      this.grid = grid;
      this.functions = functions;
      this.oldest = oldest;
      this.newest = newest;
    }

    @Override
    public String text(Matcher share) {
      return Printer.text(expr, query, List.of(share));
    }

    @Override
    public Set<String> functions() {
      return Set.copyOf(functions);
    }

    @Override
    public long start() {
      return grid.start();
    }

    @Override
    public long step() {
      return grid.step();
    }

    @Override
    public int steps() {
      return grid.steps();
    }

    @Override
    public long oldest() {
      return oldest;
    }

    @Override
    public long newest() {
      return newest;
    }

    @Override
    public List<Query.Line> evaluateHere(Matcher share) {
      // What was printed is read again: text and tree of a part mean the same.
      Expr restricted = Parser.parse(text(share));
      var lines = new ArrayList<Query.Line>();
      for (Row row : Evaluator.here(store, query, budget).vector(restricted, grid)) {
        lines.add(Query.line(row, grid));
      }
      return lines;
    }
  }
}
