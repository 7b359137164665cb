package dev.hone.metrics.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MemoryStore;
import dev.hone.metrics.MetricMetadata;
import dev.hone.metrics.Series;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What scrapes leave in the store, with time that goes on step by step and real connections. */
class ScrapesTest {
  private static final String STALE = "stale";
  private static final Duration STEP = Duration.ofSeconds(10);

  private final FakeTimetable clock = new FakeTimetable();
  private final MemoryStore store = new MemoryStore(1_000, 100);
  private final List<String> notices = new ArrayList<>();
  private Exposer target;

  @BeforeEach
  void start() throws IOException {
    target = new Exposer();
  }

  @AfterEach
  void stop() throws IOException {
    target.close();
    store.close();
  }

  @Test
  void seriesThatVanishAreMarkedStaleButNotThoseWithTimesOfTheirOwn() {
    try (var scrapes = scraping(Jobs.job("j"))) {
      target.text("a 1\nb{x=\"1\"} 2\ntimed 3 " + clock.millis() + "\n");
      clock.advance(STEP);
      target.text("b{x=\"1\"} 2\n");
      clock.advance(STEP);
      clock.advance(STEP);
      assertThat(values("a")).containsExactly("1.0", STALE);
      assertThat(values("b")).containsExactly("2.0", "2.0", "2.0");
      assertThat(values("timed")).containsExactly("3.0");
      assertThat(values("scrape_series_added")).containsExactly("3.0", "0.0", "0.0");
      assertThat(scrapes.active()).hasSize(1);
    }
  }

  @Test
  void theSameSeriesWrittenInAnotherWayIsNotStale() {
    try (var scrapes = scraping(Jobs.job("j"))) {
      target.text("a{x=\"1\",y=\"2\"} 1\n");
      clock.advance(STEP);
      target.text("a{y=\"2\",x=\"1\"} 2\nb 1\n");
      clock.advance(STEP);
      assertThat(values("a")).containsExactly("1.0", "2.0");
      assertThat(scrapes.active()).hasSize(1);
    }
  }

  @Test
  void aFailedScrapeMarksEverythingStaleOnceAndSaysWhy() {
    try (var scrapes = scraping(Jobs.job("j"))) {
      target.text("a 1\nb 2\n");
      clock.advance(STEP);
      target.text("a 1\nb{ 2\n");
      clock.advance(STEP);
      clock.advance(STEP);
      assertThat(values("a")).containsExactly("1.0", STALE);
      assertThat(values("b")).containsExactly("2.0", STALE);
      assertThat(values("up")).containsExactly("1.0", "0.0", "0.0");
      TargetStatus status = scrapes.active().getFirst();
      assertThat(status.health()).isEqualTo(TargetStatus.Health.DOWN);
      assertThat(status.error()).contains("line 2");
      assertThat(notices).hasSize(1);
      target.text("a 5\nb 6\n");
      clock.advance(STEP);
      assertThat(values("a")).containsExactly("1.0", STALE, "5.0");
      assertThat(values("scrape_series_added")).last().isEqualTo("0.0");
    }
  }

  @Test
  void aTargetThatIsGoneEndsItsSeriesAfterAWhile() {
    try (var scrapes = scraping(Jobs.job("j"))) {
      target.text("a 1\n");
      clock.advance(STEP);
      scrapes.targets("j", List.of());
      assertThat(scrapes.active()).isEmpty();
      clock.advance(STEP);
      assertThat(values("a")).containsExactly("1.0");
      clock.advance(STEP.multipliedBy(2));
      assertThat(values("a")).containsExactly("1.0", STALE);
      assertThat(values("up")).containsExactly("1.0", STALE);
      clock.advance(STEP.multipliedBy(5));
      assertThat(values("a")).hasSize(2);
    }
  }

  @Test
  void aTargetThatComesBackInTimeIsNotEnded() {
    try (var scrapes = scraping(Jobs.job("j"))) {
      target.text("a 1\n");
      clock.advance(STEP);
      scrapes.targets("j", List.of());
      scrapes.targets("j", groups());
      clock.advance(STEP.multipliedBy(4));
      assertThat(values("a")).hasSizeGreaterThan(3).doesNotContain(STALE);
    }
  }

  @Test
  void twoTargetsWithTheSameLabelsAreBothScraped() throws IOException {
    try (var other = new Exposer();
        var scrapes = scraping(Jobs.job("j"))) {
      target.text("a 1\n");
      other.text("b 1\n");
      scrapes.targets(
          "j",
          List.of(
              new TargetGroup(
                  List.of(target.address(), other.address(), target.address()),
                  Map.of("instance", "same"))));
      clock.advance(STEP);
      assertThat(scrapes.active()).hasSize(2);
      assertThat(values("a")).containsExactly("1.0");
      assertThat(values("b")).containsExactly("1.0");
    }
  }

  @Test
  void aLimitFailsTheWholeScrape() {
    var limits = new ScrapeLimits(2, 0, 0, 0, 0, 0);
    try (var scrapes = scraping(Jobs.with(Jobs.job("j"), limits))) {
      target.text("a 1\nb 2\nc 3\n");
      clock.advance(STEP);
      assertThat(scrapes.active().getFirst().error()).contains("sample_limit of 2 exceeded");
      assertThat(values("a")).isEmpty();
      assertThat(values("up")).containsExactly("0.0");
      assertThat(values("scrape_samples_scraped")).containsExactly("3.0");
    }
  }

