package dev.hone.loop.search;

import java.util.List;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** A way to choose the next value of a knob. */
interface Strategy {
  double LEAST_GAIN = 0.02;

  /** The next value, or nothing when it stops. */
  OptionalDouble next(
      NumericRange range, double incumbent, List<Observation> history, RandomGenerator random);

  /** What is tested. */
  Strategy SEARCH =
      (range, incumbent, history, random) ->
          new Search(Direction.UNKNOWN, 100).next(range, incumbent, history, LEAST_GAIN, random)
                  instanceof Next.Try attempt
              ? OptionalDouble.of(attempt.value())
              : OptionalDouble.empty();

  /**
   * The search, opened anew whenever it has stopped: of what was observed before only the guardrail
   * readings are kept.
   */
  Strategy REOPENED_SEARCH =
      (range, incumbent, history, random) -> {
        int from = 0;
        for (int i = 1; i <= history.size(); i++) {
          double inForce = i < history.size() ? history.get(i).reference() : incumbent;
          if (SEARCH.next(range, inForce, lately(history, from, i), random).isEmpty()) {
            from = i;
          }
        }
        return SEARCH.next(range, incumbent, lately(history, from, history.size()), random);
      };

  private static List<Observation> lately(List<Observation> history, int from, int to) {
    return IntStream.range(0, to)
        .mapToObj(i -> i < from ? history.get(i).withoutEffect() : history.get(i))
        .toList();
  }

  /** Any value of the range, evenly on its scaled axis. */
  Strategy RANDOM =
      (range, incumbent, history, random) -> OptionalDouble.of(range.value(random.nextDouble()));

  /** Any value that one step reaches, evenly on the scaled axis. */
  Strategy RANDOM_STEP =
      (range, incumbent, history, random) -> {
        double low = range.position(range.bottom(incumbent));
        double high = range.position(range.top(incumbent));
        return OptionalDouble.of(range.value(low + (high - low) * random.nextDouble()));
      };

  /**
   * Coordinate hill climbing: the largest step on in the direction that was kept last; the other
   * way after a failure; half the step on the scaled axis after failures both ways.
   */
  Strategy HILL_CLIMBING =
      (range, incumbent, history, random) -> {
        boolean up = range.position(incumbent) < 0.5;
        double share = 1;
        int failures = 0;
        for (int i = 0; i < history.size(); i++) {
          Observation o = history.get(i);
          double after = i + 1 < history.size() ? history.get(i + 1).reference() : incumbent;
          if (after != o.reference()) {
            failures = 0;
            up = after > o.reference();
          } else {
            failures++;
            up = !up;
            if (failures % 2 == 0) {
              share = Math.max(share / 2, 1 / 16.0);
            }
          }
        }
        double here = range.position(incumbent);
        double there = range.position(up ? range.top(incumbent) : range.bottom(incumbent));
        return OptionalDouble.of(range.value(here + share * (there - here)));
      };

  /** What it is compared with. */
  List<Strategy> OTHERS = List.of(HILL_CLIMBING, RANDOM, RANDOM_STEP);
}
