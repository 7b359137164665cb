package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.search.NumericRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Going on where a kept change left off, and looking ahead. */
class TuningTest {
  /** The latency over a numeric knob: best at 40, 25 % worse at half and double. */
  private static double latency(String value) {
    double x = Math.log(Double.parseDouble(value.equals("a") ? "10" : value) / 40) / Math.log(2);
    return 1 + 0.25 * x * x;
  }

  @Test
  void aKeptNumberIsTunedStepByStepUntilNothingIsLeftToGain() throws Exception {
    try (var world = new World(3, 0)) {
      FakeKnob knob = world.knob();
      knob.range =
          Optional.of(
              new NumericRange(2, 200, NumericRange.Scale.LOG, true, new NumericRange.Factor(2)));
      knob.setByPerson("10");
      world.signals.curve = Optional.of(TuningTest::latency);
      world.conductor.setPolicy(Examples.policy(Mode.AUTO), "ann", "test");
      var notices = new ArrayList<String>();
      var tuning =
          new Tuning(
              world.conductor,
              world.loops,
              new Knobs(List.of(world.factory)),
              new Ids(world.ticker, new SplittableRandom(1)),
              new SplittableRandom(1),
              notices::add);
      tuning.look(world.ticker.instant());
      assertThat(world.loops.all()).isEmpty();
      Recommendation r = Examples.recommendation("k", Examples.SWITCHBACK);
      world.propose(
          "k",
          new Recommendation(
              r.id(),
              r.findingId(),
              r.layer(),
              r.technique(),
              r.knob(),
              "10",
              "20",
              r.title(),
              r.expected(),
              r.cost(),
              r.risk(),
              r.explanation(),
              r.design(),
              r.primary(),
              r.guardrails(),
              true,
              "",
              r.expiresAt()));
      for (int round = 0; round < 14; round++) {
        world.conductor.tick();
        world.ticker.pass(Duration.ofMinutes(45));
        tuning.look(world.ticker.instant());
      }
      assertThat(latency("10")).isEqualTo(2);
      assertThat(latency(knob.value())).isLessThan(1.08);
      assertThat(notices).isNotEmpty();
      assertThat(notices.getFirst()).contains(" stays at " + knob.value() + ": ");
      int loops = world.loops.all().size();
      assertThat(loops).isBetween(2, 13);
      assertThat(world.loops.all())
          .filteredOn(l -> l.recommendation().technique().equals(Tuning.TECHNIQUE))
          .allMatch(l -> l.finding().strategy() == Strategy.SCHEDULED)
          .allMatch(l -> l.state().isFinal());
      tuning.look(world.ticker.instant());
      assertThat(world.loops.all()).hasSize(loops);
    }
  }

  @Test
  void whatWillCrossItsBoundIsFoundBeforeItDoes() {
    var memory = new SignalRef("memory in use", "ratio", "memory", SignalRef.Better.LOWER);
    var bound =
        new Outlook.Bound(
            memory, new Target("host", "db1"), 0.9, Duration.ofHours(6), Duration.ofHours(24));
    var random = new SplittableRandom(5);
    for (double slope : new double[] {0.01, 0.03, 0, -0.02, 0.5e-3}) {
      Instant now = Examples.START;
      Signals signals =
          (signal, from, to) ->
              new Signals.Reading(
                  0.6
                      + slope * Duration.between(now, from).toMinutes() / 60.0
                      + 0.003 * random.nextGaussian()
                      + (random.nextInt(10) == 0 ? 0.2 : 0),
                  1);
      var outlook = new Outlook("host", List.of(bound), signals, new Ids(() -> now, random));
      List<Finding> findings = outlook.examine(now);
      if (slope == 0.03) {
        assertThat(findings).hasSize(1);
        assertThat(findings.getFirst().strategy()).isEqualTo(Strategy.PROACTIVE);
        assertThat(findings.getFirst().summary())
            .startsWith("memory in use is ")
            .contains("will cross 0.900 in ");
      } else {
        assertThat(findings).as("slope " + slope).isEmpty();
      }
    }
  }

  @Test
  void theCatalogueTellsWhatIsSaidAndWhatWasShown() {
    Catalogue catalogue = Catalogue.standard();
    assertThat(catalogue.families()).hasSize(10);
    assertThat(catalogue.of("missing-index").orElseThrow().name()).isEqualTo("database");
    LoopSummary kept = LessonsTest.tried("l", "c", true, -0.03, Examples.START);
    LoopSummary grown =
        new LoopSummary(
            "l",
            LoopState.KEPT,
            kept.updatedAt(),
            kept.keptAt(),
            "jvm",
            "grow-pool",
            "c",
            "f",
            "t",
            "k",
            false,
            -0.03,
            -0.04,
            -0.02,
            40,
            Verdict.Decision.KEEP,
            true);
    Catalogue.Shown network =
        catalogue.shown(List.of(grown)).stream()
            .filter(s -> s.family().name().equals("network"))
            .findFirst()
            .orElseThrow();
    assertThat(network.kept()).isEqualTo(1);
    assertThat(network.impact()).isEqualTo(Catalogue.Level.LOW);
  }
}
