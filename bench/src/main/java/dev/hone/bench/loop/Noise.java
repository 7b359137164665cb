package dev.hone.bench.loop;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** The noise of all signals of a system, a value a sample, in log units but for the lots. */
final class Noise {
  private static final double OWN = 0.05;
  private static final double HALVES_DIFFER = 0.05;
  private static final double SHARED = 0.8;
  private static final Autoregression OF_P99 = new Autoregression(0, 0.1);
  private static final Autoregression OF_ERRORS = new Autoregression(0.5, 0.15);
  private static final Autoregression OF_PROOF = new Autoregression(0.5, 0.01);

  /** What has noise. */
  enum Part {
    /** The world's path; NaN where the sample is missing. */
    PRIMARY,
    /** The first half of a split alone, with a constant difference to the second. */
    FIRST,
    /** The second half alone. */
    SECOND,
    /** Something untouched, which shares four fifths of the primary path. */
    CONTROL_0,
    /** Something else untouched. */
    CONTROL_1,
    /** The 99th percentile alone. */
    P99,
    /** The share of failed requests. */
    ERRORS,
    /** The proof signal. */
    PROOF,
    /** Numbers from 0 to 1 that decide whether a sample is lost. */
    LOTS
  }

  private final Map<Part, double[]> paths = new EnumMap<>(Part.class);

  private Noise() {}

  /** Noise of a world; the same for the same seed. */
  static Noise draw(World world, int samples, long seed) {
    var random = new SplittableRandom(seed);
    double[] primary = world.draw().path(samples, random.split());
    var own = new Autoregression(world.memory(), OWN);
    var noise = new Noise();
    for (Part part : Part.values()) {
      double[] path =
          switch (part) {
            case PRIMARY -> primary;
            case FIRST -> sum(own.path(samples, random.split()), HALVES_DIFFER, 0, primary);
            case SECOND -> own.path(samples, random.split());
            case CONTROL_0, CONTROL_1 -> sum(own.path(samples, random.split()), 0, SHARED, primary);
            case P99 -> OF_P99.path(samples, random.split());
            case ERRORS -> OF_ERRORS.path(samples, random.split());
            case PROOF -> OF_PROOF.path(samples, random.split());
            case LOTS -> random.split().doubles(samples).toArray();
          };
      noise.paths.put(part, path);
    }
    return noise;
  }

  private static double[] sum(double[] own, double level, double share, double[] shared) {
    for (int i = 0; i < own.length; i++) {
      own[i] += level + (share == 0 ? 0 : share * shared[i]);
    }
    return own;
  }

  double at(Part part, int sample) {
    return Objects.requireNonNull(paths.get(part))[sample];
  }
}
