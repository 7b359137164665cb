package dev.hone.loop;

import java.time.Duration;
import java.util.Map;

/**
 * What the owner allows.
 *
 * @param modes mode of each layer; a layer that is not named is observed only
 * @param maxActive how many plans may be active at a time over all groups
 * @param alpha bound of the chance to keep what does nothing
 * @param alphaHarm bound of the chance to call harmful what does nothing
 * @param leastGain smallest relative gain that is worth keeping
 * @param deadline longest time from arming to a verdict
 * @param coolDown how long a knob is left alone after a loop that was not kept
 */
public record Policy(
    Map<String, Mode> modes,
    int maxActive,
    double alpha,
    double alphaHarm,
    double leastGain,
    Duration deadline,
    Duration coolDown) {
  public Policy {
    modes = Map.copyOf(modes);
  }

  /** Observe everything, change nothing. */
  public static Policy observing() {
    return new Policy(Map.of(), 3, 0.04, 0.05, 0.02, Duration.ofHours(3), Duration.ofMinutes(30));
  }

  /** This policy with other modes. */
  public Policy withModes(Map<String, Mode> changed) {
    return new Policy(changed, maxActive, alpha, alphaHarm, leastGain, deadline, coolDown);
  }

  /** The mode of a layer. */
  public Mode mode(String layer) {
    return modes.getOrDefault(layer, Mode.OBSERVE);
  }
}
