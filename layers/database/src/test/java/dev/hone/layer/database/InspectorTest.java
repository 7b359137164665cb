package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.layer.database.advisor.Watch;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.layer.database.view.IndexMap;
import dev.hone.layer.database.view.Overview;
import dev.hone.layer.database.view.StatementStory;
import dev.hone.metrics.MemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectorTest {
  @TempDir private Path directory;
  private final MemoryStore store = new MemoryStore(10_000, 100);
  private final List<Runnable> background = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-01T00:00:00Z");
  private final List<Inspector> opened = new ArrayList<>();

  private Inspector inspect(DatabaseConnection target) {
    var twins = new TwinServer(directory.resolve("twin"), () -> now);
    var history = new PlanHistory(directory.resolve("plans.json"));
    var inspector =
        new Inspector(
            target,
            store,
            () -> now,
            twins,
            history,
            new AdviceDesk(
                target,
                twins,
                () -> now,
                background::add,
                Watch::once,
                new RecentLoad(store, target.name())));
    opened.add(inspector);
    return inspector;
  }

  @AfterEach
  void close() {
    opened.forEach(Inspector::close);
  }

  @Test
  void whatARoleCannotSeeIsSaidWithTheRemedy() throws Exception {
    LiveDatabase.execute("CREATE ROLE blind LOGIN");
    try {
      DatabaseConnection full = LiveDatabase.connection();
      Overview overview =
          inspect(new DatabaseConnection("shop", full.jdbcUrl(), "blind", "")).overview();
      assertThat(overview.reachable()).isTrue();
      assertThat(overview.notices())
          .anySatisfy(n -> assertThat(n).contains("GRANT pg_monitor TO \"blind\""));
      assertThat(overview.health().level()).isEqualTo("attention");
    } finally {
      LiveDatabase.execute("DROP ROLE blind");
    }
  }

  @Test
  void aRoleThatMayNotReadATableIsShownThePlanOfTheCopy() throws Exception {
    LiveDatabase.work(1, 0);
    LiveDatabase.execute("CREATE ROLE looker LOGIN; GRANT pg_monitor TO looker");
    try {
      DatabaseConnection full = LiveDatabase.connection();
      String queryid =
          LiveDatabase.ask(
              "SELECT queryid FROM pg_stat_statements WHERE query LIKE 'SELECT count(*), sum(am%'");
      StatementStory story =
          inspect(new DatabaseConnection("shop", full.jdbcUrl(), "looker", ""))
              .statement(queryid)
              .orElseThrow();
      assertThat(story.text()).contains("sum(amount)");
      assertThat(story.planProblem()).isEmpty();
      assertThat(String.valueOf(story.plan())).contains("relation=orders");
    } finally {
      LiveDatabase.execute("DROP ROLE looker");
    }
  }

  @Test
  void withoutPgStatStatementsTheStatementsSayWhatToDo() throws Exception {
    DatabaseConnection full = LiveDatabase.connection();
    LiveDatabase.execute("CREATE DATABASE bare");
    try {
      var bare =
          new DatabaseConnection(
              "bare", full.jdbcUrl().replace("/postgres", "/bare"), "postgres", "");
      Inspector inspector = inspect(bare);
      assertThat(inspector.overview().statements().problem())
          .contains("CREATE EXTENSION pg_stat_statements");
      assertThat(inspector.statementsSinceReset(0, 10, "").problem())
          .contains("CREATE EXTENSION pg_stat_statements");
      assertThat(inspector.statement("42")).isEmpty();
    } finally {
      close();
      LiveDatabase.execute("DROP DATABASE bare");
    }
  }

  @Test
  void aDatabaseThatIsAwayIsNotAskedAgainForAWhile() throws Exception {
    Inspector inspector =
        inspect(new DatabaseConnection("gone", "jdbc:postgresql://localhost:1/gone", "hone", ""));
    Overview overview = inspector.overview();
    assertThat(overview.reachable()).isFalse();
    assertThat(overview.problem()).contains("database `gone`").contains("does not answer");
    assertThatThrownBy(() -> inspector.indexes()).hasMessage(overview.problem());
    now = now.plusSeconds(11);
    assertThat(inspector.overview().problem()).contains("does not answer");
  }

  @Test
  void indexesStandWhereTheRulesForDroppingPutThem() throws Exception {
    LiveDatabase.execute("CREATE INDEX notes ON orders (note)");
    LiveDatabase.execute("CREATE INDEX notes_again ON orders (note)");
    try {
      IndexMap map = inspect(LiveDatabase.connection()).indexes();
      IndexMap.Table orders =
          map.tables().stream().filter(t -> t.name().equals("orders")).findFirst().orElseThrow();
      assertThat(orders.rows()).isGreaterThan(100_000);
      assertThat(orders.indexes())
          .extracting(IndexMap.Index::name, IndexMap.Index::standing)
          .contains(
              org.assertj.core.groups.Tuple.tuple("orders_pkey", IndexMap.Standing.REQUIRED),
              org.assertj.core.groups.Tuple.tuple("notes", IndexMap.Standing.IDLE),
              org.assertj.core.groups.Tuple.tuple("notes_again", IndexMap.Standing.DUPLICATE));
      assertThat(map.blindness()).contains("days old");
    } finally {
      LiveDatabase.execute("DROP INDEX notes, notes_again");
    }
  }

  @Test
  void oneAdviceAtATimeAndNotMoreOftenThanEachMinute() {
    Inspector inspector =
        inspect(new DatabaseConnection("gone", "jdbc:postgresql://localhost:1/gone", "hone", ""));
    inspector.advise();
    inspector.advise();
    assertThat(background).hasSize(1);
    assertThat(inspector.advice().running()).isTrue();
    background.getFirst().run();
    assertThat(inspector.advice().running()).isFalse();
    assertThat(inspector.advice().problem()).contains("does not answer");
    assertThatThrownBy(inspector::advise).hasMessageContaining("ask again after 60 s");
    now = now.plus(Duration.ofMinutes(1));
    inspector.advise();
    assertThat(background).hasSize(2);
  }
}
