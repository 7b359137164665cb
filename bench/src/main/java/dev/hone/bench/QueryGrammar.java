package dev.hone.bench;

import java.util.List;
import java.util.SplittableRandom;

/** Makes PromQL expressions that are correct by type, by chance, nested but not too dear. */
final class QueryGrammar {
  private static final List<String> OVER_RANGE =
      List.of(
          "rate",
          "irate",
          "increase",
          "delta",
          "idelta",
          "deriv",
          "resets",
          "changes",
          "avg_over_time",
          "min_over_time",
          "max_over_time",
          "sum_over_time",
          "count_over_time",
          "stddev_over_time",
          "stdvar_over_time",
          "last_over_time",
          "present_over_time",
          "rate",
          "increase");
  private static final List<String> OF_VECTOR =
      List.of(
          "abs",
          "ceil",
          "floor",
          "exp",
          "ln",
          "log2",
          "log10",
          "sqrt",
          "sgn",
          "round",
          "sort",
          "sort_desc",
          "timestamp",
          "sin",
          "cos",
          "tan",
          "asin",
          "acos",
          "atan",
          "sinh",
          "cosh",
          "tanh",
          "asinh",
          "acosh",
          "atanh",
          "deg",
          "rad",
          "absent");
  private static final List<String> OF_TIME =
      List.of(
          "minute",
          "hour",
          "day_of_week",
          "day_of_month",
          "day_of_year",
          "days_in_month",
          "month",
          "year");
  private static final List<String> AGGREGATIONS =
      List.of("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "sum", "max");
  private static final List<String> ARITHMETIC = List.of("+", "-", "*", "/", "%", "^", "atan2");
  private static final List<String> COMPARISONS = List.of("==", "!=", ">", "<", ">=", "<=");
  private static final List<String> SETS = List.of("and", "or", "unless");
  private static final List<String> NUMBERS =
      List.of(
          "0", "1", "2", "10", "0.5", "1e3", "1.5e-3", "0x1F", "Inf", "-Inf", "NaN", "100", ".5",
          "-2", "017");
  private static final List<String> RANGES =
      List.of("30s", "1m", "90s", "2m", "5m", "7m13s", "10m", "20m", "40s");
  private static final List<String> LABELS =
      List.of("instance", "job", "method", "mode", "status", "type", "path", "le", "kind", "none");

  private final SplittableRandom random;
  private int budget;
  private int nested;

  QueryGrammar(SplittableRandom random) {
    this.random = random;
  }

  /** One expression. */
  String next() {
    budget = 10;
    nested = 0;
    return random.nextInt(12) == 0 ? scalar(3) : vector(4);
  }

  private String vector(int depth) {
    budget--;
    if (depth <= 0 || budget <= 0) {
      return random.nextInt(3) == 0 ? overRange(0) : selector();
    }
    return switch (random.nextInt(20)) {
      case 0, 1 -> selector();
      case 2, 3, 4, 5 -> overRange(depth - 1);
      case 6, 7, 8 -> aggregation(depth - 1);
      case 9, 10 -> function(depth - 1);
      case 11, 12 -> withScalar(depth - 1);
      case 13, 14, 15 -> matched(depth - 1);
      case 16 -> set(depth - 1);
      case 17 -> relabelled(depth - 1);
      case 18 -> quantile(depth - 1);
      default -> random.nextBoolean() ? "-" + group(vector(depth - 1)) : group(vector(depth - 1));
    };
  }

  private String overRange(int depth) {
    return switch (random.nextInt(12)) {
      case 0 -> "quantile_over_time(" + scalar(0) + ", " + matrix(depth) + ")";
      case 1 -> "predict_linear(" + matrix(depth) + ", " + (random.nextInt(1200) - 300) + ")";
      case 2 -> "holt_winters(" + matrix(depth) + ", 0." + fraction() + ", 0." + fraction() + ")";
      case 3 -> "absent_over_time(" + matrix(depth) + ")";
      default -> pick(OVER_RANGE) + "(" + matrix(depth) + ")";
    };
  }

  private int fraction() {
    return 1 + random.nextInt(9);
  }

  private String function(int depth) {
    return switch (random.nextInt(8)) {
      case 0 -> "clamp(" + vector(depth) + ", " + scalar(0) + ", " + scalar(0) + ")";
      case 1 -> "clamp_min(" + vector(depth) + ", " + scalar(0) + ")";
      case 2 -> "clamp_max(" + vector(depth) + ", " + scalar(0) + ")";
      case 3 -> "round(" + vector(depth) + ", " + pick(List.of("0.1", "5", "0.25", "10")) + ")";
      case 4 -> "vector(" + scalar(depth) + ")";
      case 5 -> pick(OF_TIME) + "(" + (random.nextInt(3) == 0 ? "" : timeVector(depth)) + ")";
      default -> pick(OF_VECTOR) + "(" + vector(depth) + ")";
    };
  }

  private String timeVector(int depth) {
    return switch (random.nextInt(3)) {
      case 0 -> "demo_boot_seconds" + time();
      case 1 -> "timestamp(" + selector() + ")";
      default -> vector(depth);
    };
  }

  private String aggregation(int depth) {
    String grouping =
        switch (random.nextInt(4)) {
          case 0 -> "";
          case 1 -> " without(" + labels() + ")";
          default -> " by(" + labels() + ")";
        };
    String inner = vector(depth);
    String call =
        switch (random.nextInt(9)) {
          case 0 -> "topk" + grouping + "(" + (random.nextInt(5) - 1) + ", " + inner + ")";
          case 1 -> "bottomk" + grouping + "(" + (random.nextInt(5) - 1) + ", " + inner + ")";
          case 2 -> "quantile" + grouping + "(" + phi() + ", " + inner + ")";
          case 3 -> "count_values" + grouping + "(\"value\", " + inner + ")";
          default -> pick(AGGREGATIONS) + grouping + "(" + inner + ")";
        };
    return call;
  }

  private String phi() {
    return pick(List.of("0", "0.5", "0.9", "0.99", "1", "-1", "2", "NaN", "0.25"));
  }

  private String withScalar(int depth) {
    String operator = operator();
    return random.nextBoolean()
        ? group(vector(depth)) + operator + group(scalar(depth - 1))
        : group(scalar(depth - 1)) + operator + group(vector(depth));
  }

  private String operator() {
    return random.nextInt(4) == 0
        ? " " + pick(COMPARISONS) + (random.nextBoolean() ? " bool " : " ")
        : " " + pick(ARITHMETIC) + " ";
  }

  private String matched(int depth) {
    String operator = operator();
    String label = pick(LABELS.subList(0, 4));
    String sum = pick(AGGREGATIONS);
    return switch (random.nextInt(6)) {
      case 0 -> group(vector(depth)) + operator + group(vector(depth));
      case 1 -> group(vector(depth)) + operator + "on(" + labels() + ") " + group(vector(depth));
      case 2 -> {
        String other = pick(AGGREGATIONS) + " by(" + label + ")(" + vector(depth) + ")";
        yield sum + " by(" + label + ")(" + vector(depth) + ")" + operator + other;
      }
      case 3 ->
          group(vector(depth))
              + operator
              + ("on(" + label + ") group_left" + extra() + " ")
              + (sum + " by(" + label + ")(" + vector(depth) + ")");
      case 4 ->
          (sum + " by(" + label + ")(" + vector(depth) + ")")
              + operator
              + ("on(" + label + ") group_right" + extra() + " ")
              + group(vector(depth));
      default ->
          group(vector(depth)) + operator + "ignoring(" + labels() + ") " + group(vector(depth));
    };
  }

  private String extra() {
    return switch (random.nextInt(3)) {
      case 0 -> "";
      case 1 -> "()";
      default -> "(" + pick(LABELS) + ")";
    };
  }

  private String set(int depth) {
    String matching =
        switch (random.nextInt(3)) {
          case 0 -> " ";
          case 1 -> " on(" + labels() + ") ";
          default -> " ignoring(" + labels() + ") ";
        };
    return group(vector(depth)) + " " + pick(SETS) + matching + group(vector(depth));
  }

  private String relabelled(int depth) {
    String from = pick(LABELS);
    return switch (random.nextInt(3)) {
      case 0 -> "label_join(" + vector(depth) + ", \"made\", \"-\", \"job\", \"" + from + "\")";
      case 1 ->
          "label_replace(" + vector(depth) + ", \"made\", \"$1\", \"" + from + "\", \"(.).*\")";
      default ->
          "label_replace("
              + vector(depth)
              + (", \"" + pick(LABELS) + "\", \"x${1}y\", \"" + from + "\", \"demo(.+)\")");
    };
  }

  private String quantile(int depth) {
    String buckets = "demo_latency_seconds_bucket" + matchers();
    String rate = "rate(" + buckets + "[" + pick(RANGES) + "]" + time() + ")";
    return switch (random.nextInt(5)) {
      case 0 -> "histogram_quantile(" + phi() + ", " + buckets + time() + ")";
      case 1 -> "histogram_quantile(" + phi() + ", " + rate + ")";
      case 2 -> "histogram_quantile(" + phi() + ", " + vector(depth) + ")";
      default ->
          "histogram_quantile(" + phi() + ", sum by(le, " + pick(LABELS) + ")(" + rate + "))";
    };
  }

  private String scalar(int depth) {
    if (depth <= 0) {
      return pick(NUMBERS);
    }
    return switch (random.nextInt(7)) {
      case 0 -> "time()";
      case 1 -> "pi()";
      case 2, 3 -> "scalar(" + vector(depth - 1) + ")";
      case 4 -> {
        String operator = random.nextInt(3) == 0 ? pick(COMPARISONS) + " bool" : pick(ARITHMETIC);
        yield group(scalar(depth - 1)) + " " + operator + " " + group(scalar(depth - 1));
      }
      default -> pick(NUMBERS);
    };
  }

  private String matrix(int depth) {
    if (nested < 2 && depth > 0 && random.nextInt(6) == 0) {
      nested++;
      String step = pick(List.of("15s", "30s", "1m", "47s", ""));
      String subquery = group(vector(depth)) + "[" + pick(RANGES) + ":" + step + "]" + time();
      nested--;
      return subquery;
    }
    return bare() + "[" + pick(RANGES) + "]" + time();
  }

  private String selector() {
    return bare() + time();
  }

  private String bare() {
    return random.nextInt(25) == 0
        ? "{__name__=~\"demo_(celsius|up|replicas)\"" + pick(List.of("", ", job=\"demo\"")) + "}"
        : pick(PromqlNames.METRICS) + matchers();
  }

  private String matchers() {
    return switch (random.nextInt(7)) {
      case 0 -> "{instance=\"demo" + random.nextInt(5) + ":8080\"}";
      case 1 -> "{job=~\"d.*\"}";
      case 2 -> "{instance!~\"demo[01].*\"}";
      case 3 -> "{" + pick(PromqlNames.MATCHERS) + "}";
      default -> "";
    };
  }

  private String time() {
    return switch (random.nextInt(16)) {
      case 0 -> " offset " + pick(RANGES);
      case 1 -> " offset -" + pick(RANGES);
      case 2 -> " @ T" + random.nextInt(5);
      case 3 ->
          pick(List.of(" @ start()", " @ end()", " @ end() offset 3m", " offset 3m @ start()"));
      default -> "";
    };
  }

  private String labels() {
    return switch (random.nextInt(5)) {
      case 0 -> "";
      case 1 -> pick(LABELS) + ", " + pick(LABELS);
      case 2 -> "instance, job";
      default -> pick(LABELS);
    };
  }

  private static String group(String expression) {
    return "(" + expression + ")";
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
