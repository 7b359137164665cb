package dev.hone.metrics.wire;

import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Turns OTLP metrics into series as the OpenTelemetry specification says ("Prometheus and
 * OpenMetrics Compatibility"): names and units become the metric's name, {@code service.name} and
 * {@code service.instance.id} become {@code job} and {@code instance}, other attributes of the
 * resource go to {@code target_info}.
 */
final class OtlpSeries {
  private static final Map<String, String> UNITS =
      Map.ofEntries(
          Map.entry("s", "seconds"),
          Map.entry("ms", "milliseconds"),
          Map.entry("us", "microseconds"),
          Map.entry("ns", "nanoseconds"),
          Map.entry("min", "minutes"),
          Map.entry("h", "hours"),
          Map.entry("d", "days"),
          Map.entry("By", "bytes"),
          Map.entry("KiBy", "kibibytes"),
          Map.entry("MiBy", "mebibytes"),
          Map.entry("GiBy", "gibibytes"),
          Map.entry("%", "percent"),
          Map.entry("Cel", "celsius"),
          Map.entry("Hz", "hertz"),
          Map.entry("V", "volts"),
          Map.entry("A", "amperes"),
          Map.entry("J", "joules"),
          Map.entry("W", "watts"),
          Map.entry("m", "meters"),
          Map.entry("g", "grams"));

  /** What a metric is. */
  enum Kind {
    GAUGE,
    SUM,
    HISTOGRAM,
    EXPONENTIAL,
    SUMMARY;

    /** By the field of {@code Metric} that holds the data. */
    static Kind ofField(int field) {
      return switch (field) {
        case 7 -> SUM;
        case 9 -> HISTOGRAM;
        case 10 -> EXPONENTIAL;
        case 11 -> SUMMARY;
        default -> GAUGE;
      };
    }
  }

  /** A data point; which fields count depends on the kind. */
  static final class Point {
    final TreeMap<String, String> attributes = new TreeMap<>();
    final TreeMap<Double, Double> quantiles = new TreeMap<>();
    final TreeMap<Integer, Long> positive = new TreeMap<>();
    final TreeMap<Integer, Long> negative = new TreeMap<>();
    long millis;
    double value;
    boolean noValue;
    long count;
    double sum;
    long[] bucketCounts = new long[0];
    double[] bounds = new double[0];
    int scale;
    long zeroCount;
  }

  /** A metric with its points. */
  record Metric(
      SortedMap<String, String> resource,
      String name,
      String unit,
      Kind kind,
      boolean delta,
      boolean monotonic,
      List<Point> points) {}

  private final OtlpSums.Request sums;
  private final Intake intake;

  private OtlpSeries(OtlpSums.Request sums, Intake intake) {
    this.sums = sums;
    this.intake = intake;
  }

  static Received store(List<Metric> metrics, OtlpSums sums, MetricStore store) throws IOException {
    try (var request = sums.begin(metrics.stream().anyMatch(Metric::delta));
        var intake = new Intake(store)) {
      var series = new OtlpSeries(request, intake);
      metrics.forEach(series::add);
      Received received = intake.commit();
      request.commit();
      return received;
    }
  }

  /** The metric's name in Prometheus' spelling, unit and {@code _total} included. */
  static String name(Metric metric) {
    String name = InfluxLines.name(metric.name(), true).replaceAll("_+", "_");
    String unit = unit(metric.unit());
    boolean counter = metric.kind() == Kind.SUM && metric.monotonic();
    if (counter && name.endsWith("_total")) {
      name = name.substring(0, name.length() - "_total".length());
    }
    if (!unit.isEmpty() && !name.endsWith("_" + unit)) {
      name += "_" + unit;
    }
    if (metric.unit().equals("1") && metric.kind() == Kind.GAUGE && !name.endsWith("_ratio")) {
      name += "_ratio";
    }
    return counter ? name + "_total" : name;
  }

  private static String unit(String unit) {
    String plain = unit.replaceAll("\\{[^}]*}", "").strip();
    int slash = plain.indexOf('/');
    if (slash >= 0) {
      String above = unit(plain.substring(0, slash));
      String below = UNITS.getOrDefault(plain.substring(slash + 1), plain.substring(slash + 1));
      String per = below.endsWith("s") ? below.substring(0, below.length() - 1) : below;
      return above.isEmpty() ? "per_" + per : above + "_per_" + per;
    }
    if (plain.isEmpty() || plain.equals("1")) {
      return "";
    }
    return UNITS.getOrDefault(plain, InfluxLines.name(plain, false));
  }

  private void add(Metric metric) {
    if (metric.name().isEmpty()) {
      intake.refuse("a metric without a name");
      return;
    }
    String name = name(metric);
    var common = new TreeMap<String, String>();
    identity(metric.resource(), common);
    long newest = 0;
    for (Point point : metric.points()) {
      newest = Math.max(newest, point.millis);
      if (!point.noValue) {
        add(metric, name, common, point);
      }
    }
    info(metric.resource(), common, newest);
  }

  private static void identity(SortedMap<String, String> resource, SortedMap<String, String> into) {
    String service = resource.getOrDefault("service.name", "");
    String namespace = resource.getOrDefault("service.namespace", "");
    into.put("job", namespace.isEmpty() || service.isEmpty() ? service : namespace + "/" + service);
    into.put("instance", resource.getOrDefault("service.instance.id", ""));
  }

  private void info(
      SortedMap<String, String> resource, SortedMap<String, String> common, long millis) {
    var labels = new TreeMap<String, String>();
    resource.forEach(
        (key, value) -> {
          if (!key.equals("service.name")
              && !key.equals("service.namespace")
              && !key.equals("service.instance.id")) {
            labels.put(InfluxLines.name(key, false), value);
          }
        });
    if (!labels.isEmpty() && millis > 0) {
      labels.putAll(common);
      labels.put(Labels.NAME, "target_info");
      intake.add(labels, millis, 1);
    }
  }

  private void add(Metric metric, String name, SortedMap<String, String> common, Point point) {
    var labels = new TreeMap<String, String>();
    point.attributes.forEach((key, value) -> labels.put(InfluxLines.name(key, false), value));
    common.forEach(
        (key, value) -> {
          if (!value.isEmpty()) {
            labels.put(key, value);
          }
        });
    switch (metric.kind()) {
      case GAUGE -> put(labels, name, point, point.value, false);
      case SUM -> put(labels, name, point, point.value, metric.delta());
      case HISTOGRAM -> {
        long cumulative = 0;
        for (int i = 0; i < point.bucketCounts.length; i++) {
          cumulative += point.bucketCounts[i];
          boolean last = i >= point.bounds.length;
          bucket(labels, name, point, last ? "+Inf" : le(point.bounds[i]), cumulative, metric);
        }
        if (point.bucketCounts.length == 0) {
          bucket(labels, name, point, "+Inf", point.count, metric);
        }
        countAndSum(labels, name, point, metric.delta());
      }
      case EXPONENTIAL -> exponential(labels, name, point, metric);
      case SUMMARY -> {
        point.quantiles.forEach(
            (q, value) -> {
              var own = new TreeMap<>(labels);
              own.put("quantile", le(q));
              put(own, name, point, value, false);
            });
        countAndSum(labels, name, point, false);
      }
    }
  }

  private void exponential(
      SortedMap<String, String> labels, String name, Point point, Metric metric) {
    if (metric.delta()) {
      // Each point names other buckets, so that their sums would not belong together.
      intake.refuse(
          "the buckets of the exponential histogram `%s` are differences; export it as cumulative"
              .formatted(name));
      countAndSum(labels, name, point, true);
      return;
    }
    double base = Math.pow(2, Math.pow(2, -point.scale));
    long cumulative = 0;
    for (var entry : point.negative.descendingMap().entrySet()) {
      cumulative += entry.getValue();
      bucket(labels, name, point, le(-Math.pow(base, entry.getKey())), cumulative, metric);
    }
    cumulative += point.zeroCount;
    if (point.zeroCount > 0) {
      bucket(labels, name, point, "0.0", cumulative, metric);
    }
    for (var entry : point.positive.entrySet()) {
      cumulative += entry.getValue();
      bucket(labels, name, point, le(Math.pow(base, entry.getKey() + 1.0)), cumulative, metric);
    }
    bucket(labels, name, point, "+Inf", point.count, metric);
    countAndSum(labels, name, point, metric.delta());
  }

  private static String le(double bound) {
    return bound == Math.rint(bound) && Math.abs(bound) < 1e15
        ? Long.toString((long) bound)
        : Double.toString(bound);
  }

  private void bucket(
      SortedMap<String, String> labels,
      String name,
      Point point,
      String le,
      long count,
      Metric metric) {
    var own = new TreeMap<>(labels);
    own.put("le", le);
    put(own, name + "_bucket", point, (double) count, metric.delta());
  }

  private void countAndSum(
      SortedMap<String, String> labels, String name, Point point, boolean delta) {
    put(new TreeMap<>(labels), name + "_count", point, (double) point.count, delta);
    if (!delta || !Double.isNaN(point.sum)) {
      put(new TreeMap<>(labels), name + "_sum", point, point.sum, delta);
    }
  }

  private void put(
      SortedMap<String, String> labels, String name, Point point, double value, boolean delta) {
    labels.put(Labels.NAME, name);
    if (!delta) {
      intake.add(labels, point.millis, value);
      return;
    }
    OptionalDouble sum = sums.add(Labels.of(labels), value, point.millis);
    if (sum.isPresent()) {
      intake.add(labels, point.millis, sum.getAsDouble());
    } else {
      intake.refuse(
          "the difference %s of `%s` is no number, or not newer than the last of its series"
              .formatted(value, name));
    }
  }
}
