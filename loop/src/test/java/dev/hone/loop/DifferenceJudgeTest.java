package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Simulations of the judge of one-way changes. */
class DifferenceJudgeTest {
  private static final int RUNS = 1000;
  private static final int BEFORE = 20;
  private static final int AFTER = 8;

  /** What happens to treated and controls alike. */
  enum World {
    CALM,
    TREND,
    SHIFT_AT_THE_CHANGE,
    SEASON,
    AUTOCORRELATED_ALONE;

    double common(int window, SplittableRandom random) {
      return switch (this) {
        case CALM, AUTOCORRELATED_ALONE -> 0;
        case TREND -> -0.08 * window;
        case SHIFT_AT_THE_CHANGE -> window < BEFORE ? 0 : -0.7;
        case SEASON -> 0.4 * Math.sin(window * 0.4);
      };
    }
  }

  /** Windows with a true effect in log units on treated and proof. */
  private static List<Window> windows(
      World world, double effect, double proofEffect, SplittableRandom random) {
    var windows = new ArrayList<Window>();
    double memory = 0;
    for (int i = 0; i < BEFORE + AFTER; i++) {
      double common = world.common(i, random);
      double white = random.nextGaussian();
      memory = 0.6 * memory + 0.8 * white;
      double own = world == World.AUTOCORRELATED_ALONE ? 0.1 * memory : 0.1 * white;
      boolean after = i >= BEFORE;
      windows.add(
          window(
              i,
              after,
              Math.exp(common + own + (after ? effect : 0)),
              Math.exp(common + 0.05 * random.nextGaussian()),
              1000 * Math.exp((after ? proofEffect : 0) + 0.01 * random.nextGaussian())));
    }
    return windows;
  }

  private static Window window(
      int index, boolean after, double treated, double control, double proof) {
    Instant from = Examples.START.plus(Duration.ofSeconds(20L * index));
    return new Window(after, from, from.plus(Duration.ofSeconds(20)), treated, control, proof);
  }

  private static double keeps(World world, double effect, double proofEffect, int sign) {
    int keeps = 0;
    int rollBacks = 0;
    for (int run = 0; run < RUNS; run++) {
      var random = new SplittableRandom(world.name().hashCode() * 7919L + run);
      Verdict verdict =
          DifferenceJudge.judge(windows(world, sign * effect, proofEffect, random), sign, 1, 0.02)
              .verdict();
      keeps += verdict.decision() == Verdict.Decision.KEEP ? 1 : 0;
      rollBacks += verdict.decision() == Verdict.Decision.ROLL_BACK ? 1 : 0;
    }
    System.out.printf(
        Locale.ROOT,
        "difference %-20s effect %+.2f proof %+.2f: keep %.3f, roll back %.3f%n",
        world,
        Math.expm1(effect),
        Math.expm1(proofEffect),
        (double) keeps / RUNS,
        (double) rollBacks / RUNS);
    return (double) keeps / RUNS;
  }

  @ParameterizedTest
  @EnumSource
  void keepsNothingWithoutEffect(World world) {
    assertThat(keeps(world, 0, 0, 1)).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void seldomKeepsWhatOnlyTheProofSignalPraises(World world) {
    double limit = world == World.AUTOCORRELATED_ALONE ? 0.07 : 0.025 + 3.1 * 0.005;
    assertThat(keeps(world, 0, -0.7, 1)).isLessThanOrEqualTo(limit);
  }

  @ParameterizedTest
  @EnumSource
  void keepsHalfTheTime(World world) {
    assertThat(keeps(world, Math.log(0.5), -0.7, 1)).isGreaterThan(0.9);
    assertThat(keeps(world, Math.log(0.5), -0.7, -1)).isGreaterThan(0.9);
  }

  @Test
  void anEffectWithoutProofIsInconclusive() {
    for (double proof : new double[] {0, 0.5, Double.NaN}) {
      Verdict verdict =
          DifferenceJudge.judge(
                  windows(World.CALM, -0.7, proof, new SplittableRandom(1)), 1, 1, 0.02)
              .verdict();
      assertThat(verdict.decision()).isEqualTo(Verdict.Decision.INCONCLUSIVE);
    }
  }

  @Test
  void aProofSignalThatVanishesProvesNothing() {
    List<Window> windows =
        windows(World.CALM, -0.7, -0.7, new SplittableRandom(1)).stream()
            .map(w -> w.after() ? with(w, w.treated(), Double.NaN) : w)
            .toList();
    Verdict verdict = DifferenceJudge.judge(windows, 1, 1, 0.02).verdict();
    assertThat(verdict.decision()).isEqualTo(Verdict.Decision.INCONCLUSIVE);
    assertThat(verdict.reasons().getFirst()).contains("the proof signal has no data");
  }

  @Test
  void aProofSignalMayAlsoBeBetterWhenHigher() {
    List<Window> windows = windows(World.CALM, -0.7, 0.7, new SplittableRandom(1));
    assertThat(DifferenceJudge.judge(windows, 1, -1, 0.02).verdict().decision())
        .isEqualTo(Verdict.Decision.KEEP);
    assertThat(DifferenceJudge.judge(windows, 1, 1, 0.02).verdict().decision())
        .isEqualTo(Verdict.Decision.INCONCLUSIVE);
  }

  @Test
  void harmIsRolledBack() {
    Verdict verdict =
        DifferenceJudge.judge(windows(World.CALM, 0.5, 0, new SplittableRandom(1)), 1, 1, 0.02)
            .verdict();
    assertThat(verdict.decision()).isEqualTo(Verdict.Decision.ROLL_BACK);
  }

  @Test
  void missingWindowsCountAgainstKeeping() {
    List<Window> windows = windows(World.CALM, -0.7, -0.7, new SplittableRandom(1));
    for (int missing = 0; missing <= AFTER; missing++) {
      var damaged = new ArrayList<>(windows);
      for (int i = 0; i < missing; i++) {
        Window last = damaged.get(BEFORE + i);
        damaged.set(BEFORE + i, with(last, i % 2 == 0 ? Double.NaN : 0, last.proof()));
      }
      Verdict verdict = DifferenceJudge.judge(damaged, 1, 1, 0.02).verdict();
      assertThat(verdict.completeness())
          .isEqualTo((BEFORE + AFTER - missing) / (double) (BEFORE + AFTER));
      assertThat(verdict.decision())
          .isEqualTo(missing <= 1 ? Verdict.Decision.KEEP : Verdict.Decision.INCONCLUSIVE);
    }
  }

  @Test
  void windowsWithoutAnyControlAreMissing() {
    List<Window> windows =
        windows(World.CALM, -0.7, -0.7, new SplittableRandom(1)).stream()
            .map(w -> new Window(w.after(), w.from(), w.to(), w.treated(), Double.NaN, w.proof()))
            .toList();
    Verdict verdict = DifferenceJudge.judge(windows, 1, 1, 0.02).verdict();
    assertThat(verdict.decision()).isEqualTo(Verdict.Decision.INCONCLUSIVE);
    assertThat(verdict.effect()).isNaN();
    assertThat(verdict.reasons().getFirst()).contains("at least 4 of each are needed");
  }

  private static Window with(Window w, double treated, double proof) {
    return new Window(w.after(), w.from(), w.to(), treated, w.control(), proof);
  }
}
