package dev.hone.demo;

import dev.hone.demo.neighbour.Neighbour;
import dev.hone.demo.pricing.Pricing;
import dev.hone.demo.shop.Shop;
import dev.hone.loop.Mode;
import dev.hone.loop.Policy;
import dev.hone.loop.Tuning;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What Hone may do in the demo: everything without asking and within minutes, to the demo's own
 * processes and to no other of this machine. The shop is a toy, and one of the planted ideas hurts,
 * which must not end the others.
 */
final class DemoPolicy {
  private static final String DEMOTE = "host/demote-neighbour";
  private static final String GROW = "jvm/grow-pool";
  private static final Map<DemoSystem.Role, Class<?>> DEMOTABLE =
      Map.of(
          DemoSystem.Role.NEIGHBOUR, Neighbour.class,
          DemoSystem.Role.PRICING, Pricing.class);

  private DemoPolicy() {}

  /**
   * The policy for a demo with these processes.
   *
   * @param pids process ids by role, as {@link DemoSystem#pids} tells them
   */
  static Policy of(Map<DemoSystem.Role, Long> pids) {
    var modes = new HashMap<String, Mode>();
    for (String layer : List.of("host", "database", "jvm")) {
      modes.put(layer, Mode.AUTO);
    }
    modes.put("jvm/" + Tuning.TECHNIQUE, Mode.OBSERVE);
    modes.put(DEMOTE, Mode.OBSERVE);
    modes.put(GROW, Mode.OBSERVE);
    DEMOTABLE.forEach(
        (role, main) -> {
          if (pids.containsKey(role)) {
            modes.put(
                DEMOTE + "/process " + main.getSimpleName() + " " + pids.get(role), Mode.AUTO);
          }
        });
    if (pids.containsKey(DemoSystem.Role.SHOP)) {
      String shop =
          Shop.POOL
              + " in "
              + Shop.class.getSimpleName()
              + " (pid "
              + pids.get(DemoSystem.Role.SHOP)
              + ")";
      modes.put(GROW + "/pool " + shop, Mode.AUTO);
    }
    Policy.Limits usual = Policy.Limits.STANDARD;
    return Policy.observing()
        .withModes(modes)
        .withLimits(
            new Policy.Limits(
                1_000,
                10_000,
                1_000_000,
                List.of(),
                0,
                usual.ownerPause(),
                usual.deploymentFreeze(),
                List.of()));
  }
}
