package dev.hone.demo.pricing;

import java.lang.management.ManagementFactory;

/**
 * A Monte-Carlo estimate of the discount at which a product sells best: shoppers with random
 * reservation prices meet random discounts. The same product always gets the same discount.
 */
final class Demand {
  private static final int CALIBRATION = 200_000;

  private final int shoppers;

  Demand(int shoppers) {
    this.shoppers = shoppers;
  }

  /**
   * An estimate that costs about the given processor time on this machine, measured on the calling
   * thread's own clock so that other load does not distort it.
   *
   * @param nanos processor time per estimate
   */
  static Demand costing(long nanos) {
    var threads = ManagementFactory.getThreadMXBean();
    Demand trial = new Demand(CALIBRATION);
    double sum = 0;
    long cost = Long.MAX_VALUE;
    for (int round = 0; round < 8; round++) {
      long before = threads.getCurrentThreadCpuTime();
      sum += trial.discount(round);
      cost = Math.min(cost, Math.max(1, threads.getCurrentThreadCpuTime() - before));
    }
    if (!(sum > 0)) {
      throw new IllegalStateException("The demand estimate gave no discount.");
    }
    return new Demand((int) Math.max(1, nanos * CALIBRATION / cost));
  }

  /** How many shoppers an estimate asks. */
  int shoppers() {
    return shoppers;
  }

  /** The factor on the list price, from 0.8 to 1. */
  double discount(long product) {
    long state = product * 0x9E3779B97F4A7C15L + 1;
    double best = 0;
    double factor = 1;
    for (int i = 0; i < shoppers; i++) {
      state ^= state << 13;
      state ^= state >>> 7;
      state ^= state << 17;
      double offer = 0.8 + 0.2 * ((state >>> 11) * 0x1.0p-53);
      double revenue = offer * (1.2 - offer) * (1 + ((state & 0xff) / 512.0));
      if (revenue > best) {
        best = revenue;
        factor = offer;
      }
    }
    return factor;
  }
}
