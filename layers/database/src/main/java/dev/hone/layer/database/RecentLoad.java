package dev.hone.layer.database;

import dev.hone.layer.database.advisor.Workload;
import dev.hone.metrics.MetricStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/**
 * Weighs statements by what they take of late where that is more than their share since the server
 * began to count: what was deployed an hour ago is nothing in counters that are months old. Samples
 * do not tell roles apart; several statements of one queryid share its load as they do since then.
 *
 * @param database its name in the samples
 */
record RecentLoad(MetricStore store, String database) {
  private static final Duration LATELY = Duration.ofHours(1);

  /** Fewer calls tell no time per call. */
  private static final double LEAST_CALLS = 5;

  /** The workload with these weights. */
  Workload weighed(Workload workload, Instant now) {
    long to = now.toEpochMilli();
    Map<String, StatementLoad> loads = new HashMap<>();
    double lately = 0;
    for (StatementLoad load : StatementLoad.over(store, database, to - LATELY.toMillis(), to)) {
      loads.put(load.queryid(), load);
      lately += load.seconds();
    }
    double total = workload.seconds();
    if (lately <= 0 || total <= 0) {
      return workload;
    }
    Map<String, Double> counted = new HashMap<>();
    for (Workload.Statement statement : workload.statements()) {
      counted.merge(statement.queryid(), statement.seconds(), Double::sum);
    }
    var statements = new ArrayList<Workload.Statement>();
    int raised = 0;
    for (Workload.Statement statement : workload.statements()) {
      StatementLoad load = loads.get(statement.queryid());
      double part = statement.seconds() / counted.getOrDefault(statement.queryid(), Double.NaN);
      double seconds = load == null ? 0 : load.seconds() / lately * total * part;
      if (load == null || load.calls() < LEAST_CALLS || !(seconds > statement.seconds())) {
        statements.add(statement);
      } else {
        double calls = seconds / load.secondsPerCall();
        double rows = statement.rows() / statement.calls() * calls;
        statements.add(statement.counted(calls, seconds, rows));
        raised++;
      }
    }
    var notices = new ArrayList<>(workload.notices());
    if (raised > 0) {
      notices.add(
          raised
              + (raised == 1 ? " statement counts" : " statements count")
              + " with the share of the time of the last hour, which is more than since"
              + " pg_stat_statements was reset");
    }
    return new Workload(workload.source(), statements, notices, workload.period());
  }
}
