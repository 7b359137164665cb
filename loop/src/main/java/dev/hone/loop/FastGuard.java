package dev.hone.loop;

import java.time.Duration;
import java.util.ArrayDeque;
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
 *
 * <p>What a signal does by itself is learnt from the time before: the limits of a guardrail are
 * raised until it would not have tripped in that time, and a quarter more.
 */
final class FastGuard {
  /** Length of a window, unless a block is shorter. */
  static final Duration WINDOW = Duration.ofSeconds(10);

  /** How many windows with the change off make up the control. */
  static final int CONTROL_WINDOWS = 9;

  /** A window counts as worse when it is worse than all but {@link #BEST_OF} of as many. */
  private static final int COMPARED_WINDOWS = 45;

  /** One in fifteen may be as bad. */
  private static final int BEST_OF = 15;

  /** How many windows of the time before are looked at. */
  static final int HISTORY_WINDOWS = 240;

  private static final int LEAST_HISTORY = 30;
  private static final double HEADROOM = 1.25;

  /** Beyond so many times its limits a signal's own swing makes a single alarm worthless. */
  private static final double RESTLESS = 1.25;

  private static final int LOOK_BACK = 3;
  private static final int TRIPS = 2;

  private final List<Guardrail> guardrails;
  private final int outliers;
  private final double eagerness;
  private final Map<Guardrail, Deque<Double>> controls = new HashMap<>();
  private final Map<Guardrail, Deque<Outcome>> outcomes = new HashMap<>();
  private final Map<Guardrail, Double> restlessness = new HashMap<>();

  /**
   * Why to stop.
   *
   * @param guardrail which tripped
   * @param value what it read at last; NaN without data
   * @param control what it reads without the change; NaN without data
   * @param limits how many times its limits tripped the guardrail
   * @param text for people
   */
  record Alarm(Guardrail guardrail, double value, double control, double limits, String text) {
    /** Whether there was no data, which is no evidence of harm. */
    boolean isBlind() {
      return Double.isNaN(value);
    }

    /** Whether a reading with the change off is nearer to control than to what tripped. */
    boolean isOver(double reading) {
      return !Double.isNaN(reading)
          && Math.abs(reading - value) > Math.abs(value - control) / 2
          && !guardrail.worse(reading, value);
    }

    /** Whether it is worse than a reading with the change off by what trips the guardrail. */
    boolean isPlain(double reading) {
      return guardrail.excess(value, reading) > limits;
    }
  }

