package dev.hone.loop.search;

import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The values that the next trial may take: a grid on the scaled axis over all that one step from
 * the incumbent reaches, and the values tried lately, less what is forbidden. Forbidden is
 *
 * <ul>
 *   <li>the incumbent itself;
 *   <li>a value that violated a guardrail, and any value farther from the incumbent on its side;
 *   <li>a value for which the least worthwhile gain was refuted.
 * </ul>
 */
final class Candidates {
  private static final int PER_SIDE = 12;

  private Candidates() {}

  /**
   * In ascending order.
   *
   * @param delta least worthwhile gain in log units
   */
  static List<Double> of(
      NumericRange range, double incumbent, List<Observation> history, double delta) {
    SortedSet<Double> values = new TreeSet<>();
    double here = range.position(incumbent);
    double bottom = range.bottom(incumbent);
    double top = range.top(incumbent);
    for (int i = 1; i <= PER_SIDE; i++) {
      double share = i / (double) PER_SIDE;
      values.add(range.value(here + share * (range.position(top) - here)));
      values.add(range.value(here + share * (range.position(bottom) - here)));
    }
    if (range.whole()) {
      values.add(Math.floor(top));
      values.add(Math.ceil(bottom));
      values.add(incumbent + 1);
      values.add(incumbent - 1);
    } else {
      values.add(top);
      values.add(bottom);
    }
    history.stream()
        .sorted(Comparator.comparing(Observation::at).reversed())
        .limit(Evidence.MOST)
        .forEach(o -> values.add(o.value()));
    return values.stream()
        .map(v -> v + 0.0)
        .filter(v -> v != incumbent && range.contains(v) && range.reaches(incumbent, v))
        .filter(v -> history.stream().noneMatch(o -> forbids(o, incumbent, v, delta)))
        .toList();
  }

  private static boolean forbids(Observation o, double incumbent, double value, double delta) {
    if (o.violated()) {
      if (o.value() == value
          || (o.value() > incumbent && value >= o.value())
          || (o.value() < incumbent && value <= o.value())) {
        return true;
      }
    }
    return o.value() == value && o.refutes(delta);
  }
}
