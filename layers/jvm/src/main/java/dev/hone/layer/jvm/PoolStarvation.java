package dev.hone.layer.jvm;

import dev.hone.loop.Diagnosis;
import dev.hone.loop.Finding;
import dev.hone.loop.Finding.Evidence;
import dev.hone.loop.Ids;
import dev.hone.loop.Target;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Threads wait for a database connection because the pool has too few: over the last 15 s, mean
 * pending ≥ {@value #LEAST_PENDING}, and starvation (threads waiting while all connections are in
 * use) in at least {@value #LEAST_STARVED} of all looks and in at least half of the seconds.
 *
 * <p>A pool of 2 at 80 % utilisation makes a thread wait in 57 % of all moments with 2.8 waiting in
 * the mean (M/M/2: P(wait) = C·ρ = 0.71·0.8, Lq = C·ρ/(1−ρ)); a wait itself lasts some 30 ms, so
 * that one look a second would often see none. {@link JvmProbe} therefore looks five times a second
 * and stores means: 75 looks in the window, spread over about ten times the relaxation time of such
 * a queue. A pool of 16 with the same load waits in fewer than one of 10⁹ moments. Threads that
 * wait while connections are free wait for connections to be opened, which a larger pool would not
 * mend; such looks do not count.
 */
final class PoolStarvation implements Diagnosis {
  static final String KIND = "pool-starvation";
  static final Duration WINDOW = Duration.ofSeconds(15);
  static final double LEAST_PENDING = 0.5;
  static final double LEAST_STARVED = 0.25;

  private static final int LEAST_SAMPLES = 10;
  private static final Duration HISTORY = Duration.ofMinutes(10);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final MetricStore store;
  private final Ids ids;
  private final Function<String, Optional<ProcessId>> processes;

  /** A diagnosis over the series of {@link PoolMean}; {@code processes} finds a watched pid. */
  PoolStarvation(MetricStore store, Ids ids, Function<String, Optional<ProcessId>> processes) {
    this.store = store;
    this.ids = ids;
    this.processes = processes;
  }

  /** What tells one pool from another. */
  private record Pool(String pid, String jvm, String name) {
    static Pool of(Series series) {
      return new Pool(label(series, "pid"), label(series, "jvm"), label(series, "pool"));
    }

    private static String label(Series series, String name) {
      String value = series.labels().get(name);
      return value == null ? "" : value;
    }

    String query(String metric) {
      return "avg_over_time(" + selector(metric, pid, name) + "[$window])";
    }
  }

  /** A selector for one series of a pool. */
  static String selector(String metric, String pid, String pool) {
    return metric
        + "{pid=\""
        + pid
        + "\",pool=\""
        + pool.replace("\\", "\\\\").replace("\"", "\\\"")
        + "\"}";
  }

  @Override
  public String name() {
    return KIND;
  }

  @Override
  public List<Finding> examine(Instant now) {
    long end = now.toEpochMilli();
    long start = end - WINDOW.toMillis();
    var pending = means(PoolMean.PENDING, start, end);
    var active = means(PoolMean.ACTIVE, start, end);
    var max = means(PoolMean.MAX, start, end);
    var findings = new ArrayList<Finding>();
    for (Series starved : select(PoolMean.STARVED, start, end)) {
      var pool = Pool.of(starved);
      double waiting = pending.getOrDefault(pool, 0.0);
      if (starves(starved, waiting) && active.containsKey(pool) && max.containsKey(pool)) {
        processes
            .apply(pool.pid())
            .map(
                process ->
                    finding(pool, process, now, starved, waiting, active.get(pool), max.get(pool)))
            .ifPresent(findings::add);
      }
    }
    return findings;
  }

  private static boolean starves(Series starved, double pending) {
    int seconds = 0;
    for (double share : starved.values()) {
      seconds += share > 0 ? 1 : 0;
    }
    return starved.size() >= LEAST_SAMPLES
        && pending >= LEAST_PENDING
        && mean(starved) >= LEAST_STARVED
        && 2 * seconds >= starved.size();
  }

  private Finding finding(
      Pool pool,
      ProcessId process,
      Instant now,
      Series starved,
      double pending,
      double active,
      double max) {
    var details = new HashMap<>(process.details());
    details.put("jvm", pool.jvm());
    details.put("pool", pool.name());
    details.put("max", Long.toString(Math.round(max)));
    details.put("active", Double.toString(active));
    details.put("pending", Double.toString(pending));
    String summary =
        String.format(
            Locale.ROOT,
            "Threads of %s wait for a connection of pool `%s`: %.1f waiting in the mean, while %.1f"
                + " of at most %.0f connections are in use.",
            pool.jvm(),
            pool.name(),
            pending,
            active,
            max);
    double expected = WINDOW.toSeconds();
    return new Finding(
        ids.next(),
        "jvm",
        KIND,
        new Target("pool", pool.name() + " in " + pool.jvm() + " (pid " + pool.pid() + ")"),
        summary,
        since(pool, now),
        now,
        List.of(
            new Evidence("threads waiting", pending, "threads", pool.query(PoolMean.PENDING)),
            new Evidence("time starved", mean(starved), "ratio", pool.query(PoolMean.STARVED)),
            new Evidence("connections in use", active, "connections", pool.query(PoolMean.ACTIVE)),
            new Evidence("largest size", max, "connections", pool.query(PoolMean.MAX))),
        details,
        Math.min(1, starved.size() / expected));
  }

  /** The start of the latest run of starved seconds without a pause of more than 5 s. */
  private Instant since(Pool pool, Instant now) {
    long since = now.toEpochMilli();
    for (Series series : select(PoolMean.STARVED, since - HISTORY.toMillis(), since)) {
      if (!Pool.of(series).equals(pool)) {
        continue;
      }
      for (int i = series.size() - 1; i >= 0; i--) {
        if (since - series.times()[i] > LONGEST_PAUSE.toMillis()) {
          break;
        }
        if (series.values()[i] > 0) {
          since = series.times()[i];
        }
      }
    }
    return Instant.ofEpochMilli(since);
  }

  private Map<Pool, Double> means(String metric, long from, long to) {
    var means = new HashMap<Pool, Double>();
    for (Series series : select(metric, from, to)) {
      means.put(Pool.of(series), mean(series));
    }
    return means;
  }

  private List<Series> select(String metric, long from, long to) {
    return store.select(List.of(Matcher.equal("__name__", metric)), from, to);
  }

  private static double mean(Series series) {
    double sum = 0;
    for (double value : series.values()) {
      sum += value;
    }
    return sum / series.size();
  }
}
