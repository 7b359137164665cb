package dev.hone.bench.loop;

/** Bounds of a share that was counted. */
final class Binomial {
  private static final double ERROR = 0.05;
  private static final int BISECTIONS = 60;

  private Binomial() {}

  /**
   * The one-sided 95 % upper bound of Clopper and Pearson: the share at which so few hits have a
   * chance of 5 %.
   */
  static double upper(int hits, int trials) {
    if (hits >= trials) {
      return 1;
    }
    double low = (double) hits / trials;
    double high = 1;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (atMost(hits, trials, middle) > ERROR) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** The chance of at most {@code hits} of {@code trials}. */
  static double atMost(int hits, int trials, double share) {
    double logTerm = trials * Math.log1p(-share);
    double odds = Math.log(share) - Math.log1p(-share);
    double sum = Math.exp(logTerm);
    for (int k = 1; k <= hits; k++) {
      logTerm += Math.log((double) (trials - k + 1) / k) + odds;
      sum += Math.exp(logTerm);
    }
    return sum;
  }
}
