package dev.hone.loop.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds for every range, incumbent and history, however odd. */
class SearchInvariantsTest {
  private static final double LEAST_GAIN = 0.02;

  private record Situation(NumericRange range, double incumbent, List<Observation> history) {
    static Situation random(SplittableRandom random) {
      boolean log = random.nextBoolean();
      boolean whole = random.nextBoolean();
      double low = log ? Math.rint(1 + 20 * random.nextDouble()) : random.nextInt(-20, 20);
      double high = low + random.nextInt(1, random.nextBoolean() ? 8 : 5000);
      NumericRange.Step step =
          low > 0 && random.nextBoolean()
              ? new NumericRange.Factor(1 + 2 * random.nextDouble())
              : new NumericRange.Amount((high - low) * random.nextDouble() + 0.01);
      var range =
          new NumericRange(
              low, high, log ? NumericRange.Scale.LOG : NumericRange.Scale.LINEAR, whole, step);
      double incumbent = range.value(random.nextDouble());
      List<Observation> history = new ArrayList<>();
      int n = random.nextInt(random.nextInt(4) == 0 ? 80 : 10);
      for (int i = 0; i < n; i++) {
        history.add(observation(range, incumbent, random));
      }
      return new Situation(range, incumbent, history);
    }

    private static Observation observation(
        NumericRange range, double incumbent, SplittableRandom random) {
      double far = random.nextInt(20) == 0 ? 1e9 : 0;
      return new Observation(
          range.value(random.nextDouble()) + far,
          random.nextBoolean() ? incumbent : range.value(random.nextDouble()),
          random.nextInt(20) == 0 ? 1e200 : 0.2 * random.nextGaussian(),
          switch (random.nextInt(12)) {
            case 0 -> Double.POSITIVE_INFINITY;
            case 1 -> 1e300;
            case 2 -> 1e-300;
            default -> 0.01 + 0.1 * random.nextDouble();
          },
          switch (random.nextInt(4)) {
            case 0 -> Double.NaN;
            case 1 -> random.nextInt(3) == 0 ? 0.3 * random.nextDouble() : -0.5;
            default -> -random.nextDouble();
          },
          Instant.EPOCH.plusSeconds(random.nextInt(100_000_000)));
    }

    Next next(long seed) {
      return new Search(seed % 2 == 0 ? Direction.UP : Direction.UNKNOWN, 100)
          .next(range, incumbent, history, LEAST_GAIN, new SplittableRandom(seed));
    }
  }

  @Property(tries = 2000)
  void whatIsProposedIsAllowed(@ForAll long seed) {
    Situation situation = Situation.random(new SplittableRandom(seed));
    NumericRange range = situation.range;
    double incumbent = situation.incumbent;
    if (!(situation.next(seed) instanceof Next.Try attempt)) {
      return;
    }
    double value = attempt.value();
    assertThat(value).isNotEqualTo(incumbent).isBetween(range.low(), range.high());
    assertThat(range.parse(range.text(value))).isEqualTo(value);
    if (range.whole()) {
      assertThat(value).isEqualTo(Math.rint(value));
    }
    switch (range.step()) {
      case NumericRange.Factor f ->
          assertThat(Math.max(value / incumbent, incumbent / value))
              .isLessThanOrEqualTo(f.factor() * (1 + 1e-12));
      case NumericRange.Amount a ->
          assertThat(Math.abs(value - incumbent)).isLessThanOrEqualTo(a.amount() * (1 + 1e-9));
    }
    for (Observation o : situation.history) {
      if (o.margin() > 0) {
        assertThat(value).isNotEqualTo(o.value());
        if (o.value() > incumbent) {
          assertThat(value).isLessThan(o.value());
        } else if (o.value() < incumbent) {
          assertThat(value).isGreaterThan(o.value());
        }
      }
      if (o.value() == value && o.reference() != value) {
        assertThat(o.effect() - 1.96 * o.error())
            .as("lower end of what was measured at the value")
            .isLessThanOrEqualTo(Math.log1p(-LEAST_GAIN) + 1e-4);
      }
    }
  }

  @Property(tries = 500)
  void theForecastIsWellFormed(@ForAll long seed) {
    if (Situation.random(new SplittableRandom(seed)).next(seed) instanceof Next.Try attempt) {
      assertThat(attempt.expectedGain()).isBetween(0.0, 1.0);
      assertThat(attempt.expectedLow()).isGreaterThan(-1).isLessThan(attempt.expectedHigh());
      assertThat(attempt.expectedHigh()).isFinite();
      assertThat(attempt.chanceOfHarm()).isBetween(0.0, 1.0);
      assertThat(attempt.why()).isNotBlank();
    }
  }

  @Property(tries = 500)
  void onceAGuardrailWasReadTheChanceOfHarmIsAtMostATenth(@ForAll long seed) {
    Situation situation = Situation.random(new SplittableRandom(seed));
    boolean read =
        situation.history.stream().anyMatch(o -> !Double.isNaN(o.margin()) && o.value() < 1e8);
    if (read && situation.next(seed) instanceof Next.Try attempt) {
      assertThat(attempt.chanceOfHarm()).isLessThanOrEqualTo(0.1);
    }
  }

  @Property(tries = 200)
  void equalQuestionsHaveEqualAnswers(@ForAll long seed) {
    Situation situation = Situation.random(new SplittableRandom(seed));
    assertThat(situation.next(seed)).isEqualTo(situation.next(seed));
  }
}
