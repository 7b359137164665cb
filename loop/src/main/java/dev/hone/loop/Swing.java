package dev.hone.loop;

import java.util.Arrays;

/**
 * What a guardrail's signal does by itself, and how far it must go to trip. Distances are those of
 * {@link Guardrail#distance}; the level of some windows is the mean of their distances from
 * control, each clipped, so that one window alone cannot trip.
 *
 * <p>Limits are {@value #DEVIATIONS} deviations of the same level in the time before, or a tenth
 * more than its largest there, whichever is more, and never below what the guard is eager for. With
 * normal noise of deviation σ in limits the level of k windows has deviation σ/√k, so that small
 * harm is seen in noise that hides it from a single window.
 *
 * @param control how many windows with the change off make up the control
 * @param two limit for the level of two windows
 * @param three limit for the level of three
 * @param clip how far a window counts at the most
 * @param kind how the signal moves
 */
record Swing(int control, double two, double three, double clip, Kind kind) {
  /** How a signal moves. */
  enum Kind {
    /** Nothing is known of it. */
    UNKNOWN(Double.POSITIVE_INFINITY),
    /** Its deviation tells what to expect. */
    CALM(0),
    /** It makes jumps that its deviation does not foretell. */
    RESTLESS(1.25),
    /** It moves so much that only harm far beyond the limit is seen. */
    NOISY(2);

    /** Windows that are all beyond so many times their limit leave no doubt. */
    private final double beyondDoubt;

    Kind(double beyondDoubt) {
      this.beyondDoubt = beyondDoubt;
    }

    boolean isBeyondDoubt(double margin) {
      return margin > beyondDoubt;
    }
  }

  /** How many windows with the change off make up the control while nothing is known. */
  static final int USUAL_CONTROL = 9;

  /** The most windows of control. */
  static final int MOST_CONTROL = 45;

  /** A level counts as worse when it is worse than all but one in so many control windows. */
  private static final int BEST_OF = 15;

  private static final int[] CONTROLS = {USUAL_CONTROL, 18, MOST_CONTROL};
  private static final int LEAST_HISTORY = 30;
  private static final int LEAST_LEVELS = 20;
  private static final int GROUP = 3;
  private static final double DEVIATIONS = 3.4;
  private static final double HEADROOM = 1.1;
  private static final double CLIP = 1.25;
  private static final int PARTS = 3;
  private static final double STRAY = 3.5;
  private static final double NOISY = 2;
  private static final double JUMP = 4;
  private static final double LEAST_JUMP = 0.8;
  private static final double MAD_TO_SD = 1.4826;

  /** Where a ratio with zero is cut off. */
  private static final double FAR = 1e6;

  private static final int MOST_ROUNDS = 8;

  /** For a signal that nothing is known of. */
  static Swing unknown(double eagerness) {
    return new Swing(USUAL_CONTROL, eagerness, eagerness, CLIP * eagerness, Kind.UNKNOWN);
  }

  /**
   * Learns from consecutive windows without a change, oldest first.
   *
   * @param outliers how many control windows may be as bad as a level that counts as worse
   * @param eagerness what limits never fall below
   * @param age how many windows old the control may become
   */
  static Swing learn(
      Guardrail guardrail, double[] values, int outliers, double eagerness, int age) {
    if (values.length < LEAST_HISTORY) {
      return unknown(eagerness);
    }
    Swing best = unknown(eagerness);
    double least = Double.POSITIVE_INFINITY;
    for (int control : CONTROLS) {
      Past past = Past.of(guardrail, values, outliers, eagerness, age, control);
      if (past.two.limit() + past.three.limit() < least) {
        least = past.two.limit() + past.three.limit();
        best = past.swing(guardrail, values, eagerness);
      }
    }
    return best;
  }

  /** What the levels of so many windows did: their deviation, and the worst. */
  private record Levels(double deviation, double worst) {
    double limit() {
      return Math.max(DEVIATIONS * deviation, HEADROOM * worst);
    }

    /** Whether normal noise of this deviation would hardly have gone as far. */
    boolean strays(double limit) {
      return worst > STRAY * deviation && HEADROOM * worst > limit;
    }
  }

  /** The time before, seen with a control of so many windows. */
  private record Past(int control, double clip, Levels two, Levels three) {
    static Past of(
        Guardrail guardrail,
        double[] values,
        int outliers,
        double eagerness,
        int age,
        int control) {
      double clip = CLIP * eagerness;
      for (int round = 0; ; round++) {
        var swing = new Swing(control, eagerness, eagerness, clip, Kind.CALM);
        var past =
            new Past(
                control,
                clip,
                swing.levels(guardrail, values, outliers, age, 2),
                swing.levels(guardrail, values, outliers, age, GROUP));
        double wider = CLIP * Math.max(past.two.limit(), past.three.limit());
        if (wider <= clip || round == MOST_ROUNDS) {
          return past;
        }
        clip = wider;
      }
    }

