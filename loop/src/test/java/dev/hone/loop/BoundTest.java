package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BoundTest {
  private static final int RUNS = 2000;
  private static final Guardrail LOWER =
      new Guardrail(new SignalRef("time", "s", "time", SignalRef.Better.LOWER), 0.5, 0);
  private static final Guardrail HIGHER =
      new Guardrail(new SignalRef("hits", "ratio", "hits", SignalRef.Better.HIGHER), 0.5, 0);

  private static List<Double> windows(
      int count, DoubleUnaryOperator value, SplittableRandom random) {
    return IntStream.range(0, count)
        .mapToObj(i -> value.applyAsDouble(random.nextGaussian()))
        .toList();
  }

  /** How often the bound holds when the level is so many times the one before. */
  private static double held(Guardrail guardrail, double times, double noise, int after) {
    var random = new SplittableRandom(1);
    int held = 0;
    for (int run = 0; run < RUNS; run++) {
      List<Double> left = windows(20, z -> 0.02 * Math.exp(noise * z), random);
      List<Double> right = windows(after, z -> 0.02 * times * Math.exp(noise * z), random);
      held += Bound.of(guardrail, left, right).holds() ? 1 : 0;
    }
    return held / (double) RUNS;
  }

  @Test
  void whatStaysAsItIsIsShownToDoSo() {
    assertThat(held(LOWER, 1, 0.1, 10)).isGreaterThan(0.99);
    assertThat(held(LOWER, 1, 0.3, 10)).isGreaterThan(0.5);
    assertThat(held(LOWER, 1, 0.3, 30)).isGreaterThan(0.85);
    assertThat(held(HIGHER, 1, 0.3, 30)).isGreaterThan(0.85);
  }

  @Test
  void whatIsWorseByTheMarginSeldomPasses() {
    for (double noise : new double[] {0.05, 0.2, 0.5, 1}) {
      assertThat(held(LOWER, 1.5, noise, 10)).as("noise %s", noise).isLessThan(0.02);
      assertThat(held(LOWER, 1.5, noise, 30)).as("noise %s", noise).isLessThan(0.02);
      assertThat(held(HIGHER, 0.5, noise, 30)).as("noise %s", noise).isLessThan(0.02);
    }
    assertThat(held(LOWER, 3, 0.1, 10)).isZero();
  }

  @Test
  void whatIsBetterPasses() {
    assertThat(held(LOWER, 0.1, 0.5, 10)).isGreaterThan(0.99);
    assertThat(held(HIGHER, 3, 0.5, 10)).isGreaterThan(0.99);
  }

  /** How often the bound holds for what remembers its last window by so much. */
  private static double heldWandering(double times, double memory, int before, int after) {
    var random = new SplittableRandom(3);
    int held = 0;
    for (int run = 0; run < RUNS; run++) {
      double[] state = {random.nextGaussian()};
      DoubleUnaryOperator next =
          z -> state[0] = memory * state[0] + Math.sqrt(1 - memory * memory) * z;
      List<Double> left = windows(before, z -> Math.exp(next.applyAsDouble(z)), random);
      List<Double> right = windows(after, z -> times * Math.exp(next.applyAsDouble(z)), random);
      held += Bound.of(LOWER, left, right).holds() ? 1 : 0;
    }
    return held / (double) RUNS;
  }

  @Test
  void whatWandersAndIsWorseByTheMarginSeldomPasses() {
    for (double memory : new double[] {0.6, 0.9}) {
      for (int before : new int[] {10, 20}) {
        for (int after : new int[] {10, 30}) {
          assertThat(heldWandering(1.5, memory, before, after))
              .as("memory %s, %s windows before and %s after", memory, before, after)
              .isLessThan(0.06);
        }
      }
    }
    assertThat(heldWandering(0.1, 0.9, 10, 10)).isGreaterThan(0.8);
  }

  @Test
  void whatIsBetterThanItEverWasPassesThoughItFellBefore() {
    List<Double> before = List.of(4.25, 4.11, 3.66, 2.03, 1.13, 0.87, 1.0, 1.05, 1.05, 1.07);
    List<Double> after = List.of(0.3, 0.22, 0.9, 0.18, 0.1, 0.06, 0.5, 0.05, 0.11, 0.17);
    assertThat(Bound.of(LOWER, before, after).holds()).isTrue();
    List<Double> worse = before.stream().map(v -> -v).toList();
    List<Double> better = after.stream().map(v -> -v).toList();
    assertThat(Bound.of(HIGHER, worse, better).holds()).isTrue();
    assertThat(Bound.of(HIGHER, before, after).holds()).isFalse();
  }

  @Test
  void aFewWindowsThatAreFarOutDoNotHideThatNothingChanged() {
    var random = new SplittableRandom(2);
    DoubleUnaryOperator jumpy = z -> 0.02 * Math.exp(0.05 * z) * (random.nextInt(8) == 0 ? 20 : 1);
    int held = 0;
    for (int run = 0; run < RUNS; run++) {
      held +=
          Bound.of(LOWER, windows(20, jumpy, random), windows(10, jumpy, random)).holds() ? 1 : 0;
    }
    assertThat(held / (double) RUNS).isGreaterThan(0.85);
  }

  @Test
  void tooFewWindowsShowNothing() {
    Bound bound = Bound.of(LOWER, List.of(1.0, 1.0, 1.0, 1.0, 1.0), List.of(1.0, 1.0));
    assertThat(bound.holds()).isFalse();
    assertThat(bound.open())
        .isEqualTo(
            "time has data in 2 windows after the change, too few to show that it stays within"
                + " 50 %");
  }

  @Test
  void aSharePassesAtZeroAndWithinItsFloor() {
    var errors =
        new Guardrail(
            new SignalRef("errors", "ratio", "errors", SignalRef.Better.LOWER), 0.5, 0.02);
    List<Double> none = windows(20, z -> 0, new SplittableRandom(1));
    assertThat(Bound.of(errors, none, none).holds()).isTrue();
    assertThat(Bound.of(errors, none, windows(10, z -> 0.01, new SplittableRandom(1))).holds())
        .isTrue();
    assertThat(Bound.of(errors, none, windows(10, z -> 0.03, new SplittableRandom(1))).holds())
        .isFalse();
  }
}
