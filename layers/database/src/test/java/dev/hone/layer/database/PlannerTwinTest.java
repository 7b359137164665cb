package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.layer.database.advisor.CandidateFinder;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.TwinServer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerTwinTest {
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
    return session.ask((connection, known) -> Planning.live(connection, known, statement));
  }

  @Test
  void itAgreesWithTheServerBeforeAndAfterTheIndexIsReallyBuilt() throws Exception {
    var twin = new PlannerTwin(session, server);
    for (String statement : STATEMENTS) {
      PlanNode real = plan(statement);
      List<IndexSpec> candidates = CandidateFinder.plain(real);
      assertThat(candidates).as(statement).isNotEmpty();
      WhatIf.Answer answer = twin.ask(new WhatIf.Question(statement, real, candidates));
      assertThat(answer.plan().shape()).isEqualTo(real.shape());
      assertThat(answer.plan().cost() / real.cost()).isCloseTo(1, within(0.001));

      WhatIf.Trial best = answer.best(0.5).orElseThrow();
      String ddl = session.ask((connection, known) -> best.candidate().ddl(connection));
      LiveDatabase.execute(ddl);
      try {
        PlanNode built = plan(statement);
        assertThat(built.shape()).as(statement).isEqualTo(best.plan().shape());
        assertThat(best.plan().cost() / built.cost()).as(statement).isCloseTo(1, within(0.03));
        double bytes =
            Double.parseDouble(
                LiveDatabase.ask("SELECT pg_relation_size('" + best.candidate().name() + "')"));
        assertThat(best.bytes() / bytes).as(statement).isCloseTo(1, within(0.15));
      } finally {
        LiveDatabase.execute("DROP INDEX " + best.candidate().name());
      }
    }
  }

  @Test
  void anIndexThatWouldNotBeUsedIsNotProposed() throws Exception {
    String statement = "SELECT sum(amount) FROM orders WHERE created_at >= '2025-01-01'";
    PlanNode real = plan(statement);
    WhatIf.Answer answer =
        new PlannerTwin(session, server)
            .ask(new WhatIf.Question(statement, real, CandidateFinder.plain(real)));
    assertThat(answer.best(0.5)).isEmpty();
  }
}
