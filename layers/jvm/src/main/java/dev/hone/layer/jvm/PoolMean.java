package dev.hone.layer.jvm;

import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;

/**
 * Averages the looks at one pool over a second. Waits of 30 ms are seldom seen by one look a
 * second; five looks and their mean estimate the time-average of the queue, which is what Little's
 * law speaks of.
 */
final class PoolMean {
  static final String ACTIVE = "hikaricp_connections_active";
  static final String IDLE = "hikaricp_connections_idle";
  static final String TOTAL = "hikaricp_connections";
  static final String PENDING = "hikaricp_connections_pending";
  static final String MAX = "hikaricp_connections_max";

  /** The share of the looks that saw threads wait while every connection was in use. */
  static final String STARVED = "hikaricp_connections_starved_ratio";

  private final MetricStore store;
  private final long activeSeries;
  private final long idleSeries;
  private final long totalSeries;
  private final long pendingSeries;
  private final long maxSeries;
  private final long starvedSeries;
  private int looks;
  private int starved;
  private long active;
  private long idle;
  private long total;
  private long pending;
  private int max;

  PoolMean(MetricStore store, String pool, String pid, String jvm) {
    this.store = store;
    String[] labels = {"pool", pool, "pid", pid, "jvm", jvm};
    this.activeSeries = store.series(Labels.of(ACTIVE, labels));
    this.idleSeries = store.series(Labels.of(IDLE, labels));
    this.totalSeries = store.series(Labels.of(TOTAL, labels));
    this.pendingSeries = store.series(Labels.of(PENDING, labels));
    this.maxSeries = store.series(Labels.of(MAX, labels));
    this.starvedSeries = store.series(Labels.of(STARVED, labels));
  }

  void add(HikariPools.Reading look) {
    looks++;
    starved += look.starved() ? 1 : 0;
    active += look.active();
    idle += look.idle();
    total += look.total();
    pending += look.pending();
    max = look.max();
  }

  /** Stores the means of the looks since the last call; nothing when there were none. */
  void flush(long timeMillis) {
    if (looks == 0) {
      return;
    }
    double count = looks;
    store.append(activeSeries, timeMillis, active / count);
    store.append(idleSeries, timeMillis, idle / count);
    store.append(totalSeries, timeMillis, total / count);
    store.append(pendingSeries, timeMillis, pending / count);
    store.append(maxSeries, timeMillis, max);
    store.append(starvedSeries, timeMillis, starved / count);
    looks = 0;
    starved = 0;
    active = 0;
    idle = 0;
    total = 0;
    pending = 0;
  }
}
