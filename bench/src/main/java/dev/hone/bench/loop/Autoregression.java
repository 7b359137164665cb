package dev.hone.bench.loop;

import java.util.random.RandomGenerator;

/**
 * A stationary autoregression of the first order: x ← φ·x + s·√(1 − φ²)·z with z standard normal,
 * so that x has standard deviation s and autocorrelation φᵏ at lag k.
 *
 * @param memory φ, from 0 to below 1
 * @param deviation s, in the unit of x
 * @param heavyShare share of steps whose z is {@link #HEAVY} times larger
 */
record Autoregression(double memory, double deviation, double heavyShare) {
  /** How much larger a heavy step is. */
  static final double HEAVY = 5;

  /** One without heavy steps. */
  Autoregression(double memory, double deviation) {
    this(memory, deviation, 0);
  }

  /** A path that begins in the stationary distribution. */
  double[] path(int samples, RandomGenerator random) {
    var path = new double[samples];
    double step = deviation * Math.sqrt(1 - memory * memory);
    double value = deviation * random.nextGaussian();
    for (int i = 0; i < samples; i++) {
      double shock = random.nextGaussian();
      if (heavyShare > 0 && random.nextDouble() < heavyShare) {
        shock *= HEAVY;
      }
      value = memory * value + step * shock;
      path[i] = value;
    }
    return path;
  }
}
