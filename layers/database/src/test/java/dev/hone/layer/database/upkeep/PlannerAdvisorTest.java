package dev.hone.layer.database.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.LiveDatabase;
import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.Workload;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerAdvisorTest {
  private static final int VERSION = 180000;
  private static final String BOTH = "SELECT * FROM places WHERE city = $1 AND zip = $2";
  private static final String RANGE = "SELECT * FROM places WHERE zip BETWEEN 5 AND 20";

  private static final String LOOKUPS =
      "SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id < 500";

  @TempDir private static Path directory;
  private static TwinServer twins;

  /** A city has ten zip codes of its own, so that one follows from the other. */
  @BeforeAll
  static void start() throws Exception {
    LiveDatabase.execute("CREATE TABLE places (zip int, city int, name text)");
    LiveDatabase.execute(
        "INSERT INTO places SELECT z, z / 10, repeat('x', 40) FROM (SELECT i * 7919 % 1000 AS z FROM"
            + " generate_series(1, 200000) i) r");
    LiveDatabase.execute("CREATE INDEX places_zip ON places (zip)");
    LiveDatabase.execute("VACUUM ANALYZE places");
    twins = new TwinServer(directory.resolve("twin"), InstantSource.fixed(Instant.EPOCH));
  }

  @AfterAll
  static void stop() throws Exception {
    twins.close();
    LiveDatabase.execute("DROP TABLE IF EXISTS places");
  }

  private static List<Advice.Recommended> advise(
      String text, double rows, double hits, List<Upkeep.Spill> spills) throws Exception {
    return advise(text, rows, hits, spills, "");
  }

  /** The same beside an index with which the statement is planned so; empty for none. */
  private static List<Advice.Recommended> advise(
      String text, double rows, double hits, List<Upkeep.Spill> spills, String planAfter)
      throws Exception {
    var statement = new Workload.Statement("1", text, 50, 5, 50 * rows);
    var workload = new Workload("test", List.of(statement), List.of());
    try (Connection connection = LiveDatabase.raw()) {
      Upkeep read = UpkeepReader.read(connection, VERSION, "public.pg_stat_statements");
      var counters = new Upkeep.Counters(hits, 10, 100, 1, 1e6, 1e9, 0, 1000);
      var upkeep =
          new Upkeep(
              read.database(),
              read.settings(),
              List.of(),
              counters,
              spills,
              read.extended(),
              List.of());
      try (Twin twin = Twin.of(twins, SchemaReader.read(connection, VERSION, List.of(text)))) {
        Advice.Recommended index =
            Advice.Recommended.of(Advice.Kind.CREATE_INDEX, "", "", "", List.of())
                .gaining(1, List.of(new Advice.Effect(statement, 20, 1, "Sort", planAfter, 1)));
        List<Advice.Recommended> indexes = planAfter.isEmpty() ? List.of() : List.of(index);
        return new PlannerAdvisor(twin, workload, upkeep, indexes).advise();
      }
    }
  }

  @Test
  void columnsThatDependOnEachOtherGetStatisticsTogether() throws Exception {
    List<Advice.Recommended> advised = advise(BOTH, 200, 0, List.of());
    assertThat(advised).hasSize(1);
    Advice.Recommended statistics = advised.getFirst();
    assertThat(statistics.kind()).isEqualTo(Advice.Kind.STATISTICS);
    assertThat(statistics.ddl())
        .isEqualTo(
            "CREATE STATISTICS public.places_city_zip_stx (ndistinct, dependencies, mcv) ON city,"
                + " zip FROM public.places; ANALYZE public.places");
    assertThat(statistics.why().getFirst()).contains("expects 2 rows, and 200 come");
    LiveDatabase.execute(statistics.ddl());
    try {
      assertThat(advise(BOTH, 200, 0, List.of())).as("they are there now").isEmpty();
    } finally {
      LiveDatabase.execute(statistics.undo());
    }
  }

  @Test
  void popularValuesAreNoReasonForStatistics() throws Exception {
    assertThat(advise(BOTH, 100_000, 0, List.of())).isEmpty();
    assertThat(advise(BOTH, 5, 0, List.of())).isEmpty();
  }

  @Test
  void randomPagesAreCheapWhereHardlyAnyIsReadAndAPlanWouldChange() throws Exception {
    List<Advice.Recommended> advised = advise(LOOKUPS, 750, 1e8, List.of());
    assertThat(advised).hasSize(1);
    assertThat(advised.getFirst().ddl())
        .isEqualTo("ALTER DATABASE postgres SET random_page_cost = 1.1");
    assertThat(advised.getFirst().effects().getFirst().planAfter()).contains("customers_pkey");
    assertThat(advised.getFirst().undo())
        .isEqualTo("ALTER DATABASE postgres RESET random_page_cost");
    LiveDatabase.execute("ALTER DATABASE postgres SET random_page_cost = 4.0");
    try {
      assertThat(advise(LOOKUPS, 750, 1e8, List.of()).getFirst().undo())
          .isEqualTo("ALTER DATABASE postgres SET random_page_cost = '4.0'");
    } finally {
      LiveDatabase.execute("ALTER DATABASE postgres RESET random_page_cost");
    }
    assertThat(advise(LOOKUPS, 750, 500, List.of())).as("too little is known").isEmpty();
    assertThat(advise("SELECT count(*) FROM places", 1, 1e8, List.of()))
        .as("no plan would change")
        .isEmpty();
  }

  @Test
  void aStatementThatWritesTemporaryFilesGetsMemoryForItselfAlone() throws Exception {
    List<Upkeep.Spill> spills = List.of(new Upkeep.Spill("1", 50, 50 * 4_000));
    List<Advice.Recommended> advised = advise(RANGE, 3000, 0, spills);
    assertThat(advised).hasSize(1);
    assertThat(advise(RANGE, 3000, 0, spills, "Sort > Index Scan using x on places")).hasSize(1);
    assertThat(advise(RANGE, 3000, 0, spills, "Limit > Index Scan using x on places"))
        .as("with the index nothing is sorted")
        .isEmpty();
    assertThat(advised.getFirst().kind()).isEqualTo(Advice.Kind.HINT);
    assertThat(advised.getFirst().ddl()).startsWith("SET LOCAL work_mem = '64MB'");
  }

  @Test
  void countersAreReadAsTheyAre() throws Exception {
    LiveDatabase.execute("ALTER TABLE places SET (autovacuum_enabled = off)");
    try (Connection connection = LiveDatabase.raw()) {
      Upkeep read = UpkeepReader.read(connection, VERSION, "public.pg_stat_statements");
      assertThat(read.database()).isEqualTo("postgres");
      assertThat(read.settings()).containsEntry("autovacuum_vacuum_scale_factor", "0.2");
      assertThat(read.counters().hits()).isPositive();
      assertThat(read.tables())
          .filteredOn(table -> table.name().equals("places"))
          .singleElement()
          .satisfies(
              table -> {
                assertThat(table.quoted()).isEqualTo("public.places");
                assertThat(table.rows()).isEqualTo(200_000);
                assertThat(table.options()).containsEntry("autovacuum_enabled", "off");
              });
    }
  }

  @Test
  void aSessionThatIsIdleInItsTransactionIsSeen() throws Exception {
    try (Connection idle = LiveDatabase.raw();
        Statement first = idle.createStatement();
        Connection connection = LiveDatabase.raw();
        Statement sql = connection.createStatement()) {
      idle.setAutoCommit(false);
      first.execute("SET application_name = 'forgetful'");
      first.execute("SELECT 1");
      assertThat(UpkeepReader.holders(sql, "0 seconds"))
          .anySatisfy(
              holder -> {
                assertThat(holder.hold()).isEqualTo(Upkeep.Hold.IDLE_SESSION);
                assertThat(holder.who()).isEqualTo("role postgres, application forgetful");
              });
      assertThat(UpkeepReader.holders(sql, "5 minutes")).isEmpty();
    }
  }
}
