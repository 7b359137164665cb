package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What becomes of kept changes later, and of experiments in which nothing is changed. */
class WatchTest {
  private final List<String> notices = new ArrayList<>();

  /** A world in which knob {@code k} was kept at an effect, and is looked after by policy. */
  private void kept(double effect, Consumer<World> then) throws InterruptedException {
    try (var world = new World(3, effect)) {
      Policy p = Examples.policy(Mode.AUTO);
      Policy.Limits l = p.limits();
      world.conductor.setPolicy(
          p.withLimits(
              new Policy.Limits(
                  1_000,
                  1_000,
                  4,
                  List.of(),
                  0,
                  l.ownerPause(),
                  l.deploymentFreeze(),
                  List.of(Duration.ofDays(1), Duration.ofDays(7)))),
          "ann",
          "test");
      assertThat(loop(world, world.propose(Examples.SWITCHBACK)).state())
          .isEqualTo(LoopState.SCHEDULED);
      world.conductor.tick();
      assertThat(first(world).state()).isEqualTo(LoopState.KEPT);
      then.accept(world);
    }
  }

  private static LoopRecord loop(World world, String id) {
    return world.loops.require(id);
  }

  private static LoopRecord first(World world) {
    return world.loops.all().iterator().next();
  }

  /** A day passes, the watch looks, what it proposes runs, and it looks again. */
  private void aDayLater(World world) {
    world.ticker.pass(Duration.ofDays(1).plusMinutes(1));
    look(world);
  }

