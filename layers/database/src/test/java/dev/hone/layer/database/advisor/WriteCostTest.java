package dev.hone.layer.database.advisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.layer.database.advisor.WriteCost.Leading;
import dev.hone.layer.database.advisor.WriteCost.Written;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WriteCostTest {
  private static final long MEGABYTE = 1 << 20;

  private static double micros(String type, double correlation, double distinct, double entries) {
    var leading = new Leading(type, correlation, distinct);
    var index = new Written("btree", false, 1, Optional.of(leading), 13 * MEGABYTE);
    return 1e6 * WriteCost.perEntry(index, entries);
  }

  /** 600 entries after a checkpoint in 600,000 rows, and again without one in between. */
  @Test
  void theFirstChangeOfAPageAfterACheckpointIsDear() {
    assertThat(micros("integer", 0, 600_000, 600)).isBetween(6.0, 9.0);
    assertThat(micros("integer", 0, 600_000, 1e6)).isCloseTo(1.9, within(0.1));
    assertThat(micros("text", 0, 600_000, 600)).isBetween(8.0, 12.0);
  }

  @Test
  void keysInOrderAndFewValuesTouchFewPages() {
    assertThat(micros("bigint", 1, 600_000, 600)).isCloseTo(1.1, within(0.1));
    assertThat(micros("integer", 0, 7, 600)).isCloseTo(1.2, within(0.2));
  }

  @Test
  void whatIsNotKnownCountsAsOneEntryForEachPage() {
    assertThat(micros("integer", 0, 600_000, Double.NaN)).isBetween(6.5, 7.5);
    assertThat(micros("bigint", 1, 600_000, Double.NaN)).isCloseTo(1.1, within(0.1));
  }

  @Test
  void rareWritesPayForAWholePageEach() {
    assertThat(micros("integer", 0, 600_000, 1e-9)).isCloseTo(9.9, within(0.1));
  }

  @Test
  void aStatementsVerbStandsAfterCommentsAndBrackets() {
    var statement = new Workload.Statement("", "-- new\n /* x */ Insert INTO t", 1, 1, 1);
    assertThat(statement.writes()).isTrue();
    assertThat(new Workload.Statement("", "(SELECT 1)", 1, 1, 1).writes()).isFalse();
  }
}
