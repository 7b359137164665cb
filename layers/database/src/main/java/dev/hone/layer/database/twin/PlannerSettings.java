package dev.hone.layer.database.twin;

import dev.hone.layer.database.DatabaseConnection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** The settings of a session that decide which plan the planner chooses. */
public final class PlannerSettings {
  /**
   * Where the application looks names up: as the role's own setting says, and then in all other
   * schemas, because the application may well have another setting.
   */
  private static final String APPLICATIONS_PATH =
      """
      SELECT /* hone */ concat_ws(', ',
        (SELECT nullif(reset_val, '') FROM pg_settings WHERE name = 'search_path'),
        (SELECT string_agg(quote_ident(nspname), ', ' ORDER BY nspname) FROM pg_namespace
          WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
            AND has_schema_privilege(oid, 'USAGE')))
      """;

  private PlannerSettings() {}

  /** Reads them, each in the setting's own unit. */
  static Map<String, String> read(Connection connection) throws SQLException {
    var settings = new HashMap<String, String>();
    try (Statement sql = connection.createStatement();
        ResultSet rows =
            sql.executeQuery(
                """
                SELECT /* hone */ name, setting FROM pg_settings
                WHERE category LIKE 'Query Tuning%' OR name IN ('work_mem',
                  'hash_mem_multiplier', 'max_parallel_workers_per_gather',
                  'max_parallel_workers', 'temp_buffers')
                """)) {
      while (rows.next()) {
        settings.put(rows.getString(1), rows.getString(2));
      }
    }
    return settings;
  }

  /**
   * How the application looks names up that have no schema. A connection that was told otherwise
   * than Hone's own are is taken at its word.
   */
  static String searchPath(Connection connection) throws SQLException {
    String own = ask(connection, "SELECT /* hone */ current_setting('search_path')");
    return own.equals(DatabaseConnection.SEARCH_PATH) ? ask(connection, APPLICATIONS_PATH) : own;
  }

  private static String ask(Connection connection, String query) throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Looks names up as the application does until the transaction ends. */
  public static void useApplicationsPath(Connection connection) throws SQLException {
    usePath(connection, searchPath(connection));
  }

  /** Looks names up along a path until the transaction ends. */
  public static void usePath(Connection connection, String path) throws SQLException {
    try (Statement sql = connection.createStatement()) {
      sql.setEscapeProcessing(false);
      sql.execute("SELECT set_config('search_path', " + Sql.literal(path) + ", true)");
    }
  }

  /** Sets what was read elsewhere, leaving out settings that this release does not have. */
  static void apply(Connection connection, Map<String, String> settings) throws SQLException {
    try (PreparedStatement set =
        connection.prepareStatement(
            "SELECT set_config(name, ?::text, false) FROM pg_settings WHERE name = ?::text"
                + " AND context IN ('user', 'superuser')")) {
      for (Map.Entry<String, String> setting : settings.entrySet()) {
        set.setString(1, setting.getValue());
        set.setString(2, setting.getKey());
        set.execute();
      }
    }
  }
}
