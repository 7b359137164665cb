package dev.hone.bench.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Statements as text, and what a call of each weighs. */
class WorkloadTest {
  @Test
  void aStatementEndsWithASemicolonAtTheEndOfALine() {
    Workload workload =
        Workload.parse(
            "-- name: A\n-- weight: 3.5\nselect ';',\n  1;\n\n-- a word\ndelete from t;");
    assertThat(workload.entries())
        .containsExactly(
            new Workload.Entry("A", "select ';',\n  1", 3.5),
            new Workload.Entry("", "delete from t", 1));
    assertThat(workload.entries()).extracting(Workload.Entry::reads).containsExactly(true, false);
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    Workload workload = Workload.parse("-- weight: 0.0000125\nselect 1;\nselect 2;\n");
    assertThat(workload.text()).contains("-- weight: 0.0000125\n");
    assertThat(Workload.parse(workload.text())).isEqualTo(workload);
  }

  @Test
  void aStatementWithoutAnEndIsRefused() {
    assertThatThrownBy(() -> Workload.parse("select 1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("`select 1` has no end");
  }

  @Test
  void thereAre22QueriesAndNothingIsLeftOpenInThem() throws IOException {
    Workload queries = Workload.resource("tpch-queries.sql").filled(Map.of("fraction", "0.001"));
    assertThat(queries.entries())
        .hasSize(22)
        .allMatch(Workload.Entry::reads)
        .noneMatch(Workload.Entry::open);
    assertThat(queries.entries().get(10).sql()).contains("* 0.001");
    assertThat(Workload.resource("tpch-writes.sql").entries()).noneMatch(Workload.Entry::reads);
  }

  @Test
  void weightsGiveEachStatementItsShareOfItsClass() {
    Workload workload = Workload.parse("select 1;\nselect 2;\ninsert into t values (1);\n");
    var none = new Timings(3, 1, 15);
    none.record(0, 0, 0.1);
    none.record(1, 0, 10);
    none.record(2, 0, 0.01);
    Workload weighted = MixedContest.weighted(workload, none, 0.8);
    assertThat(weighted.entries().get(0).weight()).isCloseTo(1, within(1e-9));
    assertThat(weighted.entries().get(1).weight()).isCloseTo(0.01, within(1e-9));
    assertThat(weighted.entries().get(2).weight()).isCloseTo(80, within(1e-9));
    assertThat(none.weighted(weighted)).isCloseTo(1, within(1e-9));
  }
}
