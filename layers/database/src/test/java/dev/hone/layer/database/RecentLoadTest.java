package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.layer.database.advisor.Workload;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MemoryStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentLoadTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final MemoryStore store = new MemoryStore(1_000, 200);

  /** A minute in which a statement is called so often and takes so long each time. */
  private void lately(String queryid, double calls, double secondsPerCall) {
    var figures =
        Map.of("seconds", calls * secondsPerCall, "calls", calls, "buffers", calls, "rows", calls);
    figures.forEach(
        (name, value) -> {
          Labels labels =
              Labels.of("pg_statement_" + name + "_total", "database", "shop", "queryid", queryid);
          store.append(labels, NOW.minusSeconds(60).toEpochMilli(), 0);
          store.append(labels, NOW.toEpochMilli(), value);
        });
  }

  private static Workload.Statement statement(String queryid, double calls, double seconds) {
    return new Workload.Statement(queryid, "SELECT " + queryid, calls, seconds, calls);
  }

  @Test
  void aNewStatementCountsWithItsShareOfNowAndAnOldOneWithTheLargerOfBoth() {
    lately("1", 600, 0.01);
    lately("2", 6_000, 0.001);
    var counted =
        new Workload(
            "pg_stat_statements",
            List.of(statement("1", 10, 1), statement("2", 100_000, 900), statement("3", 1_000, 99)),
            List.of());

    Workload weighed = new RecentLoad(store, "shop").weighed(counted, NOW);

    Workload.Statement fresh = weighed.statements().getFirst();
    assertThat(fresh.seconds()).isCloseTo(500, within(0.01));
    assertThat(fresh.calls()).isCloseTo(50_000, within(1.0));
    assertThat(fresh.rows()).isCloseTo(50_000, within(1.0));
    assertThat(weighed.statements().subList(1, 3)).isEqualTo(counted.statements().subList(1, 3));
    assertThat(weighed.notices()).singleElement().asString().startsWith("1 statement counts");
  }

  @Test
  void statementsOfOneQueryidShareItsLoad() {
    lately("1", 600, 0.01);
    var counted =
        new Workload(
            "pg_stat_statements",
            List.of(statement("1", 30, 3), statement("1", 10, 1), statement("2", 960, 96)),
            List.of());
    List<Workload.Statement> weighed =
        new RecentLoad(store, "shop").weighed(counted, NOW).statements();
    assertThat(weighed.get(0).seconds()).isCloseTo(75, within(0.01));
    assertThat(weighed.get(1).seconds()).isCloseTo(25, within(0.01));
  }

  @Test
  void withoutSamplesNothingChanges() {
    var counted = new Workload("", List.of(statement("1", 10, 1)), List.of());
    assertThat(new RecentLoad(store, "shop").weighed(counted, NOW)).isSameAs(counted);
  }
}
