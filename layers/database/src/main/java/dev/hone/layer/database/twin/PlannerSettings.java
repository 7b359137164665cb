package dev.hone.layer.database.twin;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** The settings of a session that decide which plan the planner chooses. */
final class PlannerSettings {
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

  /** How names without a schema are looked up. */
  static String searchPath(Connection connection) throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery("SELECT /* hone */ current_setting('search_path')")) {
      row.next();
      return row.getString(1);
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