    Swing swing(Guardrail guardrail, double[] values, double eagerness) {
      double limitOfTwo = Math.max(eagerness, two.limit());
      double limitOfThree = Math.max(eagerness, three.limit());
      return new Swing(
          control, limitOfTwo, limitOfThree, clip, kind(guardrail, values, eagerness, limitOfTwo));
    }

    private Kind kind(Guardrail guardrail, double[] values, double eagerness, double limit) {
      if (limit > NOISY * eagerness) {
        return Kind.NOISY;
      }
      boolean restless =
          two.strays(eagerness)
              || three.strays(eagerness)
              || jumps(guardrail, values, control, limit);
      return restless ? Kind.RESTLESS : Kind.CALM;
    }
  }

  private Levels levels(Guardrail guardrail, double[] values, int outliers, int age, int windows) {
    double worst = 0;
    double deviation = 0;
    for (int lag : new int[] {0, age / 2, age}) {
      var squares = new double[PARTS];
      var above = new int[PARTS];
      int first = USUAL_CONTROL + lag;
      int count = values.length - windows + 1 - first;
      for (int i = first; i < first + count; i++) {
        double[] controls =
            Arrays.copyOfRange(values, Math.max(0, i - lag - MOST_CONTROL), i - lag);
        double middle = middle(controls);
        double[] group = Arrays.copyOfRange(values, i, i + windows);
        double level = level(guardrail, group, middle);
        if (level > 0) {
          int part = PARTS * (i - first) / count;
          squares[part] += level * level;
          above[part]++;
        }
        if (level > worst && stands(guardrail, group, controls, middle, outliers)) {
          worst = level;
        }
      }
      for (int part = 0; part < PARTS; part++) {
        if (above[part] >= LEAST_LEVELS) {
          deviation = Math.max(deviation, Math.sqrt(squares[part] / above[part]));
        }
      }
    }
    return new Levels(deviation, worst);
  }

  /** The median of the newest control windows. */
  double middle(double[] controls) {
    double[] newest =
        Arrays.copyOfRange(controls, Math.max(0, controls.length - control), controls.length);
    Arrays.sort(newest);
    return newest[newest.length / 2];
  }

  /** Mean distance of windows from a middle of control, each clipped. */
  double level(Guardrail guardrail, double[] windows, double middle) {
    return mean(guardrail, windows, middle, clip);
  }

  private static double mean(
      Guardrail guardrail, double[] windows, double middle, double furthest) {
    double sum = 0;
    for (double value : windows) {
      sum += Math.clamp(guardrail.distance(value, middle), -furthest, furthest);
    }
    return sum / windows.length;
  }

  /** Whether windows are worse than nearly all of the control windows. */
  static boolean stands(
      Guardrail guardrail, double[] windows, double[] controls, double middle, int outliers) {
    double level = mean(guardrail, windows, middle, FAR);
    long asBad =
        Arrays.stream(controls).filter(c -> guardrail.distance(c, middle) >= level).count();
    return asBad <= Math.max(outliers, controls.length / BEST_OF);
  }

  /** The limit for the level of so many windows. */
  double limit(int windows) {
    return windows == 2 ? two : three;
  }

  /**
   * Whether a window, or the step from one to the next, is {@value #JUMP} times as far out as their
   * deviation, and far enough to matter.
   */
  private static boolean jumps(Guardrail guardrail, double[] values, int control, double limit) {
    var places = new double[values.length - USUAL_CONTROL];
    var steps = new double[places.length - 1];
    var swing = new Swing(control, limit, limit, Double.MAX_VALUE, Kind.CALM);
    for (int i = 0; i < places.length; i++) {
      int at = USUAL_CONTROL + i;
      double middle = swing.middle(Arrays.copyOfRange(values, Math.max(0, at - MOST_CONTROL), at));
      places[i] = Math.clamp(guardrail.distance(values[at], middle), -FAR, FAR);
      if (i > 0) {
        steps[i - 1] = places[i] - places[i - 1];
      }
    }
    return jumps(places, limit) || jumps(steps, limit);
  }

  private static boolean jumps(double[] distances, double limit) {
    double[] sorted = Arrays.stream(distances).map(Math::abs).sorted().toArray();
    double usual = MAD_TO_SD * sorted[sorted.length / 2];
    return sorted[sorted.length - 1] > Math.max(JUMP * usual, LEAST_JUMP * limit);
  }
}
