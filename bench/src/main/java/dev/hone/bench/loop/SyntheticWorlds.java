package dev.hone.bench.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Computed noise. The plain worlds are autoregressions of standard deviation {@value #DEVIATION} in
 * log units; the rough ones have heavy tails, a daily drift and outside level shifts on top; others
 * have periodic jobs or outages.
 */
final class SyntheticWorlds {
  /** The group of the autoregressions without anything else. */
  static final String PLAIN = "plain";

  /** Standard deviation of the log of the metric. */
  static final double DEVIATION = 0.10;

  /** The memories of the plain and rough worlds, for samples of ten seconds. */
  static final List<Double> MEMORIES = List.of(0.0, 0.5, 0.8, 0.95);

  private static final double HEAVY_SHARE = 0.01;
  private static final double DRIFT = Math.log(1.2);
  private static final double SHIFT_CHANCE = 0.3;
  private static final double SHIFT = Math.log(1.1);
  private static final double JOB = Math.log(1.5);
  private static final double JOB_MEMORY = 0.5;
  private static final int OUTAGES = 2;
  private static final int SHORTEST_OUTAGE = 6;
  private static final int LONGEST_OUTAGE = 30;

  /** Seconds; 240 is a pair of two-minute blocks. */
  private static final int[] JOB_PERIODS = {60, 120, 240, 480, 1020, 7200};

  private SyntheticWorlds() {}

  static List<World> plain() {
    return MEMORIES.stream().map(SyntheticWorlds::plain).toList();
  }

  /** An autoregression alone. */
  static World plain(double memory) {
    return new World(PLAIN, "ar" + memory, memory, new Autoregression(memory, DEVIATION)::path);
  }

  /** The same with heavy tails, drift of a fifth a day, and perhaps a level shift of a tenth. */
  static World rough(double memory) {
    var noise = new Autoregression(memory, DEVIATION, HEAVY_SHARE);
    return new World(
        "rough",
        "rough" + memory,
        memory,
        (samples, random) -> {
          double[] path = noise.path(samples, random);
          double phase = 2 * Math.PI * random.nextDouble();
          for (int i = 0; i < samples; i++) {
            path[i] += DRIFT * Math.sin(phase + 2 * Math.PI * i / World.DAY);
          }
          if (random.nextDouble() < SHIFT_CHANCE) {
            double shift = random.nextBoolean() ? SHIFT : -SHIFT;
            for (int i = random.nextInt(samples); i < samples; i++) {
              path[i] += shift;
            }
          }
          return path;
        });
  }

  /** A job that makes everything half as slow again for half of each period. */
  static World periodic(int periodSeconds) {
    var noise = new Autoregression(JOB_MEMORY, DEVIATION);
    int period = periodSeconds / World.SAMPLE_SECONDS;
    return new World(
        "periodic",
        "job" + periodSeconds + "s",
        JOB_MEMORY,
        (samples, random) -> {
          double[] path = noise.path(samples, random);
          int phase = random.nextInt(period);
          for (int i = 0; i < samples; i++) {
            path[i] += 2 * ((i + phase) % period) < period ? JOB : 0;
          }
          return path;
        });
  }

  /** Two outages of one to five minutes without data. */
  static World outages() {
    var noise = new Autoregression(JOB_MEMORY, DEVIATION);
    return new World(
        "outages",
        "outages",
        JOB_MEMORY,
        (samples, random) -> {
          double[] path = noise.path(samples, random);
          for (int k = 0; k < OUTAGES; k++) {
            outage(path, random);
          }
          return path;
        });
  }

  private static void outage(double[] path, RandomGenerator random) {
    int length = random.nextInt(SHORTEST_OUTAGE, LONGEST_OUTAGE + 1);
    int from = random.nextInt(path.length);
    Arrays.fill(path, from, Math.min(path.length, from + length), Double.NaN);
  }

  /** An autoregression with heavy tails. */
  static World heavy(double memory) {
    var noise = new Autoregression(memory, DEVIATION, HEAVY_SHARE);
    return new World("heavy", "heavy" + memory, memory, noise::path);
  }

  /** What load tests meet: noise drawn afresh for each, with heavy tails or without. */
  static List<World> ofRuns() {
    var worlds = new ArrayList<>(plain());
    MEMORIES.forEach(memory -> worlds.add(heavy(memory)));
    return worlds.stream().map(world -> world.inRunsOf(Method.RUN_SAMPLES)).toList();
  }

  /** All that change over time. */
  static List<World> all() {
    var worlds = new ArrayList<>(plain());
    MEMORIES.forEach(memory -> worlds.add(rough(memory)));
    for (int period : JOB_PERIODS) {
      worlds.add(periodic(period));
    }
    worlds.add(outages());
    return worlds;
  }
}
