package dev.hone.layer.database.twin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final Duration USUAL = Duration.ofMillis(5);
  private static final Duration LONG = Duration.ofSeconds(2);

  private final Patience patience = new Patience(InstantSource.fixed(Instant.EPOCH));

  @Test
  void usualPlansMayBeMadeAnyNumberOfTimes() {
    for (int i = 0; i < 100_000; i++) {
      patience.took("a", USUAL);
    }
    assertThat(patience.isOver("a")).isFalse();
  }

  @Test
  void aStatementThatTakesLongAgainAndAgainIsLeftOut() {
    for (int i = 0; i < 10; i++) {
      assertThat(patience.isOver("a")).isFalse();
      patience.took("a", LONG);
    }
    patience.took("a", USUAL);
    assertThat(patience.isOver("a")).isFalse();
    patience.took("a", LONG);
    assertThat(patience.isOver("a")).isTrue();
    assertThat(patience.isOver("b")).isFalse();
  }

  @Test
  void manyStatementsThatTakeLongDoNotKeepTheUsualOnesWaiting() {
    patience.took("usual", USUAL);
    int planned = 0;
    for (int i = 0; i < 300; i++) {
      if (!patience.isOver("slow " + i)) {
        patience.took("slow " + i, LONG);
        planned++;
      }
    }
    assertThat(planned).isEqualTo(46);
    assertThat(patience.isOver("usual")).isFalse();
    assertThat(patience.isOver("new")).isTrue();
  }

  @Test
  void whatEndsASessionIsNotPlannedAgain() {
    patience.end("a");
    assertThat(patience.isOver("a")).isTrue();
  }
}
