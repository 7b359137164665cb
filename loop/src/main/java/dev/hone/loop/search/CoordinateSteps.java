package dev.hone.loop.search;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Steps up or down from the incumbent while there are too few observations for a model. After a
 * step that helped it goes on in its direction with twice the length, after one that did not it
 * turns round and shortens; lengths are shares of the largest step on the scaled axis.
 *
 * <p>Source: Hooke and Jeeves, "Direct search solution of numerical and statistical problems"
 * (1961); Rosenbrock, "An automatic method for finding the greatest or least value of a function"
 * (1960).
 */
final class CoordinateSteps {
  private static final double FIRST = 0.5;
  private static final double GROWTH = 2;
  private static final double SHRINKAGE = 0.7;
  private static final double LEAST = 0.25;

  private final NumericRange range;
  private final double incumbent;
  private final List<Double> candidates;

  /** What was stepped to, and in which words. */
  record Step(double value, String why) {}

  private record Aim(boolean up, double share, String why) {}

  CoordinateSteps(NumericRange range, double incumbent, List<Double> candidates) {
    this.range = range;
    this.incumbent = incumbent;
    this.candidates = candidates;
  }

  /**
   * The next step; at least one candidate is needed.
   *
   * @param last the newest observation of another value than its reference
   */
  Step next(Optional<Observation> last, Direction hint, RandomGenerator random) {
    Aim aim = last.map(this::after).orElseGet(() -> first(hint, random));
    Optional<Double> value = nearest(aim.up, aim.share);
    if (value.isPresent()) {
      return new Step(value.get(), aim.why);
    }
    return new Step(
        nearest(!aim.up, Math.max(LEAST, aim.share * SHRINKAGE)).orElseThrow(),
        "the other direction is closed");
  }

  private Aim first(Direction hint, RandomGenerator random) {
    return switch (hint) {
      case UP -> new Aim(true, FIRST, "a first step in the direction that the finding suggests");
      case DOWN -> new Aim(false, FIRST, "a first step in the direction that the finding suggests");
      case UNKNOWN -> {
        double room = 1 - 2 * range.position(incumbent);
        boolean up = Math.abs(room) < 0.1 ? random.nextBoolean() : room > 0;
        yield new Aim(up, FIRST, "a first step towards the wider side of the range");
      }
    };
  }

  private Aim after(Observation last) {
    boolean up = last.value() > last.reference();
    double share =
        Math.clamp(
            (range.position(last.value()) - range.position(last.reference()))
                / reach(last.reference(), up),
            LEAST,
            1);
    if (last.measured() && last.effect() < 0 && !last.violated()) {
      return new Aim(up, Math.min(1, share * GROWTH), "the last step this way helped");
    }
    return new Aim(
        !up,
        Math.max(LEAST, share * SHRINKAGE),
        last.violated() ? "the last step violated a guardrail" : "the last step did not help");
  }

  /** Signed length of the largest step on the scaled axis; never 0. */
  private double reach(double from, boolean up) {
    double reach = range.position(up ? range.top(from) : range.bottom(from)) - range.position(from);
    return reach == 0 ? (up ? 1 : -1) : reach;
  }

  private Optional<Double> nearest(boolean up, double share) {
    double target = range.position(incumbent) + share * reach(incumbent, up);
    return candidates.stream()
        .filter(v -> up ? v > incumbent : v < incumbent)
        .min(Comparator.comparingDouble(v -> Math.abs(range.position(v) - target)));
  }
}
