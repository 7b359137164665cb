package dev.hone.metrics.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.engine.Engine;
import dev.hone.metrics.engine.EngineOptions;
import dev.hone.metrics.promql.Limits;
import dev.hone.metrics.promql.Query;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Three real Prometheus, two copies: answers are those of one engine with the same samples. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PushedQueriesTest {
  private static final long END = 1_795_000_000_000L;
  private static final long START = END - 1_800_000;
  private static final List<String> WINDOWED =
      List.of(
          "rate",
          "increase",
          "delta",
          "irate",
          "min_over_time",
          "max_over_time",
          "sum_over_time",
          "count_over_time",
          "avg_over_time",
          "last_over_time",
          "stddev_over_time",
          "changes",
          "resets",
          "deriv");
  private static final List<String> AGGREGATIONS =
      List.of("sum", "min", "max", "count", "group", "avg", "stddev", "topk(3, ", "bottomk(2, ");
  private static final List<String> GROUPS =
      List.of("", " by (job)", " by (job, mode)", " without (instance)", " without (mode, job)");

  @TempDir static Path directory;
  private static final List<Prometheus> servers = new ArrayList<>();
  private static final List<String> notices = new ArrayList<>();
  private static Engine engine;
  private static RemoteStore remote;

  @BeforeAll
  static void fill() throws Exception {
    var backends = new ArrayList<Backend>();
    for (int i = 0; i < 3; i++) {
      servers.add(Prometheus.start(directory.resolve("p" + i)));
      backends.add(servers.get(i).backend("p" + i));
    }
    engine =
        Engine.open(
            directory.resolve("engine"),
            EngineOptions.standard().withMaxSeries(10_000),
            InstantSource.system(),
            1,
            notices::add);
    remote =
        RemoteStore.open(
            directory.resolve("remote"),
            RemoteOptions.of(backends),
            InstantSource.system(),
            new Random(1),
            notices::add);
    var random = new Random(7);
    var values = new double[120];
    for (long time = START; time <= END; time += 10_000) {
      for (MetricStore store : List.of(engine, remote)) {
        var same = new Random(time);
        try (Appender appender = store.appender()) {
          for (int i = 0; i < values.length; i++) {
            boolean gone = i % 17 == 3 && time > END - 400_000;
            long bits =
                gone && time < END - 380_000
                    ? 0x7FF0000000000002L
                    : Double.doubleToRawLongBits(value(values, i, same));
            if (!gone || time < END - 380_000) {
              appender.add(appender.series(labels(i)), time + i * 7L, bits);
            }
          }
          appender.commit();
        }
        if (store == engine) {
          continue;
        }
        for (int i = 0; i < values.length; i++) {
          values[i] += random.nextInt(60) == 0 ? -values[i] : i % 4 + 0.25 + i / 1_000.0;
        }
      }
    }
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (remote.status().stream().anyMatch(s -> s.waiting() > 0)) {
      assertThat(System.nanoTime()).as("a generous limit").isLessThan(limit);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static double value(double[] values, int i, Random random) {
    return i % 2 == 0 ? values[i] : random.nextInt(1_000) / 10.0 + i / 1_000.0;
  }

  private static Labels labels(int i) {
    return Labels.of(
        i % 2 == 0 ? "requests_total" : "temperature",
        "instance",
        "host-" + i / 12,
        "job",
        i % 3 == 0 ? "a" : "b",
        "mode",
        "m" + i % 12);
  }

  @AfterAll
  static void end() {
    if (remote != null) {
      remote.close();
      engine.close();
    }
    servers.forEach(Prometheus::close);
  }

  private static void same(String query, long time) {
    var parsed = Query.parse(query);
    equal(
        query,
        numbers(parsed.instant(remote, time, Limits.STANDARD)),
        numbers(parsed.instant(engine, time, Limits.STANDARD)));
  }

  private static void sameOverTime(String query) {
    var parsed = Query.parse(query);
    long from = START + 600_000;
    equal(
        query,
        numbers(parsed.range(remote, from, END, 37_000, Limits.STANDARD)),
        numbers(parsed.range(engine, from, END, 37_000, Limits.STANDARD)));
  }

  /** Nine digits have to be the same: sums are in another order. */
  private static void equal(
      String query, TreeMap<String, double[]> actual, TreeMap<String, double[]> expected) {
    assertThat(actual.keySet()).as(query).isEqualTo(expected.keySet());
    expected.forEach(
        (series, values) -> {
          double[] others = actual.getOrDefault(series, new double[0]);
          assertThat(others).as(query + series).hasSameSizeAs(values);
          for (int i = 0; i < values.length; i++) {
            boolean time = values.length > 1 && i % 2 == 0;
            double tolerance = time ? 0 : 1e-9 * Math.max(1, Math.abs(values[i]));
            boolean same =
                Double.compare(values[i], others[i]) == 0
                    || Math.abs(values[i] - others[i]) <= tolerance;
            assertThat(same).as("%s%s: %s, %s", query, series, others[i], values[i]).isTrue();
          }
        });
  }

  /** By series: values, or each time and its value. */
  private static TreeMap<String, double[]> numbers(Query.Result result) {
    var lines = new TreeMap<String, double[]>();
    switch (result) {
      case Query.Vector vector ->
          vector.points().forEach(p -> lines.put(p.labels().toString(), new double[] {p.value()}));
      case Query.Matrix matrix ->
          matrix
              .lines()
              .forEach(
                  line -> {
                    var numbers = new double[2 * line.times().length];
                    for (int i = 0; i < line.times().length; i++) {
                      numbers[2 * i] = line.times()[i];
                      numbers[2 * i + 1] = line.values()[i];
                    }
                    lines.put(line.labels().toString(), numbers);
                  });
      case Query.Scalar scalar -> lines.put("", new double[] {scalar.value()});
      case Query.Text text -> lines.put(text.value(), new double[0]);
    }
    return lines;
  }

  @Test
  @Order(1)
  void aggregationsOfFunctionsAndSelectors() {
    var random = new Random(11);
    for (int i = 0; i < 120; i++) {
      String metric = random.nextBoolean() ? "requests_total" : "temperature";
      String selector = metric + (random.nextInt(3) == 0 ? "{mode=~\"m[1-5]\"}" : "");
      String inner =
          switch (random.nextInt(5)) {
            case 0 -> selector;
            case 1 -> "abs(" + selector + " - 5) * 2";
            case 2 -> selector + " offset 3m > 20";
            default ->
                WINDOWED.get(random.nextInt(WINDOWED.size())) + "(" + selector + "[5m]) + 0.5";
          };
      String aggregation = AGGREGATIONS.get(random.nextInt(AGGREGATIONS.size()));
      String group = GROUPS.get(random.nextInt(GROUPS.size()));
      boolean ties =
          inner.contains("count_") || inner.contains("changes") || inner.contains("resets");
      String query =
          aggregation.endsWith(" ")
              ? (ties ? "count(" : aggregation) + inner + ")" + group
              : aggregation + group + " (" + inner + ")";
      same(query, END - random.nextInt(600_000));
      sameOverTime(query);
    }
  }

  @Test
  @Order(2)
  void whatIsEvaluatedHereReadsRawSamples() {
    for (String query :
        List.of(
            "requests_total",
            "temperature @ " + (END - 390_000) / 1000,
            "rate(requests_total[5m])",
            "quantile(0.9, rate(requests_total[2m]))",
            "sum(rate({__name__=~\"requests_total|temperature\",job=\"a\"}[5m]))"
                + " or sum(temperature)",
            "max_over_time(sum(rate(requests_total[1m]))[10m:1m])",
            "timestamp(temperature)",
            "histogram_quantile(0.5, sum by (le) (requests_total))",
            "sum by (job) (requests_total) / on (job) count by (job) (temperature)",
            "label_replace(requests_total, \"x\", \"$1\", \"mode\", \"m(.*)\")",
            "count_values(\"v\", round(temperature, 10))",
            "absent(nosuch{job=\"a\"})",
            "scalar(sum(requests_total)) + time()",
            "sum(requests_total{hone_slot=\"3\"})",
            "avg without (instance) (stddev_over_time(temperature[3m] offset 1m))")) {
      same(query, END);
      sameOverTime(query);
    }
  }

  @Test
  @Order(3)
  void rawSamplesAreBitForBitAndWithoutTheMark() {
    List<Matcher> matchers = List.of(Matcher.equal(Labels.NAME, "temperature"));
    assertThat(bits(remote, matchers)).isEqualTo(bits(engine, matchers)).hasSize(60);
    assertThat(remote.labelNames()).isEqualTo(engine.labelNames());
    assertThat(remote.labelValues("mode")).isEqualTo(engine.labelValues("mode"));
    var found = new TreeSet<Labels>();
    remote.series(matchers, START, END + 1_000, found::add);
    assertThat(found).hasSize(60);
    assertThat(remote.seriesCount()).isEqualTo(120);
  }

  private static TreeMap<String, List<String>> bits(MetricStore store, List<Matcher> matchers) {
    var all = new TreeMap<String, List<String>>();
    for (var series : store.select(matchers, START + 60_000, END)) {
      var samples = new ArrayList<String>();
      for (int i = 0; i < series.size(); i++) {
        samples.add(series.times()[i] + " " + Double.doubleToRawLongBits(series.values()[i]));
      }
      all.put(series.labels().toString(), samples);
    }
    return all;
  }

  @Test
  @Order(4)
  void oneBackendMayFailTwoMayNot() throws IOException, InterruptedException {
    servers.get(1).kill();
    same("sum by (job) (rate(requests_total[5m]))", END);
    sameOverTime("max(temperature)");
    servers.get(2).kill();
    var lacks = new ArrayList<String>();
    var query = Query.parse("sum(requests_total)");
    assertThat(query.instant(remote.telling(lacks::add), END, Limits.STANDARD))
        .isInstanceOf(Query.Vector.class);
    assertThat(lacks).hasSize(1);
    assertThat(lacks.getFirst()).contains("64 slots are missing").contains("p1").contains("p2");
    assertThatThrownBy(() -> query.instant(remote, END, Limits.STANDARD))
        .isInstanceOf(MetricStore.UnavailableException.class)
        .hasMessageContaining("missing");
    servers.get(1).startAgain();
    servers.get(2).startAgain();
    same("sum by (job) (rate(requests_total[5m]))", END);
  }
}
