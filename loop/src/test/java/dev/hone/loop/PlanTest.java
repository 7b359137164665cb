package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Invariants 7 and 11: the plan that runs is the approved one, its schedule drawn beforehand. */
class PlanTest {
  @Property(tries = 20, seed = "7")
  void invariant7RunsThePlanThatWasApproved(
      @ForAll @IntRange(max = 1000) int seed, @ForAll boolean restart) {
    try (var world = new World(seed, -0.4)) {
      String loop = world.propose(Examples.SWITCHBACK);
      String shown = world.loops.require(loop).planHash();
      world.approve(loop);
      if (restart) {
        world.restart();
      }
      world.conductor.tick();
      List<LoopEvent> events = world.events(loop);
      assertThat(events)
          .filteredOn(e -> e instanceof LoopEvent.Armed a && a.planHash().equals(shown))
          .hasSize(1);
      assertThat(world.loops.require(loop).plan().hash()).isEqualTo(shown);
    }
  }

  @Property(tries = 30, seed = "77")
  void invariant7RefusesAnyOtherHash(@ForAll String hash) {
    try (var world = new World(1, 0)) {
      String loop = world.propose(Examples.SWITCHBACK);
      assertThatThrownBy(() -> world.conductor.approve(loop, hash, "ann"))
          .isInstanceOf(Conductor.RefusedException.class)
          .hasMessageContaining("read it again");
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.PROPOSED);
    }
  }

  @Test
  void invariant7NeverStartsWhatTheJournalSaysWasApprovedAsSomethingElse() {
    try (var world = new World(1, -0.4)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.loops.append(loop, new LoopEvent.Approved("another hash", "ann"));
      world.conductor.tick();
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.EXPIRED);
      assertThat(world.knob().changes()).isEmpty();
    }
  }

  @Property(tries = 100, seed = "78")
  void invariant7EveryPartOfThePlanCountsForItsHash(
      @ForAll long seed, @ForAll @DoubleRange(max = 0.5) double gain) {
    Plan plan = plan(seed, gain);
    assertThat(RecordCodec.read(Plan.class, RecordCodec.write(plan)).hash()).isEqualTo(plan.hash());
    assertThat(plan(seed + 1, gain).hash()).isNotEqualTo(plan.hash());
    assertThat(plan(seed, gain + 1e-9).hash()).isNotEqualTo(plan.hash());
  }

  @Property(tries = 15, seed = "111")
  void invariant11DrawsTheScheduleBeforehandWhateverComes(
      @ForAll @IntRange(max = 100) int seed,
      @ForAll @DoubleRange(min = -0.3, max = 0.3) double effect) {
    try (var world = new World(seed, effect);
        var other = new World(seed, -effect)) {
      LoopRecord loop = world.run(Examples.SWITCHBACK);
      List<Boolean> drawn = armed(world, loop.id()).onFirst();
      LoopRecord twin = other.run(Examples.SWITCHBACK);
      assertThat(armed(other, twin.id()).onFirst()).isEqualTo(drawn);
      assertThat(drawn).hasSize(Examples.SWITCHBACK.maxPairs());
      for (Pair pair : loop.pairs()) {
        assertThat(pair.first().on()).isEqualTo(drawn.get(pair.index() - 1));
        assertThat(pair.second().on()).isNotEqualTo(pair.first().on());
      }
      List<LoopEvent> events = world.events(loop.id());
      assertThat(events.indexOf(armed(world, loop.id())))
          .isLessThan(events.indexOf(new LoopEvent.Applying()));
    }
  }

  @Test
  void invariant11FlipsAFairCoin() {
    int onFirst = 0;
    int changes = 0;
    boolean last = false;
    for (int seed = 0; seed < 1000; seed++) {
      for (boolean on : Schedule.draw(seed, Examples.SWITCHBACK).onFirst()) {
        onFirst += on ? 1 : 0;
        changes += on == last ? 0 : 1;
        last = on;
      }
    }
    assertThat(onFirst).isBetween(9_700, 10_300);
    assertThat(changes).isBetween(9_700, 10_300);
  }

  private static LoopEvent.Armed armed(World world, String loop) {
    return world.events(loop).stream()
        .filter(LoopEvent.Armed.class::isInstance)
        .map(LoopEvent.Armed.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static Plan plan(long seed, double gain) {
    return plan("l", seed, gain);
  }

  /** A plan of a loop. */
  static Plan plan(String loop) {
    return plan(loop, 1, 0.02);
  }

  private static Plan plan(String loop, long seed, double gain) {
    Policy policy = Examples.policy(Mode.APPROVE);
    return new Plan(
        loop,
        Examples.knob("k"),
        "g",
        "a",
        "b",
        Examples.DIFFERENCE,
        Examples.LATENCY,
        gain,
        0.04,
        0.05,
        List.of(),
        seed,
        policy.deadline());
  }
}
