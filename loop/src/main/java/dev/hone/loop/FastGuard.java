package dev.hone.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ends a disaster long before the judge could: when two of the last three windows with the change
 * on are worse than control by more than a guardrail tolerates, and worse than every control
 * window, or three in a row have no data. Control is the median of the latest windows with the
 * change off; a signal that swings by more than the limit without the change proves nothing by
 * swinging with it.
 */
final class FastGuard {
  /** Length of a window, unless a block is shorter. */
  static final Duration WINDOW = Duration.ofSeconds(10);

  /** How many windows with the change off make up the control. */
  static final int CONTROL_WINDOWS = 9;

  private static final int LOOK_BACK = 3;
  private static final int TRIPS = 2;

  private final List<Guardrail> guardrails;
  private final int outliers;
  private final Map<Guardrail, Deque<Double>> controls = new HashMap<>();
  private final Map<Guardrail, Deque<Outcome>> outcomes = new HashMap<>();

  /**
   * A guard that has seen nothing.
   *
   * @param outliers how many control windows may be as bad as a window that counts as worse; one
   *     where the controls are taken beforehand and never renewed
   */
  FastGuard(List<Guardrail> guardrails, int outliers) {
    this.guardrails = List.copyOf(guardrails);
    this.outliers = outliers;
    for (Guardrail guardrail : guardrails) {
      controls.put(guardrail, new ArrayDeque<>());
      outcomes.put(guardrail, new ArrayDeque<>());
    }
  }

  List<Guardrail> guardrails() {
    return guardrails;
  }

  /** The guardrails that nothing is known of with the change off; they could not trip. */
  List<Guardrail> blind() {
    return guardrails.stream().filter(g -> deque(controls, g).isEmpty()).toList();
  }

  /** Takes a reading with the change off. */
  void control(Guardrail guardrail, Signals.Reading reading) {
    if (reading.present()) {
      push(deque(controls, guardrail), reading.value(), CONTROL_WINDOWS);
    }
  }

  /** Takes a reading with the change on; says why to stop, or nothing. */
  Optional<String> treated(Guardrail guardrail, Signals.Reading reading) {
    Deque<Double> control = deque(controls, guardrail);
    Outcome outcome;
    if (!reading.present()) {
      outcome = Outcome.MISSING;
    } else if (control.isEmpty()) {
      outcome = Outcome.FINE;
    } else {
      boolean tripped =
          guardrail.trippedBy(reading.value(), median(control))
              && control.stream().filter(c -> !guardrail.worse(reading.value(), c)).count()
                  <= outliers;
      outcome = tripped ? Outcome.TRIPPED : Outcome.FINE;
    }
    Deque<Outcome> last = deque(outcomes, guardrail);
    push(last, outcome, LOOK_BACK);
    String name = guardrail.signal().name();
    if (last.stream().filter(o -> o == Outcome.TRIPPED).count() >= TRIPS) {
      return Optional.of(
          String.format(
              "guardrail: %s was %.4g %s, more than %.0f %% worse than control (%.4g %s), in %d of"
                  + " the last %d windows",
              name,
              reading.value(),
              guardrail.signal().unit(),
              100 * guardrail.limit(),
              median(control),
              guardrail.signal().unit(),
              last.stream().filter(o -> o == Outcome.TRIPPED).count(),
              last.size()));
    }
    if (last.size() == LOOK_BACK && last.stream().allMatch(o -> o == Outcome.MISSING)) {
      return Optional.of("guardrail: no data for " + name + " in " + LOOK_BACK + " windows");
    }
    return Optional.empty();
  }

  private static <T> Deque<T> deque(Map<Guardrail, Deque<T>> map, Guardrail guardrail) {
    Deque<T> deque = map.get(guardrail);
    if (deque == null) {
      throw new IllegalArgumentException("unknown guardrail " + guardrail.signal().name());
    }
    return deque;
  }

  private static <T> void push(Deque<T> deque, T value, int limit) {
    if (deque.size() == limit) {
      deque.removeFirst();
    }
    deque.addLast(value);
  }

  private static double median(Deque<Double> values) {
    double[] sorted = new ArrayList<>(values).stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private enum Outcome {
    FINE,
    TRIPPED,
    MISSING
  }
}
