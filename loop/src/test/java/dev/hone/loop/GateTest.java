package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What keeps an approved plan from starting, or from being approved. */
class GateTest {
  private static ChangeWindow window(
      ChangeWindow.Kind kind, String from, String to, DayOfWeek... days) {
    return new ChangeWindow(kind, "", List.of(days), from, to, "Europe/Madrid", "quiet hours");
  }

  @Test
  void aWindowHoldsOverMidnightInItsOwnTimeZone() {
    ChangeWindow night = window(ChangeWindow.Kind.ALLOW, "22:00", "04:00", DayOfWeek.FRIDAY);
    assertThat(night.holds(Instant.parse("2026-06-05T20:00:00Z"))).isTrue();
    assertThat(night.holds(Instant.parse("2026-06-05T19:59:00Z"))).isFalse();
    assertThat(night.holds(Instant.parse("2026-06-06T01:59:00Z"))).isTrue();
    assertThat(night.holds(Instant.parse("2026-06-06T02:00:00Z"))).isFalse();
    assertThat(night.holds(Instant.parse("2026-06-06T21:00:00Z"))).isFalse();
    ChangeWindow wholeDay = window(ChangeWindow.Kind.DENY, "00:00", "00:00");
    assertThat(wholeDay.holds(Examples.START)).isTrue();
  }

  @Test
  void aWindowThatCannotBeIsRefusedWithWhatToWrite() {
    assertThatThrownBy(() -> window(ChangeWindow.Kind.DENY, "25:00", "04:00"))
        .hasMessageContaining("`from` of a change window is `25:00`; use a time like 22:00");
    assertThatThrownBy(
            () ->
                new ChangeWindow(
                    ChangeWindow.Kind.DENY, "", List.of(), "01:00", "02:00", "Mars/Rim", ""))
        .hasMessageContaining("`Mars/Rim` is not a time zone");
  }

