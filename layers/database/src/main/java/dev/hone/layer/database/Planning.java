package dev.hone.layer.database;

import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.PlannerSettings;
import dev.hone.layer.database.twin.Plans;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.layer.database.twin.Unavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Where statements of the application's are planned: on its own server, unless Hone's role there is
 * a superuser. To plan is to execute functions that call themselves immutable or stable, so that
 * whoever may create one, or a view, would have it executed with all rights. For a superuser a
 * {@link Twin} plans, whose role has no rights to lend.
 */
final class Planning {
  /** SQLSTATE object_not_in_prerequisite_state. */
  private static final String NOT_READY = "55000";

  private final TwinServer twins;

  Planning(TwinServer twins) {
    this.twins = twins;
  }

  /**
   * The plan of a statement, as pg_stat_statements keeps its text.
   *
   * @throws SQLException when it cannot be planned, or when there is no twin to do it
   */
  PlanNode plan(Connection connection, Server server, String statement) throws SQLException {
    if (!server.superuser()) {
      return live(connection, server, statement);
    }
    try (Twin twin =
        Twin.of(twins, SchemaReader.read(connection, server.version(), List.of(statement)))) {
      return twin.plan(Plans.repaired(statement));
    } catch (Unavailable e) {
      throw new SQLException(e.getMessage(), NOT_READY, e);
    }
  }

  /**
   * The plan on the user's server, in a transaction that looks names up where the application does,
   * cannot write, and of which nothing stays. Never as superuser.
   */
  static PlanNode live(Connection connection, Server server, String statement) throws SQLException {
    if (server.superuser()) {
      throw new IllegalStateException("a superuser is to plan a statement on the user's server");
    }
    try (Statement sql = connection.createStatement()) {
      sql.execute("START TRANSACTION READ ONLY");
      try {
        PlannerSettings.useApplicationsPath(connection);
        return Plans.explain(connection, server.version(), Plans.repaired(statement));
      } finally {
        sql.execute("ROLLBACK");
        sql.execute("DEALLOCATE ALL");
      }
    }
  }
}
