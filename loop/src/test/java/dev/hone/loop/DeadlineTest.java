package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Invariant 5: every state that is not final has a deadline. */
class DeadlineTest {
  @Property(tries = 15, seed = "5")
  void invariant5EndsEveryLoopByItsDeadline(
      @ForAll @IntRange(min = 1, max = 40) int minutes, @ForAll @IntRange(max = 50) int seed) {
    try (var world = new World(seed, 0)) {
      Policy policy = world.policy;
      world.conductor.setPolicy(
          Examples.with(policy, 1, Duration.ofMinutes(minutes)), "ann", "test");
      LoopRecord loop =
          world.run(new Design.Switchback(Duration.ofSeconds(25), Duration.ofSeconds(5), 100));
      assertThat(loop.state()).isIn(LoopState.ROLLED_BACK, LoopState.KEPT);
      assertThat(world.ticker.instant())
          .isBeforeOrEqualTo(Examples.START.plus(Duration.ofMinutes(minutes + 1L)));
    }
  }

  @Test
  void invariant5CallsAPersonWhenATargetHangs() {
    try (var world = new World(1, 0)) {
      world.executor = world.ticker.threads();
      world.knob().slowness = Duration.ofHours(2);
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.pass(Duration.ofMinutes(33));
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.STUCK);
      world.pass(Duration.ofHours(4));
      assertThat(world.knob().value()).isEqualTo("a");
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.ROLLED_BACK);
    }
  }

  @Test
  void aPersonMayDecideAsLongAsTheFaultIsSeen() {
    try (var world = new World(1, 0)) {
      world.conductor.setPolicy(Examples.policy(Mode.APPROVE), "ann", "test");
      String loop = world.propose("k", Examples.SWITCHBACK);
      LoopRecord proposed = world.loops.require(loop);
      Duration life = Duration.between(proposed.updatedAt(), proposed.recommendation().expiresAt());
      for (int i = 0; i < 4; i++) {
        world.ticker.pass(life.dividedBy(2).plusSeconds(1));
        world.conductor.see(List.of(proposed.finding()));
        world.conductor.tick();
      }
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.PROPOSED);
      world.ticker.pass(life.plusSeconds(1));
      world.conductor.see(List.of());
      world.conductor.tick();
      LoopRecord ended = world.loops.require(loop);
      assertThat(ended.state()).isEqualTo(LoopState.EXPIRED);
      assertThat(ended.history().getLast().text())
          .isEqualTo("nobody decided while what it is about was wrong");
      assertThat(world.conductor.dealsWith(proposed.finding())).isTrue();
      world.ticker.pass(Duration.ofMinutes(31));
      assertThat(world.conductor.dealsWith(proposed.finding())).isFalse();
    }
  }

  @Test
  void invariant5ExpiresWhatNobodyDecidedAndWhatNeverGotItsTurn() {
    try (var world = new World(1, 0)) {
      String proposed = world.propose("k", Examples.SWITCHBACK);
      String scheduled = world.propose("l", Examples.SWITCHBACK);
      world.approve(scheduled);
      world.conductor.setPolicy(Examples.policy(Mode.OBSERVE), "ann", "test");
      world.ticker.pass(Duration.ofHours(7));
      world.conductor.tick();
      assertThat(world.loops.require(proposed).state()).isEqualTo(LoopState.EXPIRED);
      assertThat(world.loops.require(scheduled).state()).isEqualTo(LoopState.EXPIRED);
      assertThat(world.factory.knob("l").changes()).isEmpty();
    }
  }

  @Test
  void anApprovalWhoseSchedulingWasLostGoesOn() {
    try (var world = new World(1, -0.4)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.loops.append(loop, new LoopEvent.Approved(world.loops.require(loop).planHash(), "ann"));
      world.restart();
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.KEPT);
    }
  }

  @Test
  void everyActiveStateLeadsToAnEnd() {
    for (LoopState state : LoopState.values()) {
      if (state.isActive()) {
        assertThat(state == LoopState.ROLLING_BACK || state.next().contains(LoopState.ROLLING_BACK))
            .as(state.name())
            .isTrue();
        assertThat(state.isFinal()).isFalse();
      }
    }
    assertThat(LoopState.ROLLING_BACK.next()).containsOnly(LoopState.ROLLED_BACK, LoopState.STUCK);
    assertThat(LoopState.SUSPENDED.next()).containsOnly(LoopState.ROLLING_BACK);
  }
}
