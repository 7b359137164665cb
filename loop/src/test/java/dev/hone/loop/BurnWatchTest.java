package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A budget of failed requests that burns too fast halts changes, and nothing else does. */
class BurnWatchTest {
  private static final SignalRef FAILED =
      new SignalRef("failed requests", "ratio", "failed", SignalRef.Better.LOWER);
  private static final ErrorBudget BUDGET = new ErrorBudget(0.999, FAILED);
  private static final Duration STEP = Duration.ofMinutes(1);

  /** A share of failed requests that changes at set times; a share of NaN is no data. */
  private static final class Failures implements Signals {
    private final TreeMap<Instant, Double> shares = new TreeMap<>();

    void from(Instant time, double share) {
      shares.put(time, share);
    }

    @Override
    public Reading read(SignalRef signal, Instant from, Instant to) {
      double failed = 0;
      double seconds = 0;
      for (var each : shares.entrySet()) {
        Instant start = each.getKey().isAfter(from) ? each.getKey() : from;
        Instant next = shares.higherKey(each.getKey());
        Instant end = next != null && next.isBefore(to) ? next : to;
        if (start.isBefore(end) && !Double.isNaN(each.getValue())) {
          failed += each.getValue() * Duration.between(start, end).toSeconds();
          seconds += Duration.between(start, end).toSeconds();
        }
      }
      return seconds == 0 ? Reading.NONE : new Reading(failed / seconds, 1);
    }
  }

  private final Failures failures = new Failures();

  private BurnWatch watch(World world) {
    return new BurnWatch(BUDGET, failures, world.loops, world.conductor);
  }

  /** Minutes until the watch says that the budget burns, or that it does not any more. */
  private static long minutesUntil(boolean burning, World world, BurnWatch watch, Duration most) {
    for (long minute = 0; minute <= most.toMinutes(); minute++) {
      watch.look(world.ticker.instant());
      if ((world.loops.registry().burn() != null) == burning) {
        return minute;
      }
      world.ticker.pass(STEP);
    }
    return -1;
  }

  private static Registry.Burn burn(World world) {
    return Objects.requireNonNull(world.loops.registry().burn());
  }

  /** A world in which nothing failed for some days, and a share fails from now on. */
  private void failing(double share, World world) {
    Instant now = world.ticker.instant();
    failures.from(now.minus(Duration.ofDays(4)), 0);
    failures.from(now, share);
  }

  @Test
  void whatIsOnTrialIsUndoneAndNothingStartsUntilTheBurnIsOver() {
    try (var world = new World(1, -0.4)) {
      world.executor = world.ticker.threads();
      BurnWatch watch = watch(world);
      failing(0, world);
      String first = world.propose("k", Examples.SWITCHBACK);
      world.approve(first);
      world.pass(Duration.ofSeconds(40));
      watch.look(world.ticker.instant());
      assertThat(world.loops.require(first).state()).isEqualTo(LoopState.EXPERIMENTING);
      failures.shares.clear();
      failures.from(world.ticker.instant().minus(Duration.ofDays(1)), 0);
      failures.from(world.ticker.instant().minus(Duration.ofMinutes(30)), 0.04);
      world.pass(Duration.ofSeconds(5));
      watch.look(world.ticker.instant());
      world.pass(Duration.ofSeconds(2));
      LoopRecord undone = world.loops.require(first);
      assertThat(undone.state()).isEqualTo(LoopState.ROLLED_BACK);
      assertThat(world.knob().value()).isEqualTo("a");
      assertThat(undone.history())
          .anySatisfy(
              step ->
                  assertThat(step.text())
                      .startsWith(
                          "the error budget burns too fast: 4.00 % of requests failed in 5 min")
                      .contains("40.0 and 20.1 times what a target of 99.9 % allows")
                      .endsWith("no more than 14.4 times is in order"));
      String second = world.propose("l", Examples.SWITCHBACK);
      world.approve(second);
      world.pass(Duration.ofMinutes(2));
      assertThat(world.loops.require(second).state()).isEqualTo(LoopState.SCHEDULED);
      assertThat(world.conductor.waitsFor(world.loops.require(second)).orElseThrow())
          .startsWith("nothing starts: the error budget burns too fast");
      failures.shares.clear();
      failing(0, world);
      world.pass(Duration.ofMinutes(6));
      watch.look(world.ticker.instant());
      world.pass(Duration.ofSeconds(2));
      assertThat(world.loops.require(second).state()).isEqualTo(LoopState.EXPERIMENTING);
      world.ticker.pass(Duration.ofHours(1));
    }
  }

