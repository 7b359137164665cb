package dev.hone.bench.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** How times are put together. */
class TimingsTest {
  private static final Timings NONE = new Timings(3, 1, 15);

  @Test
  void theBestAndTheMedianOfTheRoundsCount() {
    var timings = new Timings(2, 3, 15);
    timings.record(0, 0, 3);
    timings.record(0, 1, 1);
    timings.record(0, 2, 2);
    timings.record(1, 0, 4);
    timings.record(1, 1, 9);
    assertThat(timings.best(0)).isEqualTo(1);
    assertThat(timings.median(0)).isEqualTo(2);
    assertThat(timings.median(1)).isEqualTo(6.5);
    assertThat(timings.total()).isEqualTo(5);
    assertThat(timings.medianTotal()).isEqualTo(8.5);
    assertThat(timings.geomean()).isCloseTo(2, within(1e-12));
  }

  @Test
  void aStatementThatIsStoppedCountsAsTheCap() {
    var timings = new Timings(1, 2, 15);
    assertThat(timings.capped(0)).isFalse();
    timings.record(0, 0, 15.2);
    assertThat(timings.best(0)).isEqualTo(15);
    assertThat(timings.capped(0)).isTrue();
    timings.record(0, 1, 14);
    assertThat(timings.capped(0)).isFalse();
  }

  @Test
  void pagesAreComparedWhereBothEnd() {
    var one = new Race.Result(NONE, NONE, 10, 40, Double.NaN);
    var other = new Race.Result(NONE, NONE, 20, 20, 5);
    assertThat(Race.pageRatio(one, other)).isCloseTo(1, within(1e-12));
    assertThat(Race.pageRatio(one, one)).isCloseTo(1, within(1e-12));
  }
}
