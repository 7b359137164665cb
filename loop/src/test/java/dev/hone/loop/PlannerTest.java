package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a plan says beforehand, against what then happens. */
class PlannerTest {
  private static final Instant NOW = Examples.START.plus(Duration.ofDays(1));
  private static final Design.Switchback DESIGN =
      new Design.Switchback(Duration.ofMinutes(2), Duration.ofSeconds(30), 30);

  /** Block means of independent noise, and an effect while on. */
  private static final class Noisy implements Rehearsal.Stage {
    private final long seed;
    private final double sd;
    private final double effect;
    private final Instant since;
    private boolean on;

    Noisy(long seed, double sd, double effect, Instant since) {
      this.seed = seed;
      this.sd = sd;
      this.effect = effect;
      this.since = since;
    }

    @Override
    public void inForce(Instant at, String value) {
      on = value.equals(Rehearsal.ON);
    }

    @Override
    public Reading read(SignalRef signal, Instant from, Instant to) {
      if (from.isBefore(since)) {
        return Reading.NONE;
      }
      var random =
          new SplittableRandom(
              seed
                  ^ from.toEpochMilli() * 31
                  ^ to.toEpochMilli()
                  ^ (long) signal.query().hashCode() << 32);
      double noise = Math.exp(sd / Math.sqrt(2) * random.nextGaussian());
      return new Reading(noise * (on ? 1 + effect : 1), 1);
    }
  }

  private static Plan plan(Design design, Duration deadline, long seed) {
    return new Plan(
        "l",
        Examples.knob("k"),
        "g",
        "a",
        "b",
        design,
        Examples.LATENCY,
        0.02,
        0.04,
        0.05,
        List.of(),
        seed,
        deadline);
  }

  @ParameterizedTest
  @CsvSource({"0.05,-0.05", "0.08,-0.1", "0.1,-0.1", "0.1,-0.2", "0.2,-0.1", "0.3,-0.05"})
  void thePredictionIsWhatThenHappens(double sd, double effect) {
    Plan plan = plan(DESIGN, Duration.ofHours(3), 1);
    double predicted = 0;
    double minutes = 0;
    int histories = 12;
    for (int h = 0; h < histories; h++) {
      var past = new Noisy(1_000 + h, sd, 0, Instant.MIN);
      Forecast forecast =
          new Planner(past, NOW, Untouched.ALWAYS).predict(plan, -Math.log1p(effect));
      predicted += forecast.power() / histories;
      minutes += forecast.time().toSeconds() / 60.0 / histories;
      assertThat(forecast.history()).isGreaterThanOrEqualTo(30);
    }
    int kept = 0;
    double taken = 0;
    int runs = 300;
    for (int run = 0; run < runs; run++) {
      Rehearsal.Outcome outcome =
          Rehearsal.run(
              plan(DESIGN, Duration.ofHours(3), run),
              Duration.ofSeconds(1),
              new Noisy(run, sd, effect, Instant.MIN),
              NOW);
      if (outcome.verdict().decision() == Verdict.Decision.KEEP) {
        kept++;
        taken += Duration.between(NOW, outcome.ended()).toSeconds() / 60.0;
      }
    }
    assertThat(predicted).isCloseTo((double) kept / runs, org.assertj.core.data.Offset.offset(0.1));
    if (predicted > 0.9) {
      assertThat(minutes).isBetween(0.7 * taken / kept, 1.3 * taken / kept);
    }
  }

