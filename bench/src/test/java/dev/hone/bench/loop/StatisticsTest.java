package dev.hone.bench.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The peer's test and the bounds of shares against known values. */
class StatisticsTest {
  /** The values are those of SciPy 1.x, {@code mannwhitneyu(…, method='asymptotic')}. */
  @Test
  void mannWhitneyAgreesWithTheTable() {
    double[] left = {19, 22, 16, 29, 24};
    double[] right = {20, 11, 17, 12};
    MannWhitney test = MannWhitney.of(left, right);
    assertThat(test.u()).isEqualTo(17);
    assertThat(test.greater()).isCloseTo(0.055673, within(1e-6));
    assertThat(test.less()).isGreaterThan(0.9);
    MannWhitney turned = MannWhitney.of(right, left);
    assertThat(turned.u()).isEqualTo(3);
    assertThat(turned.less()).isCloseTo(test.greater(), within(1e-12));
  }

  @Test
  void mannWhitneyCorrectsForTies() {
    MannWhitney test =
        MannWhitney.of(new double[] {1, 2, 2, 3, 3, 3}, new double[] {2, 3, 3, 4, 4, 5});
    assertThat(test.u()).isEqualTo(7);
    assertThat(test.less()).isCloseTo(0.039201, within(1e-6));
    MannWhitney same = MannWhitney.of(new double[] {1, 1}, new double[] {1, 1});
    assertThat(same.less()).isEqualTo(1);
    assertThat(same.greater()).isEqualTo(1);
  }

  @Test
  void theNormalDistributionIsThatOfTheTable() {
    assertThat(MannWhitney.normal(0)).isCloseTo(0.5, within(1e-7));
    assertThat(MannWhitney.normal(1.959964)).isCloseTo(0.975, within(1e-6));
    assertThat(MannWhitney.normal(-2.326348)).isCloseTo(0.01, within(1e-6));
  }

  @Test
  void upperBoundsAreThoseOfClopperAndPearson() {
    assertThat(Binomial.upper(0, 1000)).isCloseTo(1 - Math.pow(0.05, 0.001), within(1e-9));
    assertThat(Binomial.upper(3, 10)).isCloseTo(0.6066, within(1e-4));
    assertThat(Binomial.upper(10, 10)).isEqualTo(1);
    assertThat(Binomial.upper(80, 2000)).isCloseTo(0.047977, within(1e-6));
  }
}
