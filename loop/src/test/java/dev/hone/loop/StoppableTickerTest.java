package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class StoppableTickerTest {
  private Instant now = Examples.START;
  private final ArrayList<String> reasons = new ArrayList<>();
  private final ArrayList<Instant> waits = new ArrayList<>();

  /** Waits as the system does: for a length of time, wherever the clock is afterwards. */
  private final Ticker clock =
      new Ticker() {
        @Override
        public Instant instant() {
          return now;
        }

        @Override
        public void waitUntil(Instant time) {
          waits.add(time);
          now = time.isAfter(now) ? time : now;
        }
      };

  private final StoppableTicker ticker = new StoppableTicker(clock, this::requireGo, reasons::add);

  private void requireGo() throws InterruptedException {
    if (!reasons.isEmpty()) {
      throw new InterruptedException();
    }
  }

  @Test
  void aClockThatIsSetBackIsAStop() throws InterruptedException {
    ticker.waitUntil(Examples.START.plusSeconds(10));
    now = now.minus(Duration.ofHours(1));
    assertThatThrownBy(() -> ticker.waitUntil(Examples.START.plusSeconds(20)))
        .isInstanceOf(InterruptedException.class);
    assertThat(reasons).singleElement().asString().startsWith("the clock was set back from 2026");
    assertThat(waits).hasSize(1);
  }

  @Test
  void aClockThatIsSetForwardOrBackALittleIsNot() throws InterruptedException {
    ticker.waitUntil(Examples.START.plusSeconds(10));
    now = now.plus(Duration.ofHours(1));
    ticker.waitUntil(Examples.START.plusSeconds(20));
    now = now.minus(Duration.ofSeconds(1));
    ticker.waitUntil(Examples.START.plusSeconds(30));
    assertThat(reasons).isEmpty();
    assertThat(waits).hasSize(3);
  }
}
