package dev.hone.bench.loop;

/**
 * What happens to the measurements besides the change, counted from its first application.
 *
 * @param shift log of an outside factor on everything, from the first application on
 * @param lonelyShift the same on the primary signal alone, not on what serves as its control
 * @param mix log of an outside factor that grows from 0 between {@link #MIX_FROM} and {@link
 *     #MIX_TO}, as when the mix of the traffic moves
 * @param loss share of samples that are lost
 * @param gap seconds after each switching without samples
 * @param skew seconds by which stamps are too late, negative for too early
 * @param skewFrom seconds after the first application from which they are
 */
record Trap(
    double shift, double lonelyShift, double mix, double loss, int gap, int skew, int skewFrom) {
  /**
   * Seconds after the first application at which the mix begins to move: halfway to the earliest
   * verdict.
   */
  static final int MIX_FROM = 720;

  /** Seconds after the first application at which the mix has moved. */
  static final int MIX_TO = 2520;

  private static final int CLOCK_STEPS_AT = 300;

  /** Nothing happens. */
  static final Trap NONE = new Trap(0, 0, 0, 0, 0, 0, 0);

  static Trap shift(double relative) {
    return new Trap(Math.log1p(relative), 0, 0, 0, 0, 0, 0);
  }

  static Trap lonelyShift(double relative) {
    return new Trap(0, Math.log1p(relative), 0, 0, 0, 0, 0);
  }

  static Trap mix(double relative) {
    return new Trap(0, 0, Math.log1p(relative), 0, 0, 0, 0);
  }

  static Trap loss(double share) {
    return new Trap(0, 0, 0, share, 0, 0, 0);
  }

  static Trap gap(int seconds) {
    return new Trap(0, 0, 0, 0, seconds, 0, 0);
  }

  /** A clock that was right steps five minutes after the first application. */
  static Trap clockSteps(int seconds) {
    return new Trap(0, 0, 0, 0, 0, seconds, CLOCK_STEPS_AT);
  }

  /** A clock that is wrong all the time. */
  static Trap clockIsOff(int seconds) {
    return new Trap(0, 0, 0, 0, 0, seconds, -VirtualSystem.HISTORY * World.SAMPLE_SECONDS);
  }

  /**
   * The log of the outside factor on everything.
   *
   * @param since seconds since the first application, negative before
   */
  double outside(double since) {
    if (since < 0) {
      return 0;
    }
    return shift + mix * Math.clamp((since - MIX_FROM) / (MIX_TO - MIX_FROM), 0, 1);
  }
}
