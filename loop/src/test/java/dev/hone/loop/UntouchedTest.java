package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What counts as noise of late, and what becomes of plans that were not begun because of it. */
class UntouchedTest {
  private static final String GROUP = "service";
  private static final Instant T0 = Examples.START;

  private static Instant at(int second) {
    return T0.plusSeconds(second);
  }

  /** Knobs {@code k}, which has the effect, and {@code m}, which has none, in one group. */
  private static World world(long seed, double effect) {
    var world = new World(seed, effect);
    world.factory.knob("k").group = GROUP;
    world.factory.knob("m").group = GROUP;
    return world;
  }

  private static String hopeful(World world, String name, double expected) {
    return world.propose(
        name, Examples.recommendation(name, Examples.SWITCHBACK, expected, Knob.Risk.R1));
  }

  private static Optional<Instant> first(LoopRecord loop, LoopState state) {
    return loop.history().stream()
        .filter(s -> s.state() == state)
        .map(LoopRecord.Step::at)
        .findFirst();
  }

  @Test
  void aStretchThatTouchesATrialIsMovedBeforeIt() {
    var untouched =
        new Untouched(
            at(0), List.of(new Untouched.Span(at(50), at(80)), span(30, 45), span(80, 90)));
    assertThat(untouched.newest(at(100), Duration.ofSeconds(10))).hasValue(at(100));
    assertThat(untouched.newest(at(99), Duration.ofSeconds(10))).hasValue(at(30));
    assertThat(untouched.newest(at(30), Duration.ofSeconds(30))).hasValue(at(30));
    assertThat(untouched.newest(at(29), Duration.ofSeconds(30))).isEmpty();
    assertThat(Untouched.ALWAYS.newest(at(7), Duration.ofDays(1))).hasValue(at(7));
  }

  private static Untouched.Span span(int from, int to) {
    return new Untouched.Span(at(from), at(to));
  }

  @Test
  void anExperimentOfTheGroupIsNoNoiseForTheNextPlan() {
    for (long seed = 1; seed <= 20; seed++) {
      try (var world = world(seed, -0.6)) {
        world.signals.since = T0.minusSeconds(100);
        String first = hopeful(world, "k", -0.6);
        String next = hopeful(world, "m", -0.25);
        world.approve(first);
        world.approve(next);
        world.conductor.tick();
        assertThat(world.loops.require(first).state()).isEqualTo(LoopState.KEPT);
        world.conductor.tick();
        LoopRecord waiting = world.loops.require(next);
        assertThat(waiting.state()).isEqualTo(LoopState.SCHEDULED);
        assertThat(world.conductor.waitsFor(waiting))
            .hasValue(
                "the signals of group `service` must be left alone for 25 s before the next"
                    + " change");
        world.pass(Duration.ofSeconds(5 + 25));
        assertThat(first(world.loops.require(next), LoopState.APPLYING))
            .as("seed %d", seed)
            .isPresent();
      }
    }
  }

  @Test
  void rightAfterAKeptChangeTheForecastSaysThatTheNoiseIsNotKnown() {
    try (var world = world(1, -0.6)) {
      assertThat(world.run(Examples.SWITCHBACK).state()).isEqualTo(LoopState.KEPT);
      Forecast forecast =
          Optional.ofNullable(world.loops.require(hopeful(world, "m", -0.25)).forecast())
              .orElseThrow();
      assertThat(forecast.power()).isNaN();
      assertThat(forecast.isHopeless()).isFalse();
      assertThat(forecast.sentence())
          .startsWith("only 0 pairs of history without a change; how long it takes is not known");
    }
  }

  @Test
  void afterAChangeThatWasUndoneTheTimeBeforeItStillCounts() {
    try (var world = world(3, 0.4)) {
      LoopRecord undone = world.run(Examples.SWITCHBACK);
      assertThat(undone.state()).isEqualTo(LoopState.ROLLED_BACK);
      Forecast forecast =
          Optional.ofNullable(world.loops.require(hopeful(world, "m", -0.25)).forecast())
              .orElseThrow();
      assertThat(forecast.history()).isEqualTo(60);
      assertThat(forecast.noise()).isBetween(0.015, 0.04);
      assertThat(forecast.power()).isGreaterThan(0.95);
    }
  }

  @Test
  void theJournalTellsWhenAGroupWasOnTrialAndWhenItChangedForGood() throws Exception {
    try (var world = world(1, -0.6)) {
      LoopRecord kept = world.run(Examples.SWITCHBACK);
      Instant begun = first(kept, LoopState.APPLYING).orElseThrow();
      Instant over = first(kept, LoopState.KEPT).orElseThrow().plusSeconds(5);
      Instant later = world.ticker.instant().plusSeconds(60);
      assertThat(Untouched.of(world.loops.all(), GROUP, later))
          .isEqualTo(new Untouched(over, List.of(new Untouched.Span(begun, over))));
      assertThat(Untouched.of(world.loops.all(), "another group", later))
          .isEqualTo(Untouched.ALWAYS);
      world.ticker.pass(Duration.ofHours(1));
      world.conductor.rollBack(kept.id(), "ann", "no more");
      assertThat(Untouched.of(world.loops.all(), GROUP, world.ticker.instant()).since())
          .isEqualTo(world.ticker.instant().plusSeconds(5));
    }
  }

