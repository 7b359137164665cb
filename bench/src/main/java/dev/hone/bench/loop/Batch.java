package dev.hone.bench.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Experiments that differ by their seeds alone, spread evenly over worlds.
 *
 * @param purpose decides the seeds with the world's name; the same purpose gives every method the
 *     same noise
 */
record Batch(
    Method method,
    List<World> worlds,
    Injection injection,
    Trap trap,
    Experiment.Watch watch,
    String purpose) {
  /** A batch without traps, with the usual guardrails. */
  Batch(Method method, List<World> worlds, Injection injection, String purpose) {
    this(method, worlds, injection, Trap.NONE, Experiment.Watch.USUAL, purpose);
  }

  /** {@code count} experiments, the worlds in turn. */
  List<Experiment> experiments(int count) {
    var experiments = new ArrayList<Experiment>();
    for (int i = 0; i < count; i++) {
      World world = worlds.get(i % worlds.size());
      long seed = seed(purpose + " " + world.name(), i / worlds.size());
      experiments.add(new Experiment(method, world, injection, trap, watch, seed));
    }
    return experiments;
  }

  /** A seed that text and number decide. */
  static long seed(String text, int number) {
    return new SplittableRandom(text.hashCode() * 0x9E3779B97F4A7C15L + number).nextLong();
  }
}