  /**
   * A guard that has seen nothing.
   *
   * @param outliers how many control windows may be as bad as a window that counts as worse; one
   *     where the controls are taken beforehand and never renewed
   * @param eagerness share of the limits at which it trips: below 1 where a trip is a question that
   *     the old value answers, and no verdict
   */
  FastGuard(List<Guardrail> guardrails, int outliers, double eagerness) {
    this.guardrails = List.copyOf(guardrails);
    this.outliers = outliers;
    this.eagerness = eagerness;
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

  /**
   * Learns what a guardrail's signal does by itself.
   *
   * @param history readings of consecutive windows without a change, oldest first
   */
  void learn(Guardrail guardrail, List<Double> history) {
    double[] values = history.stream().mapToDouble(Double::doubleValue).toArray();
    if (values.length < LEAST_HISTORY) {
      return;
    }
    double worst = 0;
    for (int lag : new int[] {0, CONTROL_WINDOWS}) {
      int first = CONTROL_WINDOWS + lag;
      var excess = new double[values.length];
      for (int i = first; i < values.length; i++) {
        double[] control =
            Arrays.copyOfRange(values, Math.max(0, i - lag - COMPARED_WINDOWS), i - lag);
        excess[i] = excess(guardrail, values[i], control);
        double[] last = Arrays.copyOfRange(excess, Math.max(first, i - LOOK_BACK + 1), i + 1);
        Arrays.sort(last);
        if (last.length >= TRIPS) {
          worst = Math.max(worst, last[last.length - TRIPS]);
        }
      }
    }
    restlessness.put(guardrail, Math.max(1, HEADROOM * worst / eagerness));
  }

  /**
   * By how many times its limits a window is worse than control; 0 unless worse than nearly all.
   */
  private double excess(Guardrail guardrail, double value, double[] control) {
    double median = median(control);
    long asBad = Arrays.stream(control).filter(c -> !guardrail.worse(value, c)).count();
    return asBad <= Math.max(outliers, control.length / BEST_OF)
        ? guardrail.excess(value, median)
        : 0;
  }

  /** Whether a guardrail's signal swings by far more than its limit without any change. */
  boolean isRestless(Guardrail guardrail) {
    return limits(guardrail) > RESTLESS;
  }

  private double limits(Guardrail guardrail) {
    return restlessness.getOrDefault(guardrail, 1.0);
  }

  /** Takes a reading with the change off. */
  void control(Guardrail guardrail, Signals.Reading reading) {
    if (reading.present()) {
      push(deque(controls, guardrail), reading.value(), COMPARED_WINDOWS);
    }
  }

  /** Forgets what was read so far: the signals are on another level now. */
  void forget() {
    outcomes.values().forEach(Deque::clear);
    controls.values().forEach(Deque::clear);
  }

  /** Forgets the windows with the change on. */
  void forgetTreated() {
    outcomes.values().forEach(Deque::clear);
  }

  /** Takes a reading with the change on; says why to stop, or nothing. */
  Optional<Alarm> treated(Guardrail guardrail, Signals.Reading reading) {
    Deque<Double> control = deque(controls, guardrail);
    Outcome outcome;
    if (!reading.present()) {
      outcome = Outcome.MISSING;
    } else if (control.isEmpty()) {
      outcome = Outcome.FINE;
    } else {
      double[] values = control.stream().mapToDouble(Double::doubleValue).toArray();
      boolean tripped = excess(guardrail, reading.value(), values) > eagerness * limits(guardrail);
      outcome = tripped ? Outcome.TRIPPED : Outcome.FINE;
    }
    Deque<Outcome> last = deque(outcomes, guardrail);
    push(last, outcome, LOOK_BACK);
    long trips = last.stream().filter(o -> o == Outcome.TRIPPED).count();
    if (trips >= TRIPS && outcome == Outcome.TRIPPED) {
      return Optional.of(alarm(guardrail, reading.value(), trips, last.size()));
    }
    if (last.size() == LOOK_BACK && last.stream().allMatch(o -> o == Outcome.MISSING)) {
      return Optional.of(
          new Alarm(
              guardrail,
              Double.NaN,
              Double.NaN,
              1,
              "guardrail: no data for "
                  + guardrail.signal().name()
                  + " in "
                  + LOOK_BACK
                  + " windows"));
    }
    return Optional.empty();
  }

  private Alarm alarm(Guardrail guardrail, double value, long trips, int windows) {
    SignalRef signal = guardrail.signal();
    double control =
        median(deque(controls, guardrail).stream().mapToDouble(Double::doubleValue).toArray());
    String text =
        String.format(
            "guardrail: %s was %.4g %s, more than %.0f %% worse than control (%.4g %s), in %d of"
                + " the last %d windows",
            signal.name(),
            value,
            signal.unit(),
            100 * guardrail.limit() * eagerness * limits(guardrail),
            control,
            signal.unit(),
            trips,
            windows);
    return new Alarm(guardrail, value, control, eagerness * limits(guardrail), text);
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

  /** The median of the newest control windows. */
  private static double median(double[] control) {
    double[] newest =
        Arrays.copyOfRange(control, Math.max(0, control.length - CONTROL_WINDOWS), control.length);
    Arrays.sort(newest);
    return newest[newest.length / 2];
  }

  private enum Outcome {
    FINE,
    TRIPPED,
    MISSING
  }
}
