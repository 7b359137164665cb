package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Invariants 2 and 3: what is read back is what was written, and nobody is fought. */
class KnobConflictsTest {
  @Property(tries = 40, seed = "2")
  void invariant2RollsBackWhatReadsBackDifferently(
      @ForAll @IntRange(max = 300) int afterSeconds, @ForAll boolean oneWay) {
    try (var world = new World(7, -0.4)) {
      String loop = world.propose(oneWay ? Examples.DIFFERENCE : Examples.SWITCHBACK);
      world.approve(loop);
      if (oneWay || afterSeconds < 30) {
        world.knob().mangled = Optional.of("8");
      } else {
        world.ticker.in(
            Duration.ofSeconds(afterSeconds), () -> world.knob().mangled = Optional.of("8"));
      }
      world.conductor.tick();
      LoopState state = world.loops.require(loop).state();
      boolean mangled = world.knob().changes().stream().anyMatch(c -> c.value().equals("8"));
      assertThat(state).isEqualTo(mangled ? LoopState.ROLLED_BACK : LoopState.KEPT);
      assertThat(world.knob().value()).isEqualTo(mangled ? "a" : "b");
    }
  }

  @Test
  void invariant2HoldsAcrossACrash() {
    try (var world = new World(7, -0.4)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.knob().mangled = Optional.of("8");
      world.loops.onChange(
          record -> {
            LoopEvent.Intent intent = record.openIntent();
            if (intent != null && intent.value().equals("8")) {
              world.die();
            }
          });
      tickToDeath(world);
      assertThat(world.knob().value()).isEqualTo("8");
      world.restart();
      assertThat(world.knob().value()).isEqualTo("a");
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.ROLLED_BACK);
    }
  }

  @Property(tries = 60, seed = "3")
  void invariant3LeavesAloneWhatAPersonSet(
      @ForAll @IntRange(max = 400) int afterSeconds, @ForAll @IntRange(max = 30) int seed) {
    try (var world = new World(seed, -0.4)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.ticker.in(Duration.ofSeconds(afterSeconds), () -> world.knob().setByPerson("x"));
      world.conductor.tick();
      world.pass(Duration.ofSeconds(afterSeconds + 1L));
      assertThat(world.knob().value()).isEqualTo("x");
      LoopRecord end = world.loops.require(loop);
      if (end.state() == LoopState.ROLLED_BACK) {
        assertThat(end.history()).anyMatch(s -> s.state() == LoopState.SUSPENDED);
      } else {
        assertThat(end.state()).isEqualTo(LoopState.KEPT);
      }
    }
  }

  @Property(tries = 40, seed = "33")
  void invariant3DoesNotOverrideAPersonWhoSetsTheOldValueBack(
      @ForAll @IntRange(max = 400) int afterSeconds, @ForAll @IntRange(max = 30) int seed) {
    try (var world = new World(seed, 0)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.ticker.in(
          Duration.ofSeconds(afterSeconds),
          () -> {
            if (world.knob().value().equals("b")) {
              world.knob().setByPerson("a");
            }
          });
      world.conductor.tick();
      List<FakeKnob.Change> changes = world.knob().changes();
      int person = changes.stream().map(FakeKnob.Change::byHone).toList().indexOf(false);
      if (person >= 0) {
        assertThat(changes.subList(person + 1, changes.size())).isEmpty();
        assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.ROLLED_BACK);
      }
      assertThat(world.knob().value()).isEqualTo("a");
    }
  }

  @Property(tries = 40, seed = "34")
  void aTargetThatFailsEndsRolledBackOrStuckAndNeverKept(
      @ForAll @IntRange(max = 150) int afterSeconds,
      @ForAll KnobException.Reason reason,
      @ForAll boolean heals) {
    try (var world = new World(5, -0.4)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.ticker.in(
          Duration.ofSeconds(afterSeconds), () -> world.knob().failure = Optional.of(reason));
      if (heals) {
        world.loops.onChange(
            record -> {
              if (record.state() == LoopState.ROLLING_BACK) {
                world.knob().failure = Optional.empty();
              }
            });
      }
      world.conductor.tick();
      LoopRecord end = world.loops.require(loop);
      assertThat(end.state()).isIn(LoopState.ROLLED_BACK, LoopState.STUCK, LoopState.EXPIRED);
      if (heals) {
        assertThat(world.knob().value()).isEqualTo("a");
      } else if (end.state() == LoopState.STUCK) {
        assertThat(end.history().getLast().text()).contains("Run: turn a");
      }
    }
  }

  @Test
  void aBugInAKnobOrASignalEndsWithTheOldValueOrStuck() {
    try (var world = new World(5, -0.4)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.ticker.in(
          Duration.ofSeconds(40),
          () -> world.signals.bug = Optional.of(new IllegalStateException("a bug")));
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.ROLLED_BACK);
      assertThat(world.knob().value()).isEqualTo("a");
    }
    try (var world = new World(5, -0.4)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.ticker.in(
          Duration.ofSeconds(40),
          () -> world.knob().bug = Optional.of(new IllegalStateException("a bug")));
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.STUCK);
    }
  }

  static void tickToDeath(World world) {
    try {
      world.conductor.tick();
    } catch (World.Death death) {
      // The rest of the test starts Hone again.
    }
  }
}
