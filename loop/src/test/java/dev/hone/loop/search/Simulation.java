package dev.hone.loop.search;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * One search on a simulated system. A value is kept when its 95 % interval excludes no gain and no
 * guardrail reading was violated, else the old one is restored, as the loop does.
 *
 * @param after8 regret after 8 trials: log of the metric in force over the best possible one
 * @param after12 regret after 12
 * @param violations trials in which the true margin was violated
 * @param trials how many were made before the strategy stopped
 */
record Simulation(double after8, double after12, int violations, int trials) {
  private static final int TRIALS = 12;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  static Simulation run(ResponseCurve curve, Strategy strategy, long seed) {
    var seeds = new SplittableRandom(seed * 1_000_003 + curve.name().hashCode());
    SplittableRandom choices = seeds.split();
    SplittableRandom noise = seeds.split();
    List<Observation> history = new ArrayList<>();
    double after8 = 0;
    double incumbent = curve.start(seeds.split());
    int violations = 0;
    boolean stopped = false;
    for (int trial = 0; trial < TRIALS; trial++) {
      if (trial == 8) {
        after8 = regret(curve, incumbent, trial);
      }
      OptionalDouble next =
          stopped
              ? OptionalDouble.empty()
              : strategy.next(curve.range(), incumbent, history, choices);
      stopped = next.isEmpty();
      if (stopped) {
        continue;
      }
      double value = next.getAsDouble();
      double error = curve.error * (0.7 + 0.6 * noise.nextDouble());
      double effect =
          curve.log(value, trial) - curve.log(incumbent, trial) + error * noise.nextGaussian();
      double margin = curve.margin(value) + 0.05 * noise.nextGaussian();
      violations += curve.margin(value) > 0 ? 1 : 0;
      history.add(
          new Observation(
              value, incumbent, effect, error, margin, START.plus(Duration.ofHours(6L * trial))));
      if (effect + Observation.Z95 * error < 0 && !(margin > 0)) {
        incumbent = value;
      }
    }
    return new Simulation(after8, regret(curve, incumbent, TRIALS), violations, history.size());
  }

  private static double regret(ResponseCurve curve, double incumbent, int trials) {
    return curve.log(incumbent, trials) - curve.best(trials);
  }

  /**
   * Means over runs.
   *
   * @param after8 regret after 8 trials
   * @param after12 regret after 12
   * @param violations per run of 12
   * @param trials per run of at most 12
   */
  record Means(double after8, double after12, double violations, double trials) {
    static Means of(ResponseCurve curve, Strategy strategy, int runs) {
      double after8 = 0;
      double after12 = 0;
      double violations = 0;
      double trials = 0;
      for (int seed = 0; seed < runs; seed++) {
        Simulation run = run(curve, strategy, seed);
        after8 += run.after8() / runs;
        after12 += run.after12() / runs;
        violations += run.violations() / (double) runs;
        trials += run.trials() / (double) runs;
      }
      return new Means(after8, after12, violations, trials);
    }
  }
}
