package dev.hone.loop;

/**
 * A signal that must not get much worse while a change is tried. It trips when it is worse than
 * under control by more than {@code limit}, and by more than {@code floor} in its own unit.
 *
 * @param signal what is watched
 * @param limit relative worsening that is tolerated: 0.5 means 50 % above control (or, where higher
 *     is better, 50 % below)
 * @param floor absolute worsening below which the relative one means nothing
 */
public record Guardrail(SignalRef signal, double limit, double floor) {
  /** Whether {@code value} is worse than {@code other}, by however little. */
  public boolean worse(double value, double other) {
    return signal.better() == SignalRef.Better.LOWER ? value > other : value < other;
  }

  /**
   * By how many times what is tolerated {@code value} is worse than under {@code control}: it trips
   * above 1; 0 when it is not worse.
   */
  public double excess(double value, double control) {
    double worsening =
        signal.better() == SignalRef.Better.LOWER ? value - control : control - value;
    if (!(worsening > 0)) {
      return 0;
    }
    double relative = worsening / (limit * Math.abs(control));
    return floor > 0 ? Math.min(relative, worsening / floor) : relative;
  }

  /** Whether {@code value} is beyond what {@code control} tolerates. */
  public boolean trippedBy(double value, double control) {
    return excess(value, control) > 1;
  }

  /**
   * How far {@code value} is from {@code control} in units of what is tolerated, on the scale of
   * ratios: 1 where it trips, as far below 0 when it is better by the same factor. Infinite where a
   * ratio with zero is and no floor bounds it.
   */
  double distance(double value, double control) {
    boolean lower = signal.better() == SignalRef.Better.LOWER;
    double worsening = lower ? value - control : control - value;
    if (worsening == 0) {
      return 0;
    }
    double relative = relative(lower, value, control, worsening);
    double absolute = floor > 0 ? worsening / floor : relative;
    return Math.abs(absolute) < Math.abs(relative) ? absolute : relative;
  }

  private double relative(boolean lower, double value, double control, double worsening) {
    boolean ratio = value >= 0 && control >= 0 && (lower || limit < 1);
    if (!ratio) {
      return worsening / (limit * Math.abs(control));
    }
    double log = Math.log(value / control);
    return lower ? log / Math.log1p(limit) : log / Math.log1p(-limit);
  }

  /** The relative worsening that is so many times what is tolerated, see {@link #distance}. */
  double worsening(double times) {
    boolean lower = signal.better() == SignalRef.Better.LOWER;
    if (!lower && limit >= 1) {
      return times * limit;
    }
    return lower ? Math.expm1(times * Math.log1p(limit)) : -Math.expm1(times * Math.log1p(-limit));
  }
}
