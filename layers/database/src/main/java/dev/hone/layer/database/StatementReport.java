package dev.hone.layer.database;

import dev.hone.layer.database.twin.Plans;
import dev.hone.layer.database.view.Figure;
import dev.hone.layer.database.view.Statements;
import dev.hone.metrics.MetricStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Statements by their share of the time, from samples or from the server's own counters. */
final class StatementReport {
  private static final int LONGEST = 300;
  private static final int MOST = 1_000;
  private static final int WITH_INFO = 140000;

  private static final String COUNTED =
      """
      SELECT /* hone */ queryid, sum(calls), sum(total_exec_time) / 1000,
        sum(shared_blks_hit + shared_blks_read), sum(rows),
        max(CASE WHEN query = '<insufficient privilege>' THEN '' ELSE query END)
      FROM STATEMENTS_VIEW(true)
      WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND queryid IS NOT NULL
      GROUP BY queryid ORDER BY sum(total_exec_time) DESC LIMIT %d
      """
          .formatted(MOST);

  private final StatementTexts texts;
  private final MetricStore store;
  private final String database;
  private final StatementSignals signals;

  StatementReport(Session session, MetricStore store, String database) {
    this.texts = new StatementTexts(session);
    this.store = store;
    this.database = database;
    this.signals = new StatementSignals(database);
  }

  /**
   * Which lines are asked for.
   *
   * @param text only those that hold it; empty for all
   */
  record Part(int offset, int limit, String text) {
    private boolean holds(String statement) {
      return text.isEmpty()
          || statement.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
    }
  }

  /** Asks the server. */
  @FunctionalInterface
  interface Asker {
    <T> T ask(Session.Question<T> question) throws Inspector.AwayException;
  }

  /** What was sampled up to now. */
  Statements sampled(Instant now, Duration window, Part part, Asker asker) {
    List<StatementLoad> loads;
    try {
      loads = loads(now, window);
    } catch (MetricStore.UnavailableException e) {
      return Statements.none("The samples cannot be read: " + e.getMessage() + ".");
    }
    List<String> ids = loads.stream().map(StatementLoad::queryid).toList();
    Map<String, String> known = Map.of();
    String problem = "";
    try {
      known = asker.ask((connection, server) -> texts.of(ids));
      if (loads.isEmpty()) {
        problem =
            asker.ask(
                (connection, server) ->
                    server.hasStatements()
                        ? "No statement was executed in that time."
                        : Server.missingStatements(database));
      }
    } catch (Inspector.AwayException e) {
      known = texts.remembered(ids);
      problem = String.valueOf(e.getMessage());
    }
    double span = loads.stream().mapToDouble(StatementLoad::span).max().orElse(0);
    return page(
        loads,
        known,
        loads.isEmpty() ? null : now.minusMillis(Math.round(span * 1000)),
        part,
        problem);
  }

