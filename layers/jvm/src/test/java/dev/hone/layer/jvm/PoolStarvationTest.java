package dev.hone.layer.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Finding;
import dev.hone.loop.Ids;
import dev.hone.loop.Ticker;
import dev.hone.metrics.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** When threads wait for connections because the pool is too small, and when for other reasons. */
class PoolStarvationTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final ProcessId PROCESS = new ProcessId(42, 7, "boot");

  private final MemoryStore store = new MemoryStore(100, 1_000);
  private final PoolMean mean = new PoolMean(store, "orders", "42", "Shop");
  private final PoolStarvation diagnosis =
      new PoolStarvation(
          store, new Ids(Ticker.system(), new Random(1)), pid -> Optional.of(PROCESS));
  private int second;

  /** A second in which {@code starved} of five looks saw threads wait at a full pool. */
  private void second(int starved, int pending) {
    for (int look = 0; look < 5; look++) {
      boolean full = look < starved;
      mean.add(
          new HikariPools.Reading("orders", full ? 2 : 1, full ? 0 : 1, 2, full ? pending : 0, 2));
    }
    mean.flush(START.plusSeconds(second++).toEpochMilli());
  }

  private List<Finding> examine() {
    return diagnosis.examine(START.plusSeconds(second));
  }

  @Test
  void namesAPoolThatIsFullWhileThreadsWait() {
    for (int i = 0; i < 20; i++) {
      second(4, 3);
    }
    assertThat(examine())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.summary())
                  .contains("Threads of Shop wait for a connection of pool `orders`")
                  .contains("2.4 waiting in the mean");
              assertThat(finding.details()).containsEntry("max", "2").containsEntry("pid", "42");
              assertThat(finding.completeness()).isGreaterThan(0.9);
              assertThat(Duration.between(finding.since(), finding.at()))
                  .isGreaterThan(Duration.ofSeconds(15));
            });
  }

  @Test
  void isQuietAboutAPoolThatIsSeldomFull() {
    for (int i = 0; i < 20; i++) {
      second(i % 5 == 0 ? 5 : 0, 2);
    }
    assertThat(examine()).isEmpty();
  }

  @Test
  void isQuietWhenThreadsWaitForConnectionsToBeOpened() {
    for (int i = 0; i < 20; i++) {
      for (int look = 0; look < 5; look++) {
        mean.add(new HikariPools.Reading("orders", 1, 0, 1, 3, 8));
      }
      mean.flush(START.plusSeconds(second++).toEpochMilli());
    }
    assertThat(examine()).isEmpty();
  }

  @Test
  void isQuietUntilThereIsEnoughData() {
    for (int i = 0; i < 8; i++) {
      second(5, 4);
    }
    assertThat(examine()).isEmpty();
  }

  @Test
  void isQuietAboutAProcessThatIsGone() {
    var gone =
        new PoolStarvation(store, new Ids(Ticker.system(), new Random(1)), pid -> Optional.empty());
    for (int i = 0; i < 20; i++) {
      second(5, 4);
    }
    assertThat(gone.examine(START.plusSeconds(second))).isEmpty();
  }
}
