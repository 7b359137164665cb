package dev.hone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CrashTallyTest {
  @Test
  void aKillWithNothingOnSaysNothingOfTheGuard() {
    var tally = new CrashTally();
    tally.kill(Shot.Kind.RANDOM, 0, 0);
    assertThat(tally.restored(1)).isNaN();
    for (int i = 1; i <= 100; i++) {
      tally.kill(Shot.Kind.APPEND, 2, i);
    }
    assertThat(tally.restored(1)).isEqualTo(100);
    assertThat(tally.restored(0.99)).isEqualTo(100);
    assertThat(tally.restored(0.5)).isEqualTo(51);
    assertThat(tally.kills()).isEqualTo(101);
    assertThat(tally.kills(Shot.Kind.APPEND)).isEqualTo(100);
    assertThat(tally.openAtKill()).isEqualTo(200);
  }

  @Test
  void faultsAreCountedByKind() {
    var tally = new CrashTally();
    tally.fault(CrashTally.Fault.LOST_ENTRY, "test");
    assertThat(tally.faults(CrashTally.Fault.LOST_ENTRY)).isEqualTo(1);
    assertThat(tally.faults(CrashTally.Fault.NOT_RESTORED)).isZero();
  }
}
