package dev.hone.metrics.scrape;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.time.Duration;
import java.util.Arrays;

/** The series each scrape adds about itself. */
final class ReportSeries {
  private static final String[] NAMES = {
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added"
  };

  private final Labels target;
  private final int[] series = new int[NAMES.length];

  ReportSeries(Labels target) {
    this.target = target;
    Arrays.fill(series, SeriesCache.Line.UNKNOWN);
  }

  /** The values in the order of the names. */
  double[] values(boolean up, Duration took, ScrapedSamples samples) {
    return new double[] {
      up ? 1 : 0, took.toNanos() / 1e9, samples.scraped, samples.kept, samples.fresh
    };
  }

  /** Adds the samples; returns a sentence when one was refused, else the empty string. */
  String write(Appender appender, long time, double[] values) {
    String refusal = "";
    for (int i = 0; i < NAMES.length; i++) {
      try {
        if (!appender.knows(series[i])) {
          series[i] = appender.series(target.with(Labels.NAME, NAMES[i]));
        }
        appender.add(series[i], time, Double.doubleToRawLongBits(values[i]));
      } catch (MetricStore.LimitException e) {
        series[i] = SeriesCache.Line.UNKNOWN;
        refusal = String.valueOf(e.getMessage());
      }
    }
    return refusal;
  }

  void markStale(Appender appender, long time) {
    for (int one : series) {
      if (one >= 0 && appender.knows(one) && appender.newest(one) < time) {
        appender.add(one, time, SeriesWriter.STALE_BITS);
      }
    }
  }
}
