package dev.hone.layer.database.advisor;

import dev.hone.layer.database.DatabaseConnection;
import dev.hone.layer.database.twin.Plans;
import dev.hone.layer.database.twin.SearchPaths;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads workloads from a server's statistics or from a file. */
public final class WorkloadReader {
  private static final Pattern LAST_LIMIT =
      Pattern.compile("^(.*\\slimit\\s+)(\\$\\d{1,5})$", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  static final int MOST_STATEMENTS = 300;

  /** More are looked through, as many are no queries. */
  private static final int MOST_READ = 3_000;

  /** Of what sessions execute, if there is time: two seconds. */
  private static final int LEAST_LOOKS = 80;

  private static final double LEAST_RECENT_CALLS = 5;

  /** By so much the time per call must differ from the mean to count as another one. */
  private static final double OTHER_TIME = 2.5;

  private static final int LONGEST_READING_MILLIS = 60_000;

  private WorkloadReader() {}

  /**
   * What a server measured of one shape.
   *
   * @param searchPath where the roles look names up that executed it; empty where that makes no
   *     difference
   */
  record Measured(
      String queryid, String text, double calls, double seconds, double rows, String searchPath) {
    String key() {
      return queryid + " " + searchPath;
    }

    Measured and(Measured other) {
      return new Measured(
          queryid,
          text,
          calls + other.calls,
          seconds + other.seconds,
          rows + other.rows,
          searchPath);
    }
  }

  /**
   * With the number of rows that it returns as its limit, where that is its last parameter: the
   * planner would take a tenth of all rows for it.
   *
   * @param rows that an execution returns, in the mean
   */
  static String limited(String text, double rows) {
    Matcher limit = LAST_LIMIT.matcher(text);
    if (!(rows > 0) || !limit.find() || text.indexOf(limit.group(2)) != limit.start(2)) {
      return text;
    }
    int number = Integer.parseInt(limit.group(2).substring(1));
    boolean last = !text.contains("$" + (number + 1));
    return last ? limit.group(1) + Math.round(Math.ceil(rows)) : text;
  }

  /**
   * The statements that the server has spent time on since its statistics began, with the values
   * that sessions are seen to use.
   *
   * @param view the qualified function pg_stat_statements
   * @param watch ends earlier when all values are known that matter
   * @param examples what was seen so far; takes what is seen now
   */
  public static Workload ofServer(
      Connection connection, String view, Watch watch, Examples examples) throws SQLException {
    var heaviest = new ArrayList<Measured>();
    int own = 0;
    int rest = 0;
    List<Measured> all;
    SearchPaths paths = SearchPaths.read(connection);
    try {
      all = measured(connection, view, paths);
    } catch (SQLException e) {
      return withoutExtension(connection, watch, e);
    }
    for (Measured measured : all) {
      if (!Plans.explainable(measured.text())) {
        own++;
      } else if (heaviest.size() == MOST_STATEMENTS) {
        rest++;
      } else {
        heaviest.add(measured);
      }
    }
    List<String> texts = heaviest.stream().map(Measured::text).toList();
    examples.look(connection);
    int looks = 1;
    while ((looks < LEAST_LOOKS || examples.lacking(texts) > 0) && watch.again()) {
      examples.look(connection);
      looks++;
    }
    int changed = looks < LEAST_LOOKS ? 0 : renew(heaviest, again(connection, view, paths));
    List<Workload.Statement> statements =
        heaviest.stream()
            .map(
                measured ->
                    new Workload.Statement(
                        measured.queryid(),
                        Plans.repaired(
                            limited(
                                withoutEnd(examples.of(measured.text())),
                                measured.rows() / measured.calls())),
                        measured.calls(),
                        measured.seconds(),
                        measured.rows(),
                        measured.searchPath()))
            .toList();
    var notices = new ArrayList<String>();
    if (changed > 0) {
      notices.add(
          changed
              + (changed == 1 ? " statement takes" : " statements take")
              + " another time now than in the mean since pg_stat_statements was reset; what"
              + " counts is the time of the last seconds");
    }
    long guessed = examples.lacking(texts);
    if (guessed > 0) {
      notices.add(
          guessed
              + (guessed == 1 ? " statement has" : " statements have")
              + " a pattern, a bound, an offset or a path as a parameter, and no session was seen"
              + " to execute it, so that it is planned with a guess; the advice can be another one"
              + " once values are known: watch longer with --watch, or name statements with values"
              + " with --workload");
    }
    if (own > 0) {
      notices.add(
          own
              + (own == 1 ? " statement is" : " statements are")
              + " no query and no change of rows, and left out");
    }
    if (rest > 0) {
      notices.add(
          "the "
              + MOST_STATEMENTS
              + " heaviest statements are looked at, not "
              + rest
              + " lighter ones");
    }
    return new Workload("pg_stat_statements", statements, notices, period(connection, view));
  }

  /** What the extension tells now; nothing when it cannot be read a second time. */
  private static List<Measured> again(Connection connection, String view, SearchPaths paths)
      throws SQLException {
    try {
      return measured(connection, view, paths);
    } catch (SQLException e) {
      if (!connection.isValid(5)) {
        throw e;
      }
      return List.of();
    }
  }

  /**
   * Gives statements the time per call that they have now, where it is another one than in the
   * mean: an index that was made yesterday would otherwise gain its time again today.
   *
   * @return how many
   */
  private static int renew(List<Measured> before, List<Measured> now) {
    var byId = new HashMap<String, Measured>();
    now.forEach(measured -> byId.put(measured.key(), measured));
    int changed = 0;
    for (int i = 0; i < before.size(); i++) {
      Measured old = before.get(i);
      Measured recent = byId.get(old.key());
      double calls = recent == null ? 0 : recent.calls() - old.calls();
      if (recent == null || calls < LEAST_RECENT_CALLS) {
        continue;
      }
      double mean = (recent.seconds() - old.seconds()) / calls;
      double factor = mean * old.calls() / old.seconds();
      if (factor > OTHER_TIME || factor < 1 / OTHER_TIME) {
        before.set(
            i,
            new Measured(
                old.queryid(),
                old.text(),
                old.calls(),
                mean * old.calls(),
                old.rows(),
                old.searchPath()));
        changed++;
      }
    }
    return changed;
  }

  private static Workload withoutExtension(Connection connection, Watch watch, SQLException why)
      throws SQLException {
    if (!connection.isValid(5)) {
      throw why;
    }
    Workload seen = ofActivity(connection, watch);
    var notices = new ArrayList<>(List.of(unreadable(why)));
    notices.addAll(seen.notices());
    return new Workload(seen.source(), seen.statements(), notices);
  }

  private static String unreadable(SQLException why) {
    return "pg_stat_statements cannot be read ("
        + DatabaseConnection.plain(why)
        + "); if one text in it is the cause, pg_stat_statements_reset() removes it";
  }

  /**
   * What is being executed while sessions are watched: all that is known without the extension.
   * Times are looks that met a statement times the interval between two.
   */
  public static Workload ofActivity(Connection connection, Watch watch) throws SQLException {
    var examples = new Examples();
    int looks = 0;
    do {
      examples.look(connection);
      looks++;
    } while (watch.again());
    double interval = Watch.INTERVAL.toMillis() / 1000.0;
    List<Workload.Statement> statements =
        examples.all().stream()
            .map(
                seen ->
                    new Workload.Statement(
                        "",
                        seen.text(),
                        seen.calls(),
                        seen.active() == 0 ? Double.NaN : seen.active() * interval,
                        Double.NaN))
            .sorted(
                Comparator.comparingDouble(
                    each -> Double.isNaN(each.seconds()) ? 0 : -each.seconds()))
            .limit(MOST_STATEMENTS)
            .toList();
    return new Workload(
        "pg_stat_activity",
        statements,
        List.of(
            String.format(
                Locale.ROOT,
                "only what sessions were seen to execute in %d looks within %.1f s is known, and"
                    + " roughly how long it took; load pg_stat_statements, watch longer with"
                    + " --watch, or name a file of statements with --workload",
                looks,
                looks * interval)));
  }

  /** How long statements were counted; 13 does not tell. */
  private static Workload.Period period(Connection connection, String view) throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery(
                "SELECT /* hone */ extract(epoch FROM clock_timestamp() - stats_reset), (SELECT"
                    + " setting::float8 FROM pg_settings WHERE name = 'checkpoint_timeout') FROM "
                    + view
                    + "_info()")) {
      return row.next()
          ? new Workload.Period(row.getDouble(1), row.getDouble(1) / row.getDouble(2))
          : Workload.Period.UNKNOWN;
    } catch (SQLException e) {
      if (!connection.isValid(5)) {
        throw e;
      }
      return Workload.Period.UNKNOWN;
    }
  }

  /** What the extension tells; its texts lie in one file, which is read as a whole. */
  private static List<Measured> measured(Connection connection, String view, SearchPaths paths)
      throws SQLException {
    String patience = "SET statement_timeout = " + LONGEST_READING_MILLIS;
    try (Statement sql = connection.createStatement();
        ResultSet before = sql.executeQuery("SHOW statement_timeout")) {
      before.next();
      String usual = before.getString(1);
      sql.execute(patience);
      try {
        return read(sql, view, paths);
      } finally {
        sql.execute("SET statement_timeout = '" + usual + "'");
      }
    }
  }

  /** The same shape counts by itself for each place where its names are looked up. */
  private static List<Measured> read(Statement sql, String view, SearchPaths paths)
      throws SQLException {
    var found = new LinkedHashMap<String, Measured>();
    try (ResultSet rows =
        sql.executeQuery(
            "SELECT /* hone */ queryid, max(left(query, 50001)), sum(calls), sum(total_exec_time) / 1000,"
                + " sum(rows), userid FROM "
                + view
                + "(true) WHERE dbid = (SELECT oid FROM pg_database WHERE datname ="
                + " current_database()) AND queryid IS NOT NULL AND query IS NOT NULL"
                + " AND query NOT LIKE '%/* hone */%' AND query <> '<insufficient privilege>'"
                + " GROUP BY queryid, userid ORDER BY sum(total_exec_time) DESC LIMIT "
                + MOST_READ)) {
      while (rows.next()) {
        var measured =
            new Measured(
                rows.getString(1),
                rows.getString(2),
                rows.getDouble(3),
                rows.getDouble(4),
                rows.getDouble(5),
                paths.of(rows.getLong(6), rows.getString(2)));
        found.merge(measured.key(), measured, Measured::and);
      }
    }
    return found.values().stream()
        .sorted(Comparator.comparingDouble(measured -> -measured.seconds()))
        .toList();
  }

  /** Without a semicolon at its end. */
  static String withoutEnd(String text) {
    return text.strip().replaceFirst(";\\s*$", "");
  }

  /**
   * Statements from a file: each ends with a semicolon at the end of a line; {@code -- weight: 3}
   * on a line before one says how often it is executed. What the server has measured of the same
   * shapes is used.
   *
   * @param view the qualified function pg_stat_statements, or empty
   * @throws Rejected when the file cannot be read or holds no statement
   */
  public static Workload ofFile(Connection connection, String view, Path file)
      throws SQLException, Rejected {
    Map<String, Measured> known = new HashMap<>();
    var notices = new ArrayList<String>();
    if (!view.isEmpty()) {
      try {
        measured(connection, view, SearchPaths.none()).stream()
            .filter(m -> Plans.explainable(m.text()))
            .forEach(m -> known.putIfAbsent(StatementShape.of(m.text()), m));
      } catch (SQLException e) {
        if (!connection.isValid(5)) {
          throw e;
        }
        notices.add(unreadable(e));
      }
    }
    return WorkloadFile.read(file, known, notices);
  }

  /** A workload cannot be used. The message is a sentence with the remedy. */
  public static final class Rejected extends Exception {
    Rejected(String message) {
      super(message);
    }

    Rejected(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
