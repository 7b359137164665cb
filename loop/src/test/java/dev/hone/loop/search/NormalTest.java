package dev.hone.loop.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

/** Closed forms against numerical integration. */
class NormalTest {
  private static double integral(DoubleUnaryOperator f, double from, double to) {
    int steps = 20_000;
    double width = (to - from) / steps;
    double sum = 0;
    for (int i = 0; i < steps; i++) {
      sum += f.applyAsDouble(from + (i + 0.5) * width);
    }
    return sum * width;
  }

  private static double expectation(Normal normal, DoubleUnaryOperator f) {
    return integral(
        z -> f.applyAsDouble(normal.mean() + z * normal.deviation()) * Normal.density(z), -9, 9);
  }

  @Property(tries = 30)
  void theDistributionFunctionIsTheIntegralOfTheDensity(
      @ForAll @DoubleRange(min = -6, max = 6) double z) {
    assertThat(Normal.cdf(z)).isCloseTo(integral(Normal::density, -9, z), within(2e-7));
  }

  @Property(tries = 30)
  void expectedImprovementIsTheMeanOfTheGains(
      @ForAll @DoubleRange(min = -1, max = 1) double mean,
      @ForAll @DoubleRange(min = 0.01, max = 1) double deviation) {
    var normal = new Normal(mean, deviation);
    assertThat(normal.improvement())
        .isCloseTo(expectation(normal, x -> Math.max(0, -x)), within(1e-5));
    assertThat(normal.improvementWhenKept(0, 0)).isCloseTo(normal.improvement(), within(1e-9));
  }

  @Property(tries = 30)
  void whatIsKeptIsPaidWithTheChanceThatTheExperimentProvesIt(
      @ForAll @DoubleRange(min = -1, max = 1) double mean,
      @ForAll @DoubleRange(min = 0.01, max = 1) double deviation,
      @ForAll @DoubleRange(min = 0.01, max = 0.5) double error) {
    var normal = new Normal(mean, deviation);
    double threshold = 1.96 * error;
    assertThat(normal.improvementWhenKept(error, threshold))
        .isCloseTo(
            expectation(normal, x -> -x * Normal.cdf((-threshold - x) / error)), within(1e-5));
  }
}
