package dev.hone.layer.database.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkloadReaderTest {
  @Test
  void whatTheServerKeepsOfAStatementIsMadeSqlAgain() {
    assertThat(WorkloadReader.repaired("SELECT date $1 - interval $2;"))
        .isEqualTo("SELECT ($1::date) - ($2::interval)");
    assertThat(WorkloadReader.repaired("SELECT extract($1 from at) FROM t"))
        .isEqualTo("SELECT date_part($1::text, at) FROM t");
    assertThat(WorkloadReader.repaired("SELECT EXTRACT( $3 FROM (a + b)) FROM t"))
        .isEqualTo("SELECT date_part($3::text, (a + b)) FROM t");
  }
}
