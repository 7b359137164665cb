package dev.hone.demo.http;

import java.util.Arrays;

/**
 * The bounds of the latency histograms: geometric, so that the relative error is the same
 * everywhere.
 */
public final class Buckets {
  private static final double FIRST_SECONDS = 0.0005;
  private static final double LAST_SECONDS = 60;
  private static final double FACTOR = 1.15;

  private Buckets() {}

  /** Upper bounds in seconds from 0.5 ms to at least 60 s; each is 1.15 times the one before. */
  public static double[] seconds() {
    double[] bounds = new double[128];
    int n = 0;
    for (double bound = FIRST_SECONDS; n == 0 || bounds[n - 1] < LAST_SECONDS; bound *= FACTOR) {
      bounds[n++] = Math.round(bound * 1e7) / 1e7;
    }
    return Arrays.copyOf(bounds, n);
  }
}
