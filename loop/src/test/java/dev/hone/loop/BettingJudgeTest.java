package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Simulations of the judge: errors, power, coverage and the agreement of its answers. */
class BettingJudgeTest {
  private static final double ALPHA = 0.025;
  private static final int RUNS = 800;
  private static final int PAIRS = 40;

  /** The error rate that a sound judge exceeds in one of a thousand simulations. */
  private static final double LIMIT = ALPHA + 3.1 * Math.sqrt(ALPHA * (1 - ALPHA) / RUNS);

  /** What a system does to a metric while nothing is changed. */
  enum World {
    WHITE,
    AR_05,
    AR_08,
    AR_095,
    DRIFT,
    PERIODIC,
    HEAVY_TAILS,
    SKEWED,
    LEVEL_SHIFTS;

    /** The logs of the metric over consecutive blocks. */
    double[] logs(int blocks, RandomGenerator random) {
      double[] logs = new double[blocks];
      double memory = random.nextGaussian();
      double level = 0;
      double phase = random.nextDouble();
      for (int t = 0; t < blocks; t++) {
        double white = random.nextGaussian();
        logs[t] =
            switch (this) {
              case WHITE -> 0.1 * white;
              case AR_05 -> 0.1 * (memory = 0.5 * memory + Math.sqrt(1 - 0.25) * white);
              case AR_08 -> 0.1 * (memory = 0.8 * memory + Math.sqrt(1 - 0.64) * white);
              case AR_095 -> 0.1 * (memory = 0.95 * memory + Math.sqrt(1 - 0.9025) * white);
              case DRIFT -> 0.02 * t + 0.1 * white;
              case PERIODIC -> 0.5 * Math.sin(Math.PI * t + phase * Math.PI) + 0.02 * white;
              case HEAVY_TAILS -> 0.05 * Math.tan(Math.PI * (random.nextDouble() - 0.5));
              case SKEWED -> 0.1 * -Math.log(1 - random.nextDouble());
              case LEVEL_SHIFTS -> (level += random.nextDouble() < 0.05 ? white : 0) + 0.05 * white;
            };
      }
      return logs;
    }
  }

  private record Tally(double keeps, double rollBacks, double covered, double pairs) {}

  /** Many experiments with a true effect in log units. */
  private static Tally simulate(World world, double effect, double leastGain, int runs) {
    int keeps = 0;
    int rollBacks = 0;
    int covered = 0;
    long pairs = 0;
    for (int run = 0; run < runs; run++) {
      var random = new SplittableRandom(world.name().hashCode() * 1_000_003L + run);
      List<Boolean> onFirst =
          Schedule.draw(
                  random.nextLong(),
                  new Design.Switchback(
                      Examples.SWITCHBACK.block(), Examples.SWITCHBACK.burnIn(), PAIRS))
              .onFirst();
      double[] logs = world.logs(2 * PAIRS, random);
      var judge = new BettingJudge(leastGain, ALPHA, ALPHA);
      for (int i = 0; i < PAIRS && judge.decision() == Verdict.Decision.INCONCLUSIVE; i++) {
        double on = (onFirst.get(i) ? logs[2 * i] : logs[2 * i + 1]) + effect;
        double off = onFirst.get(i) ? logs[2 * i + 1] : logs[2 * i];
        judge.add(on - off);
      }
      BettingJudge.Interval interval = judge.interval();
      keeps += judge.decision() == Verdict.Decision.KEEP ? 1 : 0;
      rollBacks += judge.decision() == Verdict.Decision.ROLL_BACK ? 1 : 0;
      double truth = Math.expm1(effect);
      covered += interval.low() <= truth && truth <= interval.high() ? 1 : 0;
      pairs += judge.pairs();
    }
    var tally =
        new Tally(
            (double) keeps / runs,
            (double) rollBacks / runs,
            (double) covered / runs,
            (double) pairs / runs);
    System.out.printf(
        Locale.ROOT,
        "judge %-12s effect %+.2f least gain %.2f: keep %.3f, roll back %.3f, covered %.3f, pairs %.1f%n",
        world,
        Math.expm1(effect),
        leastGain,
        tally.keeps,
        tally.rollBacks,
        tally.covered,
        tally.pairs);
    return tally;
  }

