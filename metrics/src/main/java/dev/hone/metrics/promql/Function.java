package dev.hone.metrics.promql;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The functions of Prometheus 2.42 and what they take and yield. */
@SuppressWarnings("ImmutableEnumChecker")
public enum Function {
  ABS(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  ABSENT(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  ABSENT_OVER_TIME(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  ACOS(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  ACOSH(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  ASIN(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  ASINH(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  ATAN(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  ATANH(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  AVG_OVER_TIME(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  CEIL(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  CHANGES(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  CLAMP(Expr.Type.VECTOR, 3, 3, Expr.Type.VECTOR, Expr.Type.SCALAR, Expr.Type.SCALAR),
  CLAMP_MAX(Expr.Type.VECTOR, 2, 2, Expr.Type.VECTOR, Expr.Type.SCALAR),
  CLAMP_MIN(Expr.Type.VECTOR, 2, 2, Expr.Type.VECTOR, Expr.Type.SCALAR),
  COS(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  COSH(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  COUNT_OVER_TIME(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  DAY_OF_MONTH(Expr.Type.VECTOR, 0, 1, Expr.Type.VECTOR),
  DAY_OF_WEEK(Expr.Type.VECTOR, 0, 1, Expr.Type.VECTOR),
  DAY_OF_YEAR(Expr.Type.VECTOR, 0, 1, Expr.Type.VECTOR),
  DAYS_IN_MONTH(Expr.Type.VECTOR, 0, 1, Expr.Type.VECTOR),
  DEG(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  DELTA(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  DERIV(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  EXP(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  FLOOR(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  HISTOGRAM_COUNT(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  HISTOGRAM_FRACTION(Expr.Type.VECTOR, 3, 3, Expr.Type.SCALAR, Expr.Type.SCALAR, Expr.Type.VECTOR),
  HISTOGRAM_QUANTILE(Expr.Type.VECTOR, 2, 2, Expr.Type.SCALAR, Expr.Type.VECTOR),
  HISTOGRAM_SUM(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  HOLT_WINTERS(Expr.Type.VECTOR, 3, 3, Expr.Type.MATRIX, Expr.Type.SCALAR, Expr.Type.SCALAR),
  HOUR(Expr.Type.VECTOR, 0, 1, Expr.Type.VECTOR),
  IDELTA(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  INCREASE(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  IRATE(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  LABEL_JOIN(
      Expr.Type.VECTOR,
      3,
      -1,
      Expr.Type.VECTOR,
      Expr.Type.STRING,
      Expr.Type.STRING,
      Expr.Type.STRING),
  LABEL_REPLACE(
      Expr.Type.VECTOR,
      5,
      5,
      Expr.Type.VECTOR,
      Expr.Type.STRING,
      Expr.Type.STRING,
      Expr.Type.STRING,
      Expr.Type.STRING),
  LAST_OVER_TIME(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  LN(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  LOG10(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  LOG2(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  MAX_OVER_TIME(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  MIN_OVER_TIME(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  MINUTE(Expr.Type.VECTOR, 0, 1, Expr.Type.VECTOR),
  MONTH(Expr.Type.VECTOR, 0, 1, Expr.Type.VECTOR),
  PI(Expr.Type.SCALAR, 0, 0),
  PREDICT_LINEAR(Expr.Type.VECTOR, 2, 2, Expr.Type.MATRIX, Expr.Type.SCALAR),
  PRESENT_OVER_TIME(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  QUANTILE_OVER_TIME(Expr.Type.VECTOR, 2, 2, Expr.Type.SCALAR, Expr.Type.MATRIX),
  RAD(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  RATE(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  RESETS(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  ROUND(Expr.Type.VECTOR, 1, 2, Expr.Type.VECTOR, Expr.Type.SCALAR),
  SCALAR(Expr.Type.SCALAR, 1, 1, Expr.Type.VECTOR),
  SGN(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  SIN(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  SINH(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  SORT(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  SORT_DESC(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  SQRT(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  STDDEV_OVER_TIME(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  STDVAR_OVER_TIME(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  SUM_OVER_TIME(Expr.Type.VECTOR, 1, 1, Expr.Type.MATRIX),
  TAN(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  TANH(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  TIME(Expr.Type.SCALAR, 0, 0),
  TIMESTAMP(Expr.Type.VECTOR, 1, 1, Expr.Type.VECTOR),
  VECTOR(Expr.Type.VECTOR, 1, 1, Expr.Type.SCALAR),
  YEAR(Expr.Type.VECTOR, 0, 1, Expr.Type.VECTOR);

  private static final Map<String, Function> BY_NAME = new HashMap<>();

  static {
    for (Function function : values()) {
      BY_NAME.put(function.text(), function);
    }
  }

  private final Expr.Type result;
  private final int least;
  private final int most;
  private final List<Expr.Type> arguments;

  Function(Expr.Type result, int least, int most, Expr.Type... arguments) {
    this.result = result;
    this.least = least;
    this.most = most;
    this.arguments = List.of(arguments);
  }

  static @Nullable Function of(String name) {
    return BY_NAME.get(name);
  }

  /** The names of all functions, sorted. */
  public static List<String> names() {
    return List.copyOf(new TreeSet<>(BY_NAME.keySet()));
  }

  /** As written in a query. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  Expr.Type result() {
    return result;
  }

  int least() {
    return least;
  }

  /** How many arguments it takes at most; -1 for any number. */
  int most() {
    return most;
  }

  /** What the argument at {@code index} has to be. */
  Expr.Type argument(int index) {
    return arguments.get(Math.min(index, arguments.size() - 1));
  }
}