  /** What the server has counted since its statistics began. */
  Statements counted(Connection connection, Server server, Part part) throws SQLException {
    if (!server.hasStatements()) {
      return Statements.none(Server.missingStatements(database));
    }
    var texts = new LinkedHashMap<String, String>();
    var loads = new ArrayList<StatementLoad>();
    double[] since = since(connection, server);
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery(COUNTED.replace("STATEMENTS_VIEW", server.statementsView()))) {
      while (row.next()) {
        String queryid = row.getString(1);
        texts.put(queryid, row.getString(6) == null ? "" : row.getString(6));
        loads.add(
            new StatementLoad(
                queryid,
                row.getDouble(3),
                row.getDouble(2),
                row.getDouble(4),
                row.getDouble(5),
                since[1],
                1));
      }
    }
    Instant from = Instant.ofEpochMilli(Math.round(since[0] * 1000));
    String none = loads.isEmpty() ? "No statement was executed since then." : "";
    return page(loads, texts, from, part, none);
  }

  /** When the statistics began, in seconds since the epoch, and how many seconds ago. */
  private static double[] since(Connection connection, Server server) throws SQLException {
    String reset =
        server.version() >= WITH_INFO
            ? "(SELECT stats_reset FROM " + server.statementsView() + "_info)"
            : "pg_postmaster_start_time()";
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery(
                "SELECT /* hone */ extract(epoch FROM "
                    + reset
                    + "), extract(epoch FROM clock_timestamp() - "
                    + reset
                    + ")")) {
      row.next();
      return new double[] {row.getDouble(1), row.getDouble(2)};
    }
  }

  private Statements page(
      List<StatementLoad> loads,
      Map<String, String> known,
      @Nullable Instant since,
      Part part,
      String problem) {
    double seconds = loads.stream().mapToDouble(StatementLoad::seconds).sum();
    List<StatementLoad> found =
        loads.stream().filter(load -> part.holds(known.getOrDefault(load.queryid(), ""))).toList();
    int end = Math.min(found.size(), part.offset() + part.limit());
    List<Statements.Line> lines =
        found.subList(Math.min(part.offset(), end), end).stream()
            .map(load -> line(load, known.getOrDefault(load.queryid(), ""), seconds))
            .toList();
    return new Statements(
        since,
        loads.stream().mapToDouble(StatementLoad::load).sum(),
        found.size(),
        lines,
        end < found.size() ? end : null,
        queries("$queryid"),
        problem);
  }

  private static Statements.Line line(StatementLoad load, String text, double seconds) {
    return new Statements.Line(
        load.queryid(),
        SlowStatements.shortened(text, LONGEST),
        text.contains(Plans.MARK),
        load.seconds() / seconds,
        load.load(),
        load.calls(),
        load.callsPerSecond(),
        load.secondsPerCall(),
        load.buffersPerCall(),
        load.rowsPerCall());
  }

  private Map<String, String> queries(String queryid) {
    var queries = new LinkedHashMap<String, String>();
    queries.put("share", signals.shareOfTime(queryid));
    queries.put("load", signals.load(queryid));
    queries.put("callsPerSecond", signals.callsPerSecond(queryid));
    queries.put("secondsPerCall", signals.secondsPerCall(queryid, "").query());
    queries.put("buffersPerCall", signals.buffersPerCall(queryid, "").query());
    queries.put("rowsPerCall", signals.rowsPerCall(queryid));
    return queries;
  }

  /** The whole text of a statement; empty when the server does not show it. */
  String text(String queryid) throws SQLException {
    return texts.of(List.of(queryid)).getOrDefault(queryid, "");
  }

  /** What one statement did lately; null when no call was sampled. */
  Statements.@Nullable Line line(String queryid, String text, Instant now, Duration window) {
    List<StatementLoad> loads;
    try {
      loads = loads(now, window);
    } catch (MetricStore.UnavailableException e) {
      return null;
    }
    double seconds = loads.stream().mapToDouble(StatementLoad::seconds).sum();
    return loads.stream()
        .filter(load -> load.queryid().equals(queryid))
        .findFirst()
        .map(load -> line(load, text, seconds))
        .orElse(null);
  }

  private List<StatementLoad> loads(Instant now, Duration window) {
    long to = now.toEpochMilli();
    return StatementLoad.over(store, database, to - window.toMillis(), to);
  }

  /** What can be drawn of one statement. */
  List<Figure> history(String queryid) {
    Map<String, String> queries = queries(queryid);
    return List.of(
        figure("share", "Share of the statement time", "ratio", queries),
        figure("callsPerSecond", "Calls", "calls/s", queries),
        figure("secondsPerCall", "Time per call", "s/call", queries),
        figure("buffersPerCall", "Buffers per call", "buffers/call", queries),
        figure("rowsPerCall", "Rows per call", "rows/call", queries),
        new Figure(
            "readShare",
            "Buffers that were not in memory",
            Double.NaN,
            "ratio",
            signals.readShare(queryid),
            ""),
        new Figure(
            "planCost", "Planner's cost", Double.NaN, "cost", signals.planCost(queryid), ""));
  }

  private static Figure figure(String id, String title, String unit, Map<String, String> queries) {
    return new Figure(id, title, Double.NaN, unit, queries.getOrDefault(id, ""), "");
  }
}
