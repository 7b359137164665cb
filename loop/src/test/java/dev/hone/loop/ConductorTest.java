package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may start what, and when. */
class ConductorTest {
  @ParameterizedTest
  @EnumSource
  void theModeDecidesWhoApproves(Mode mode) throws Exception {
    for (Knob.Risk risk : Knob.Risk.values()) {
      for (Knob.Reversibility reversibility : Knob.Reversibility.values()) {
        try (var world = new World(1, 0)) {
          world.conductor.setPolicy(Examples.policy(mode), "ann", "test");
          world.knob().reversibility = reversibility;
          String loop =
              world.propose("k", Examples.recommendation("k", Examples.SWITCHBACK, -0.4, risk));
          boolean expected =
              switch (mode) {
                case OBSERVE, RECOMMEND, APPROVE -> false;
                case AUTO_REVERSIBLE ->
                    (risk == Knob.Risk.R0 || risk == Knob.Risk.R1)
                        && reversibility == Knob.Reversibility.TOGGLE;
                case AUTO ->
                    risk != Knob.Risk.R4 && reversibility != Knob.Reversibility.IRREVERSIBLE;
              };
          LoopRecord record = world.loops.require(loop);
          assertThat(record.state()).isEqualTo(expected ? LoopState.SCHEDULED : LoopState.PROPOSED);
          if (expected) {
            assertThat(Optional.ofNullable(record.approval()).orElseThrow().by())
                .isEqualTo("policy " + mode);
          } else if (mode.compareTo(Mode.APPROVE) >= 0) {
            world.conductor.approve(loop, record.planHash(), "ann");
            assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.SCHEDULED);
          } else {
            assertThatThrownBy(() -> world.conductor.approve(loop, record.planHash(), "ann"))
                .isInstanceOf(Conductor.RefusedException.class)
                .hasMessageContaining("raise it with `modes.host: APPROVE`");
          }
        }
      }
    }
  }

  @Test
  void whatIsFoundAtAStartIsRankedTogether() {
    try (var world = new World(1, -0.4)) {
      world.conductor.setPolicy(Examples.policy(Mode.AUTO), "ann", "test");
      world.conductor.gather(Duration.ofSeconds(30));
      String loop = world.propose("k", Examples.SWITCHBACK);
      world.conductor.tick();
      LoopRecord waiting = world.loops.require(loop);
      assertThat(waiting.state()).isEqualTo(LoopState.SCHEDULED);
      assertThat(world.conductor.waitsFor(waiting).orElseThrow()).contains("ranked together");
      world.pass(Duration.ofSeconds(31));
      assertThat(world.loops.require(loop).state()).isNotEqualTo(LoopState.SCHEDULED);
    }
  }

  @Test
  void aLoweredModeHoldsForWhatIsNotUnderWay() {
    try (var world = new World(1, -0.4)) {
      world.conductor.setPolicy(Examples.policy(Mode.AUTO), "ann", "test");
      String byPolicy = world.propose("k", Examples.SWITCHBACK);
      String byPerson =
          world.propose("l", Examples.recommendation("l", Examples.SWITCHBACK, -0.1, Knob.Risk.R4));
      world.approve(byPerson);
      world.conductor.setPolicy(Examples.policy(Mode.OBSERVE), "ann", "test");
      world.conductor.tick();
      assertThat(world.loops.require(byPerson).state()).isEqualTo(LoopState.SCHEDULED);
      world.conductor.setPolicy(Examples.policy(Mode.APPROVE), "ann", "test");
      world.conductor.tick();
      assertThat(world.loops.require(byPolicy).state()).isEqualTo(LoopState.SCHEDULED);
      assertThat(world.loops.require(byPerson).state().isFinal()).isTrue();
      world.conductor.setPolicy(Examples.policy(Mode.AUTO), "ann", "test");
      world.conductor.tick();
      assertThat(world.loops.require(byPolicy).state()).isEqualTo(LoopState.KEPT);
    }
  }

  @Test
  void whatCannotBeAppliedIsShownButNotApproved() {
    try (var world = new World(1, 0)) {
      world.conductor.setPolicy(Examples.policy(Mode.AUTO), "ann", "test");
      Recommendation r = Examples.recommendation("k", Examples.SWITCHBACK);
      var shown =
          new Recommendation(
              r.id(),
              r.findingId(),
              r.layer(),
              r.technique(),
              r.knob(),
              r.from(),
              r.to(),
              r.title(),
              r.expected(),
              r.cost(),
              r.risk(),
              r.explanation(),
              r.design(),
              r.primary(),
              r.guardrails(),
              false,
              "only root may; run it yourself",
              r.expiresAt());
      String loop = world.propose("k", shown);
      LoopRecord record = world.loops.require(loop);
      assertThat(record.state()).isEqualTo(LoopState.PROPOSED);
      assertThatThrownBy(() -> world.conductor.approve(loop, record.planHash(), "ann"))
          .hasMessageContaining("only root may; run it yourself");
    }
  }

  @Test
  void afterAFailureTheSameIsLeftAloneForTheCoolDown() {
    try (var world = new World(1, 0)) {
      Finding finding = Examples.finding("k");
      assertThat(world.conductor.dealsWith(finding)).isFalse();
      LoopRecord loop = world.run(Examples.SWITCHBACK);
      assertThat(loop.state()).isEqualTo(LoopState.ROLLED_BACK);
      assertThat(world.conductor.dealsWith(finding)).isTrue();
      assertThat(world.conductor.accepts(Examples.knob("k"), "b")).isFalse();
      assertThat(world.conductor.accepts(Examples.knob("k"), "c")).isTrue();
      assertThat(world.conductor.accepts(Examples.knob("l"), "b")).isTrue();
      world.ticker.pass(Duration.ofMinutes(31));
      assertThat(world.conductor.dealsWith(finding)).isFalse();
      assertThat(world.conductor.accepts(Examples.knob("k"), "b")).isTrue();
    }
  }

  @Test
  void theMostPromisingStartsFirst() {
    try (var world = new World(1, 0)) {
      Policy p = world.policy;
      world.conductor.setPolicy(Examples.with(p, 1, p.deadline()), "ann", "test");
      var order = new ArrayList<String>();
      world.loops.onChange(
          loop -> {
            if (loop.state() == LoopState.ARMED) {
              order.add(loop.recommendation().knob().parameter("name"));
            }
          });
      approve(world, "small", -0.1, Knob.Risk.R0);
      approve(world, "big", -0.8, Knob.Risk.R1);
      approve(world, "risky", -0.8, Knob.Risk.R4);
      approve(world, "middle", -0.5, Knob.Risk.R1);
      for (int i = 0; i < 4; i++) {
        world.conductor.tick();
      }
      assertThat(order).containsExactly("big", "middle", "small", "risky");
    }
  }

  @Test
  void aKeptChangeIsTakenBackEvenBeforeTheNextTick() throws Exception {
    try (var world = new World(1, -0.4)) {
      LoopRecord loop = world.run(Examples.SWITCHBACK);
      world.conductor.rollBack(loop.id(), "ann", "no longer wanted");
      LoopRecord end = world.loops.require(loop.id());
      assertThat(end.state()).isEqualTo(LoopState.REVOKED);
      assertThat(end.history().getLast().text()).isEqualTo("no longer wanted");
      assertThat(world.knob().value()).isEqualTo("a");
      assertThatThrownBy(() -> world.conductor.rollBack(loop.id(), "ann", "again"))
          .isInstanceOf(Conductor.RefusedException.class)
          .hasMessageContaining("there is nothing to roll back");
    }
  }

  @Test
  void aStuckUndoIsTriedAgainAtAPersonsWord() throws Exception {
    try (var world = new World(1, 0)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.ticker.in(
          Duration.ofSeconds(40),
          () -> world.knob().failure = Optional.of(KnobException.Reason.UNREACHABLE));
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.STUCK);
      assertThatThrownBy(() -> world.conductor.rollBack(loop, "ann", "again"))
          .isInstanceOf(Conductor.RefusedException.class)
          .hasMessageContaining("the fake is UNREACHABLE");
      world.restart();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.STUCK);
      world.knob().failure = Optional.empty();
      world.conductor.rollBack(loop, "ann", "again");
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.ROLLED_BACK);
      assertThat(world.knob().value()).isEqualTo("a");
    }
  }

  @Test
  void aRevocationThatFailsIsStuckAndOneThatFindsNothingIsDone() throws Exception {
    for (KnobException.Reason reason :
        List.of(KnobException.Reason.FAILED, KnobException.Reason.GONE)) {
      try (var world = new World(1, -0.4)) {
        LoopRecord loop = world.run(Examples.SWITCHBACK);
        world.knob().beforeWrite = () -> world.knob().failure = Optional.of(reason);
        world.conductor.rollBack(loop.id(), "ann", "no");
        assertThat(world.loops.require(loop.id()).state())
            .isEqualTo(reason == KnobException.Reason.GONE ? LoopState.REVOKED : LoopState.STUCK);
      }
    }
  }

  @Test
  void aProposalIsRejectedByRollingItBack() throws Exception {
    try (var world = new World(1, 0)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.conductor.rollBack(loop, "ann", "no");
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.REJECTED);
      assertThatThrownBy(() -> world.conductor.reject(loop, "ann", "no"))
          .isInstanceOf(Conductor.RefusedException.class);
      assertThatThrownBy(() -> world.conductor.rollBack("no-such", "ann", "no"))
          .hasMessage("there is no loop `no-such`");
    }
  }

  @Test
  void aRejectionBeatsATrialThatHasNotBegun() throws Exception {
    try (var world = new World(1, -0.4)) {
      var held = new ArrayList<Runnable>();
      world.executor = held::add;
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.conductor.tick();
      world.conductor.reject(loop, "ann", "no");
      held.forEach(Runnable::run);
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.REJECTED);
      assertThat(world.knob().changes()).isEmpty();
      world.conductor.tick();
      assertThat(held).hasSize(1);
    }
  }

  @Test
  void aListenerThatFailsDisturbsNothing() {
    try (var world = new World(1, -0.4)) {
      world.loops.onChange(
          loop -> {
            if (loop.state() == LoopState.KEPT) {
              throw new IllegalStateException("a listener's bug");
            }
          });
      assertThat(world.run(Examples.SWITCHBACK).state()).isEqualTo(LoopState.KEPT);
    }
  }

  @Test
  void anExecutorThatIsShutDownIsReported() {
    try (var world = new World(1, 0)) {
      world.executor =
          task -> {
            throw new java.util.concurrent.RejectedExecutionException();
          };
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.conductor.tick();
      assertThat(world.problems)
          .containsExactly("loop " + loop + " cannot start: Hone is shutting down");
    }
  }

  @Test
  void aKnobOfAnUnknownKindCannotBeProposed() {
    try (var world = new World(1, 0)) {
      var ref = new KnobRef("other", new Target("thing", "k"), Map.of());
      var knobs = new Knobs(List.of(world.factory));
      assertThatThrownBy(() -> knobs.open(ref))
          .isInstanceOf(KnobException.class)
          .hasMessage("no layer of this Hone has knobs of kind `other`");
    }
  }

  private static void approve(World world, String name, double expected, Knob.Risk risk) {
    world.approve(
        world.propose(name, Examples.recommendation(name, Examples.SWITCHBACK, expected, risk)));
  }
}