  @Test
  void whatCannotBeDecidedGetsMorePairsOrLongerBlocksAndElseIsNotStarted() {
    var past = new Noisy(5, 0.1, 0, Instant.MIN);
    Plan hard = plan(DESIGN, Duration.ofHours(20), 1);
    Planner.Choice choice =
        new Planner(past, NOW, Untouched.ALWAYS).choose(hard, -Math.log1p(-0.07));
    assertThat(((Design.Paired) choice.design()).maxPairs()).isGreaterThan(30);
    assertThat(choice.forecast().power()).isGreaterThan(0.8);
    Plan easy = plan(DESIGN, Duration.ofHours(20), 1);
    assertThat(new Planner(past, NOW, Untouched.ALWAYS).choose(easy, -Math.log1p(-0.3)).design())
        .isEqualTo(DESIGN);
    Plan hopeless = plan(DESIGN, Duration.ofHours(1), 1);
    Forecast forecast =
        new Planner(past, NOW, Untouched.ALWAYS).choose(hopeless, -Math.log1p(-0.03)).forecast();
    assertThat(forecast.isHopeless()).isTrue();
    assertThat(forecast.sentence())
        .contains("sees a gain of 3 % with a chance of ")
        .contains("gains from ");
  }

  @Test
  void withoutEnoughHistoryItSaysSoAndDoesNotRefuse() {
    var young = new Noisy(5, 0.1, 0, NOW.minus(Duration.ofMinutes(13)));
    Forecast forecast =
        new Planner(young, NOW, Untouched.ALWAYS)
            .predict(plan(DESIGN, Duration.ofHours(3), 1), 0.1);
    assertThat(forecast.power()).isNaN();
    assertThat(forecast.isHopeless()).isFalse();
    assertThat(forecast.sentence())
        .isEqualTo(
            "only 3 pairs of history without a change; how long it takes is not known, at most 2.0 h");
  }

  @Test
  void longerBlocksAreNotChosenBecauseNothingIsKnownOfThem() {
    var young = new Noisy(5, 0.1, 0, NOW.minus(Duration.ofMinutes(25)));
    Plan plan = plan(DESIGN, Duration.ofHours(20), 1);
    Planner.Choice choice =
        new Planner(young, NOW, Untouched.ALWAYS).choose(plan, -Math.log1p(-0.03));
    assertThat(choice.forecast().history()).isEqualTo(6);
    assertThat(((Design.Paired) choice.design()).block()).isEqualTo(DESIGN.block());
  }

  @Test
  void aOneWayChangeIsPredictedFromItsWindows() {
    var quiet = new Noisy(5, 0.02, 0, Instant.MIN);
    Forecast sure =
        new Planner(quiet, NOW, Untouched.ALWAYS)
            .predict(plan(Examples.DIFFERENCE, Duration.ofHours(1), 1), 0.2);
    assertThat(sure.power()).isGreaterThan(0.95);
    assertThat(sure.detectable()).isBetween(0.02, 0.1);
    var loud = new Noisy(5, 0.5, 0, Instant.MIN);
    assertThat(
            new Planner(loud, NOW, Untouched.ALWAYS)
                .predict(plan(Examples.DIFFERENCE, Duration.ofHours(1), 1), 0.1)
                .isHopeless())
        .isTrue();
    assertThat(Planner.normal(0)).isCloseTo(0.5, org.assertj.core.data.Offset.offset(1e-7));
    assertThat(Planner.normal(1.959964))
        .isCloseTo(0.975, org.assertj.core.data.Offset.offset(1e-6));
  }

  @Test
  void aPlanThatWouldBeForNothingIsNotStarted() {
    try (var world = new World(1, -0.03)) {
      world.signals.noise = 0.3;
      String loop =
          world.propose(
              "k", Examples.recommendation("k", Examples.SWITCHBACK, -0.03, Knob.Risk.R1));
      Forecast forecast = Optional.ofNullable(world.loops.require(loop).forecast()).orElseThrow();
      assertThat(forecast.isHopeless()).isTrue();
      world.approve(loop);
      world.conductor.tick();
      LoopRecord end = world.loops.require(loop);
      assertThat(end.state()).isEqualTo(LoopState.EXPIRED);
      assertThat(end.history().getLast().text())
          .startsWith("not started: an experiment sees a gain of 2 %");
      assertThat(world.knob().changes()).isEmpty();
    }
  }
}