  @Test
  void nothingStartsOutsideOfAnAllowedWindowNorInADeniedOne() {
    try (var world = new World(1, -0.4)) {
      Policy policy = Examples.policy(Mode.APPROVE);
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      set(world, policy.withWindows(List.of(window(ChangeWindow.Kind.ALLOW, "05:00", "06:00"))));
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.SCHEDULED);
      assertThat(world.conductor.waitsFor(world.loops.require(loop)))
          .hasValue("it waits for a change window of layer `host`");
      set(world, policy.withWindows(List.of(window(ChangeWindow.Kind.DENY, "01:00", "06:00"))));
      world.conductor.tick();
      assertThat(world.conductor.waitsFor(world.loops.require(loop)).orElseThrow())
          .startsWith("no changes from 01:00 to 06:00 Europe/Madrid: quiet hours");
      world.ticker.pass(Duration.ofHours(5));
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.KEPT);
    }
  }

  @Test
  void aFreezeEndsWhatIsOnTrialAndLetsNothingStartUntilItIsOver() {
    try (var world = new World(1, -0.4)) {
      world.executor = world.ticker.threads();
      String first = world.propose("k", Examples.SWITCHBACK);
      world.approve(first);
      world.pass(Duration.ofSeconds(40));
      assertThat(world.loops.require(first).state()).isEqualTo(LoopState.EXPERIMENTING);
      world.conductor.freeze(
          Registry.Cause.DEPLOYMENT, "ci", "shop 2.1 comes in", Duration.ofMinutes(15));
      world.pass(Duration.ofSeconds(2));
      assertThat(world.loops.require(first).state()).isEqualTo(LoopState.ROLLED_BACK);
      String second = world.propose("l", Examples.SWITCHBACK);
      world.approve(second);
      world.pass(Duration.ofMinutes(14));
      assertThat(world.loops.require(second).state()).isEqualTo(LoopState.SCHEDULED);
      assertThat(world.conductor.waitsFor(world.loops.require(second)).orElseThrow())
          .contains("shop 2.1 comes in");
      world.pass(Duration.ofMinutes(2));
      assertThat(world.loops.require(second).state()).isEqualTo(LoopState.EXPERIMENTING);
      world.ticker.pass(Duration.ofMinutes(60));
    }
  }

  @Test
  void aFreezeOutlivesARestartAndEndsWhenAPersonSaysSo() {
    try (var world = new World(1, -0.4)) {
      world.conductor.freeze(Registry.Cause.INCIDENT, "ann", "shop is down", Duration.ofHours(4));
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.restart();
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.SCHEDULED);
      world.ticker.pass(Duration.ofSeconds(1));
      world.conductor.thaw("ann", "it is up again");
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.KEPT);
    }
  }

  @Test
  void budgetsOutliveARestart() {
    try (var world = new World(1, 0)) {
      Policy p = Examples.policy(Mode.APPROVE);
      world.policy =
          p.withLimits(
              new Policy.Limits(
                  2, 3, 4, List.of(), 0, Duration.ofDays(7), Duration.ofMinutes(15), List.of()));
      world.restart();
      for (int i = 0; i < 3; i++) {
        String loop = world.propose("k", Examples.SWITCHBACK);
        world.approve(loop);
        world.rest();
        world.restart();
        world.conductor.tick();
        assertThat(world.loops.require(loop).state())
            .isEqualTo(i < 2 ? LoopState.ROLLED_BACK : LoopState.SCHEDULED);
        assertThat(i < 2 || waits(world, loop).contains("`limits.changesPerKnobPerDay` allows 2"))
            .isTrue();
      }
      for (int i = 0; i < 2; i++) {
        String loop = world.propose("l" + i, Examples.SWITCHBACK);
        world.approve(loop);
        world.restart();
        world.conductor.tick();
        assertThat(world.loops.require(loop).state())
            .isEqualTo(i < 1 ? LoopState.ROLLED_BACK : LoopState.SCHEDULED);
        assertThat(i < 1 || waits(world, loop).contains("`limits.changesPerDay` allows 3"))
            .isTrue();
      }
    }
  }

  private static String waits(World world, String loop) {
    return world.conductor.waitsFor(world.loops.require(loop)).orElse("");
  }

  @Test
  void aTechniqueClimbsFromOneTargetToAllAndFallsBackAfterHarm() {
    var kin = new ArrayList<LoopRecord>();
    for (int i = 0; i < 40; i++) {
      kin.add(loop("p" + i, LoopState.PROPOSED));
    }
    assertThat(Ladder.of(kin).allowed()).isEqualTo(1);
    kin.add(loop("k1", LoopState.KEPT));
    assertThat(Ladder.of(kin).allowed()).isEqualTo(5);
    kin.add(loop("k2", LoopState.KEPT));
    assertThat(Ladder.of(kin).allowed()).isEqualTo(21);
    kin.add(loop("k3", LoopState.KEPT));
    assertThat(Ladder.of(kin).allowed()).isEqualTo(43);
    kin.add(loop("s", LoopState.STUCK));
    assertThat(Ladder.of(kin).allowed()).isEqualTo(5);
  }

  private int sequence;

  private LoopRecord loop(String name, LoopState state) {
    Recommendation recommendation = Examples.recommendation(name, Examples.SWITCHBACK);
    Instant at = Examples.START.plusSeconds(sequence++);
    var plan = PlanTest.plan(name);
    var own =
        new Plan(
            name,
            Examples.knob(name),
            name,
            "a",
            "b",
            plan.design(),
            plan.primary(),
            0.02,
            0.04,
            0.05,
            List.of(),
            1,
            plan.deadline());
    LoopRecord record =
        LoopRecord.first(
            name, at, new LoopEvent.Proposed(Examples.finding(name), recommendation, own, null));
    if (state == LoopState.PROPOSED) {
      return record;
    }
    var verdict =
        new Verdict(
            Verdict.Decision.KEEP, Design.Grade.B, -0.2, -0.3, -0.1, 7, 50, 0.1, 1, List.of());
    List<LoopEvent> events =
        new ArrayList<>(
            List.of(
                new LoopEvent.Approved(own.hash(), "ann"),
                new LoopEvent.Scheduled(),
                new LoopEvent.Armed(own.hash(), List.of(), at),
                new LoopEvent.Applying(),
                new LoopEvent.Experimenting(),
                new LoopEvent.Judged(verdict)));
    events.addAll(
        state == LoopState.KEPT
            ? List.of(new LoopEvent.Keeping(), new LoopEvent.Kept("b", "hone"))
            : List.of(new LoopEvent.RollingBack("ann", ""), new LoopEvent.Stuck("", "")));
    for (LoopEvent event : events) {
      record = record.after(event, at);
    }
    return record;
  }

  @Test
  void whereTwoMustAgreeOneIsNotEnoughAndNotTwice() throws Exception {
    try (var world = new World(1, -0.4)) {
      Policy p = Examples.policy(Mode.APPROVE);
      Policy.Limits l = p.limits();
      set(
          world,
          p.withLimits(
              new Policy.Limits(
                  l.changesPerKnobPerDay(),
                  l.changesPerDay(),
                  l.step(),
                  List.of(Knob.Risk.R1),
                  0,
                  l.ownerPause(),
                  l.deploymentFreeze(),
                  List.of())));
      String loop = world.propose(Examples.SWITCHBACK);
      String hash = world.loops.require(loop).planHash();
      world.conductor.approve(loop, hash, "ann");
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.PROPOSED);
      assertThatThrownBy(() -> world.conductor.approve(loop, hash, "ann"))
          .hasMessageContaining("`ann` has agreed already; risk R1 needs a second person");
      world.restart();
      world.conductor.setPolicy(
          Objects.requireNonNull(world.loops.registry().policy()).policy(), "ann", "test");
      world.conductor.approve(loop, hash, "bob");
      world.conductor.tick();
      LoopRecord end = world.loops.require(loop);
      assertThat(end.state()).isEqualTo(LoopState.KEPT);
      assertThat(end.endorsement()).isNotNull();
    }
  }

  @Test
  void aStepThatIsTooLongNeedsAPersonAndAModeMustBeEarned() throws Exception {
    try (var world = new World(2, -0.4)) {
      Policy auto = Examples.policy(Mode.AUTO);
      Policy.Limits l = auto.limits();
      set(
          world,
          auto.withLimits(
              new Policy.Limits(
                  1_000, 1_000, 2, List.of(), 2, l.ownerPause(), l.deploymentFreeze(), List.of())));
      Target target = Examples.knob("k").target();
      assertThat(world.conductor.standing("host", "turn-k", target).mode()).isEqualTo(Mode.APPROVE);
      assertThat(world.conductor.standing("host", "turn-k", target).why())
          .isEqualTo("it has 0 of 2 approved runs without harm that earn AUTO");
      world.signals.effect = 0;
      for (int i = 0; i < 2; i++) {
        String loop = world.propose(Examples.SWITCHBACK);
        assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.PROPOSED);
        world.approve(loop);
        world.conductor.tick();
        assertThat(world.loops.require(loop).verdict())
            .extracting(Verdict::decision)
            .isEqualTo(Verdict.Decision.INCONCLUSIVE);
        world.rest();
      }
      assertThat(world.conductor.standing("host", "turn-k", target).mode()).isEqualTo(Mode.AUTO);
      world.signals.effect = 0.9;
      String harm = world.propose(Examples.SWITCHBACK);
      assertThat(world.loops.require(harm).state()).isEqualTo(LoopState.SCHEDULED);
      world.conductor.tick();
      Trust.Standing fallen = world.conductor.standing("host", "turn-k", target);
      assertThat(fallen.mode()).isEqualTo(Mode.APPROVE);
      assertThat(fallen.harms()).isEqualTo(1);
      assertThat(fallen.why()).contains("2 approved runs to earn AUTO again");
      set(world, world.conductor.policy());
      assertThat(world.conductor.standing("host", "turn-k", target).mode()).isEqualTo(Mode.AUTO);
    }
  }

  @Test
  void theNarrowestKeyOfTheModesHolds() {
    Policy policy =
        Policy.observing()
            .withModes(
                Map.of(
                    "host",
                    Mode.APPROVE,
                    "host/demote",
                    Mode.AUTO,
                    "host/demote/process pricing",
                    Mode.OBSERVE));
    assertThat(policy.mode("host", "demote", new Target("process", "batch"))).isEqualTo(Mode.AUTO);
    assertThat(policy.mode("host", "demote", new Target("process", "pricing")))
        .isEqualTo(Mode.OBSERVE);
    assertThat(policy.mode("host", "other", new Target("process", "pricing")))
        .isEqualTo(Mode.APPROVE);
    assertThat(policy.mode("jvm", "other", new Target("x", "y"))).isEqualTo(Mode.OBSERVE);
  }

  private static void set(World world, Policy policy) {
    world.ticker.pass(Duration.ofSeconds(1));
    world.conductor.setPolicy(policy, "ann", "test");
  }
}