  @Test
  void whatIsOnTrialNowIsNoNoiseEither() throws Exception {
    try (var world = world(1, -0.6)) {
      world.executor = world.ticker.threads();
      String running = world.propose(Examples.SWITCHBACK);
      world.approve(running);
      world.pass(Duration.ofSeconds(100));
      Instant begun = first(world.loops.require(running), LoopState.APPLYING).orElseThrow();
      Instant now = world.ticker.instant();
      assertThat(Untouched.of(world.loops.all(), GROUP, now))
          .isEqualTo(new Untouched(Instant.MIN, List.of(new Untouched.Span(begun, now))));
      world.conductor.stopEverything("ann", "end of test");
    }
  }

  @Test
  void whatWasNotBegunIsLookedAtAgainWhenThereIsNewNoiseToLookAt() {
    try (var world = world(1, 0)) {
      world.signals.noise = 0.3;
      String loop = hopeful(world, "m", -0.03);
      world.approve(loop);
      world.conductor.tick();
      LoopRecord end = world.loops.require(loop);
      assertThat(end.state()).isEqualTo(LoopState.EXPIRED);
      assertThat(end.history().getLast().text())
          .startsWith("not started: an experiment sees a gain of 2 % with a chance of ")
          .endsWith(
              "; looked at again after 30 min, or as soon as another change of group `service` is"
                  + " kept");
      assertThat(Backlog.rest(end.plan())).isEqualTo(Duration.ofMinutes(30));
      world.ticker.pass(Duration.ofMinutes(30).minusSeconds(1));
      assertThat(world.conductor.accepts(Examples.knob("m"), "b")).isFalse();
      assertThat(world.conductor.dealsWith(Examples.finding("m"))).isTrue();
      Rest rest = world.conductor.rest(Examples.finding("m")).orElseThrow();
      assertThat(rest.why()).isEqualTo(end.history().getLast().text());
      assertThat(rest.until()).isEqualTo(world.ticker.instant().plusSeconds(1));
      world.ticker.pass(Duration.ofSeconds(1));
      assertThat(world.conductor.rest(Examples.finding("m"))).isEmpty();
      assertThat(world.conductor.accepts(Examples.knob("m"), "b")).isTrue();
      assertThat(world.conductor.dealsWith(Examples.finding("m"))).isFalse();
    }
  }

  @Test
  void whatWasNotBegunIsLookedAtAgainAsSoonAsAnotherChangeOfTheGroupIsKept() {
    try (var world = world(1, -0.8)) {
      world.signals.noise = 0.3;
      String refused = hopeful(world, "m", -0.03);
      world.approve(refused);
      world.conductor.tick();
      assertThat(world.loops.require(refused).state()).isEqualTo(LoopState.EXPIRED);
      String kept = hopeful(world, "k", -0.8);
      world.approve(kept);
      world.conductor.tick();
      assertThat(world.loops.require(kept).state()).isEqualTo(LoopState.KEPT);
      Duration passed =
          Duration.between(world.loops.require(refused).updatedAt(), world.ticker.instant());
      assertThat(passed).isLessThan(Duration.ofMinutes(29));
      assertThat(world.conductor.accepts(Examples.knob("m"), "b")).isFalse();
      world.ticker.pass(Duration.ofSeconds(5));
      assertThat(world.conductor.accepts(Examples.knob("m"), "b")).isTrue();
      assertThat(world.conductor.dealsWith(Examples.finding("m"))).isFalse();
    }
  }

  @Test
  void whatWaitsForItsTurnSaysForWhat() throws Exception {
    try (var world = world(1, -0.6)) {
      world.executor = world.ticker.threads();
      String running = world.propose(Examples.SWITCHBACK);
      String waiting = world.propose("m", Examples.SWITCHBACK);
      world.approve(running);
      world.pass(Duration.ofSeconds(2));
      world.approve(waiting);
      world.pass(Duration.ofSeconds(60));
      assertThat(world.conductor.waitsFor(world.loops.require(waiting)))
          .hasValue("`turn k` is on trial, and changes of group `service` are tried one at a time");
      world.policy = Examples.with(world.policy, 1, world.policy.deadline());
      world.conductor.setPolicy(world.policy, "ann", "one at a time");
      String other = world.propose("another group", Examples.SWITCHBACK);
      assertThat(world.conductor.waitsFor(world.loops.require(other)))
          .hasValue("as many changes are on trial as `maxActive` allows: 1");
      world.conductor.stopEverything("ann", "end of test");
      assertThat(world.conductor.waitsFor(world.loops.require(other))).isEmpty();
    }
  }

  @Test
  void whatNobodyAgreedToInTimeRestsForTheWholeCoolDown() {
    try (var world = world(1, 0)) {
      world.propose("m", Examples.SWITCHBACK);
      world.pass(Duration.ofHours(6).plusSeconds(2));
      assertThat(world.conductor.accepts(Examples.knob("m"), "b")).isFalse();
      world.ticker.pass(world.policy.coolDown());
      assertThat(world.conductor.accepts(Examples.knob("m"), "b")).isTrue();
    }
  }
}
