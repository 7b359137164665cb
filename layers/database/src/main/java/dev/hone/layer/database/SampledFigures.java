package dev.hone.layer.database;

import dev.hone.layer.database.view.Figure;
import dev.hone.layer.database.view.Overview;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Figures of a whole database from what the probe sampled in the last five minutes. */
final class SampledFigures {
  /** Five minutes hold sixty samples of what the probe reads every fifth second. */
  static final Duration WINDOW = Duration.ofMinutes(5);

  private final MetricStore store;
  private final String database;
  private final long from;
  private final long to;

  SampledFigures(MetricStore store, String database, Instant now) {
    this.store = store;
    this.database = database;
    this.from = now.minus(WINDOW).toEpochMilli();
    this.to = now.toEpochMilli();
  }

  /**
   * The figures that matter.
   *
   * @param mostConnections what the server allows; 0 when that is not known
   */
  List<Figure> all(int mostConnections) {
    double hit = rate("pg_database_blocks_hit_total");
    double read = rate("pg_database_blocks_read_total");
    double rollbacks = rate("pg_database_rollbacks_total");
    double transactions = rate("pg_database_commits_total") + rollbacks;
    return List.of(
        new Figure(
            "load",
            "Statement time",
            load(),
            "s/s",
            "sum(rate(" + selector("pg_statement_seconds_total") + "[$window]))",
            "1 s/s is one session that never rests"),
        new Figure(
            "transactions",
            "Transactions",
            transactions,
            "/s",
            over("commits") + " + " + over("rollbacks"),
            rollbacks > 0
                ? percent(rollbacks / transactions) + " rolled back"
                : "none rolled back"),
        new Figure(
            "cache",
            "Read from memory",
            hit / (hit + read),
            "ratio",
            over("blocks_hit") + " / (" + over("blocks_hit") + " + " + over("blocks_read") + ")",
            "share of the blocks found in shared buffers"),
        new Figure(
            "connections",
            "Connections",
            newest("pg_database_backends"),
            "",
            selector("pg_database_backends"),
            mostConnections > 0 ? "of " + mostConnections + " that the server allows" : ""),
        new Figure(
            "temporary",
            "Temporary files",
            rate("pg_database_temp_bytes_total"),
            "bytes/s",
            over("temp_bytes"),
            "sorts and hashes that do not fit into work_mem"),
        new Figure(
            "size",
            "Size",
            newest("pg_database_bytes"),
            "bytes",
            selector("pg_database_bytes"),
            "tables, indexes and the rest"));
  }

  private static String percent(double share) {
    return String.format(java.util.Locale.ROOT, "%.1f %%", 100 * share);
  }

  /**
   * Sessions at work by what they waited for, on average. A round in which nobody was at work has
   * no sample, so rounds are counted by the statements, which are read in each.
   */
  List<Overview.Wait> waits() {
    var sums = new TreeMap<String, Double>();
    Set<Long> rounds = new TreeSet<>();
    for (Series series : select("pg_activity_sessions")) {
      for (long time : series.times()) {
        rounds.add(time);
      }
      if ("active".equals(series.labels().get("state"))) {
        String kind = String.valueOf(series.labels().get("wait"));
        for (double sessions : series.values()) {
          sums.merge(kind, sessions, Double::sum);
        }
      }
    }
    select("pg_statement_calls_total").stream()
        .max(Comparator.comparingInt(Series::size))
        .ifPresent(
            series -> {
              for (long time : series.times()) {
                rounds.add(time);
              }
            });
    return sums.entrySet().stream()
        .map(
            entry ->
                new Overview.Wait(
                    entry.getKey(), entry.getValue() / rounds.size(), waitQuery(entry.getKey())))
        .sorted(Comparator.comparingDouble(Overview.Wait::sessions).reversed())
        .toList();
  }

  private String waitQuery(String kind) {
    String selector = selector("pg_activity_sessions");
    return "sum("
        + selector.substring(0, selector.length() - 1)
        + ",state=\"active\",wait=\""
        + kind
        + "\"})";
  }

  private String over(String metric) {
    return "rate(" + selector("pg_database_" + metric + "_total") + "[$window])";
  }

  private String selector(String metric) {
    return metric + "{database=\"" + StatementSignals.escaped(database) + "\"}";
  }

  private List<Series> select(String metric) {
    try {
      return store.select(
          List.of(Matcher.equal("__name__", metric), Matcher.equal("database", database)),
          from,
          to);
    } catch (MetricStore.UnavailableException e) {
      // A figure without samples is shown as such.
      return List.of();
    }
  }

  private double newest(String metric) {
    return select(metric).stream()
        .mapToDouble(series -> series.values()[series.size() - 1])
        .findFirst()
        .orElse(Double.NaN);
  }

  private double rate(String metric) {
    return select(metric).stream()
        .filter(series -> series.size() > 1)
        .mapToDouble(SampledFigures::rate)
        .findFirst()
        .orElse(Double.NaN);
  }

  private double load() {
    return select("pg_statement_seconds_total").stream()
        .filter(series -> series.size() > 1)
        .mapToDouble(SampledFigures::rate)
        .reduce(Double::sum)
        .orElse(Double.NaN);
  }

  private static double rate(Series counter) {
    double millis = counter.times()[counter.size() - 1] - counter.times()[0];
    return StatementLoad.increase(counter) / (millis / 1000);
  }
}
