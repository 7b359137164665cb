package dev.hone.metrics.scrape;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.wire.ExpositionLines;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Brings the samples of one scrape into a batch of the store. */
final class SeriesWriter {
  /** The value that says a series has ended (Prometheus, "Staleness"). */
  static final long STALE_BITS = 0x7FF0000000000002L;

  private final Appender appender;
  private final SeriesCache cache;
  private final SampleLabels labels;
  private @Nullable Map<Integer, SeriesCache.Line> bySeries;
  private String example = "";

  SeriesWriter(Appender appender, SeriesCache cache, SampleLabels labels) {
    this.appender = appender;
    this.cache = cache;
    this.labels = labels;
  }

  /** A sentence on a sample that was not even given to the store, or the empty string. */
  String example() {
    return example;
  }

  /**
   * Adds samples. Of several for one series and time the first counts.
   *
   * @param mayCoincide whether two lines may be the same series of the store
   */
  void write(ScrapedSamples samples, boolean mayCoincide) {
    int round = cache.round();
    for (int i = 0; i < samples.size; i++) {
      SeriesCache.Line line = samples.lines[i];
      if (!appender.knows(line.series) && !register(line, mayCoincide)) {
        continue;
      }
      SeriesCache.Line first = line.first();
      long time = samples.times[i];
      if (first.stored == round && first.time == time) {
        refuse("`" + describe(line) + "` is there twice");
        continue;
      }
      first.stored = round;
      first.time = time;
      appender.add(line.series, time, samples.bits[i]);
    }
  }

  /** Marks series as ended unless they have a sample of this round or a newer one. */
  void markStale(List<SeriesCache.Line> lines, long time) {
    for (SeriesCache.Line line : lines) {
      SeriesCache.Line first = line.first();
      if (line.series >= 0 && first.stored != cache.round() && appender.knows(line.series)) {
        first.stored = cache.round();
        if (appender.newest(line.series) < time) {
          appender.add(line.series, time, STALE_BITS);
        }
      }
    }
  }

  private boolean register(SeriesCache.Line line, boolean mayCoincide) {
    Labels known = line.labels;
    if (known == null) {
      known = again(line);
    }
    if (known == null) {
      return false;
    }
    try {
      line.series = appender.series(known);
      line.labels = null;
    } catch (MetricStore.LimitException | IllegalArgumentException e) {
      refuse(String.valueOf(e.getMessage()));
      return false;
    }
    if (mayCoincide) {
      SeriesCache.Line other = known().putIfAbsent(line.series, line);
      line.original = other == null || other == line ? null : other;
    }
    return true;
  }

  /** The lines whose series are known, by series; worked out only when a new series comes. */
  private Map<Integer, SeriesCache.Line> known() {
    Map<Integer, SeriesCache.Line> known = bySeries;
    if (known == null) {
      known = new HashMap<>();
      Map<Integer, SeriesCache.Line> found = known;
      cache.forEach(
          line -> {
            if (line.series >= 0) {
              found.putIfAbsent(line.series, line.first());
            }
          });
      bySeries = known;
    }
    return known;
  }

  /** The labels of a series that the store dropped because it had no samples for hours. */
  private @Nullable Labels again(SeriesCache.Line line) {
    var lines = new ExpositionLines(line.text, line.text.length, false);
    lines.next();
    lines.metric();
    return labels.of(lines.labels());
  }

  private void refuse(String sentence) {
    if (example.isEmpty()) {
      example = sentence;
    }
  }

  private static String describe(SeriesCache.Line line) {
    return new String(line.text, java.nio.charset.StandardCharsets.UTF_8);
  }
}