  private void look(World world) {
    var watch =
        new Watch(
            world.conductor,
            world.loops,
            new Knobs(List.of(world.factory)),
            new Ids(world.ticker, new SplittableRandom(1)),
            notices::add);
    try {
      watch.look(world.ticker.instant());
      world.conductor.tick();
      watch.look(world.ticker.instant());
      watch.look(world.ticker.instant());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aGainThatIsStillThereIsBookedAnew() throws InterruptedException {
    kept(
        -0.4,
        world -> {
          world.signals.effect = -0.2;
          aDayLater(world);
          LoopRecord kept = first(world);
          assertThat(kept.state()).isEqualTo(LoopState.KEPT);
          Verdict again = Objects.requireNonNull(kept.remeasured()).verdict();
          assertThat(again.decision()).isEqualTo(Verdict.Decision.KEEP);
          assertThat(again.effect()).isBetween(-0.22, -0.18);
          assertThat(again.high()).isNegative();
          assertThat(LoopSummary.of(kept).effect()).isEqualTo(again.effect());
          assertThat(world.knob().value()).isEqualTo("b");
          assertThat(world.loops.all()).hasSize(2);
          LoopSummary check = LoopSummary.of(List.copyOf(world.loops.all()).getLast());
          assertThat(check.state()).isEqualTo(LoopState.ROLLED_BACK);
          assertThat(check.harmed()).isFalse();
          aDayLater(world);
          assertThat(world.loops.all()).as("not again before the seventh day").hasSize(2);
          assertThat(notices).isEmpty();
        });
  }

  @Test
  void anotherLevelOfTheLoadIsReasonToMeasureAgainOnceAndToTryAgainWhatFailed()
      throws InterruptedException {
    kept(
        -0.4,
        world -> {
          world.ticker.pass(Duration.ofMinutes(5));
          String failed = world.propose("l", Examples.SWITCHBACK);
          world.conductor.tick();
          assertThat(loop(world, failed).state()).isEqualTo(LoopState.ROLLED_BACK);
          assertThat(world.conductor.dealsWith(Examples.finding("l"))).isTrue();
          assertThat(world.conductor.accepts(Examples.knob("l"), "b")).isFalse();
          world.ticker.pass(Duration.ofMinutes(5));
          world.loops.append(new LoopEvent.LoadShifted("requests", "1/s", 100, 250, true));
          assertThat(world.conductor.dealsWith(Examples.finding("l"))).isFalse();
          assertThat(world.conductor.accepts(Examples.knob("l"), "b")).isTrue();
          look(world);
          LoopRecord check = List.copyOf(world.loops.all()).getLast();
          assertThat(check.finding().summary())
              .endsWith("; the load is another one since, so it is measured again");
          assertThat(check.finding().details())
              .containsEntry(Strategy.DETAIL, Strategy.EVENT_DRIVEN.name());
          assertThat(first(world).remeasured()).isNotNull();
          world.ticker.pass(Duration.ofMinutes(40));
          look(world);
          assertThat(world.loops.all()).as("once a shift").hasSize(3);
          assertThat(notices).isEmpty();
        });
  }

  @Test
  void aGainThatHasTurnedIsTakenBack() throws InterruptedException {
    kept(
        -0.4,
        world -> {
          world.signals.effect = 0.4;
          aDayLater(world);
          assertThat(first(world).state()).isEqualTo(LoopState.REVOKED);
          assertThat(first(world).history().getLast().text())
              .isEqualTo("measured again, the old value is better");
          assertThat(world.knob().value()).isEqualTo("a");
          assertThat(world.knob().persisted()).isEqualTo("a");
        });
  }

  @Test
  void aGainThatHasFadedIsTakenBack() throws InterruptedException {
    kept(
        -0.4,
        world -> {
          world.signals.effect = 0;
          world.signals.noise = 0.005;
          aDayLater(world);
          assertThat(first(world).state()).isEqualTo(LoopState.REVOKED);
          assertThat(first(world).history().getLast().text()).startsWith("the gain has faded: ");
          assertThat(world.knob().value()).isEqualTo("a");
        });
  }

  @Test
  void whatSomebodyElseChangedIsTheirs() throws InterruptedException {
    kept(
        -0.4,
        world -> {
          world.knob().setByPerson("c");
          aDayLater(world);
          LoopRecord kept = first(world);
          assertThat(kept.state()).isEqualTo(LoopState.REVOKED);
          assertThat(kept.ownerConflict()).isTrue();
          assertThat(kept.history().getLast().text())
              .isEqualTo("it was changed to `c`; Hone lets go of it");
          assertThat(world.knob().value()).isEqualTo("c");
          assertThat(world.conductor.accepts(Examples.knob("k"), "d")).isFalse();
          world.ticker.pass(Duration.ofDays(7));
          assertThat(world.conductor.accepts(Examples.knob("k"), "d")).isTrue();
        });
  }

  @Test
  void aCrashInTheMiddleOfMeasuringAgainBringsTheKeptValueBack() throws InterruptedException {
    kept(
        -0.4,
        world -> {
          world.ticker.in(Duration.ofDays(1).plusSeconds(90), world::die);
          try {
            aDayLater(world);
            throw new AssertionError("Hone lives");
          } catch (World.Death death) {
            world.restart();
          }
          assertThat(world.knob().value()).isEqualTo("b");
          assertThat(first(world).state()).isEqualTo(LoopState.KEPT);
        });
  }

  @Test
  void experimentsWithoutAChangeFollowEachOtherAndAreTallied() {
    try (var world = new World(1, 0)) {
      world.signals.noise = 0.05;
      var nulls = new NullExperiments(world.loops, world.signals, new SplittableRandom(1));
      Instant end = world.ticker.instant().plus(Duration.ofDays(4));
      while (world.ticker.instant().isBefore(end)) {
        world.ticker.pass(Duration.ofMinutes(20));
        nulls.look(
            Examples.LATENCY,
            List.of(new Guardrail(Examples.LATENCY, 0.5, 0)),
            world.policy,
            world.ticker.instant());
      }
      Registry.NullTally tally =
          world.loops.registry().tally("shop p95", "randomised switchback").orElseThrow();
      assertThat(tally.experiments()).isBetween(90, 400);
      assertThat(tally.kept() + tally.rolledBack()).isLessThan(tally.experiments() / 10);
      assertThat(tally.covered()).isGreaterThan(tally.experiments() * 9 / 10);
      Calibration calibration =
          Calibration.of(world.loops.registry(), world.loops.summaries().toList());
      assertThat(calibration.rates()).hasSize(1);
      int before = tally.experiments();
      world.restart();
      assertThat(
              world
                  .loops
                  .registry()
                  .tally("shop p95", "randomised switchback")
                  .orElseThrow()
                  .experiments())
          .isEqualTo(before);
    }
  }
}
