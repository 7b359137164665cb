package dev.hone.layer.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What kind of server a connection leads to.
 *
 * @param version as in {@code server_version_num}: 180006 is 18.6
 * @param statementsView the qualified function pg_stat_statements, or the empty text when it cannot
 *     be read
 * @param hypopg the schema of the extension hypopg, quoted; empty when it is not there
 * @param monitor whether the role may see all sessions (pg_monitor or superuser)
 * @param superuser whether the role may do everything, or become a role that may, or reach files
 *     and programs of the server
 */
record Server(
    int version, String statementsView, String hypopg, boolean monitor, boolean superuser) {
  /** The oldest release whose views this layer knows. */
  static final int OLDEST = 130000;

  /** Asks the server; five small look-ups. */
  static Server of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT /* hone */ current_setting('server_version_num')::int,
                  coalesce((SELECT quote_ident(n.nspname) FROM pg_extension e
                    JOIN pg_namespace n ON n.oid = e.extnamespace
                    WHERE e.extname = 'pg_stat_statements'), ''),
                  coalesce((SELECT quote_ident(n.nspname) FROM pg_extension e
                    JOIN pg_namespace n ON n.oid = e.extnamespace
                    WHERE e.extname = 'hypopg'), ''),
                  pg_has_role(current_user, 'pg_monitor', 'USAGE'),
                  EXISTS (SELECT FROM pg_roles WHERE (rolsuper OR rolname IN
                    ('pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files'))
                    AND pg_has_role(current_user, oid, 'MEMBER'))
                """)) {
      row.next();
      String schema = row.getString(2);
      String view = schema.isEmpty() ? "" : schema + ".pg_stat_statements";
      boolean readable = !view.isEmpty() && readable(connection, view);
      return new Server(
          row.getInt(1),
          readable ? view : "",
          row.getString(3),
          row.getBoolean(4),
          row.getBoolean(5));
    }
  }

  /** The view exists as soon as the extension is created, but answers only when preloaded. */
  private static boolean readable(Connection connection, String view) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT /* hone */ 1 FROM " + view + "(false) LIMIT 1");
      return true;
    } catch (SQLException e) {
      if (connection.isValid(1)) {
        return false;
      }
      throw e;
    }
  }

  boolean hasStatements() {
    return !statementsView.isEmpty();
  }

  /** What is missing, one sentence each with the remedy. */
  List<String> notices(DatabaseConnection connection) {
    var notices = new ArrayList<String>();
    if (version < OLDEST) {
      notices.add(
          "database `"
              + connection.name()
              + "` runs PostgreSQL "
              + version / 10000
              + "; Hone knows 13 and later and may miss figures here.");
    }
    if (!hasStatements()) {
      notices.add(missingStatements(connection.name()));
    }
    if (!monitor) {
      notices.add(
          "role `"
              + connection.user()
              + "` on database `"
              + connection.name()
              + "` lacks pg_monitor, so statements and sessions of other roles stay hidden; run:"
              + " GRANT pg_monitor TO \""
              + connection.user().replace("\"", "\"\"")
              + "\".");
    }
    if (superuser) {
      notices.add(
          "role `"
              + connection.user()
              + "` on database `"
              + connection.name()
              + "` is or may become a superuser, or may reach the server's files, which is more than"
              + " Hone needs; plans are made in a copy;"
              + " use a role with pg_monitor that owns the tables whose indexes Hone may make.");
    }
    return notices;
  }

  /** The sentence for a server without pg_stat_statements. */
  static String missingStatements(String name) {
    return "database `"
        + name
        + "` has no pg_stat_statements, so Hone sees tables and sessions but no single statement;"
        + " add it to shared_preload_libraries, restart the server and run: CREATE EXTENSION"
        + " pg_stat_statements.";
  }
}
