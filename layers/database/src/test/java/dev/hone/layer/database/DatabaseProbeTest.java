package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.layer.database.twin.Plans;
import dev.hone.loop.Probe.ProbeException;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MemoryStore;
import dev.hone.metrics.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatabaseProbeTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final MemoryStore store = new MemoryStore(10_000, 100);

  private DatabaseProbe probe(DatabaseConnection target) {
    return new DatabaseProbe(target, store, Duration.ofSeconds(1), List.of());
  }

  private double last(String metric, String... labelAndValue) {
    var matchers = new java.util.ArrayList<Matcher>();
    matchers.add(Matcher.equal("__name__", metric));
    for (int i = 0; i < labelAndValue.length; i += 2) {
      matchers.add(Matcher.equal(labelAndValue[i], labelAndValue[i + 1]));
    }
    List<Series> found = store.select(matchers, 0, Long.MAX_VALUE);
    assertThat(found).as(metric).isNotEmpty();
    return found.getFirst().values()[found.getFirst().size() - 1];
  }

  @Test
  void statementsTablesIndexesSessionsAndTheDatabaseAreSampled() throws Exception {
    DatabaseConnection target = LiveDatabase.connection();
    LiveDatabase.work(2, 2);
    try (DatabaseProbe probe = probe(target);
        var other = LiveDatabase.raw()) {
      other.createStatement().execute("SELECT 1");
      probe.sample(START);
      String queryid =
          LiveDatabase.ask(
              "SELECT queryid FROM pg_stat_statements WHERE query LIKE 'SELECT count(*), sum(amount)%'");
      assertThat(last("pg_statement_calls_total", "queryid", queryid)).isGreaterThanOrEqualTo(2);
      assertThat(last("pg_statement_seconds_total", "queryid", queryid)).isPositive();
      assertThat(last("pg_table_live_rows", "table", "orders")).isGreaterThan(100_000.0);
      assertThat(last("pg_index_bytes", "index", "orders_pkey")).isPositive();
      assertThat(last("pg_activity_sessions", "state", "idle")).isGreaterThanOrEqualTo(1);
      assertThat(last("pg_database_commits_total", "database", "shop")).isPositive();
      assertThat(store.seriesCount()).isLessThan(1500);
    }
  }

  @Test
  void theServerAsAWholeIsSampled() throws Exception {
    try (DatabaseProbe probe = probe(LiveDatabase.connection());
        var holder = LiveDatabase.raw();
        var waiting = LiveDatabase.raw()) {
      holder.setAutoCommit(false);
      holder.createStatement().execute("LOCK TABLE customers IN ACCESS EXCLUSIVE MODE");
      Thread waiter = Thread.ofVirtual().start(() -> readCustomers(waiting));
      while (LiveDatabase.ask("SELECT count(*) FROM pg_locks WHERE NOT granted").equals("0")) {
        Thread.onSpinWait();
      }
      probe.sample(START);
      holder.rollback();
      waiter.join();
      assertThat(last("pg_table_bytes", "table", "orders")).isPositive();
      assertThat(last("pg_locks_count", "mode", "AccessExclusiveLock", "granted", "true"))
          .isPositive();
      assertThat(last("pg_locks_longest_wait_seconds", "granted", "false")).isPositive();
      assertThat(last("pg_checkpoints_requested_total")).isNotNegative();
      assertThat(last("pg_wal_bytes_total")).isPositive();
      assertThat(last("pg_io_hits_total", "backend", "client backend", "context", "normal"))
          .isPositive();
    }
  }

  private static void readCustomers(java.sql.Connection connection) {
    try (var sql = connection.createStatement()) {
      sql.execute("SELECT count(*) FROM customers");
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theProbeLeavesNoTraceAmongTheStatementsWhenItMayAndAMarkOtherwise() throws Exception {
    DatabaseConnection target = LiveDatabase.connection("postgres");
    LiveDatabase.execute("SELECT pg_stat_statements_reset()");
    try (DatabaseProbe probe = probe(target)) {
      probe.sample(START);
      probe.sample(START.plusSeconds(1));
    }
    assertThat(
            LiveDatabase.ask(
                "SELECT count(*) FROM pg_stat_statements WHERE query LIKE '%pg_stat_user_tables%'"
                    + " AND query NOT LIKE '%count(*)%'"))
        .isEqualTo("0");
    assertThat(Plans.explainable("SELECT /* hone */ 1")).isFalse();
  }

  @Test
  void aLostConnectionIsReportedInASentenceAndMadeAgain() throws Exception {
    DatabaseConnection target = LiveDatabase.connection();
    try (DatabaseProbe probe = probe(target)) {
      probe.sample(START);
      LiveDatabase.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hone'");
      assertThatThrownBy(() -> probe.sample(START.plusSeconds(1)))
          .isInstanceOf(ProbeException.class)
          .hasMessageContaining("database `shop` at postgresql://localhost:");
      probe.sample(START.plusSeconds(2));
      assertThat(last("pg_database_commits_total", "database", "shop")).isPositive();
    }
  }

  @Test
  void withoutPgStatStatementsTheRestIsSampledAndTheLackIsSaidOnce() throws Exception {
    DatabaseConnection target = LiveDatabase.connection();
    LiveDatabase.execute("CREATE DATABASE plain");
    var plain =
        new DatabaseConnection(
            "plain", target.jdbcUrl().replace("/postgres", "/plain"), "postgres", "");
    try (DatabaseProbe probe = probe(plain)) {
      assertThatThrownBy(() -> probe.sample(START))
          .isInstanceOf(ProbeException.class)
          .hasMessageContaining("CREATE EXTENSION pg_stat_statements");
      probe.sample(START.plusSeconds(1));
      assertThat(last("pg_database_commits_total", "database", "plain")).isPositive();
    } finally {
      LiveDatabase.execute("DROP DATABASE plain");
    }
  }
}
