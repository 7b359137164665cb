package dev.hone.layer.host;

import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.lang.System.Logger.Level;

/**
 * Where the parts of the probe put their numbers. When the store takes no more series, the first
 * refusal is logged; what was refused is left out and the rest goes on.
 */
final class Samples {
  /** The handle of a series that the store refused. */
  static final long REFUSED = -1;

  private static final System.Logger LOG = System.getLogger("dev.hone.host");

  private final MetricStore store;
  private long nowMillis;
  private boolean refusalLogged;

  Samples(MetricStore store) {
    this.store = store;
  }

  /** Starts a round: all that follows is stamped with this time. */
  void begin(long millis) {
    nowMillis = millis;
  }

  long nowMillis() {
    return nowMillis;
  }

  /** The handle of a series, or {@link #REFUSED}. */
  long series(String name, String... labels) {
    try {
      return store.series(Labels.of(name, labels));
    } catch (MetricStore.LimitException e) {
      if (!refusalLogged) {
        refusalLogged = true;
        LOG.log(Level.WARNING, "host metrics are incomplete: {0}", e.getMessage());
      }
      return REFUSED;
    }
  }

  void put(long series, double value) {
    if (series != REFUSED) {
      store.append(series, nowMillis, value);
    }
  }

  /** Counts beyond 2^53 lose their last digits, as in every store of doubles. */
  void put(long series, long value) {
    put(series, (double) value);
  }
}