  @ParameterizedTest
  @EnumSource
  void seldomDecidesWhereNothingWasChanged(World world) {
    for (double leastGain : new double[] {0, 0.02}) {
      Tally tally = simulate(world, 0, leastGain, RUNS);
      assertThat(tally.keeps).isLessThanOrEqualTo(LIMIT);
      assertThat(tally.rollBacks).isLessThanOrEqualTo(LIMIT);
      assertThat(tally.covered).isGreaterThanOrEqualTo(0.93);
    }
  }

  @ParameterizedTest
  @EnumSource
  void itsIntervalCoversTheTruth(World world) {
    for (double effect : new double[] {Math.log(0.8), Math.log(0.5), Math.log(1.1)}) {
      assertThat(simulate(world, effect, 0.02, RUNS / 4).covered).isGreaterThanOrEqualTo(0.93);
    }
  }

  @Test
  void findsAFifthLess() {
    for (World world : List.of(World.WHITE, World.AR_05, World.AR_08, World.AR_095)) {
      Tally tally = simulate(world, Math.log(0.8), 0.02, RUNS / 2);
      assertThat(tally.keeps).as(world.name()).isGreaterThan(0.8);
      assertThat(tally.rollBacks).isLessThanOrEqualTo(0.01);
    }
  }

  @Test
  void findsAFifthMore() {
    for (World world : List.of(World.WHITE, World.AR_05, World.AR_08, World.AR_095)) {
      assertThat(simulate(world, Math.log(1.2), 0.02, RUNS / 2).rollBacks)
          .as(world.name())
          .isGreaterThan(0.7);
    }
  }

  @Test
  void keepsABigEffectAfterEightPairs() {
    var judge = new BettingJudge(0.02, ALPHA, ALPHA);
    for (int i = 0; i < 8; i++) {
      judge.add(Math.log(0.5) + 0.01 * ((i * 5) % 8 - 3));
    }
    assertThat(judge.decision()).isEqualTo(Verdict.Decision.KEEP);
    assertThat(judge.effect()).isBetween(-0.52, -0.48);
    assertThat(judge.interval().high()).isLessThan(0);
  }

  @Property(tries = 150, seed = "21")
  void itsIntervalExcludesZeroExactlyWhenItDecides(
      @ForAll @IntRange(max = 1_000_000) int seed,
      @ForAll @DoubleRange(min = -0.3, max = 0.3) double effect,
      @ForAll @IntRange(max = 8) int world) {
    var random = new SplittableRandom(seed);
    double[] logs = World.values()[world].logs(2 * PAIRS, random);
    var judge = new BettingJudge(0, ALPHA, ALPHA);
    for (int i = 0; i < PAIRS; i++) {
      judge.add((random.nextBoolean() ? 1 : -1) * (logs[2 * i] - logs[2 * i + 1]) + effect);
      BettingJudge.Interval interval = judge.interval();
      assertThat(interval.low()).isLessThanOrEqualTo(interval.high()).isGreaterThanOrEqualTo(-1);
      switch (judge.decision()) {
        case KEEP -> assertThat(interval.high()).isNegative();
        case ROLL_BACK -> assertThat(interval.low()).isPositive();
        case INCONCLUSIVE -> {
          assertThat(interval.low()).isLessThanOrEqualTo(0);
          assertThat(interval.high()).isGreaterThanOrEqualTo(0);
        }
      }
    }
  }

  @Property(tries = 300, seed = "22")
  void isNeverWrongAboutWhatItSaw(
      @ForAll @Size(min = 1, max = 30) List<@DoubleRange(min = -20, max = 20) Double> differences) {
    var judge = new BettingJudge(0.02, ALPHA, ALPHA);
    differences.forEach(judge::add);
    BettingJudge.Interval interval = judge.interval();
    assertThat(interval.low()).isLessThanOrEqualTo(interval.high());
    assertThat(judge.effect()).isBetween(interval.low() - 1e-9, interval.high() + 1e-9);
    assertThat(judge.wealthBetter()).isPositive().isFinite();
    assertThat(judge.wealthWorse()).isPositive().isFinite();
    var mirrored = new BettingJudge(0, ALPHA, ALPHA);
    var plain = new BettingJudge(0, ALPHA, ALPHA);
    differences.forEach(
        d -> {
          plain.add(d);
          mirrored.add(-d);
        });
    assertThat(mirrored.wealthBetter()).isEqualTo(plain.wealthWorse());
  }

