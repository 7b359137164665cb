package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Invariants 6, 10 and 12: what is kept, and when it becomes permanent. */
class KeepingTest {
  @Property(tries = 40, seed = "6")
  void invariant6KeepsOnlyAfterExperimentingWithEvidence(
      @ForAll @LongRange(min = 0, max = 1000) long seed) {
    try (var world = new World(seed, -0.4)) {
      LoopRecord loop = world.run(Examples.SWITCHBACK);
      assertThat(loop.state()).isEqualTo(LoopState.KEPT);
      assertThat(world.knob().value()).isEqualTo("b");
    }
  }
}
