package dev.hone.loop;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the owner allows.
 *
 * @param modes how far Hone may go, by {@code layer}, {@code layer/technique} or {@code
 *     layer/technique/target}; the longest key that fits holds, and what is not named is observed
 *     only
 * @param maxActive how many plans may be active at a time over all groups
 * @param alpha bound of the chance to keep what does nothing
 * @param alphaHarm bound of the chance to call harmful what does nothing
 * @param leastGain smallest relative gain that is worth keeping
 * @param deadline longest time from arming to a verdict; plans that need more are not started
 * @param coolDown how long a knob is left alone after a loop that was not kept
 * @param limits how much may change, however good it looks
 * @param windows when changes may be tried
 */
public record Policy(
    Map<String, Mode> modes,
    int maxActive,
    double alpha,
    double alphaHarm,
    double leastGain,
    Duration deadline,
    Duration coolDown,
    Limits limits,
    List<ChangeWindow> windows) {
  public Policy {
    modes = Map.copyOf(modes);
    windows = List.copyOf(windows);
    if (maxActive < 0 || maxActive > 100) {
      throw new IllegalArgumentException(
          "`maxActive` is " + maxActive + "; use a number from 0 to 100");
    }
    if (!(alpha > 0 && alpha < 0.05)) {
      throw new IllegalArgumentException(
          "`alpha` is " + alpha + "; use a chance between 0 and 0.05, like 0.04");
    }
    if (!(alphaHarm > 0 && alphaHarm <= 0.2)) {
      throw new IllegalArgumentException(
          "`alphaHarm` is " + alphaHarm + "; use a chance between 0 and 0.2, like 0.04");
    }
    if (!(leastGain >= 0 && leastGain < 1)) {
      throw new IllegalArgumentException(
          "`leastGain` is " + leastGain + "; use a share from 0 to 1, like 0.02");
    }
    if (deadline.isNegative() || deadline.isZero() || coolDown.isNegative()) {
      throw new IllegalArgumentException(
          "`deadline` is "
              + deadline
              + " and `coolDown` "
              + coolDown
              + "; neither may be negative");
    }
  }

  /**
   * How much may change.
   *
   * @param changesPerKnobPerDay how often one knob may be tried within 24 hours
   * @param changesPerDay how many plans may be started within 24 hours
   * @param step by which factor a number may change at most without a person's approval
   * @param fourEyes the risks for which two people must approve
   * @param earnedRuns how many approved runs without harm earn a mode that does not ask
   * @param ownerPause how long a knob is left alone that somebody else changed
   * @param deploymentFreeze how long nothing starts after a deployment
   * @param holdback when kept gains are measured again, after they were kept
   */
  public record Limits(
      int changesPerKnobPerDay,
      int changesPerDay,
      double step,
      List<Knob.Risk> fourEyes,
      int earnedRuns,
      Duration ownerPause,
      Duration deploymentFreeze,
      List<Duration> holdback) {
    /** Unless the owner says otherwise. */
    public static final Limits STANDARD =
        new Limits(
            4,
            40,
            4,
            List.of(Knob.Risk.R3, Knob.Risk.R4),
            10,
            Duration.ofDays(7),
            Duration.ofMinutes(15),
            List.of(Duration.ofDays(1), Duration.ofDays(7), Duration.ofDays(30)));

    public Limits {
      fourEyes = List.copyOf(fourEyes);
      holdback = List.copyOf(holdback);
      if (changesPerKnobPerDay < 1 || changesPerDay < 1 || !(step > 1) || earnedRuns < 0) {
        throw new IllegalArgumentException(
            "`changesPerKnobPerDay` is "
                + changesPerKnobPerDay
                + ", `changesPerDay` "
                + changesPerDay
                + ", `step` "
                + step
                + ", `earnedRuns` "
                + earnedRuns
                + "; use at least 1, 1, more than 1, and 0");
      }
    }
  }

  /** Observe everything, change nothing. */
  public static Policy observing() {
    return new Policy(
        Map.of(),
        3,
        0.04,
        0.04,
        0.02,
        Duration.ofHours(3),
        Duration.ofMinutes(30),
        Limits.STANDARD,
        List.of());
  }

  /** This policy with other modes. */
  public Policy withModes(Map<String, Mode> changed) {
    return new Policy(
        changed, maxActive, alpha, alphaHarm, leastGain, deadline, coolDown, limits, windows);
  }

  /** This policy with other limits. */
  public Policy withLimits(Limits changed) {
    return new Policy(
        modes, maxActive, alpha, alphaHarm, leastGain, deadline, coolDown, changed, windows);
  }

  /** This policy with other change windows. */
  public Policy withWindows(List<ChangeWindow> changed) {
    return new Policy(
        modes, maxActive, alpha, alphaHarm, leastGain, deadline, coolDown, limits, changed);
  }

  /** The mode of a layer. */
  public Mode mode(String layer) {
    return modes.getOrDefault(layer, Mode.OBSERVE);
  }

  /** Whether something in a layer may be recommended, be it one technique at one target. */
  public boolean mayRecommend(String layer) {
    return modes.entrySet().stream()
        .filter(e -> e.getKey().equals(layer) || e.getKey().startsWith(layer + "/"))
        .anyMatch(e -> e.getValue().compareTo(Mode.RECOMMEND) >= 0);
  }

  /** The mode of a technique where it would act. */
  public Mode mode(String layer, String technique, Target target) {
    String narrow = layer + "/" + technique;
    Mode wide = modes.getOrDefault(narrow, mode(layer));
    return modes.getOrDefault(narrow + "/" + target, wide);
  }
}
