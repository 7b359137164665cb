package dev.hone.bench.loop;

import java.util.Arrays;

/**
 * The rank test of Mann and Whitney with the normal approximation, corrected for ties and for
 * continuity.
 *
 * <p>Source: H. B. Mann, D. R. Whitney, "On a test of whether one of two random variables is
 * stochastically larger than the other" (1947).
 *
 * @param u how many pairs of a left and a right value have the left one larger, ties counting half
 * @param less chance of so small a u when both come from the same distribution
 * @param greater chance of so large a u
 */
record MannWhitney(double u, double less, double greater) {
  private record Ranked(double value, boolean left) {}

  static MannWhitney of(double[] left, double[] right) {
    var all = new Ranked[left.length + right.length];
    for (int i = 0; i < all.length; i++) {
      boolean isLeft = i < left.length;
      all[i] = new Ranked(isLeft ? left[i] : right[i - left.length], isLeft);
    }
    Arrays.sort(all, (a, b) -> Double.compare(a.value, b.value));
    double n = all.length;
    double ranks = 0;
    double ties = 0;
    for (int from = 0; from < all.length; ) {
      int to = from;
      int lefts = 0;
      while (to < all.length && all[to].value == all[from].value) {
        lefts += all[to].left ? 1 : 0;
        to++;
      }
      double tied = to - from;
      ranks += lefts * (from + 1 + to) / 2.0;
      ties += tied * tied * tied - tied;
      from = to;
    }
    double pairs = (double) left.length * right.length;
    double u = ranks - left.length * (left.length + 1) / 2.0;
    double variance = pairs / 12 * (n + 1 - ties / (n * (n - 1)));
    if (!(variance > 0)) {
      return new MannWhitney(u, 1, 1);
    }
    double deviation = Math.sqrt(variance);
    return new MannWhitney(
        u, normal((u + 0.5 - pairs / 2) / deviation), normal(-(u - 0.5 - pairs / 2) / deviation));
  }

  /**
   * The standard normal distribution function, with an error below 1e-7.
   *
   * <p>Source: M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions", 26.2.17.
   */
  static double normal(double z) {
    if (z > 0) {
      return 1 - normal(-z);
    }
    double t = 1 / (1 - 0.2316419 * z);
    double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    double polynomial =
        t
            * (0.319381530
                + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    return density * polynomial;
  }
}
