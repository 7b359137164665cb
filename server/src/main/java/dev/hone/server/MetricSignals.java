package dev.hone.server;

import dev.hone.loop.SignalRef;
import dev.hone.loop.Signals;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.WindowQuery;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Signals computed from the metric store by their query. */
final class MetricSignals implements Signals {
  private final MetricStore store;
  private final Map<String, WindowQuery> parsed = new ConcurrentHashMap<>();

  MetricSignals(MetricStore store) {
    this.store = store;
  }

  @Override
  public Reading read(SignalRef signal, Instant from, Instant to) {
    WindowQuery query = parsed.computeIfAbsent(signal.query(), WindowQuery::parse);
    try {
      var reading = query.evaluate(store, from.toEpochMilli(), to.toEpochMilli());
      return new Reading(reading.value(), reading.completeness());
    } catch (MetricStore.UnavailableException e) {
      // Nothing is decided by a part of the data.
      return new Reading(Double.NaN, 0);
    }
  }
}
