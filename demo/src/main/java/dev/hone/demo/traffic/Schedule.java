package dev.hone.demo.traffic;

import java.util.random.RandomGenerator;

/**
 * When requests are due: a Poisson process, that is, independent gaps with an exponential
 * distribution. The open model: arrivals do not wait for answers.
 */
final class Schedule {
  private final RandomGenerator random;
  private final double nanosPerRequest;
  private double due;

  /**
   * A schedule that begins at 0.
   *
   * @param perSecond mean number of requests a second
   */
  Schedule(RandomGenerator random, double perSecond) {
    this.random = random;
    this.nanosPerRequest = 1e9 / perSecond;
  }

  /** The next due time in nanoseconds from the beginning. */
  long next() {
    due += random.nextExponential() * nanosPerRequest;
    return (long) due;
  }
}
