package dev.hone.bench.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.loop.Rehearsal;
import dev.hone.loop.SignalRef;
import dev.hone.loop.Signals;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Effects and traps are as large as they claim, where nothing else moves. */
class VirtualSystemTest {
  private static final World STILL =
      new World("still", "still", 0, (samples, random) -> new double[samples]);
  private static final Instant START = VirtualSystem.START;

  private static VirtualSystem still(Injection injection, Trap trap) {
    return new VirtualSystem(Noise.draw(STILL, VirtualSystem.SAMPLES, 1), injection, trap);
  }

  private static Signals.Reading read(
      VirtualSystem system, SignalRef signal, int fromSeconds, int toSeconds) {
    return system.read(signal, START.plusSeconds(fromSeconds), START.plusSeconds(toSeconds));
  }

  private static double log(VirtualSystem system, SignalRef signal, int from, int to) {
    return Math.log(read(system, signal, from, to).value() / 0.2);
  }

  @Test
  void anEffectComesAndGoesWithItsTimeConstant() {
    double size = Math.log(0.8);
    var system = still(Injection.of(-0.2).withSettling(30), Trap.NONE);
    system.inForce(START, Rehearsal.ON);
    system.inForce(START.plusSeconds(300), Rehearsal.OFF);
    assertThat(log(system, VirtualSystem.PRIMARY, -60, 0)).isCloseTo(0, within(1e-9));
    for (int from : new int[] {0, 30, 60, 120}) {
      double mean = 1 - 3 * (Math.exp(-from / 30.0) - Math.exp(-(from + 10) / 30.0));
      assertThat(log(system, VirtualSystem.PRIMARY, from, from + 10))
          .isCloseTo(size * mean, within(0.005));
    }
    assertThat(log(system, VirtualSystem.PRIMARY, 330, 340))
        .isCloseTo(size * 3 * (Math.exp(-1) - Math.exp(-40 / 30.0)), within(0.005));
  }

  @Test
  void anEffectWithoutSettlingIsThereAtOnce() {
    var system = still(Injection.of(0.2).withSettling(0), Trap.NONE);
    system.inForce(START, Rehearsal.ON);
    assertThat(log(system, VirtualSystem.PRIMARY, 0, 60)).isCloseTo(Math.log(1.2), within(1e-9));
    assertThat(system.exposure()).isCloseTo(20, within(1e-9));
    assertThat(system.harmSeconds()).isEqualTo(60);
  }

  @Test
  void aSplitHasTheEffectOnOneHalf() {
    var system = still(Injection.of(0.2).withSettling(0), Trap.NONE);
    system.inForce(START, Rehearsal.FIRST);
    system.inForce(START.plusSeconds(60), Rehearsal.SECOND);
    double before =
        read(system, VirtualSystem.FIRST, 0, 60).value()
            / read(system, VirtualSystem.FIRST, -60, 0).value();
    double after =
        read(system, VirtualSystem.SECOND, 60, 120).value()
            / read(system, VirtualSystem.SECOND, 0, 60).value();
    assertThat(before).isBetween(1.1, 1.3);
    assertThat(after).isBetween(1.1, 1.3);
    assertThat(log(system, VirtualSystem.PRIMARY, 0, 60)).isCloseTo(Math.log(1.1), within(1e-9));
    assertThat(system.exposure()).isCloseTo(20, within(1e-9));
  }

  @Test
  void harmCanBeginLater() {
    var system = still(Injection.NOTHING.withPrimary(1).withOnset(30, 10), Trap.NONE);
    system.inForce(START, Rehearsal.ON);
    system.inForce(START.plusSeconds(60), Rehearsal.OFF);
    system.inForce(START.plusSeconds(120), Rehearsal.ON);
    system.advanceTo(START.plusSeconds(150));
    assertThat(system.harmSeconds()).isEqualTo(20);
    assertThat(log(system, VirtualSystem.PRIMARY, 0, 130)).isCloseTo(0, within(1e-9));
    assertThat(log(system, VirtualSystem.PRIMARY, 130, 150)).isCloseTo(1, within(1e-9));
  }

  @Test
  void outsideShiftsAndMixMoveEverything() {
    var shifted = still(Injection.NOTHING, Trap.shift(-0.2));
    shifted.inForce(START, Rehearsal.ON);
    shifted.inForce(START.plusSeconds(10), Rehearsal.OFF);
    assertThat(log(shifted, VirtualSystem.PRIMARY, 60, 120)).isCloseTo(Math.log(0.8), within(1e-9));
    assertThat(log(shifted, VirtualSystem.CONTROL_0, 60, 120)).isBetween(-0.35, -0.1);
    var mixed = still(Injection.NOTHING, Trap.mix(-0.2));
    mixed.inForce(START, Rehearsal.ON);
    assertThat(log(mixed, VirtualSystem.PRIMARY, 600, 700)).isCloseTo(0, within(1e-9));
    assertThat(log(mixed, VirtualSystem.PRIMARY, 1620, 1630))
        .isCloseTo(Math.log(0.8) / 2, within(1e-3));
    assertThat(log(mixed, VirtualSystem.PRIMARY, 6000, 6010))
        .isCloseTo(Math.log(0.8), within(1e-9));
  }

  @Test
  void samplesAreLostSkewedOrMissing() {
    var lossy = still(Injection.NOTHING, Trap.loss(0.2));
    assertThat(read(lossy, VirtualSystem.PRIMARY, 0, 10_000).completeness())
        .isCloseTo(0.8, within(0.04));
    var gap = still(Injection.NOTHING, Trap.gap(20));
    gap.inForce(START.plusSeconds(60), Rehearsal.ON);
    gap.advanceTo(START.plusSeconds(120));
    assertThat(read(gap, VirtualSystem.PRIMARY, 60, 80).present()).isFalse();
    assertThat(read(gap, VirtualSystem.PRIMARY, 0, 120).completeness())
        .isCloseTo(10 / 12.0, within(1e-9));
    var late = still(Injection.of(1).withSettling(0), Trap.clockIsOff(30));
    late.inForce(START, Rehearsal.ON);
    assertThat(log(late, VirtualSystem.PRIMARY, 20, 30)).isCloseTo(0, within(1e-9));
    assertThat(log(late, VirtualSystem.PRIMARY, 30, 40)).isCloseTo(Math.log(2), within(1e-9));
    var early = still(Injection.NOTHING, Trap.clockIsOff(-30));
    early.inForce(START, Rehearsal.ON);
    assertThat(read(early, VirtualSystem.PRIMARY, 0, 90).completeness())
        .isCloseTo(6 / 9.0, within(1e-9));
    assertThat(early.silent()).isTrue();
  }

  @Test
  void onlyTheTailCanMove() {
    var system = still(Injection.NOTHING.withP99(1), Trap.NONE);
    system.inForce(START, Rehearsal.ON);
    double before = read(system, VirtualSystem.P99, -2000, 0).value();
    double after = read(system, VirtualSystem.P99, 0, 2000).value();
    assertThat(after / before).isCloseTo(2, within(0.1));
    assertThat(log(system, VirtualSystem.PRIMARY, 0, 2000)).isCloseTo(0, within(1e-9));
  }
}
