package dev.hone.layer.host;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.Series;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Rates of counters over a window that ends at a given time. */
final class Rates {
  private final MetricStore store;
  private final Duration step;

  /**
   * Rates.
   *
   * @param step how often samples should come
   */
  Rates(MetricStore store, Duration step) {
    this.store = store;
    this.step = step;
  }

  /**
   * How fast one series grew.
   *
   * @param perSecond increase a second; a fall counts as a reset to zero
   * @param completeness the share of the expected samples that were there, 0 to 1
   */
  record Rate(Labels labels, double perSecond, double completeness) {}

  /** The rates of all series of a metric that have at least two samples in the window. */
  List<Rate> of(String metric, long endMillis, Duration window) {
    var rates = new ArrayList<Rate>();
    long from = endMillis - window.toMillis();
    for (Series series :
        store.select(List.of(Matcher.equal(Labels.NAME, metric)), from, endMillis)) {
      if (series.size() > 1) {
        double expected = (double) window.toMillis() / step.toMillis();
        rates.add(
            new Rate(series.labels(), perSecond(series), Math.min(1, series.size() / expected)));
      }
    }
    return rates;
  }

  static double perSecond(Series series) {
    double increase = 0;
    double[] values = series.values();
    for (int i = 1; i < values.length; i++) {
      increase += values[i] >= values[i - 1] ? values[i] - values[i - 1] : values[i];
    }
    long millis = series.times()[series.size() - 1] - series.times()[0];
    return increase * 1000 / millis;
  }
}
