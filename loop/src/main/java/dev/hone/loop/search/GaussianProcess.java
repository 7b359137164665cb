package dev.hone.loop.search;

import java.util.List;

/**
 * A Gaussian process of mean zero, given noisy readings of linear functionals of it. A reading is
 * of a level f(a) or of a difference f(a) − f(b); covariance is bilinear, so
 *
 * <pre>  cov(f(a) − f(b), f(c) − f(d)) = k(a,c) − k(a,d) − k(b,c) + k(b,d)</pre>
 *
 * and the posterior of any other difference is exact.
 *
 * <p>Source: Rasmussen and Williams, "Gaussian Processes for Machine Learning" (2006), algorithm
 * 2.1 and section 9.4.
 */
final class GaussianProcess {
  private final Kernel kernel;
  private final List<Reading> readings;
  private final Cholesky cholesky;
  private final double[] whitened;

  /**
   * What is read: f(plus) − f(minus), or f(plus) alone when {@code minus} is NaN.
   *
   * @param plus a place
   * @param minus a place or NaN
   */
  record Functional(double plus, double minus) {
    static Functional level(double place) {
      return new Functional(place, Double.NaN);
    }

    static double covariance(Kernel kernel, Functional a, Functional b) {
      double sum = kernel.covariance(a.plus, b.plus);
      if (!Double.isNaN(b.minus)) {
        sum -= kernel.covariance(a.plus, b.minus);
      }
      if (!Double.isNaN(a.minus)) {
        sum -= kernel.covariance(a.minus, b.plus);
        if (!Double.isNaN(b.minus)) {
          sum += kernel.covariance(a.minus, b.minus);
        }
      }
      return sum;
    }
  }

  /**
   * A noisy reading.
   *
   * @param of what was read
   * @param value the reading
   * @param variance of its noise, above 0
   */
  record Reading(Functional of, double value, double variance) {}

  GaussianProcess(Kernel kernel, List<Reading> readings) {
    this.kernel = kernel;
    this.readings = readings;
    int n = readings.size();
    double[][] matrix = new double[n][n];
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      Reading reading = readings.get(i);
      for (int j = 0; j < i; j++) {
        matrix[i][j] = Functional.covariance(kernel, reading.of, readings.get(j).of);
      }
      matrix[i][i] = Functional.covariance(kernel, reading.of, reading.of) + reading.variance;
      values[i] = reading.value;
    }
    cholesky = new Cholesky(matrix);
    whitened = cholesky.forward(values);
  }

  /** The noise-free functional, given the readings. */
  Normal posterior(Functional of) {
    double[] cross = new double[readings.size()];
    for (int i = 0; i < cross.length; i++) {
      cross[i] = Functional.covariance(kernel, of, readings.get(i).of);
    }
    double[] explained = cholesky.forward(cross);
    double mean = 0;
    double variance = Functional.covariance(kernel, of, of);
    for (int i = 0; i < cross.length; i++) {
      mean += explained[i] * whitened[i];
      variance -= explained[i] * explained[i];
    }
    return new Normal(mean, Math.sqrt(Math.max(variance, 1e-12)));
  }

  /** Log of the density of the readings under the prior. */
  double logLikelihood() {
    double squares = 0;
    for (double w : whitened) {
      squares += w * w;
    }
    return -(squares + cholesky.logDeterminant() + whitened.length * Math.log(2 * Math.PI)) / 2;
  }
}
