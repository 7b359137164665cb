package dev.hone.loop.search;

/** Prior covariance of a response at two places of the scaled axis. */
interface Kernel {
  double covariance(double a, double b);

  /**
   * Matérn with ν = 5/2: responses that are twice differentiable.
   *
   * <p>Source: Rasmussen and Williams, "Gaussian Processes for Machine Learning" (2006), equation
   * 4.17.
   *
   * @param amplitude prior standard deviation of the response
   * @param length distance over which it changes
   */
  record Matern52(double amplitude, double length) implements Kernel {
    @Override
    public double covariance(double a, double b) {
      double r = Math.sqrt(5) * Math.abs(a - b) / length;
      return amplitude * amplitude * (1 + r + r * r / 3) * Math.exp(-r);
    }
  }

  /**
   * A straight line with unknown level and slope.
   *
   * @param level prior standard deviation at the origin
   * @param slope prior standard deviation of the slope
   * @param origin place of the level
   */
  record Line(double level, double slope, double origin) implements Kernel {
    @Override
    public double covariance(double a, double b) {
      return level * level + slope * slope * (a - origin) * (b - origin);
    }
  }

  /** Of the sum of two independent responses. */
  record Sum(Kernel first, Kernel second) implements Kernel {
    @Override
    public double covariance(double a, double b) {
      return first.covariance(a, b) + second.covariance(a, b);
    }
  }
}
