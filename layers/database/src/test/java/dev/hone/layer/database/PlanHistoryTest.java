package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.advisor.Watch;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.loop.Finding;
import dev.hone.loop.Ids;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MemoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanHistoryTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final String STATEMENT =
      "SELECT max(amount) FROM orders WHERE created_at < timestamptz '2025-01-01 01:00'";

  @TempDir private Path directory;
  private final MemoryStore store = new MemoryStore(10_000, 400);

  @Test
  void aStatementThatIsPlannedOtherwiseAndSlowerIsFoundAndItsPlansAreKept() throws Exception {
    DatabaseConnection target = LiveDatabase.connection();
    Path file = directory.resolve("plans.json");
    var history = new PlanHistory(file);
    LiveDatabase.execute("SELECT pg_stat_statements_reset()");
    LiveDatabase.execute("CREATE INDEX by_time ON orders (created_at) INCLUDE (amount)");
    try (var statements = new DatabaseProbe(target, store, Duration.ofSeconds(1), List.of());
        var plans =
            new PlanProbe(
                new Session(target),
                new Planning(
                    new TwinServer(directory.resolve("copies"), InstantSource.fixed(START))),
                store,
                history);
        var session = new Session(target)) {
      var diagnosis =
          new PlanChanges(
              history,
              new StatementTexts(session),
              store,
              "shop",
              new Ids(InstantSource.fixed(START), new Random(1)));
      traffic(statements, 0);
      plans.sample(START.plusSeconds(20));
      assertThat(diagnosis.examine(START.plusSeconds(20))).isEmpty();
      LiveDatabase.execute("DROP INDEX by_time");
      traffic(statements, 21);
      plans.sample(START.plusSeconds(41));
      List<Finding> findings = diagnosis.examine(START.plusSeconds(61));
      assertThat(findings).isEmpty();
      traffic(statements, 42);
      plans.sample(START.plusSeconds(62));

      Finding finding = diagnosis.examine(START.plusSeconds(62)).getFirst();
      assertThat(finding.kind()).isEqualTo("plan-change");
      assertThat(finding.summary()).contains("max(amount)").contains("no longer by by_time");
      assertThat(finding.since()).isEqualTo(START.plusSeconds(41));
      String queryid = finding.details().getOrDefault("queryid", "");
      assertThat(
              store.select(
                  List.of(
                      Matcher.equal("__name__", "pg_statement_plan_cost"),
                      Matcher.equal("queryid", queryid)),
                  0,
                  Long.MAX_VALUE))
          .singleElement()
          .satisfies(series -> assertThat(series.size()).isEqualTo(3));
      try (var inspector =
          new Inspector(
              target,
              store,
              InstantSource.fixed(START),
              new TwinServer(directory.resolve("twin"), InstantSource.fixed(START)),
              history,
              new AdviceDesk(
                  target,
                  new TwinServer(directory.resolve("twin"), InstantSource.fixed(START)),
                  InstantSource.fixed(START),
                  Runnable::run,
                  Watch::once,
                  new RecentLoad(store, target.name())))) {
        assertThat(inspector.statement(queryid).orElseThrow().plans())
            .hasSize(2)
            .satisfies(seen -> assertThat(seen.getLast().plan().toString()).contains("by_time"));
      }
      history.close();
      assertThat(new PlanHistory(file).of(queryid)).isEqualTo(history.of(queryid));
    } finally {
      LiveDatabase.execute("DROP INDEX IF EXISTS by_time");
    }
  }

  /** Twenty seconds of it. */
  private static void traffic(DatabaseProbe probe, int from) throws Exception {
    for (int second = from; second <= from + 20; second++) {
      try (var connection = LiveDatabase.raw();
          var query = connection.prepareStatement(STATEMENT)) {
        for (int call = 0; call < 3; call++) {
          query.executeQuery().close();
        }
      }
      probe.sample(START.plusSeconds(second));
    }
  }

  @Test
  void aFileThatCannotBeReadBeginsAnew() throws Exception {
    Path file = Files.writeString(directory.resolve("plans.json"), "{\"1\": 7");
    assertThat(new PlanHistory(file).of("1")).isEmpty();
  }

  @Test
  void aSuperusersStatementsAreSampledInACopyAndNotOften() throws Exception {
    LiveDatabase.execute(
        "CREATE FUNCTION public.traced() RETURNS int IMMUTABLE LANGUAGE plpgsql AS"
            + " 'BEGIN RETURN 7; END'");
    String statement = "SELECT name, $1::int FROM customers WHERE id < public.traced()";
    var history = new PlanHistory(directory.resolve("plans.json"));
    DatabaseConnection target = LiveDatabase.connection("postgres");
    LiveDatabase.execute("SELECT pg_stat_statements_reset()");
    try (var statements = new DatabaseProbe(target, store, Duration.ofSeconds(1), List.of());
        var twins = new TwinServer(directory.resolve("copies"), InstantSource.fixed(START));
        var plans = new PlanProbe(new Session(target), new Planning(twins), store, history)) {
      try (var connection = LiveDatabase.raw();
          var query = connection.prepareStatement(statement.replace("$1", "?"))) {
        for (int second = 0; second <= 20; second++) {
          query.setInt(1, second);
          query.executeQuery().close();
          statements.sample(START.plusSeconds(second));
        }
      }
      plans.sample(START.plusSeconds(20));
      assertThat(costs()).isEqualTo(1);
      plans.sample(START.plusSeconds(50));
      assertThat(costs()).isEqualTo(1);
    } finally {
      LiveDatabase.execute("DROP FUNCTION public.traced()");
    }
  }

  /** How many samples of the planner's cost there are at the most. */
  private int costs() {
    return store
        .select(List.of(Matcher.equal("__name__", "pg_statement_plan_cost")), 0, Long.MAX_VALUE)
        .stream()
        .mapToInt(series -> series.size())
        .max()
        .orElse(0);
  }
}
