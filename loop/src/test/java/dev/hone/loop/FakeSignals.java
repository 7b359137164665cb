package dev.hone.loop;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/**
 * Signals of a system whose latency depends on one knob: {@code base × (1 + effect × share of the
 * window with the knob at b) × e^(noise)}. The noise is a function of seed and window alone, so
 * that the same window always reads the same.
 */
final class FakeSignals implements Signals {
  private final FakeFactory factory;
  private final String knob;
  private final long seed;
  double effect;
  double noise = 0.02;
  double completeness = 1;

  /** Nothing is known of the time before. */
  Instant since = Instant.MIN;

  /** By how much everything is worse from a moment on, whatever the knob. */
  double shift;

  Instant shiftAt = Instant.MAX;

  /** What other knobs at {@code b} do to the latency. */
  final Map<String, Double> others = new LinkedHashMap<>();

  /** The latency over the knob's value, for a knob that is a number. */
  Optional<ToDoubleFunction<String>> curve = Optional.empty();

  Optional<RuntimeException> bug = Optional.empty();

  FakeSignals(FakeFactory factory, String knob, long seed, double effect) {
    this.factory = factory;
    this.knob = knob;
    this.seed = seed;
    this.effect = effect;
  }

  private double ofOthers(Instant from, Instant to) {
    double factor = 1;
    for (var other : others.entrySet()) {
      factor *= 1 + other.getValue() * factory.knob(other.getKey()).share("b", from, to);
    }
    return factor;
  }

  /** What happens to the whole system at once. */
  private double outside(Instant from) {
    return Math.exp(0.5 * Math.sin(from.getEpochSecond() / 97.0));
  }

  @Override
  public Reading read(SignalRef signal, Instant from, Instant to) {
    if (bug.isPresent()) {
      throw bug.get();
    }
    if (completeness == 0 || from.isBefore(since)) {
      return Reading.NONE;
    }
    RandomGenerator random =
        new SplittableRandom(seed ^ from.toEpochMilli() * 31 ^ to.toEpochMilli());
    double chance =
        Math.exp(noise * random.nextGaussian()) * (from.isBefore(shiftAt) ? 1 : 1 + shift);
    double share = factory.knob(knob).share("b", from, to);
    double value =
        switch (signal.query()) {
          case "first" -> (1 + effect * factory.knob(knob).share("b|a", from, to)) * outside(from);
          case "second" ->
              1.3
                  * (1 + effect * factory.knob(knob).share("a|b", from, to))
                  * outside(from)
                  * chance;
          case "control" -> chance;
          case "proof" -> 1000 * (1 + effect * share);
          default ->
              curve.isPresent()
                  ? curve.get().applyAsDouble(factory.knob(knob).valueAt(from)) * chance
                  : (1 + effect * share) * chance * ofOthers(from, to);
        };
    return new Reading(value, completeness);
  }
}
