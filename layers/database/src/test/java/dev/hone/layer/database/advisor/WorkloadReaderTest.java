package dev.hone.layer.database.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkloadReaderTest {
  @Test
  void aLimitThatIsNotKnownIsWhatAnExecutionReturns() {
    assertThat(WorkloadReader.limited("SELECT a FROM t WHERE b = $1 ORDER BY c LIMIT $2", 19.4))
        .isEqualTo("SELECT a FROM t WHERE b = $1 ORDER BY c LIMIT 20");
    assertThat(WorkloadReader.limited("select a from t\nlimit $1", 1)).endsWith("\nlimit 1");
  }

  @Test
  void noOtherParameterMayGetAnotherNumber() {
    for (String text :
        new String[] {
          "SELECT a FROM t LIMIT $1 OFFSET $2",
          "SELECT a FROM t WHERE b = $2 LIMIT $1",
          "SELECT a FROM t WHERE b = $1 LIMIT $1",
          "SELECT a FROM t LIMIT 5",
          "SELECT a FROM t WHERE delimit $1"
        }) {
      assertThat(WorkloadReader.limited(text, 20)).isEqualTo(text);
    }
    for (double rows : new double[] {0, Double.NaN, -1}) {
      assertThat(WorkloadReader.limited("SELECT a FROM t LIMIT $1", rows)).endsWith("$1");
    }
  }
}
