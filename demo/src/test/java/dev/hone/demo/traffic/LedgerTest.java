package dev.hone.demo.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;

  @Test
  void sumsUpTheSecondsAskedForAndNoOthers() {
    Ledger ledger = new Ledger();
    ledger.add(5 * SECOND, 900 * MILLI, true);
    for (int i = 1; i <= 100; i++) {
      ledger.add(10 * SECOND, i * MILLI, i > 97);
    }
    ledger.add(11 * SECOND, 700 * MILLI, true);

    Ledger.Summary summary = ledger.last(11 * SECOND + 1, 2);

    assertThat(summary.requests()).isEqualTo(100);
    assertThat(summary.errors()).isEqualTo(3);
    assertThat(summary.p50Ms()).isCloseTo(50, within(1.0));
    assertThat(summary.p95Ms()).isCloseTo(95, within(1.0));
    assertThat(summary.p99Ms()).isCloseTo(99, within(1.0));
    assertThat(summary.meanMs()).isCloseTo(50.5, within(1.0));
  }

  @Test
  void forgetsWhatIsOlderThanItsReach() {
    Ledger ledger = new Ledger();
    ledger.add(SECOND, MILLI, true);
    ledger.add((Ledger.SECONDS + 1) * SECOND, 2 * MILLI, false);

    Ledger.Summary summary = ledger.last((Ledger.SECONDS + 2) * SECOND, Ledger.SECONDS);

    assertThat(summary.requests()).isEqualTo(1);
    assertThat(summary.errors()).isZero();
  }

  @Test
  void isEmptyWhenNothingHappened() {
    assertThat(new Ledger().last(50 * SECOND, 10)).isEqualTo(new Ledger.Summary(0, 0, 0, 0, 0, 0));
  }

  @Test
  void keepsALatencyBeyondItsRangeAsTheHighest() {
    Ledger ledger = new Ledger();
    ledger.add(SECOND, 500 * SECOND, true);
    assertThat(ledger.last(2 * SECOND, 1).p99Ms()).isCloseTo(60_000, within(600.0));
  }
}
