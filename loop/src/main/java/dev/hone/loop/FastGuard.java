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
 * Ends a disaster long before the judge could: when the level of the last two or three windows with
 * the change on is worse than control by more than a guardrail tolerates and more than the signal
 * moves by itself, and worse than nearly every control window, or three in a row have no data. How
 * the signal moves by itself, and how many windows make the best control, is learnt from the time
 * before, see {@link Swing}.
 */
final class FastGuard {
  /** Length of a window, unless a block is shorter. */
  static final Duration WINDOW = Duration.ofSeconds(10);

  /** How many windows with the change off are remembered. */
  static final int CONTROL_WINDOWS = Swing.MOST_CONTROL;

  /** How many windows of the time before are looked at. */
  static final int HISTORY_WINDOWS = 240;

  /** So many windows with the change on are looked at together. */
  static final int LOOK_BACK = 3;

  private static final int LEAST = 2;

  private final List<Guardrail> guardrails;
  private final int outliers;
  private final double eagerness;
  private final int age;
  private final Map<Guardrail, Deque<Double>> controls = new HashMap<>();
  private final Map<Guardrail, Deque<Double>> latest = new HashMap<>();
  private final Map<Guardrail, Swing> swings = new HashMap<>();

  /**
   * Why to stop.
   *
   * @param guardrail which tripped
   * @param value what it read at last; NaN without data
   * @param control what it reads without the change; NaN without data
   * @param limits how many times its limits tripped the guardrail
   * @param kind how its signal moves by itself
   * @param margin how many times the limit the best of its windows was worse
   * @param text for people
   */
  record Alarm(
      Guardrail guardrail,
      double value,
      double control,
      double limits,
      Swing.Kind kind,
      double margin,
      String text) {
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
      return guardrail.distance(value, reading) > limits;
    }
  }

  /**
   * A guard that has seen nothing.
   *
   * @param outliers how many control windows may be as bad as a level that counts as worse; one
   *     where the controls are taken beforehand and never renewed
   * @param eagerness share of the limits at which it trips: below 1 where a trip is a question that
   *     the old value answers, and no verdict
   * @param age how many windows old the control may become
   */
  FastGuard(List<Guardrail> guardrails, int outliers, double eagerness, int age) {
    this.guardrails = List.copyOf(guardrails);
    this.outliers = outliers;
    this.eagerness = eagerness;
    this.age = age;
    for (Guardrail guardrail : guardrails) {
      controls.put(guardrail, new ArrayDeque<>());
      latest.put(guardrail, new ArrayDeque<>());
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
    swings.put(guardrail, Swing.learn(guardrail, values, outliers, eagerness, age));
  }

  /** What is known of a guardrail's signal. */
  Swing swing(Guardrail guardrail) {
    return swings.getOrDefault(guardrail, Swing.unknown(eagerness));
  }

  /** Takes a reading with the change off. */
  void control(Guardrail guardrail, Signals.Reading reading) {
    if (reading.present()) {
      push(deque(controls, guardrail), reading.value(), CONTROL_WINDOWS);
    }
  }

  /** Forgets what was read so far: the signals are on another level now. */
  void forget() {
    latest.values().forEach(Deque::clear);
    controls.values().forEach(Deque::clear);
  }

  /** Forgets the windows with the change on. */
  void forgetTreated() {
    latest.values().forEach(Deque::clear);
  }

  /** Takes a reading with the change on; says why to stop, or nothing. */
  Optional<Alarm> treated(Guardrail guardrail, Signals.Reading reading) {
    Deque<Double> last = deque(latest, guardrail);
    push(last, reading.present() ? reading.value() : Double.NaN, LOOK_BACK);
    double[] present =
        last.stream().mapToDouble(Double::doubleValue).filter(v -> !Double.isNaN(v)).toArray();
    if (last.size() == LOOK_BACK && present.length == 0) {
      return Optional.of(noData(guardrail));
    }
    double[] control =
        deque(controls, guardrail).stream().mapToDouble(Double::doubleValue).toArray();
    if (!reading.present() || control.length == 0) {
      return Optional.empty();
    }
    for (int windows = LEAST; windows <= present.length; windows++) {
      double[] newest = Arrays.copyOfRange(present, present.length - windows, present.length);
      if (trips(guardrail, newest, control)) {
        return Optional.of(alarm(guardrail, newest, control));
      }
    }
    return Optional.empty();
  }

  private boolean trips(Guardrail guardrail, double[] windows, double[] control) {
    Swing swing = swing(guardrail);
    double middle = swing.middle(control);
    double level = swing.level(guardrail, windows, middle);
    return level > swing.limit(windows.length)
        && Swing.stands(guardrail, windows, control, middle, outliers);
  }

  private static Alarm noData(Guardrail guardrail) {
    String text =
        "guardrail: no data for " + guardrail.signal().name() + " in " + LOOK_BACK + " windows";
    return new Alarm(guardrail, Double.NaN, Double.NaN, 1, Swing.Kind.UNKNOWN, 0, text);
  }

  private Alarm alarm(Guardrail guardrail, double[] windows, double[] control) {
    SignalRef signal = guardrail.signal();
    Swing swing = swing(guardrail);
    double middle = swing.middle(control);
    double limit = swing.limit(windows.length);
    double value = Arrays.stream(windows).average().orElseThrow();
    double margin =
        Arrays.stream(windows).map(v -> guardrail.distance(v, middle)).min().orElseThrow() / limit;
    String text =
        String.format(
            "guardrail: %s was %.4g %s, more than %.0f %% worse than control (%.4g %s), over the"
                + " last %d windows",
            signal.name(),
            value,
            signal.unit(),
            100 * guardrail.worsening(limit),
            middle,
            signal.unit(),
            windows.length);
    return new Alarm(guardrail, value, middle, limit, swing.kind(), margin, text);
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
}
