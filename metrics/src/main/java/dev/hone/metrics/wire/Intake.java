package dev.hone.metrics.wire;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.io.IOException;
import java.util.SortedMap;

/** Samples of one request on their way into a store; what is refused is counted, not fatal. */
final class Intake implements AutoCloseable {
  private final Appender appender;
  private long refused;
  private String example = "";

  Intake(MetricStore store) {
    this.appender = store.appender();
  }

  /**
   * Adds a sample.
   *
   * @param labels the metric's name among them; labels with an empty value are left out
   * @param time ms since the epoch
   */
  void add(SortedMap<String, String> labels, long time, double value) {
    try {
      Names.check(labels);
      appender.add(appender.series(Labels.of(labels)), time, Double.doubleToRawLongBits(value));
    } catch (MetricStore.LimitException | IllegalArgumentException e) {
      refuse(String.valueOf(e.getMessage()));
    }
  }

  void refuse(String sentence) {
    refused++;
    if (example.isEmpty()) {
      example = sentence;
    }
  }

  Received commit() throws IOException {
    return new Received(appender.commit(), refused, example);
  }

  @Override
  public void close() {
    appender.close();
  }
}
