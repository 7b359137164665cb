package dev.hone.layer.database;

import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one statement did in a window of time.
 *
 * @param queryid the server's fingerprint of the statement
 * @param seconds execution time within the window
 * @param calls executions within the window
 * @param buffers pages touched within the window, 8 KiB each
 * @param rows rows returned or changed within the window; NaN when they were not counted
 * @param span seconds between the first sample and the last
 * @param samples how many samples the figures rest on
 */
record StatementLoad(
    String queryid,
    double seconds,
    double calls,
    double buffers,
    double rows,
    double span,
    int samples) {
  /** All statements that ran in {@code (from, to]} (ms since the epoch), most time first. */
  static List<StatementLoad> over(MetricStore store, String database, long from, long to) {
    Map<String, Series> seconds =
        byQueryid(store, "pg_statement_seconds_total", database, from, to);
    Map<String, Series> calls = byQueryid(store, "pg_statement_calls_total", database, from, to);
    Map<String, Series> buffers =
        byQueryid(store, "pg_statement_buffers_total", database, from, to);
    Map<String, Series> rows = byQueryid(store, "pg_statement_rows_total", database, from, to);
    var loads = new ArrayList<StatementLoad>();
    seconds.forEach(
        (queryid, series) -> {
          Series called = calls.get(queryid);
          Series touched = buffers.get(queryid);
          if (called != null && touched != null && increase(called) > 0) {
            loads.add(
                new StatementLoad(
                    queryid,
                    increase(series),
                    increase(called),
                    increase(touched),
                    rows.containsKey(queryid) ? increase(rows.get(queryid)) : Double.NaN,
                    (series.times()[series.size() - 1] - series.times()[0]) / 1000.0,
                    series.size()));
          }
        });
    loads.sort(Comparator.comparingDouble(StatementLoad::seconds).reversed());
    return loads;
  }

  private static Map<String, Series> byQueryid(
      MetricStore store, String metric, String database, long from, long to) {
    var found = new HashMap<String, Series>();
    var matchers = List.of(Matcher.equal("__name__", metric), Matcher.equal("database", database));
    for (Series series : store.select(matchers, from, to)) {
      String queryid = series.labels().get("queryid");
      if (queryid != null) {
        found.put(queryid, series);
      }
    }
    return found;
  }

  /** Growth of a counter; a fall is a reset to zero. */
  static double increase(Series counter) {
    double sum = 0;
    for (int i = 1; i < counter.size(); i++) {
      double step = counter.values()[i] - counter.values()[i - 1];
      sum += step >= 0 ? step : counter.values()[i];
    }
    return sum;
  }

  /** Execution time per second: 1 is one session that never rests. */
  double load() {
    return seconds / span;
  }

  double callsPerSecond() {
    return calls / span;
  }

  double secondsPerCall() {
    return seconds / calls;
  }

  double buffersPerCall() {
    return buffers / calls;
  }

  double rowsPerCall() {
    return rows / calls;
  }
}
