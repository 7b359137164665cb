package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.layer.database.advisor.CandidateFinder;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinServer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwinAgreementTest {
  private static final List<String> STATEMENTS =
      List.of(
          "SELECT count(*), sum(amount) FROM orders WHERE customer_id = $1",
          "SELECT id, amount FROM orders WHERE customer_id = $1 ORDER BY created_at DESC LIMIT 10",
          "SELECT c.name, o.id FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id ="
              + " $1 AND o.status = 'open'::order_status",
          "UPDATE orders SET note = $1 WHERE customer_id = $2 AND created_at >= $3");

  private static TwinServer server;
  private static Session session;

  @BeforeAll
  static void start(@TempDir Path directory) {
    session = new Session(LiveDatabase.connection());
    server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH));
  }

  @AfterAll
  static void stop() {
    server.close();
    session.close();
  }

  private static PlanNode plan(String statement) throws Exception {
    return session.ask(
        (connection, known) -> Planning.live(connection, known, RoleStatement.anybodys(statement)));
  }

  @Test
  void itAgreesWithTheServerBeforeAndAfterTheIndexIsReallyBuilt() throws Exception {
    for (String statement : STATEMENTS) {
      PlanNode real = plan(statement);
      SchemaCopy schema =
          session.ask(
              (connection, known) ->
                  SchemaReader.read(connection, known.version(), List.of(statement)));
      try (Twin twin = Twin.of(server, schema)) {
        PlanNode copied = twin.plan(statement);
        assertThat(copied.shape()).isEqualTo(real.shape());
        assertThat(copied.cost() / real.cost()).isCloseTo(1, within(0.001));
        List<IndexSpec> candidates = CandidateFinder.plain(real);
        assertThat(candidates).as(statement).isNotEmpty();
        for (Twin.Defined index : twin.define(candidates)) {
          twin.show(Set.of(index.spec().name()));
          compare(statement, index, twin.plan(statement));
        }
      }
    }
  }

  private static void compare(String statement, Twin.Defined index, PlanNode expected)
      throws Exception {
    LiveDatabase.execute(index.ddl());
    try {
      PlanNode built = plan(statement);
      assertThat(built.shape()).as(statement).isEqualTo(expected.shape());
      assertThat(expected.cost() / built.cost()).as(statement).isCloseTo(1, within(0.03));
      double bytes =
          Double.parseDouble(
              LiveDatabase.ask("SELECT pg_relation_size('" + index.spec().name() + "')"));
      assertThat(index.bytes() / bytes).as(statement).isCloseTo(1, within(0.15));
    } finally {
      LiveDatabase.execute("DROP INDEX " + index.spec().name());
    }
  }
}
