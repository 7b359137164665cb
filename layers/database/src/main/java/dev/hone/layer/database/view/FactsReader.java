package dev.hone.layer.database.view;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Asks a server what it is and what its sessions do. */
public final class FactsReader {
  private static final String DATABASE =
      """
      SELECT /* hone */ current_setting('server_version'),
        extract(epoch FROM pg_postmaster_start_time()),
        extract(epoch FROM coalesce(d.stats_reset, pg_postmaster_start_time())),
        pg_is_in_recovery(), pg_database_size(d.datid), d.numbackends,
        current_setting('max_connections')::int
      FROM pg_stat_database d WHERE d.datname = current_database()
      """;

  private static final String SESSIONS =
      """
      SELECT /* hone */ coalesce(state, 'unknown'),
        concat_ws(': ', wait_event_type, wait_event), count(*),
        count(*) FILTER (WHERE CASE wait_event_type WHEN 'Lock'
          THEN cardinality(pg_blocking_pids(pid)) > 0 ELSE false END),
        coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)
      FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND application_name NOT LIKE 'hone%'
      GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 30
      """;

  private FactsReader() {}

  /**
   * Reads the facts.
   *
   * @param statements whether pg_stat_statements can be read
   * @param monitor whether the role sees what other roles do
   */
  public static Overview.Facts read(Connection connection, boolean statements, boolean monitor)
      throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(DATABASE)) {
      row.next();
      return new Overview.Facts(
          row.getString(1),
          instant(row.getDouble(2)),
          instant(row.getDouble(3)),
          row.getBoolean(4),
          statements,
          monitor,
          row.getLong(5),
          row.getInt(6),
          row.getInt(7),
          sessions(connection),
          IndexBuilds.read(connection));
    }
  }

  private static List<Overview.Sessions> sessions(Connection connection) throws SQLException {
    var sessions = new ArrayList<Overview.Sessions>();
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(SESSIONS)) {
      while (row.next()) {
        sessions.add(
            new Overview.Sessions(
                row.getString(1),
                row.getString(2),
                row.getInt(3),
                row.getInt(4),
                row.getDouble(5)));
      }
    }
    return sessions;
  }

  private static Instant instant(double seconds) {
    return Instant.ofEpochMilli(Math.round(seconds * 1000));
  }
}
