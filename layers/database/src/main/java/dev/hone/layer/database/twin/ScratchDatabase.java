package dev.hone.layer.database.twin;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/**
 * A database of Hone's own PostgreSQL that holds the user's definitions and whatever rows are put
 * there. What is executed in it is executed by a role without rights elsewhere.
 */
public final class ScratchDatabase implements AutoCloseable {
  private final TwinServer server;
  private final TwinServer.Database made;

  private ScratchDatabase(TwinServer server, TwinServer.Database made) {
    this.server = server;
    this.made = made;
  }

  /**
   * Makes one with the tables of a schema, empty.
   *
   * @throws Unavailable when Hone's own server cannot be used
   */
  public static ScratchDatabase of(TwinServer server, SchemaCopy schema) throws Unavailable {
    try {
      var scratch =
          new ScratchDatabase(server, server.create(schema.version(), schema.collation()));
      try {
        PlannerSession planner = scratch.made.planner();
        new SchemaScript(schema, new Room(scratch.made.data())).run(planner, scratch.made.admin());
        planner.set(
            Map.of(
                "statement_timeout", "5s",
                "synchronous_commit", "off",
                "search_path", schema.searchPath()));
        return scratch;
      } catch (SQLException | IOException | RuntimeException e) {
        scratch.close();
        throw e;
      }
    } catch (SQLException | IOException e) {
      throw new Unavailable("the scratch database could not be made: " + e.getMessage(), e);
    }
  }

  /** The connection to it. */
  public Connection connection() {
    return made.planner().connection();
  }

  /** Drops it. */
  @Override
  public void close() {
    server.drop(made);
  }
}