  @Property(tries = 150, seed = "23")
  void agreesWithItselfWhereManyDifferencesAreEqualOrZero(
      @ForAll @Size(min = 5, max = 25) List<@IntRange(min = -4, max = 1) Integer> differences,
      @ForAll @IntRange(min = 1, max = 5) int zeros) {
    var judge = new BettingJudge(0, ALPHA, ALPHA);
    for (int i = 0; i < differences.size(); i++) {
      judge.add(i < zeros ? 0 : differences.get(i) / 8.0);
      BettingJudge.Interval interval = judge.interval();
      assertThat(judge.decision() == Verdict.Decision.KEEP).isEqualTo(interval.high() < 0);
      if (judge.decision() == Verdict.Decision.ROLL_BACK) {
        assertThat(interval.low()).isNotNegative();
      }
    }
  }

  @Test
  void endsItsIntervalAtZeroWithoutKeeping() {
    var judge = new BettingJudge(0, ALPHA, ALPHA);
    judge.add(0);
    judge.add(0);
    judge.add(-0.022);
    for (int i = 0; i < 6; i++) {
      judge.add(-0.555);
    }
    assertThat(judge.wealthBetter()).isGreaterThan(1 / ALPHA);
    assertThat(judge.interval().high()).isZero();
    assertThat(judge.decision()).isEqualTo(Verdict.Decision.INCONCLUSIVE);
  }

  @Test
  void hasNoOpinionBeforeItSawAnythingOrWhereNothingMoves() {
    var judge = new BettingJudge(0, ALPHA, ALPHA);
    assertThat(judge.effect()).isNaN();
    assertThat(judge.interval()).isEqualTo(new BettingJudge.Interval(-1, Double.POSITIVE_INFINITY));
    for (int i = 0; i < 50; i++) {
      judge.add(0);
    }
    assertThat(judge.decision()).isEqualTo(Verdict.Decision.INCONCLUSIVE);
    assertThat(judge.wealthBetter()).isEqualTo(1);
  }

  @Test
  void judgesQuickly() {
    var random = new SplittableRandom(1);
    int judged = 0;
    long start = System.nanoTime();
    for (int run = 0; run < 50; run++) {
      var judge = new BettingJudge(0.02, ALPHA, ALPHA);
      for (int i = 0; i < 20; i++) {
        judge.add(-0.1 + 0.1 * random.nextGaussian());
        judged += judge.interval().low() >= -1 && judge.decision() != null ? 1 : 0;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "judge: %.0f us a judgement with interval%n",
        (System.nanoTime() - start) / 1e3 / judged);
    assertThat(judged).isEqualTo(1000);
  }

  @Property(tries = 300, seed = "13")
  void isFutileOnlyWhereNoContinuationCouldDecide(
      @ForAll @Size(min = 1, max = 20) List<@DoubleRange(min = -1, max = 1) Double> seen,
      @ForAll @IntRange(min = 1, max = 30) int left) {
    var judge = new BettingJudge(0.02, ALPHA, ALPHA);
    seen.forEach(judge::add);
    boolean refuted = judge.interval().low() > -0.02;
    if (judge.futility(left).isPresent() && !refuted) {
      for (double best : new double[] {-1e6, 1e6}) {
        var continued = new BettingJudge(0.02, ALPHA, ALPHA);
        seen.forEach(continued::add);
        for (int i = 0; i < left; i++) {
          continued.add(best);
        }
        assertThat(continued.decision()).isEqualTo(judge.decision());
      }
    }
  }

  @Test
  void seldomGivesUpOnAGainThatIsThere() {
    int givenUp = 0;
    for (int run = 0; run < RUNS; run++) {
      var random = new SplittableRandom(run);
      var judge = new BettingJudge(0.02, ALPHA, ALPHA);
      boolean futile = false;
      for (int i = 0;
          i < PAIRS && !futile && judge.decision() == Verdict.Decision.INCONCLUSIVE;
          i++) {
        judge.add(Math.log(0.9) + 0.1 * random.nextGaussian());
        futile = judge.futility(PAIRS - i - 1).isPresent();
      }
      givenUp += futile ? 1 : 0;
    }
    System.out.printf(
        Locale.ROOT, "judge gives up on -10 %% at noise 0.1: %.3f%n", (double) givenUp / RUNS);
    assertThat((double) givenUp / RUNS).isLessThanOrEqualTo(0.05);
  }
}
