package dev.hone.layer.database;

import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.PlannerSettings;
import dev.hone.layer.database.twin.Plans;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinLost;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.layer.database.twin.Unavailable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where statements of the application's are planned: on its own server only where that executes
 * nobody's code with Hone's rights. To plan is to execute functions that call themselves immutable
 * or stable, so that whoever may create one, or a view, could have it executed by whoever plans. As
 * superuser, and where roles own something that Hone has no reason to trust, a {@link Twin} plans,
 * whose role has no rights to lend.
 */
final class Planning {
  /** SQLSTATE object_not_in_prerequisite_state. */
  private static final String NOT_READY = "55000";

  /**
   * Superusers and the owner of the database can do by themselves what their definitions could. A
   * view or a function of anybody else, an operator, a domain or a policy, can have the planner
   * execute what its author wants, be it by functions of PostgreSQL's own.
   */
  private static final String OTHER_OWNERS =
      """
      WITH trusted AS (SELECT oid FROM pg_roles WHERE rolsuper OR rolname = current_user
        OR oid = (SELECT datdba FROM pg_database WHERE datname = current_database()))
      SELECT /* hone */ EXISTS (SELECT FROM pg_class WHERE relowner NOT IN (SELECT oid FROM trusted))
        OR EXISTS (SELECT FROM pg_proc WHERE proowner NOT IN (SELECT oid FROM trusted))
        OR EXISTS (SELECT FROM pg_type WHERE typowner NOT IN (SELECT oid FROM trusted))
      """;

  private final TwinServer twins;

  Planning(TwinServer twins) {
    this.twins = twins;
  }

  /**
   * Whether statements may be planned on the user's server itself, as things are at this moment.
   */
  static boolean mayBeLive(Connection connection, Server server) throws SQLException {
    if (server.superuser()) {
      return false;
    }
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(OTHER_OWNERS)) {
      row.next();
      return !row.getBoolean(1);
    }
  }

  /**
   * The plan of a statement.
   *
   * @throws SQLException when it cannot be planned, or when there is no twin to do it
   */
  PlanNode plan(Connection connection, Server server, RoleStatement statement) throws SQLException {
    if (mayBeLive(connection, server)) {
      return live(connection, server, statement);
    }
    try (Twin twin = twin(connection, server, List.of(statement))) {
      return inCopy(twin, statement);
    } catch (TwinLost e) {
      throw new SQLException(e.getMessage(), NOT_READY, e);
    }
  }

  /**
   * The plans of several statements, made in one copy; those that cannot be planned are left out.
   *
   * @param statements by what the plans are to be called
   */
  Map<String, PlanNode> inCopy(
      Connection connection, Server server, Map<String, RoleStatement> statements)
      throws SQLException {
    var plans = new HashMap<String, PlanNode>();
    try (Twin twin = twin(connection, server, List.copyOf(statements.values()))) {
      for (Map.Entry<String, RoleStatement> statement : statements.entrySet()) {
        try {
          plans.put(statement.getKey(), inCopy(twin, statement.getValue()));
        } catch (SQLException e) {
          // It is left out.
        }
      }
    } catch (TwinLost e) {
      throw new SQLException(e.getMessage(), NOT_READY, e);
    }
    return plans;
  }

  private static PlanNode inCopy(Twin twin, RoleStatement statement) throws SQLException {
    return twin.plan(Plans.repaired(statement.text()), statement.searchPath());
  }

  private Twin twin(Connection connection, Server server, List<RoleStatement> statements)
      throws SQLException {
    List<String> texts = statements.stream().map(RoleStatement::text).toList();
    try {
      return Twin.of(twins, SchemaReader.read(connection, server.version(), texts));
    } catch (Unavailable e) {
      throw new SQLException(e.getMessage(), NOT_READY, e);
    }
  }

  /**
   * The plan on the user's server, in a transaction that looks names up where the role does, cannot
   * write, and of which nothing stays. Never as superuser, and never beside things of roles that
   * are not trusted, see {@link #mayBeLive}.
   */
  static PlanNode live(Connection connection, Server server, RoleStatement statement)
      throws SQLException {
    if (!mayBeLive(connection, server)) {
      throw new SQLException("planning it here could execute somebody's code", NOT_READY);
    }
    connection.setAutoCommit(false);
    connection.setReadOnly(true);
    try {
      if (statement.searchPath().isEmpty()) {
        PlannerSettings.useApplicationsPath(connection);
      } else {
        PlannerSettings.usePath(connection, statement.searchPath());
      }
      return Plans.explain(connection, server.version(), Plans.repaired(statement.text()));
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
      connection.setReadOnly(false);
      try (Statement sql = connection.createStatement()) {
        sql.execute("DEALLOCATE ALL");
      }
    }
  }
}
