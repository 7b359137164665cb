package dev.hone.metrics.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.Retention;
import dev.hone.metrics.SummaryStore;
import dev.hone.metrics.promql.Limits;
import dev.hone.metrics.promql.Query;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TiersTest {
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;
  private static final long START = 20_000 * DAY;
  private static final double STALE = Double.longBitsToDouble(0x7FF0000000000002L);
  private static final List<String> ANSWERED =
      List.of(
          "sum_over_time",
          "avg_over_time",
          "min_over_time",
          "max_over_time",
          "count_over_time",
          "last_over_time",
          "present_over_time",
          "absent_over_time",
          "stddev_over_time",
          "stdvar_over_time",
          "rate",
          "increase",
          "delta",
          "resets");

  @TempDir Path folder;
  private final List<String> notices = new ArrayList<>();
  private final Random random = new Random(7);
  private @TempDir Path truthFolder;
  private Engine samples;
  private long now = START;

  /** A store that keeps all samples, and no tiers. */
  @BeforeEach
  void openTheTruth() throws IOException {
    var options =
        EngineOptions.standard()
            .withSync(EngineOptions.Sync.NONE)
            .withRetention(keep(10_000, 0, 0, 0));
    samples = Engine.open(truthFolder, options, () -> Instant.ofEpochMilli(now), 1, notices::add);
  }

  @AfterEach
  void nothingWentWrong() {
    samples.close();
    assertThat(notices).isEmpty();
  }

  @Test
  void wholeDaysAndHoursAreWhatSamplesSay() throws Exception {
    try (var engine = open(keep(2, 2, 30, 365))) {
      fill(engine, 0, 12);
      assertThat(raw(engine)).isGreaterThan(START + 9 * DAY);
      for (String function : ANSWERED) {
        for (String range : List.of("1d", "2d", "6h", "1h")) {
          String query = function + "({__name__=~'m_.*'}[" + range + "])";
          long step = range.endsWith("d") ? DAY : 2 * HOUR;
          same(engine, query, START + 2 * DAY, START + 12 * DAY, step);
          same(engine, query, START + 5 * DAY, START + 5 * DAY, step);
        }
        same(engine, function + "(m_jitter[1h] offset 3d)", START + 9 * DAY, now, 5 * HOUR);
        same(
            engine, function + "(m_jitter[1h] @ " + (START + 4 * DAY) / 1000 + ")", now, now, HOUR);
      }
      same(engine, "{__name__=~'m_.*'}", START + DAY, START + 12 * DAY, HOUR);
      same(engine, "timestamp({__name__=~'m_.*'})", START + DAY, START + 12 * DAY, 4 * HOUR);
      same(engine, "sum by (job) (rate(m_grid[1h]))", START + DAY, START + 12 * DAY, HOUR);
    }
    try (var again = open(keep(2, 2, 30, 365))) {
      same(again, "rate({__name__=~'m_.*'}[1d])", START + DAY, START + 12 * DAY, DAY);
    }
  }

  @Test
  void fiveMinutesAreReadWhereTheySaveReading() throws Exception {
    try (var engine = open(keep(7, 7, 30, 365))) {
      fill(engine, 0, 3);
      var dense = new ArrayList<Labels>();
      for (Block block : engine.views.blocks()) {
        for (int i = 0; block.meta().resolution() == 300_000 && i < block.seriesCount(); i++) {
          dense.add(block.labels(i));
        }
      }
      assertThat(dense).isNotEmpty().containsOnly(labels("m_dense", "a"));
      for (String function : ANSWERED) {
        String query = function + "({__name__=~'m_.*'}[5m])";
        same(engine, query, START + HOUR, START + 3 * DAY, 300_000);
      }
      same(engine, "m_dense", START + HOUR, START + 3 * DAY, 300_000);
    }
  }

  @Test
  void lateSamplesCountBeforeAndAfterTheTierIsWrittenAgain() throws Exception {
    try (var engine = open(keep(7, 7, 30, 365))) {
      fill(engine, 0, 2);
      now += 3 * HOUR;
      append(engine, labels("m_grid", "a"), START + 2 * DAY + 3 * HOUR, 1);
      engine.compact();
      String query = "sum_over_time(m_grid[1d])";
      same(engine, query, START + DAY, START + 2 * DAY, DAY);
      append(engine, labels("m_grid", "a"), START + DAY + 20 * HOUR + 17, 1e6);
      append(engine, labels("m_late", "a"), START + DAY + 20 * HOUR + 17, 1e6);
      same(engine, query, START + DAY, START + 2 * DAY, DAY);
      same(engine, "max_over_time({job='a'}[1d])", START + DAY, START + 2 * DAY, DAY);
      engine.compact();
      same(engine, query, START + DAY, START + 2 * DAY, DAY);
      same(engine, "max_over_time({job='a'}[1d])", START + DAY, START + 2 * DAY, DAY);
      assertThat(engine.views.blocks().stream().filter(b -> b.meta().resolution() == DAY))
          .extracting(b -> b.meta().minTime())
          .doesNotHaveDuplicates()
          .contains(START + DAY + 1);
    }
  }

  @Test
  void aLateSampleAtMidnightBelongsToTheDayBefore() throws Exception {
    try (var engine = open(keep(7, 7, 30, 365))) {
      fill(engine, 0, 2);
      String query = "sum_over_time(m_jitter[1d])";
      same(engine, query, START + DAY, START + 2 * DAY, DAY);
      append(engine, labels("m_jitter", "b"), START + 2 * DAY, 1e6);
      same(engine, query, START + DAY, START + 2 * DAY, DAY);
      engine.compact();
      same(engine, query, START + DAY, START + 2 * DAY, DAY);
    }
  }

  @Test
  void whatBucketsCannotTellComesWithAWarning() throws Exception {
    try (var engine = open(keep(2, 2, 30, 365))) {
      fill(engine, 0, 8);
      assertThat(warnings(engine, "quantile_over_time(0.9, m_grid[1h])", START, now, HOUR))
          .singleElement()
          .asString()
          .contains("samples are kept since " + Instant.ofEpochMilli(raw(engine)));
      assertThat(warnings(engine, "rate(m_grid[5m])", START + HOUR, now, 7 * 60_000))
          .singleElement()
          .asString()
          .contains("buckets of 1h")
          .contains("rate is taken over the buckets that its window touches");
      assertThat(warnings(engine, "m_grid", START + HOUR, now, 7 * 60_000))
          .singleElement()
          .asString()
          .contains("each is the last of the bucket before");
      assertThat(warnings(engine, "rate(m_grid[5m])", now - HOUR, now, 60_000)).isEmpty();
      assertThat(warnings(engine, "rate(m_grid[1h])", START + HOUR, now, HOUR)).isEmpty();
    }
  }

  @Test
  void windowsThatDoNotMeetBucketsAreNear() throws Exception {
    try (var engine = open(keep(2, 2, 30, 365))) {
      fill(engine, 0, 8);
      long off = 11 * 60_000;
      for (String query :
          List.of(
              "increase(m_even[90m])",
              "sum_over_time(m_even[90m])",
              "avg_over_time(m_even[90m])")) {
        Query.Matrix exact = range(samples, query, START + DAY + off, START + 4 * DAY, HOUR);
        Query.Matrix near = range(engine, query, START + DAY + off, START + 4 * DAY, HOUR);
        assertThat(near.lines()).hasSameSizeAs(exact.lines());
        double[] expected = exact.lines().getFirst().values();
        double[] values = near.lines().getFirst().values();
        assertThat(values).hasSameSizeAs(expected);
        for (int i = 0; i < values.length; i++) {
          assertThat(values[i])
              .isCloseTo(expected[i], org.assertj.core.data.Percentage.withPercentage(4));
        }
      }
    }
  }

  @Test
  void aRuleKeepsSomeSeriesShorterAndOthersLonger() throws Exception {
    var retention =
        new Retention(
            keep(2, 2, 4, 365).standard(),
            List.of(
                new Retention.Rule(
                    List.of(Matcher.equal("__name__", "m_jitter")),
                    new Retention.Keep(
                        Duration.ofDays(1), Duration.ZERO, Duration.ZERO, Duration.ZERO)),
                new Retention.Rule(
                    List.of(Matcher.equal("__name__", "m_grid")),
                    new Retention.Keep(
                        Duration.ofDays(30),
                        Duration.ofDays(30),
                        Duration.ofDays(30),
                        Duration.ofDays(30)))));
    try (var engine = open(retention)) {
      fill(engine, 0, 9);
      same(engine, "quantile_over_time(0.5, m_grid[5m])", START + HOUR, now, 3 * HOUR);
      assertThat(warnings(engine, "quantile_over_time(0.5, m_grid[5m])", START + HOUR, now, HOUR))
          .isEmpty();
      assertThat(range(engine, "count_over_time(m_jitter[1d])", START, now, DAY).lines())
          .allSatisfy(line -> assertThat(line.times()[0]).isGreaterThan(START + 5 * DAY));
      assertThat(warnings(engine, "count_over_time(m_even[1h])", START + HOUR, now, HOUR))
          .singleElement()
          .asString()
          .contains("buckets of 1d");
      same(engine, "count_over_time(m_even[1d])", START + DAY, now, DAY);
    }
    try (var again = open(retention)) {
      same(again, "quantile_over_time(0.5, m_grid[5m])", START + HOUR, now, 3 * HOUR);
      same(again, "count_over_time(m_even[1d])", START + DAY, now, DAY);
    }
  }

  @Test
  void whatComesIntoOldDaysLeavesTheirTiersAsTheyAre() throws Exception {
    try (var engine = open(keep(2, 2, 30, 365))) {
      fill(engine, 0, 9);
      String old = "count_over_time({__name__=~'m_.*'}[1d])";
      same(engine, old, START + 2 * DAY, START + 6 * DAY, DAY);
      for (String name : List.of("import_b", "import_c")) {
        bring(engine, labels(name, "i"), START + 3 * DAY);
        same(engine, old, START + 2 * DAY, START + 6 * DAY, DAY);
        engine.compact();
        engine.compact();
        same(engine, old, START + 2 * DAY, START + 6 * DAY, DAY);
        String both = "count_over_time({__name__=~'import_.*'}[1d])";
        same(engine, both, START + 4 * DAY, START + 4 * DAY, DAY);
      }
    }
  }

  @Test
  void aSampleAsLateAsAllowedFindsTheOthersOfItsDay() throws Exception {
    try (var engine = open(keep(1, 1, 30, 365))) {
      fill(engine, 0, 3);
      now = START + 4 * DAY + 23 * HOUR;
      append(engine, labels("m_even", "a"), now, 1);
      engine.compact();
      append(engine, labels("m_even", "a"), now - 23 * HOUR - 59 * 60_000, 1);
      now += 3 * HOUR;
      append(engine, labels("m_even", "a"), now, 1);
      engine.compact();
      same(engine, "count_over_time(m_even[1d])", START + DAY, START + 4 * DAY, DAY);
    }
  }

  @Test
  void aLongerRetentionFillsTheTiersAsFarAsSamplesReach() throws Exception {
    try (var engine = open(keep(7, 0, 0, 30))) {
      fill(engine, 0, 4);
    }
    try (var engine = open(keep(7, 7, 30, 365))) {
      engine.compact();
      same(engine, "sum_over_time(m_even[1h])", START + HOUR, START + 4 * DAY, HOUR);
    }
  }

  @Test
  void whatAShorterRetentionDeletedIsNotTakenForThere() throws Exception {
    var grid =
        new Retention.Rule(
            List.of(Matcher.equal("__name__", "m_grid")), keep(30, 0, 30, 365).standard());
    var before = new Retention(keep(2, 2, 30, 365).standard(), List.of(grid));
    try (var engine = open(before)) {
      fill(engine, 0, 9);
    }
    var after = new Retention(keep(30, 30, 30, 365).standard(), List.of(grid));
    for (int time = 0; time < 2; time++) {
      try (var engine = open(after)) {
        engine.compact();
        same(engine, "quantile_over_time(0.5, m_grid[5m])", START + HOUR, now, 3 * HOUR);
        same(engine, "sum_over_time(m_even[1h])", START + HOUR, START + 9 * DAY, HOUR);
        assertThat(warnings(engine, "quantile_over_time(0.5, m_even[1h])", START, now, HOUR))
            .singleElement()
            .asString()
            .contains("samples are kept since");
      }
    }
  }

  @Test
  void samplesThatAreBroughtIntoADayCountAtOnce() throws Exception {
    try (var engine = open(keep(7, 7, 30, 365))) {
      fill(engine, 0, 3);
      String query = "sum_over_time({__name__=~'m_.*'}[1d])";
      bring(engine, labels("m_even", "a"), START + DAY, 7_000);
      same(engine, query, START + DAY, START + 3 * DAY, DAY);
      bring(engine, labels("m_jitter", "b"), START, 0);
      same(engine, query, START + DAY, START + 3 * DAY, DAY);
      engine.compact();
      same(engine, query, START + DAY, START + 3 * DAY, DAY);
    }
  }

  @Test
  void otherValuesForTimesThatAreHeldAsBucketsChangeNothing() throws Exception {
    try (var engine = open(keep(2, 2, 30, 365))) {
      fill(engine, 0, 9);
      String query = "sum_over_time(m_even[1d])";
      try (var backfill = engine.backfill(START + 3 * DAY, false, series -> {})) {
        var times = new long[1_440];
        var values = new double[times.length];
        for (int i = 0; i < times.length; i++) {
          times[i] = START + 3 * DAY + (i + 1) * 60_000L - 60_000;
          values[i] = 7;
        }
        backfill.add(labels("m_even", "a"), times, values, 0, times.length);
        backfill.finish();
      }
      engine.compact();
      same(engine, query, START + 4 * DAY, START + 4 * DAY, DAY);
    }
  }

  @Test
  void daysThatAreBroughtInOneByOneMeetAtMidnight() throws Exception {
    try (var engine = open(keep(2, 2, 30, 365))) {
      fill(engine, 0, 9);
      for (int day : List.of(3, 4, 2)) {
        bring(engine, labels("m_grid", "later"), START + day * DAY, 0);
        engine.compact();
        engine.compact();
      }
      for (String function : ANSWERED) {
        String query = function + "({job='later'}[1d])";
        same(engine, query, START + 2 * DAY, START + 6 * DAY, DAY);
      }
    }
  }

  private void bring(Engine engine, Labels labels, long begin) throws Exception {
    bring(engine, labels, begin, 7_000);
  }

  /** A day of samples each half minute, of any age. */
  private void bring(Engine engine, Labels labels, long begin, long offset) throws Exception {
    var times = new long[2_880];
    var values = new double[times.length];
    for (int i = 0; i < times.length; i++) {
      times[i] = begin + offset + i * 30_000L;
      values[i] = i;
    }
    for (Engine one : List.of(engine, samples)) {
      try (var backfill = one.backfill(begin, false, series -> {})) {
        backfill.add(labels, times, values, 0, times.length);
        assertThat(backfill.finish().added()).isEqualTo(times.length);
      }
    }
  }

  private static Retention keep(int raw, int five, int hourly, int daily) {
    return new Retention(
        new Retention.Keep(
            Duration.ofDays(raw),
            Duration.ofDays(five),
            Duration.ofDays(hourly),
            Duration.ofDays(daily)),
        List.of());
  }

  private Engine open(Retention retention) throws IOException {
    return Engine.open(
        folder,
        EngineOptions.standard().withSync(EngineOptions.Sync.NONE).withRetention(retention),
        () -> Instant.ofEpochMilli(now),
        42,
        notices::add);
  }

  private static long raw(Engine engine) {
    return engine.tiers().orElseThrow().completeSince(List.of(), SummaryStore.RAW);
  }

  /** Days of samples: on the minute, off it, with resets and ends, and every two seconds. */
  private void fill(Engine engine, int fromDay, int toDay) throws Exception {
    double counter = 0;
    double odd = 0;
    for (long time = START + fromDay * DAY; time <= START + toDay * DAY; time += 60_000) {
      now = Math.max(now, time);
      counter = random.nextInt(700) == 0 ? random.nextInt(3) : counter + random.nextInt(10);
      odd = random.nextInt(900) == 0 ? 0 : odd + random.nextDouble();
      append(engine, labels("m_grid", "a"), time, counter);
      append(engine, labels("m_even", "a"), time, (time - START) / 1000.0);
      if (random.nextInt(10) > 0) {
        double value = random.nextInt(600) == 0 ? STALE : odd;
        append(engine, labels("m_jitter", "b"), time - random.nextInt(20_000), value);
      }
      long hour = (time - START) / HOUR;
      if (hour % 30 < 7) {
        double gauge = hour % 30 == 6 && time % HOUR == 0 ? STALE : random.nextInt(1000) / 10.0;
        append(engine, labels("m_gaps", "b"), time, gauge);
      }
      if (time % DAY == 0) {
        engine.compact();
      }
    }
    for (long time = START + fromDay * DAY; toDay - fromDay <= 3 && time < now; time += 2_000) {
      if (time > now - 20 * HOUR) {
        append(engine, labels("m_dense", "a"), time, random.nextInt(50));
      }
    }
    now = START + toDay * DAY + 3 * HOUR;
    append(engine, labels("m_even", "a"), now, (now - START) / 1000.0);
    engine.compact();
    engine.compact();
  }

  private void append(Engine engine, Labels labels, long time, double value) throws IOException {
    try (var appender = engine.appender()) {
      appender.add(appender.series(labels), time, Double.doubleToRawLongBits(value));
      assertThat(appender.commit().taken()).isEqualTo(1);
    }
    try (var appender = samples.appender()) {
      appender.add(appender.series(labels), time, Double.doubleToRawLongBits(value));
      appender.commit();
    }
  }

  private static Labels labels(String name, String job) {
    return Labels.of(name, "job", job, "of", name);
  }

  private static Query.Matrix range(
      MetricStore store, String query, long start, long end, long step) {
    return Query.parse(query).range(store, start, end, step, Limits.STANDARD);
  }

  private static List<String> warnings(
      MetricStore store, String query, long start, long end, long step) {
    var warnings = new ArrayList<String>();
    Query.parse(query).range(store, start, end, step, Limits.STANDARD, warnings::add);
    return warnings;
  }

  private void same(Engine engine, String query, long start, long end, long step) {
    Query.Matrix expected = range(samples, query, start, end, step);
    var warnings = new ArrayList<String>();
    Query.Matrix actual =
        Query.parse(query).range(engine, start, end, step, Limits.STANDARD, warnings::add);
    assertThat(warnings).as(query).isEmpty();
    assertThat(actual.lines().stream().map(Query.Line::labels))
        .as(query)
        .isEqualTo(expected.lines().stream().map(Query.Line::labels).toList());
    for (int i = 0; i < actual.lines().size(); i++) {
      Query.Line a = actual.lines().get(i);
      Query.Line e = expected.lines().get(i);
      assertThat(a.times()).as(query + " " + a.labels()).isEqualTo(e.times());
      for (int k = 0; k < a.values().length; k++) {
        double tolerance = 1e-9 * Math.max(1e-3, Math.abs(e.values()[k]));
        if (query.startsWith("std")) {
          tolerance *= 1000;
        }
        assertThat(a.values()[k])
            .as("%s %s at %s", query, a.labels(), Instant.ofEpochMilli(a.times()[k]))
            .isCloseTo(e.values()[k], org.assertj.core.data.Offset.offset(tolerance));
      }
    }
  }
}
