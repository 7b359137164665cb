package dev.hone.layer.database.twin;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

/** Plans statements in a twin, as long as {@link Patience} lasts. */
final class TwinPlanner {
  private static final String QUERY_CANCELED = "57014";

  private final PlannerSession session;
  private final Patience patience;
  private final int version;

  /**
   * One of a twin.
   *
   * @param version of the twin's server, as in {@code server_version_num}
   */
  TwinPlanner(PlannerSession session, Patience patience, int version) {
    this.session = session;
    this.patience = patience;
    this.version = version;
  }

  /**
   * The plan of a statement with what the planner sees now.
   *
   * @param searchPath as in the setting; empty for the session's own
   * @throws SQLException when it cannot be planned, or not in time
   */
  PlanNode plan(String statement, String searchPath) throws SQLException {
    return plan(statement, searchPath, Map.of());
  }

  /**
   * The same under other settings.
   *
   * @param settings by name, each in the setting's own unit; they hold for this plan alone
   */
  PlanNode plan(String statement, String searchPath, Map<String, Double> settings)
      throws SQLException {
    if (patience.isOver(statement)) {
      throw new SQLException("planning it takes too long", QUERY_CANCELED);
    }
    Instant begin = patience.now();
    try {
      return explained(session.connection(), statement, searchPath, settings);
    } catch (SQLException e) {
      if (!session.survived()) {
        patience.end(statement);
        throw new SQLException("planning it ends the session", QUERY_CANCELED, e);
      } else if (QUERY_CANCELED.equals(e.getSQLState())) {
        patience.end(statement);
      }
      throw e;
    } finally {
      patience.since(statement, begin);
    }
  }

  /** To plan is to execute functions; nothing that they change may stay. */
  private PlanNode explained(
      Connection connection, String statement, String searchPath, Map<String, Double> settings)
      throws SQLException {
    connection.setAutoCommit(false);
    connection.setReadOnly(true);
    try {
      if (!searchPath.isEmpty()) {
        PlannerSettings.usePath(connection, searchPath);
      }
      if (!settings.isEmpty()) {
        try (Statement sql = connection.createStatement()) {
          sql.execute(
              settings.entrySet().stream()
                  .map(each -> "SET LOCAL " + each.getKey() + " = " + each.getValue())
                  .collect(Collectors.joining("; ")));
        }
      }
      return Plans.explain(connection, version, statement);
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
      connection.setReadOnly(false);
    }
  }
}
