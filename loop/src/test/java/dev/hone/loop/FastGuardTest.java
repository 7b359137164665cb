package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The guard that ends disasters: quick, and quiet at ordinary noise. */
class FastGuardTest {
  private static final Guardrail LATENCY = new Guardrail(Examples.LATENCY, 0.5, 0.005);
  private static final Guardrail THROUGHPUT = new Guardrail(Examples.THROUGHPUT, 0.5, 20);

  @Property(tries = 200, seed = "41")
  void endsADisasterInTwoWindows(
      @ForAll @DoubleRange(min = 0.65, max = 50) double worse,
      @ForAll @IntRange(max = 1000) int seed) {
    var random = new SplittableRandom(seed);
    FastGuard guard = calm(LATENCY, 0.1, random);
    assertThat(guard.treated(LATENCY, reading(0.1 * (1 + worse), 0))).isEmpty();
    assertThat(guard.treated(LATENCY, reading(0.1 * (1 + worse), 0)))
        .hasValueSatisfying(
            why ->
                assertThat(why.text())
                    .startsWith("guardrail: shop p95 was")
                    .contains("50 % worse"));
  }

  @Test
  void isQuietAtOrdinaryNoise() {
    for (double noise : new double[] {0.05, 0.1, 0.15}) {
      int aborted = 0;
      for (int run = 0; run < 1000; run++) {
        var random = new SplittableRandom(run);
        FastGuard guard = calm(LATENCY, noise, random);
        boolean alarm = false;
        for (int window = 0; window < 60; window++) {
          alarm |= guard.treated(LATENCY, noisy(0.1, noise, random)).isPresent();
        }
        aborted += alarm ? 1 : 0;
      }
      System.out.printf(
          Locale.ROOT,
          "fast guard: noise %.2f, aborted without cause in 10 min: %.3f%n",
          noise,
          aborted / 1000.0);
      assertThat(aborted).isLessThanOrEqualTo(noise > 0.1 ? 20 : 2);
    }
  }

  @Test
  void findsTwoThirdsMoreWithinTwentySecondsAtOrdinaryNoise() {
    int found = 0;
    for (int run = 0; run < 1000; run++) {
      var random = new SplittableRandom(run);
      FastGuard guard = calm(LATENCY, 0.03, random);
      boolean alarm = false;
      for (int window = 0; window < 2; window++) {
        alarm |= guard.treated(LATENCY, noisy(0.165, 0.03, random)).isPresent();
      }
      found += alarm ? 1 : 0;
    }
    System.out.printf(Locale.ROOT, "fast guard: +65 %% found within 20 s: %.3f%n", found / 1000.0);
    assertThat(found).isGreaterThan(950);
  }

  @Test
  void aSignalThatSwingsWithoutTheChangeProvesNothingBySwingingWithIt() {
    var guard = new FastGuard(List.of(LATENCY), 0, 1, 12);
    for (int i = 0; i < 9; i++) {
      guard.control(LATENCY, reading(i % 3 == 0 ? 0.3 : 0.05, 0));
    }
    for (int i = 0; i < 9; i++) {
      assertThat(guard.treated(LATENCY, reading(0.25, 0))).isEmpty();
    }
    assertThat(guard.treated(LATENCY, reading(0.35, 0))).isEmpty();
    assertThat(guard.treated(LATENCY, reading(0.35, 0))).isPresent();
  }

  @Test
  void oneOutlierAmongControlsThatAreNotRenewedDoesNotBlindIt() {
    for (int outliers = 0; outliers <= 1; outliers++) {
      var guard = new FastGuard(List.of(LATENCY), outliers, 1, 12);
      for (int i = 0; i < 9; i++) {
        guard.control(LATENCY, reading(i == 4 ? 1 : 0.1, 0));
      }
      assertThat(guard.treated(LATENCY, reading(0.5, 0))).isEmpty();
      assertThat(guard.treated(LATENCY, reading(0.5, 0)).isPresent()).isEqualTo(outliers == 1);
    }
  }

