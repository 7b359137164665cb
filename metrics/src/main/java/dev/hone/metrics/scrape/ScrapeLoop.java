package dev.hone.metrics.scrape;

import dev.hone.metrics.Appender;
import dev.hone.metrics.MetricMetadata;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.wire.ExpositionLines;
import dev.hone.metrics.wire.MalformedException;
import dev.hone.metrics.wire.Names;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Scrapes one target, one scrape at a time. */
final class ScrapeLoop {
  /** How it went last. */
  private record State(
      TargetStatus.Health health, String error, Optional<Instant> at, Duration took) {}

  final Job job;
  final Target target;
  private final MetricStore store;
  private final Timetable clock;
  private final TargetClient client;
  private final Consumer<String> notices;
  private final SeriesCache cache = new SeriesCache();
  private final Comments comments;
  private final SampleLabels labels;
  private final ReportSeries report;
  private volatile String refusal = "";
  private volatile State state =
      new State(TargetStatus.Health.UNKNOWN, "", Optional.empty(), Duration.ZERO);
  private int expectedSamples;
  private boolean refusedBefore;

  ScrapeLoop(
      Job job,
      Target target,
      MetricStore store,
      Timetable clock,
      TargetClient client,
      ConcurrentHashMap<MetricMetadata, MetricMetadata> sharedMetadata,
      Consumer<String> notices) {
    this.job = job;
    this.target = target;
    this.store = store;
    this.clock = clock;
    this.client = client;
    this.notices = notices;
    this.comments = new Comments(sharedMetadata);
    this.labels = new SampleLabels(job, target.labels());
    this.report = new ReportSeries(target.labels());
  }

  TargetStatus status() {
    State now = state;
    return new TargetStatus(
        job.name(),
        target.discovered(),
        target.labels(),
        target.url(),
        now.health(),
        now.error(),
        now.at(),
        now.took(),
        target.interval(),
        target.timeout(),
        comments.known());
  }

  /** Lets every scrape fail with a sentence; none when it is empty. */
  void refuse(String sentence) {
    refusal = sentence;
  }

  /** Scrapes once; the samples are stamped with {@code time}, in ms. */
  void scrape(long time) throws InterruptedException {
    Instant began = clock.instant();
    var samples = new ScrapedSamples(expectedSamples);
    String error = refusal;
    boolean complete = false;
    if (error.isEmpty()) {
      try {
        TargetClient.Page page = client.get();
        read(page, time, samples);
        complete = page.length() > 0;
      } catch (IOException | IllegalArgumentException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedException("scraping ends; that says nothing of the target");
        }
        error = e.getMessage() == null ? e.toString() : e.getMessage();
      }
    }
    if (!error.isEmpty()) {
      samples.clear();
      cache.untrack();
    }
    Duration took = Duration.between(began, clock.instant());
    boolean up = error.isEmpty();
    try {
      store(time, samples, report.values(up, took, samples));
    } catch (IOException e) {
      error = "the samples cannot be stored: " + e.getMessage();
    }
    if (complete) {
      expectedSamples = samples.size;
    }
    boolean said = samples.newComments;
    if (cache.end(complete && up) || said) {
      comments.learn(cache);
    }
    told(error);
    state =
        new State(
            error.isEmpty() ? TargetStatus.Health.UP : TargetStatus.Health.DOWN,
            error,
            Optional.of(began),
            took);
  }

  private void told(String error) {
    if (!error.isEmpty() && state.health() != TargetStatus.Health.DOWN) {
      notices.accept("`" + target.url() + "` cannot be scraped: " + error);
    }
  }

  /** Reads a text; what is in it is stored later, all or nothing. */
  private void read(TargetClient.Page page, long time, ScrapedSamples samples) {
    byte[] text = page.body();
    var lines = new ExpositionLines(text, page.length(), page.openMetrics());
    int round = cache.round();
    long limit = job.limits().samples();
    while (lines.next()) {
      if (lines.isComment()) {
        if (lines.isMetadata()) {
          SeriesCache.Line line = cache.line(lines, text);
          samples.newComments |= line.seen == 0;
          line.series = SeriesCache.Line.DROPPED;
          line.seen = round;
        }
        continue;
      }
      SeriesCache.Line line = cache.line(lines, text);
      if (line.seen == 0) {
        meet(line, lines, samples);
      } else {
        lines.sample();
        samples.scraped++;
      }
      line.seen = round;
      if (line.series == SeriesCache.Line.DROPPED) {
        continue;
      }
      boolean timed = lines.isTimed() && job.honorTimestamps();
      if (!timed) {
        line.track(round);
      }
      samples.kept++;
      if (limit == 0 || samples.kept <= limit) {
        samples.add(line, timed ? lines.millis() : time, lines.bits());
      }
    }
    if (limit > 0 && samples.kept > limit) {
      throw new IllegalArgumentException(
          "sample_limit of %d exceeded: the target sent %d samples, %d of them after relabelling"
              .formatted(limit, samples.scraped, samples.kept));
    }
  }

  /** Reads a line that was not there before; it counts as scraped once it is well-formed. */
  private void meet(SeriesCache.Line line, ExpositionLines lines, ScrapedSamples samples) {
    try {
      SortedMap<String, String> exposed = lines.labels();
      Names.check(exposed);
      lines.sample();
      samples.scraped++;
      line.labels = labels.of(exposed);
    } catch (IllegalArgumentException e) {
      throw e instanceof MalformedException ? e : lines.wrong(String.valueOf(e.getMessage()));
    }
    if (line.labels == null) {
      line.series = SeriesCache.Line.DROPPED;
    } else {
      samples.fresh++;
    }
  }

  private void store(long time, ScrapedSamples samples, double[] report) throws IOException {
    var vanished = cache.vanished();
    try (Appender appender = store.appender()) {
      var writer = new SeriesWriter(appender, cache, labels);
      writer.write(samples, !job.metricRelabel().isEmpty() || !vanished.isEmpty());
      writer.markStale(vanished, time);
      String refusal = this.report.write(appender, time, report);
      Appender.Outcome outcome = appender.commitSoon();
      refusal = writer.example().isEmpty() ? refusal : writer.example();
      refusal = refusal.isEmpty() ? outcome.example() : refusal;
      if (!refusal.isEmpty() && !refusedBefore) {
        notices.accept("some samples of `%s` are not taken: %s".formatted(target.url(), refusal));
      }
      refusedBefore = !refusal.isEmpty();
    }
  }

  /** Marks all series of a target that is gone as ended, unless another target continues them. */
  void end(long time) {
    client.close();
    try (Appender appender = store.appender()) {
      var writer = new SeriesWriter(appender, cache, labels);
      writer.markStale(cache.vanished(), time);
      report.markStale(appender, time);
      appender.commitSoon();
    } catch (IOException e) {
      notices.accept("the end of `" + target.url() + "` cannot be stored: " + e.getMessage());
    }
  }

  void close() {
    client.close();
  }
}
