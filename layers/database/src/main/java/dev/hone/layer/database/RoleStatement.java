package dev.hone.layer.database;

import dev.hone.layer.database.twin.SearchPaths;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/**
 * A statement, and where the role that spends the most time on it looks its names up. Two tables of
 * one name in two schemas have two plans.
 *
 * @param text as pg_stat_statements keeps it
 * @param searchPath of the role; empty where that makes no difference or is not known
 */
record RoleStatement(String text, String searchPath) {
  /** One that is looked up where the application looks. */
  static RoleStatement anybodys(String text) {
    return new RoleStatement(text, "");
  }

  /** One statement that the server has counted. */
  static RoleStatement of(Connection connection, Server server, String queryid, String text)
      throws SQLException {
    return of(connection, server, Map.of(queryid, text)).getOrDefault(queryid, anybodys(text));
  }

  /**
   * Several statements that the server has counted.
   *
   * @param texts by queryid
   */
  static Map<String, RoleStatement> of(
      Connection connection, Server server, Map<String, String> texts) throws SQLException {
    SearchPaths paths = server.hasStatements() ? SearchPaths.read(connection) : SearchPaths.none();
    Map<String, Long> roles = paths.matter() ? roles(connection, server, texts) : Map.of();
    var statements = new HashMap<String, RoleStatement>();
    texts.forEach(
        (queryid, text) -> {
          Long role = roles.get(queryid);
          statements.put(
              queryid, new RoleStatement(text, role == null ? "" : paths.of(role, text)));
        });
    return statements;
  }

  private static Map<String, Long> roles(
      Connection connection, Server server, Map<String, String> texts) throws SQLException {
    var ids = new ArrayList<Long>();
    texts.keySet().forEach(queryid -> ids.add(Long.valueOf(queryid)));
    var roles = new HashMap<String, Long>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT /* hone */ DISTINCT ON (queryid) queryid, userid FROM "
                + server.statementsView()
                + "(false) WHERE queryid = ANY (?) AND dbid = (SELECT oid FROM pg_database WHERE"
                + " datname = current_database()) ORDER BY queryid, total_exec_time DESC")) {
      query.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          roles.put(rows.getString(1), rows.getLong(2));
        }
      }
    }
    return roles;
  }
}
