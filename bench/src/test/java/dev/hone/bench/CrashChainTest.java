package dev.hone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A handful of kills; how long anything takes is left to the benchmark. */
class CrashChainTest {
  @Test
  void nothingStaysChangedUnprovenAndNothingAcknowledgedIsLost() throws Exception {
    try (var sleeper = Sleeper.start()) {
      Assumptions.assumeTrue(
          sleeper.knob().probe().appliable(), "needs root or CAP_SYS_NICE to undo");
    }
    var tally = new CrashTally();
    List<Shot> enumerated =
        Shot.enumerated(Map.of(Fate.WORSEN, new Shot.Steps(7, 4))).stream()
            .filter(
                shot ->
                    List.of("before append 7", "after append 7", "after knob 4")
                        .contains(shot.fuse().title()))
            .toList();
    try (var chain = new CrashChain(tally, List.of())) {
      chain.run(enumerated);
    }
    assertThat(tally.kills()).isEqualTo(enumerated.size() + 1);
    assertThat(tally.acknowledged()).isPositive();
    assertThat(tally.openAtKill()).isPositive();
    for (CrashTally.Fault fault :
        List.of(
            CrashTally.Fault.STATE_AND_VALUE_DIFFER,
            CrashTally.Fault.STILL_OPEN,
            CrashTally.Fault.LOST_ENTRY,
            CrashTally.Fault.BROKEN_CHAIN,
            CrashTally.Fault.NO_START)) {
      assertThat(tally.faults(fault)).as(fault.toString()).isZero();
    }
  }
}
