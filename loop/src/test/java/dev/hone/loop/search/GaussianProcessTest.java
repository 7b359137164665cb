package dev.hone.loop.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.loop.search.GaussianProcess.Functional;
import dev.hone.loop.search.GaussianProcess.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The posterior against closed forms and against linear algebra over all levels at once. */
class GaussianProcessTest {
  private static final Kernel KERNEL = new Kernel.Matern52(0.4, 0.3);

  @Test
  void oneDifferenceHasAPosteriorInClosedForm() {
    double k = KERNEL.covariance(0.2, 0.5);
    double prior = 2 * (0.16 - k);
    var process =
        new GaussianProcess(KERNEL, List.of(new Reading(new Functional(0.5, 0.2), -0.3, 0.01)));
    Normal posterior = process.posterior(new Functional(0.5, 0.2));
    assertThat(posterior.mean()).isCloseTo(-0.3 * prior / (prior + 0.01), within(1e-12));
    assertThat(posterior.deviation())
        .isCloseTo(Math.sqrt(prior * 0.01 / (prior + 0.01)), within(1e-12));
    assertThat(process.logLikelihood())
        .isCloseTo(
            -0.5 * (0.09 / (prior + 0.01) + Math.log(2 * Math.PI * (prior + 0.01))), within(1e-12));
  }

  @Test
  void theMaternKernelHasItsPublishedValues() {
    double r = Math.sqrt(5);
    assertThat(new Kernel.Matern52(1, 0.3).covariance(0.4, 0.1))
        .isCloseTo((1 + r + 5.0 / 3) * Math.exp(-r), within(1e-12));
    assertThat(new Kernel.Matern52(2, 0.3).covariance(0.4, 0.4)).isEqualTo(4);
  }

  @Test
  void aDifferenceReadBothWaysIsOneAndTheSame() {
    var forth =
        new GaussianProcess(KERNEL, List.of(new Reading(new Functional(0.5, 0.2), -0.3, 0.01)));
    var back =
        new GaussianProcess(KERNEL, List.of(new Reading(new Functional(0.2, 0.5), 0.3, 0.01)));
    var of = new Functional(0.7, 0.2);
    assertThat(forth.posterior(of).mean()).isCloseTo(back.posterior(of).mean(), within(1e-12));
  }

  @Test
  void differencesAlongAChainAddUp() {
    var process =
        new GaussianProcess(
            KERNEL,
            List.of(
                new Reading(new Functional(0.3, 0.2), -0.1, 1e-8),
                new Reading(new Functional(0.6, 0.3), -0.2, 1e-8)));
    assertThat(process.posterior(new Functional(0.6, 0.2)).mean()).isCloseTo(-0.3, within(1e-4));
  }

  @Property(tries = 60)
  void thePosteriorIsThatOfAllLevelsTogether(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int n) {
    var random = new SplittableRandom(seed);
    double[] places = random.doubles(n + 2).toArray();
    List<Reading> readings = new ArrayList<>();
    double[][] design = new double[n][n + 2];
    for (int i = 0; i < n; i++) {
      int plus = random.nextInt(n);
      int minus = random.nextInt(n);
      boolean level = plus == minus;
      design[i][plus] = 1;
      if (!level) {
        design[i][minus] = -1;
      }
      readings.add(
          new Reading(
              new Functional(places[plus], level ? Double.NaN : places[minus]),
              random.nextGaussian(),
              0.01 + random.nextDouble()));
    }
    double[] wanted = new double[n + 2];
    wanted[n] = 1;
    wanted[n + 1] = -1;

    double[][] levels = new double[n + 2][n + 2];
    for (int i = 0; i < n + 2; i++) {
      for (int j = 0; j < n + 2; j++) {
        levels[i][j] = KERNEL.covariance(places[i], places[j]);
      }
    }
    double[][] covariance = new double[n][n];
    double[] cross = new double[n];
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        covariance[i][j] = form(design[i], levels, design[j]);
      }
      covariance[i][i] += readings.get(i).variance();
      cross[i] = form(design[i], levels, wanted);
      values[i] = readings.get(i).value();
    }
    double mean = dot(cross, solve(covariance, values));
    double variance = form(wanted, levels, wanted) - dot(cross, solve(covariance, cross));

    var process = new GaussianProcess(KERNEL, readings);
    Normal posterior = process.posterior(new Functional(places[n], places[n + 1]));
    assertThat(posterior.mean()).isCloseTo(mean, within(1e-9));
    assertThat(posterior.deviation()).isCloseTo(Math.sqrt(Math.max(variance, 1e-12)), within(1e-7));
    assertThat(process.logLikelihood())
        .isCloseTo(
            -0.5
                * (dot(values, solve(covariance, values))
                    + Math.log(determinant(covariance))
                    + n * Math.log(2 * Math.PI)),
            within(1e-8));
  }

  private static double form(double[] a, double[][] matrix, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * dot(matrix[i], b);
    }
    return sum;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** By Cramer's rule, which shares nothing with a Cholesky factor. */
  private static double[] solve(double[][] matrix, double[] b) {
    double whole = determinant(matrix);
    double[] x = new double[b.length];
    for (int column = 0; column < b.length; column++) {
      double[][] replaced = copy(matrix);
      for (int i = 0; i < b.length; i++) {
        replaced[i][column] = b[i];
      }
      x[column] = determinant(replaced) / whole;
    }
    return x;
  }

  /** By elimination with row pivots. */
  private static double determinant(double[][] matrix) {
    double[][] m = copy(matrix);
    double product = 1;
    for (int k = 0; k < m.length; k++) {
      int pivot = k;
      for (int i = k + 1; i < m.length; i++) {
        pivot = Math.abs(m[i][k]) > Math.abs(m[pivot][k]) ? i : pivot;
      }
      double[] row = m[pivot];
      m[pivot] = m[k];
      m[k] = row;
      product *= pivot == k ? row[k] : -row[k];
      if (row[k] == 0) {
        return 0;
      }
      for (int i = k + 1; i < m.length; i++) {
        double share = m[i][k] / row[k];
        for (int j = k; j < m.length; j++) {
          m[i][j] -= share * row[j];
        }
      }
    }
    return product;
  }

  private static double[][] copy(double[][] matrix) {
    double[][] copy = new double[matrix.length][];
    for (int i = 0; i < matrix.length; i++) {
      copy[i] = matrix[i].clone();
    }
    return copy;
  }
}
