package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.Watch;
import dev.hone.layer.database.twin.TwinServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What one role makes in a database must not keep the others from their advice, and nothing that it
 * wrote may be executed with another one's rights.
 */
class HostileAdviceTest {
  /** A statement of somebody else, who is to have advice all the same. */
  private static final String OTHERS = "SELECT count(*) FROM orders WHERE customer_id = 77;\n";

  @TempDir private static Path directory;
  private static TwinServer twins;

  @BeforeAll
  static void start() {
    LiveDatabase.server();
    twins = new TwinServer(directory.resolve("twin"), InstantSource.fixed(Instant.EPOCH));
  }

  @AfterAll
  static void stop() {
    twins.close();
  }

  @BeforeEach
  void make() throws Exception {
    LiveDatabase.execute("CREATE SCHEMA mallory");
  }

  @AfterEach
  void remove() throws Exception {
    LiveDatabase.execute("DROP SCHEMA mallory CASCADE");
  }

  private static Advice advise(String workload) throws Exception {
    Path file = Files.writeString(directory.resolve("workload.sql"), workload + OTHERS);
    return new Advisor(LiveDatabase.connection("postgres"), List.of(), twins, Watch.once(), l -> {})
        .advise(Optional.of(file), Long.MAX_VALUE)
        .advice();
  }

  private static void isAdvised(Advice advice) {
    assertThat(advice.recommendations())
        .anySatisfy(each -> assertThat(each.ddl()).contains("orders USING btree (customer_id"));
  }

  @Test
  void aTypeThatTheTwinDoesNotKnowGetsNoIndexWhichWouldCallItsCasts() throws Exception {
    LiveDatabase.execute("CREATE TYPE mallory.evil AS (v text)");
    LiveDatabase.execute(
        "CREATE TABLE mallory.app AS SELECT i AS id, ROW('v' || i)::mallory.evil AS c"
            + " FROM generate_series(1, 30000) i");
    LiveDatabase.execute(
        "CREATE FUNCTION mallory.spelled(mallory.evil) RETURNS text IMMUTABLE LANGUAGE plpgsql AS"
            + " 'BEGIN RETURN $1.v; END'");
    LiveDatabase.execute(
        "CREATE CAST (mallory.evil AS text) WITH FUNCTION mallory.spelled(mallory.evil) AS"
            + " IMPLICIT");
    LiveDatabase.execute("ANALYZE mallory.app");
    Advice advice = advise("SELECT id FROM mallory.app WHERE lower(c) = 'v17';\n");
    isAdvised(advice);
    assertThat(advice.recommendations())
        .noneSatisfy(each -> assertThat(each.table()).isEqualTo("app"));
    assertThat(advice.notices())
        .anySatisfy(notice -> assertThat(notice).contains("does not know its type"));
  }

  @Test
  void aFunctionThatRefusesToBePlannedAgainIsNotInTheWay() throws Exception {
    LiveDatabase.execute(
        "CREATE FUNCTION mallory.mood() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $f$BEGIN"
            + " IF EXISTS (SELECT FROM pg_index WHERE NOT indisvalid) THEN RAISE EXCEPTION 'boo';"
            + " END IF; RETURN 5; END$f$");
    LiveDatabase.execute(
        "CREATE TABLE mallory.m AS SELECT i AS a, i % 100 AS c FROM generate_series(1, 30000) i");
    LiveDatabase.execute("ANALYZE mallory.m");
    LiveDatabase.execute(
        "CREATE VIEW mallory.v AS SELECT * FROM mallory.m WHERE c <> mallory.mood()");
    isAdvised(advise("SELECT a FROM mallory.v WHERE a = 5;\n"));
  }

  @Test
  void keysThatPointToTheirOwnTableManyTimesAreFollowedOnce() throws Exception {
    LiveDatabase.execute("CREATE TABLE mallory.boom (id int PRIMARY KEY, p int)");
    LiveDatabase.execute("CREATE INDEX ON mallory.boom (p)");
    LiveDatabase.execute("INSERT INTO mallory.boom SELECT i, 1 FROM generate_series(1, 20000) i");
    for (int i = 0; i < 30; i++) {
      LiveDatabase.execute(
          "ALTER TABLE mallory.boom ADD CONSTRAINT \"k%d */ ON DELETE CASCADE\" FOREIGN KEY (p)"
                  .formatted(i)
              + " REFERENCES mallory.boom ON DELETE CASCADE");
    }
    LiveDatabase.execute("ANALYZE mallory.boom");
    isAdvised(advise("DELETE FROM mallory.boom WHERE id = 7;\n"));
  }

  @Test
  void statisticsThatAreNoStatisticsAreLeftOut() throws Exception {
    LiveDatabase.execute(
        "CREATE TABLE mallory.wide AS SELECT i AS a, i::text || repeat('x', 900) AS t"
            + " FROM generate_series(1, 6000) i");
    LiveDatabase.execute("ALTER TABLE mallory.wide ALTER t SET STATISTICS 2000");
    LiveDatabase.execute("ANALYZE mallory.wide");
    LiveDatabase.execute(
        "SELECT pg_restore_relation_stats('schemaname', 'mallory', 'relname', 'wide', 'relpages',"
            + " 100, 'reltuples', '3e38'::real)");
    LiveDatabase.execute(
        "SELECT pg_restore_attribute_stats('schemaname', 'mallory', 'relname', 'wide', 'attname',"
            + " 'a', 'inherited', false, 'null_frac', 'NaN'::real, 'avg_width', 4, 'n_distinct',"
            + " 'Infinity'::real)");
    isAdvised(advise("SELECT t FROM mallory.wide WHERE a = 5;\n"));
  }
}
