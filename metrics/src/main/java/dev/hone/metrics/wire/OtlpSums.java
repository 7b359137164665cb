package dev.hone.metrics.wire;

import dev.hone.metrics.Labels;
import java.util.LinkedHashMap;
import java.util.Map;

/** Adds up what is sent as differences (delta temporality), so that counters keep counting. */
public final class OtlpSums {
  private final int maxSeries;
  private final Map<Labels, Double> sums =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Labels, Double> eldest) {
          return size() > maxSeries;
        }
      };

  /**
   * No sums yet.
   *
   * @param maxSeries how many series are remembered; beyond, the one not seen for longest starts
   *     again at 0, which queries take for the reset of a counter
   */
  public OtlpSums(int maxSeries) {
    this.maxSeries = maxSeries;
  }

  synchronized double add(Labels labels, double difference) {
    return sums.merge(labels, difference, Double::sum);
  }
}
