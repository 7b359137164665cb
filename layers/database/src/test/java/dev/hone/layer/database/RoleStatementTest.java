package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.TwinServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleStatementTest {
  private static final List<String> TENANTS = List.of("lessor_0", "lessor_a");

  @TempDir private static Path directory;

  @Test
  void ofTablesOfOneNameTheRolesIsPlanned() throws Exception {
    var twins = new TwinServer(directory.resolve("twin"), InstantSource.fixed(Instant.EPOCH));
    try (var session = new Session(LiveDatabase.connection())) {
      for (String schema : TENANTS) {
        LiveDatabase.execute("CREATE ROLE " + schema + "; CREATE SCHEMA " + schema);
        LiveDatabase.execute("ALTER ROLE " + schema + " SET search_path = \"$user\"");
        LiveDatabase.execute(
            "CREATE TABLE "
                + schema
                + ".lets AS SELECT i AS id, i % 5000 AS who FROM generate_series(1, 100000) i");
        LiveDatabase.execute("GRANT USAGE ON SCHEMA " + schema + " TO " + schema);
        LiveDatabase.execute("GRANT SELECT ON " + schema + ".lets TO " + schema);
      }
      LiveDatabase.execute("CREATE INDEX lets_who ON lessor_a.lets (who); ANALYZE");
      LiveDatabase.execute("SELECT pg_stat_statements_reset()");
      try (Connection connection = LiveDatabase.raw();
          Statement sql = connection.createStatement()) {
        sql.execute("SET ROLE lessor_a");
        sql.execute("SET search_path = lessor_a");
        sql.execute("SELECT count(*) FROM lets WHERE who = 7");
        sql.execute("RESET ROLE");
      }
      String queryid;
      String text;
      try (Connection connection = LiveDatabase.raw();
          Statement sql = connection.createStatement();
          ResultSet row =
              sql.executeQuery(
                  "SELECT queryid, query FROM pg_stat_statements WHERE query LIKE '%FROM lets%'")) {
        row.next();
        queryid = row.getString(1);
        text = row.getString(2);
      }
      RoleStatement statement =
          session.ask((c, server) -> RoleStatement.of(c, server, queryid, text));
      assertThat(statement.searchPath()).startsWith("lessor_a, ");
      String anybodys =
          session
              .ask((c, server) -> Planning.live(c, server, RoleStatement.anybodys(text)))
              .shape();
      assertThat(anybodys).doesNotContain("lets_who");
      assertThat(session.ask((c, server) -> Planning.live(c, server, statement)).shape())
          .contains("lets_who");
      var planning = new Planning(twins);
      Map<String, PlanNode> copied =
          session.ask((c, server) -> planning.inCopy(c, server, Map.of(queryid, statement)));
      assertThat(copied.values())
          .singleElement()
          .satisfies(plan -> assertThat(plan.shape()).contains("lets_who"));
    } finally {
      for (String schema : TENANTS) {
        LiveDatabase.execute("DROP SCHEMA " + schema + " CASCADE; DROP OWNED BY " + schema);
        LiveDatabase.execute("DROP ROLE " + schema);
      }
      twins.close();
    }
  }
}
