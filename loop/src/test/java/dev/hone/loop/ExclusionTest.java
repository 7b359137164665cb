package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Invariant 4: one active plan a knob and a group, a cap over all, also after a restart. */
class ExclusionTest {
  @Property(tries = 25, seed = "4")
  void invariant4AtMostOneActivePlanAKnobAndAGroupAndACapOverAll(
      @ForAll @IntRange(max = 10_000) int seed,
      @ForAll @IntRange(min = 1, max = 4) int cap,
      @ForAll boolean restart)
      throws InterruptedException {
    var random = new SplittableRandom(seed);
    try (var world = new World(seed, 0)) {
      world.executor = world.ticker.threads();
      world.policy = withCap(world.policy, cap);
      world.conductor.setPolicy(world.policy, "ann", "test");
      for (int i = 0; i < 8; i++) {
        String name = "k" + random.nextInt(5);
        world.factory.knob(name).group = "g" + random.nextInt(3);
        world.approve(world.propose(name, Examples.SWITCHBACK));
      }
      var breaches = new ArrayList<String>();
      world.loops.onChange(changed -> check(world, cap, breaches));
      world.pass(Duration.ofSeconds(40));
      if (restart) {
        world.conductor.stopEverything("ann", "restart");
        world.restart();
        world.conductor.resume("ann");
        world.loops.onChange(changed -> check(world, cap, breaches));
        world.pass(Duration.ofSeconds(40));
      }
      for (int i = 0; i < 10 && random.nextInt(3) > 0; i++) {
        for (LoopRecord loop : world.loops.all()) {
          if (loop.state().isActive() && random.nextBoolean()) {
            rollBack(world, loop.id());
          }
        }
        world.pass(Duration.ofSeconds(20));
      }
      assertThat(breaches).isEmpty();
      assertThat(world.entries()).anyMatch(e -> e.event() instanceof LoopEvent.Armed);
      world.conductor.stopEverything("ann", "end of test");
    }
  }

  @Test
  void invariant4CountsAStuckKnobAsTaken() throws Exception {
    try (var world = new World(1, -0.4)) {
      String first = world.propose(Examples.SWITCHBACK);
      world.approve(first);
      world.loops.append(first, new LoopEvent.Armed("", List.of(), world.ticker.instant()));
      world.loops.append(first, new LoopEvent.RollingBack("hone", "test"));
      world.loops.append(first, new LoopEvent.Stuck("it failed", "turn a"));
      String second = world.propose(Examples.SWITCHBACK);
      world.approve(second);
      world.restart();
      world.conductor.tick();
      assertThat(world.loops.require(second).state()).isEqualTo(LoopState.SCHEDULED);
      assertThat(world.conductor.accepts(Examples.knob("k"), "b")).isFalse();
      world.conductor.rollBack(first, "ann", "try again");
      assertThat(world.loops.require(first).state()).isEqualTo(LoopState.ROLLED_BACK);
      world.conductor.tick();
      assertThat(world.loops.require(second).state()).isEqualTo(LoopState.KEPT);
    }
  }

  @Test
  void invariant4TakesNothingBackUnderAnotherTrialOfTheGroup() throws Exception {
    try (var world = new World(1, -0.4)) {
      LoopRecord kept = world.run(Examples.SWITCHBACK);
      assertThat(kept.state()).isEqualTo(LoopState.KEPT);
      world.rest();
      world.executor = world.ticker.threads();
      world.factory.knob("l").group = "k";
      String second = world.propose("l", Examples.SWITCHBACK);
      world.approve(second);
      world.conductor.tick();
      world.ticker.pass(Duration.ofSeconds(3));
      assertThatThrownBy(() -> world.conductor.rollBack(kept.id(), "ann", "why not"))
          .isInstanceOf(Conductor.RefusedException.class)
          .hasMessageContaining("is under way; roll that one back first");
      assertThat(world.knob().value()).isEqualTo("b");
      world.conductor.stopEverything("ann", "end of test");
      world.conductor.rollBack(kept.id(), "ann", "now");
      assertThat(world.loops.require(kept.id()).state()).isEqualTo(LoopState.REVOKED);
    }
  }

  private static void check(World world, int cap, List<String> breaches) {
    List<LoopRecord> active = world.loops.all().stream().filter(l -> l.state().isActive()).toList();
    long knobs = active.stream().map(l -> l.plan().knob().id()).distinct().count();
    long groups = active.stream().map(l -> l.plan().group()).distinct().count();
    if (active.size() > cap || knobs < active.size() || groups < active.size()) {
      synchronized (breaches) {
        breaches.add(active.toString());
      }
    }
  }

  private static Policy withCap(Policy p, int cap) {
    return Examples.with(p, cap, p.deadline());
  }

  private static void rollBack(World world, String loop) {
    try {
      world.conductor.rollBack(loop, "ann", "test");
    } catch (Conductor.RefusedException e) {
      assertThat(e).hasMessageContaining("loop " + loop);
    }
  }
}