  @Test
  void eachRuleFiresAboveItsRateAndAtTheTimeThatFollowsFromItsWindows() {
    assertThat(minutesToBurn(1.0)).as("all requests fail").isEqualTo(1);
    // 14.4 of 60 minutes at a rate of 60 are a rate of 14.4 over the hour.
    assertThat(minutesToBurn(0.060)).isBetween(15L, 16L);
    // At a rate of 14 the hour never exceeds 14.4; 6/14 of six hours are 154.3 min.
    assertThat(minutesToBurn(0.014)).isBetween(154L, 162L);
    // At a rate of 5 the six hours never exceed 6; 1/5 of three days are 864 min.
    assertThat(minutesToBurn(0.005)).isBetween(864L, 864L + 72 + 6);
    // A rate of 1 is what the objective allows.
    assertThat(minutesToBurn(0.00099)).isEqualTo(-1);
  }

  private long minutesToBurn(double share) {
    failures.shares.clear();
    try (var world = new World(1, 0)) {
      failing(share, world);
      return minutesUntil(true, world, watch(world), Duration.ofDays(4));
    }
  }

  @Test
  void aShortIncidentHaltsNothingOnceItIsOver() {
    try (var world = new World(1, 0)) {
      failing(0.2, world);
      failures.from(world.ticker.instant().plus(Duration.ofMinutes(10)), 0);
      BurnWatch watch = watch(world);
      assertThat(minutesUntil(true, world, watch, Duration.ofHours(1))).isEqualTo(5);
      // Ten minutes of 20 % are 5.6 times the budget of six hours, and half that of three days; so
      // only the five minutes count, and of these 0.36 min may have been failing.
      assertThat(minutesUntil(false, world, watch, Duration.ofHours(12))).isEqualTo(10);
      assertThat(minutesUntil(true, world, watch, Duration.ofHours(12))).isEqualTo(-1);
    }
  }

  @Test
  void aStoreThatReachesBackLessFarThanTheShortWindowTellsNothing() {
    try (var world = new World(1, 0)) {
      failures.from(world.ticker.instant(), 0.5);
      BurnWatch watch = watch(world);
      long minutes = minutesUntil(true, world, watch, Duration.ofHours(1));
      assertThat(minutes).as("data at the beginning of five minutes").isBetween(4L, 5L);
      assertThat(burn(world).why())
          .contains("50.0 % of requests failed in 5 min and 50.0 % in 1 h");
    }
  }

  @Test
  void noDataAreNoBurnAndEndOne() {
    try (var world = new World(1, 0)) {
      BurnWatch watch = watch(world);
      assertThat(minutesUntil(true, world, watch, Duration.ofHours(1))).isEqualTo(-1);
      assertThat(watch.burns()).hasSize(3).noneMatch(BurnWatch.Burn::tooFast);
      failing(0.5, world);
      assertThat(minutesUntil(true, world, watch, Duration.ofHours(1))).isGreaterThan(0);
      failures.shares.clear();
      assertThat(minutesUntil(false, world, watch, Duration.ofHours(7))).isGreaterThan(0);
      assertThat(world.entries().getLast().event())
          .isEqualTo(
              new LoopEvent.BudgetRecovered(
                  "there are no data of failed requests in 5 min any more"));
    }
  }

  @Test
  void aBurnOutlivesARestartAndIsToldOnceWhenItBeginsAndOnceWhenItEnds() {
    try (var world = new World(1, -0.4)) {
      failing(0.5, world);
      assertThat(minutesUntil(true, world, watch(world), Duration.ofHours(1))).isPositive();
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.restart();
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.SCHEDULED);
      BurnWatch watch = watch(world);
      for (int minute = 0; minute < 10; minute++) {
        watch.look(world.ticker.instant());
        world.ticker.pass(STEP);
      }
      world.conductor.thaw("ann", "a burn is no freeze");
      assertThat(burn(world).why()).startsWith("the error budget burns too fast");
      failures.from(world.ticker.instant(), 0);
      assertThat(minutesUntil(false, world, watch, Duration.ofHours(80))).isPositive();
      List<String> told =
          world.entries().stream()
              .map(e -> e.event().getClass().getSimpleName())
              .filter(name -> name.startsWith("Budget"))
              .toList();
      assertThat(told).containsExactly("BudgetBurning", "BudgetRecovered");
    }
  }

  @Test
  void aTargetIsToldInPercent() {
    assertThat(BUDGET.targetText()).isEqualTo("99.9 %");
    assertThat(new ErrorBudget(0.99, FAILED).targetText()).isEqualTo("99 %");
    assertThat(new ErrorBudget(0.99995, FAILED).targetText()).isEqualTo("99.995 %");
    assertThat(new ErrorBudget(0.9, FAILED).targetText()).isEqualTo("90 %");
  }
}