  @Test
  void nothingIsTriedWhileAGuardrailHasNoData() {
    for (Design design : List.of(Examples.SWITCHBACK, Examples.DIFFERENCE)) {
      try (var world = new World(1, -0.4)) {
        world.signals.completeness = 0;
        LoopRecord loop = world.run(design);
        assertThat(loop.state()).isEqualTo(LoopState.ROLLED_BACK);
        assertThat(loop.history().getLast().text()).contains("nothing was changed");
        assertThat(loop.history())
            .anyMatch(step -> step.text().contains("guardrail `shop p95` has no data"));
      }
    }
  }

  @Test
  void noDataForThreeWindowsIsRed() {
    FastGuard guard = calm(LATENCY, 0.05, new SplittableRandom(1));
    assertThat(guard.treated(LATENCY, Signals.Reading.NONE)).isEmpty();
    assertThat(guard.treated(LATENCY, Signals.Reading.NONE)).isEmpty();
    assertThat(guard.treated(LATENCY, reading(0.1, 0))).isEmpty();
    assertThat(guard.treated(LATENCY, Signals.Reading.NONE)).isEmpty();
    assertThat(guard.treated(LATENCY, Signals.Reading.NONE)).isEmpty();
    FastGuard.Alarm alarm = guard.treated(LATENCY, Signals.Reading.NONE).orElseThrow();
    assertThat(alarm.text()).isEqualTo("guardrail: no data for shop p95 in 3 windows");
    assertThat(alarm.isBlind()).isTrue();
  }

  @Test
  void whatASignalDoesByItselfRaisesItsLimits() {
    var random = new SplittableRandom(3);
    var jumpy = new ArrayList<Double>();
    var steady = new ArrayList<Double>();
    for (int i = 0; i < 240; i++) {
      double jump = i % 60 > 56 ? 3 : 1;
      jumpy.add(0.1 * jump * Math.exp(0.05 * random.nextGaussian()));
      steady.add(0.1 * Math.exp(0.05 * random.nextGaussian()));
    }
    FastGuard wary = calm(LATENCY, 0.05, random);
    wary.learn(LATENCY, jumpy);
    FastGuard usual = calm(LATENCY, 0.05, random);
    usual.learn(LATENCY, steady);
    assertThat(wary.swing(LATENCY).kind()).isEqualTo(Swing.Kind.NOISY);
    assertThat(usual.swing(LATENCY).kind()).isEqualTo(Swing.Kind.CALM);
    for (int i = 0; i < 2; i++) {
      assertThat(wary.treated(LATENCY, reading(0.3, 0))).isEmpty();
      assertThat(usual.treated(LATENCY, reading(0.3, 0)).isPresent()).isEqualTo(i == 1);
    }
    assertThat(wary.treated(LATENCY, reading(0.1, 0))).isEmpty();
    assertThat(wary.treated(LATENCY, reading(1, 0))).isEmpty();
    assertThat(wary.treated(LATENCY, reading(1, 0))).isPresent();
  }

  @Test
  void findsTwoThirdsMoreWithinThirtySecondsInNoiseOfATenthThatItKnows() {
    int found = 0;
    for (int run = 0; run < 1000; run++) {
      var random = new SplittableRandom(run);
      var history = new ArrayList<Double>();
      for (int i = 0; i < FastGuard.HISTORY_WINDOWS; i++) {
        history.add(noisy(0.1, 0.1, random).value());
      }
      var guard = new FastGuard(List.of(LATENCY), 0, 0.7, 12);
      guard.learn(LATENCY, history);
      history.forEach(value -> guard.control(LATENCY, reading(value, 0)));
      boolean alarm = false;
      for (int window = 0; window < 3; window++) {
        alarm |= guard.treated(LATENCY, noisy(0.165, 0.1, random)).isPresent();
      }
      found += alarm ? 1 : 0;
    }
    System.out.printf(
        Locale.ROOT, "fast guard: +65 %% found within 30 s at 10 %%: %.3f%n", found / 1000.0);
    assertThat(found).isGreaterThan(970);
  }