  @Test
  void whatIsUnpackedIsLimited() throws IOException {
    var limits = new ScrapeLimits(0, 0, 0, 0, 0, 1_000_000);
    try (var scrapes = scraping(Jobs.with(Jobs.job("j"), limits))) {
      target.gzip(" ".repeat(50_000_000));
      clock.advance(STEP);
      assertThat(scrapes.active().getFirst().error())
          .contains("body_size_limit of 1000000 bytes exceeded");
      target.gzip("a 1\n");
      clock.advance(STEP);
      assertThat(values("a")).containsExactly("1.0");
    }
  }

  @Test
  void aTargetThatHangsCostsNoMoreThanTheTimeout() {
    try (var scrapes = scraping(Jobs.job("j", Duration.ofMillis(200)))) {
      target.text("a 1\n");
      target.hang();
      clock.advance(STEP);
      assertThat(scrapes.active().getFirst().error()).contains("within 200 ms");
      assertThat(values("up")).containsExactly("0.0");
    }
  }

  @Test
  void oneConnectionServesManyScrapesAndIsReplacedWhenItBreaks() throws IOException {
    try (var scrapes = scraping(Jobs.job("j"))) {
      target.gzip("a 1\n");
      clock.advance(STEP);
      target.raw(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.UTF_8),
          "2;x=y\r\na \r\n2\r\n2\n\r\n0\r\nTrailer: 1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      clock.advance(STEP);
      clock.advance(STEP);
      assertThat(target.connections).hasValue(1);
      target.drop();
      clock.advance(STEP);
      assertThat(values("a")).containsExactly("1.0", "2.0", "2.0", "2.0");
      assertThat(target.connections).hasValue(2);
      assertThat(scrapes.active().getFirst().error()).isEmpty();
    }
  }

  @Test
  void whatIsNoHttpIsTold() {
    try (var scrapes = scraping(Jobs.job("j"))) {
      target.raw("SSH-2.0-x\r\n\r\n".getBytes(StandardCharsets.UTF_8), new byte[0]);
      clock.advance(STEP);
      assertThat(scrapes.active().getFirst().error()).contains("does not speak HTTP");
      target.raw(
          "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n"
              .getBytes(StandardCharsets.UTF_8),
          "a 1\n".getBytes(StandardCharsets.UTF_8));
      target.answer("503 Busy", "", new byte[0]);
      clock.advance(STEP);
      assertThat(scrapes.active().getFirst().error()).contains("503 Busy");
    }
  }

  @Test
  void lineOrderMayChangeAndMetricsMayComeAndGo() {
    try (var scrapes = scraping(Jobs.job("j"))) {
      for (int round = 0; round < 20; round++) {
        var text = new StringBuilder("# HELP m0 first\n# TYPE m0 gauge\n");
        for (int i = 0; i < 50; i++) {
          int metric = (i * 7 + round * 3) % 50;
          if (metric != round % 10) {
            text.append("m").append(metric).append(" ").append(round).append('\n');
          }
        }
        target.text(text.toString());
        clock.advance(STEP);
      }
      assertThat(values("m40")).hasSize(20).doesNotContain(STALE);
      assertThat(values("m3").stream().filter(STALE::equals)).hasSize(2);
      assertThat(values("m3").get(3)).isEqualTo(STALE);
      assertThat(scrapes.active().getFirst().metadata())
          .isEqualTo(Map.of("m0", new MetricMetadata("gauge", "first", "")));
    }
  }

  @Test
  void theStoreBeingFullIsToldAndLosesNothingElse() {
    var small = new MemoryStore(2, 10);
    try (var scrapes = new Scrapes(List.of(Jobs.job("j")), small, clock, notices::add)) {
      scrapes.targets("j", groups());
      target.text("a 1\nb 2\nc 3\n");
      clock.advance(STEP);
      clock.advance(STEP);
      assertThat(small.select(List.of(Matcher.equal(Labels.NAME, "a")), 0, Long.MAX_VALUE))
          .hasSize(1);
      assertThat(notices).hasSize(1);
      assertThat(notices.getFirst()).contains("maximum of 2 series");
    }
  }

  private Scrapes scraping(Job job) {
    var scrapes = new Scrapes(List.of(job), store, clock, notices::add);
    scrapes.targets("j", groups());
    return scrapes;
  }

  private List<TargetGroup> groups() {
    return List.of(new TargetGroup(List.of(target.address()), Map.of()));
  }

  private List<String> values(String metric) {
    var values = new ArrayList<String>();
    var matcher = List.of(Matcher.equal(Labels.NAME, metric));
    for (Series series : store.select(matcher, Long.MIN_VALUE, Long.MAX_VALUE)) {
      for (int i = 0; i < series.size(); i++) {
        double value = series.values()[i];
        values.add(
            Double.doubleToRawLongBits(value) == 0x7FF0000000000002L
                ? STALE
                : Double.toString(value));
      }
    }
    return values;
  }
}
