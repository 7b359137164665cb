package dev.hone.loop.search;

import dev.hone.loop.search.NumericRange.Scale;
import java.util.random.RandomGenerator;

/** Simulated systems: what a knob does to the metric and to its guardrail. */
enum ResponseCurve {
  /** Too few connections queue, too many contend; the host's memory ends at 180. */
  POOL(0.03),
  /** More helps ever less and never harms. */
  SATURATING(0.03),
  /** The knob does nothing. */
  FLAT(0.03),
  /** Larger is better, and the guardrail signal rises in proportion up to its limit at 90. */
  CLIFF(0.03),
  /** The same, but nothing announces the limit. */
  SUDDEN_CLIFF(0.03),
  /** A pool measured with 5 % error. */
  NOISY(0.05),
  /** A pool measured with 10 % error. */
  VERY_NOISY(0.1),
  /** The best value moves from 16 to 64 within 12 trials. */
  DRIFTING(0.03),
  /** A share from 0 to 100 with its best value at 12, without a guardrail. */
  SHARE(0.03);

  /** Typical standard error of one experiment. */
  final double error;

  ResponseCurve(double error) {
    this.error = error;
  }

  NumericRange range() {
    var factor = new NumericRange.Factor(2);
    return switch (this) {
      case POOL, FLAT, NOISY, VERY_NOISY, DRIFTING ->
          new NumericRange(1, 256, Scale.LOG, true, factor);
      case SATURATING -> new NumericRange(1, 1000, Scale.LOG, false, factor);
      case CLIFF, SUDDEN_CLIFF -> new NumericRange(1, 512, Scale.LOG, true, factor);
      case SHARE -> new NumericRange(0, 100, Scale.LINEAR, false, new NumericRange.Amount(20));
    };
  }

  /** Log of the metric after {@code trials} trials. */
  double log(double value, int trials) {
    return switch (this) {
      case POOL, NOISY, VERY_NOISY -> bowl(value, 48);
      case SATURATING -> Math.log1p(30 / value);
      case FLAT -> 0;
      case CLIFF, SUDDEN_CLIFF -> -0.25 * Math.log(value) + (value > 90 ? 1 : 0);
      case DRIFTING -> bowl(value, 16 * Math.pow(4, Math.min(trials, 12) / 12.0));
      case SHARE -> 0.3 * Math.pow((value - 12) / 40, 2);
    };
  }

  /** Log of the guardrail signal over its limit; NaN without guardrail. */
  double margin(double value) {
    return switch (this) {
      case POOL, NOISY, VERY_NOISY, DRIFTING -> 0.8 * Math.log(value / 180);
      case SATURATING, FLAT -> -0.4;
      case CLIFF -> Math.log(value / 90);
      case SUDDEN_CLIFF -> value > 90 ? 0.7 : -0.5;
      case SHARE -> Double.NaN;
    };
  }

  /** A value in force to begin with: anywhere but near a guardrail. */
  double start(RandomGenerator random) {
    double value;
    do {
      value = range().value(random.nextDouble());
    } while (margin(value) > -0.2);
    return value;
  }

  /** The lowest log that any value without violation reaches. */
  double best(int trials) {
    NumericRange range = range();
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i <= 2000; i++) {
      double value = range.value(i / 2000.0);
      if (!(margin(value) > 0)) {
        best = Math.min(best, log(value, trials));
      }
    }
    return best;
  }

  private static double bowl(double value, double optimum) {
    double distance = Math.log(value / optimum);
    return 0.12 * distance * distance;
  }
}
