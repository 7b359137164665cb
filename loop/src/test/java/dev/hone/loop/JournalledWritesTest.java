package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * Invariant 1: no write without a durable journal entry that holds the prior value and the undo.
 */
class JournalledWritesTest {
  @Property(tries = 40, seed = "1")
  void invariant1FindsTheIntentInTheFileBeforeEachWrite(
      @ForAll @IntRange(max = 500) int seed, @ForAll boolean oneWay, @ForAll boolean harmful) {
    try (var world = new World(seed, harmful ? 0.3 : -0.4)) {
      String loop = world.propose(oneWay ? Examples.DIFFERENCE : Examples.SWITCHBACK);
      world.approve(loop);
      var intents = new ArrayList<LoopEvent.Intent>();
      world.knob().beforeWrite =
          () -> {
            LoopEvent.Intent intent = lastIntent(world.events(loop));
            assertThat(intent.prior()).isEqualTo("a");
            assertThat(intent.knob()).isEqualTo(Examples.knob("k"));
            intents.add(intent);
          };
      world.conductor.tick();
      assertThat(intents).isNotEmpty();
      assertThat(world.loops.require(loop).state().isFinal()).isTrue();
      for (int i = 0; i < intents.size(); i++) {
        boolean undo = i == intents.size() - 1 && harmful;
        String written = world.knob().changes().get(i).value();
        assertThat(written).isEqualTo(undo ? "a" : intents.get(i).value());
      }
    }
  }

  @Property(tries = 60, seed = "11")
  void invariant1WritesNothingNewOnAFullDisk(
      @ForAll @IntRange(max = 900) int fullAfterSeconds, @ForAll @IntRange(max = 50) int seed) {
    try (var world = new World(seed, -0.4)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.ticker.in(Duration.ofSeconds(fullAfterSeconds), () -> world.disk.full = true);
      world.knob().beforeWrite =
          () -> {
            boolean undo = world.disk.full && world.knob().value().equals("b");
            LoopEvent last = world.events(loop).getLast();
            assertThat(
                    undo
                        || last instanceof LoopEvent.Intent
                        || last instanceof LoopEvent.RollingBack)
                .isTrue();
          };
      world.conductor.tick();
      LoopState state = world.loops.require(loop).state();
      assertThat(world.knob().value()).isEqualTo(state == LoopState.KEPT ? "b" : "a");
      world.disk.full = false;
      world.pass(Duration.ofSeconds(12));
      assertThat(world.loops.require(loop).state())
          .isEqualTo(state == LoopState.KEPT ? LoopState.KEPT : LoopState.ROLLED_BACK);
      assertThat(world.guard.held()).isEmpty();
    }
  }

  @Test
  void aFullDiskFromTheStartLeavesTheKnobAlone() {
    try (var world = new World(1, -0.4)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.disk.full = true;
      world.conductor.tick();
      assertThat(world.knob().changes()).isEmpty();
      assertThat(world.problems).anyMatch(p -> p.contains("No space left on device"));
    }
  }

  @Test
  void theGuardHoldsTheUndoBeforeTheFirstWrite() {
    try (var world = new World(1, -0.4)) {
      world.guard.refuses = true;
      LoopRecord loop = world.run(Examples.SWITCHBACK);
      assertThat(loop.state()).isEqualTo(LoopState.ROLLED_BACK);
      assertThat(world.knob().changes()).isEmpty();
      assertThat(loop.history().getLast().text()).contains("nothing was changed");
    }
  }

  private static LoopEvent.Intent lastIntent(List<LoopEvent> events) {
    return events.reversed().stream()
        .filter(LoopEvent.Intent.class::isInstance)
        .map(LoopEvent.Intent.class::cast)
        .findFirst()
        .orElseThrow();
  }
}
