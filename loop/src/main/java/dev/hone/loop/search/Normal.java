package dev.hone.loop.search;

/**
 * A normal distribution.
 *
 * @param mean its mean
 * @param deviation its standard deviation, above 0
 */
record Normal(double mean, double deviation) {
  /** Chance of a value below {@code x}. */
  double below(double x) {
    return cdf((x - mean) / deviation);
  }

  /**
   * Mean of max(0, −x): the expected improvement over a known zero when less is better.
   *
   * <p>Source: Jones, Schonlau and Welch, "Efficient global optimization" (1998), equation 15.
   */
  double improvement() {
    double z = -mean / deviation;
    return Math.max(0, -mean * cdf(z) + deviation * density(z));
  }

  /**
   * Mean of −x where x is kept: x is measured with a standard error and kept when the measured
   * value is below −{@code threshold}. With both at zero it is {@link #improvement}.
   */
  double improvementWhenKept(double error, double threshold) {
    double spread = Math.hypot(deviation, error);
    double z = (-threshold - mean) / spread;
    return -mean * cdf(z) + deviation * deviation / spread * density(z);
  }

  static double density(double z) {
    return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  }

  /**
   * Standard normal distribution function, relative error below 1.2e-7.
   *
   * <p>Source: Press et al., "Numerical Recipes" (2nd edition), section 6.2, erfcc.
   */
  static double cdf(double z) {
    double x = Math.abs(z) / Math.sqrt(2);
    double t = 1 / (1 + 0.5 * x);
    double series = 0.17087277;
    for (double c : ERFC) {
      series = series * t + c;
    }
    double tail = t * Math.exp(-x * x + series) / 2;
    return z < 0 ? tail : 1 - tail;
  }

  private static final double[] ERFC = {
    -0.82215223,
    1.48851587,
    -1.13520398,
    0.27886807,
    -0.18628806,
    0.09678418,
    0.37409196,
    1.00002368,
    -1.26551223
  };
}
