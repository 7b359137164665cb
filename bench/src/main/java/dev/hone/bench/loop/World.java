package dev.hone.bench.loop;

import java.util.random.RandomGenerator;

/**
 * What a metric does while nothing is changed.
 *
 * @param group of similar ones, for tables
 * @param name for tables
 * @param memory autocorrelation from one sample to the next of the noise that belongs to one half,
 *     or one control, alone
 * @param draw makes paths
 */
record World(String group, String name, double memory, Draw draw) {
  /** Seconds from one sample to the next. */
  static final int SAMPLE_SECONDS = 10;

  /** Samples of a day. */
  static final int DAY = 24 * 3600 / SAMPLE_SECONDS;

  /** Makes paths of noise. */
  @FunctionalInterface
  interface Draw {
    /** The log of the metric over consecutive samples, around 0; NaN where a sample is missing. */
    double[] path(int samples, RandomGenerator random);
  }

  /** This world where every run of {@code samples} samples is drawn afresh, as load tests are. */
  World inRunsOf(int samples) {
    return new World(
        group,
        name,
        memory,
        (total, random) -> {
          var path = new double[total];
          for (int from = 0; from < total; from += samples) {
            int length = Math.min(samples, total - from);
            System.arraycopy(draw.path(length, random), 0, path, from, length);
          }
          return path;
        });
  }
}
