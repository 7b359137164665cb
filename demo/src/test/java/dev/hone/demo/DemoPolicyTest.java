package dev.hone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Mode;
import dev.hone.loop.Policy;
import dev.hone.loop.Target;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The demo changes its own processes and leaves everybody else's alone. */
class DemoPolicyTest {
  private final Policy policy =
      DemoPolicy.of(
          Map.of(
              DemoSystem.Role.SHOP, 10L,
              DemoSystem.Role.PRICING, 11L,
              DemoSystem.Role.NEIGHBOUR, 12L));

  private Mode mode(String layer, String technique, String kind, String name) {
    return policy.mode(layer, technique, new Target(kind, name));
  }

  @Test
  void itsOwnProcessesAreChangedWithoutAsking() {
    assertThat(mode("host", "demote-neighbour", "process", "Neighbour 12")).isEqualTo(Mode.AUTO);
    assertThat(mode("host", "demote-neighbour", "process", "Pricing 11")).isEqualTo(Mode.AUTO);
    assertThat(mode("jvm", "grow-pool", "pool", "shop in Shop (pid 10)")).isEqualTo(Mode.AUTO);
    assertThat(mode("database", "missing-index", "table", "shop.orders")).isEqualTo(Mode.AUTO);
    assertThat(policy.mayRecommend("host")).isTrue();
  }

  @Test
  void nobodyElsesAre() {
    assertThat(mode("host", "demote-neighbour", "process", "javac 13")).isEqualTo(Mode.OBSERVE);
    assertThat(mode("host", "demote-neighbour", "process", "Neighbour 13")).isEqualTo(Mode.OBSERVE);
    assertThat(mode("jvm", "grow-pool", "pool", "shop in Shop (pid 13)")).isEqualTo(Mode.OBSERVE);
  }

  @Test
  void withoutANeighbourNothingIsSaidOfOne() {
    assertThat(DemoPolicy.of(Map.of(DemoSystem.Role.PRICING, 11L)).modes())
        .doesNotContainKey("host/demote-neighbour/process Neighbour 12")
        .containsKey("host/demote-neighbour/process Pricing 11");
  }
}