  @Test
  void anOutsideShiftIsNotBlamedOnTheChangeAndHarmIs() {
    for (double effect : new double[] {0, 0.9}) {
      try (var world = new World(5, effect)) {
        world.signals.shift = effect == 0 ? 1.2 : 0;
        world.signals.shiftAt = Examples.START.plusSeconds(40);
        String loop = world.propose(Examples.SWITCHBACK);
        world.approve(loop);
        world.conductor.tick();
        LoopRecord end = world.loops.require(loop);
        assertThat(end.state()).isEqualTo(LoopState.ROLLED_BACK);
        Verdict verdict = Optional.ofNullable(end.verdict()).orElseThrow();
        assertThat(verdict.decision())
            .isEqualTo(effect == 0 ? Verdict.Decision.INCONCLUSIVE : Verdict.Decision.ROLL_BACK);
        assertThat(end.pairs().isEmpty()).isEqualTo(effect > 0);
        assertThat(verdict.reasons().getFirst().endsWith("with the old value it went back"))
            .isEqualTo(effect > 0);
      }
    }
  }

  @Test
  void oneBadWindowOfThreeIsForgiven() {
    FastGuard guard = calm(LATENCY, 0.05, new SplittableRandom(1));
    for (int i = 0; i < 9; i++) {
      assertThat(guard.treated(LATENCY, reading(i % 3 == 0 ? 0.3 : 0.1, 0))).isEmpty();
    }
  }

  @Test
  void aNeighbourWhereHigherIsBetterHasItsOwnFloor() {
    FastGuard guard = calm(THROUGHPUT, 0, new SplittableRandom(1));
    assertThat(guard.treated(THROUGHPUT, reading(0.1, 0))).isEmpty();
    assertThat(guard.treated(THROUGHPUT, reading(0.01, 0))).isEmpty();
    FastGuard busy = new FastGuard(List.of(THROUGHPUT), 0, 1, 12);
    for (int i = 0; i < 9; i++) {
      busy.control(THROUGHPUT, reading(100, 0));
    }
    assertThat(busy.treated(THROUGHPUT, reading(55, 0))).isEmpty();
    assertThat(busy.treated(THROUGHPUT, reading(1000, 0))).isEmpty();
    assertThat(busy.treated(THROUGHPUT, reading(45, 0))).isEmpty();
    assertThat(busy.treated(THROUGHPUT, reading(45, 0))).isPresent();
  }

  @Test
  void worseThanNothingAtAllNeedsTheFloor() {
    FastGuard guard = new FastGuard(List.of(LATENCY), 0, 1, 12);
    guard.control(LATENCY, reading(0, 0));
    assertThat(guard.treated(LATENCY, reading(0.004, 0))).isEmpty();
    assertThat(guard.treated(LATENCY, reading(0.006, 0))).isEmpty();
    assertThat(guard.treated(LATENCY, reading(0.006, 0))).isPresent();
  }

  @Test
  void everyGuardrailCounts() {
    try (var world = new World(1, 0.65)) {
      LoopRecord loop = world.run(Examples.DIFFERENCE);
      assertThat(loop.state()).isEqualTo(LoopState.ROLLED_BACK);
      assertThat(Optional.ofNullable(loop.verdict()).orElseThrow().reasons().getFirst())
          .startsWith("guardrail: ");
      assertThat(loop.windows()).noneMatch(w -> w.after());
    }
    try (var world = new World(1, -0.4)) {
      String loop = world.propose(Examples.DIFFERENCE);
      world.approve(loop);
      world.ticker.in(java.time.Duration.ofSeconds(30), () -> world.signals.completeness = 0);
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.ROLLED_BACK);
      assertThat(world.loops.require(loop).history())
          .anyMatch(step -> step.text().contains("no data for shop p95"));
    }
  }

  private static FastGuard calm(Guardrail guardrail, double noise, SplittableRandom random) {
    var guard = new FastGuard(List.of(guardrail), 0, 1, 12);
    for (int i = 0; i < 9; i++) {
      guard.control(guardrail, noisy(0.1, noise, random));
    }
    return guard;
  }

  private static Signals.Reading noisy(double value, double noise, SplittableRandom random) {
    return reading(value, noise * random.nextGaussian());
  }

  private static Signals.Reading reading(double value, double logNoise) {
    return new Signals.Reading(value * Math.exp(logNoise), 1);
  }
}
