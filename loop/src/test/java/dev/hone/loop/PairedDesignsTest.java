package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Splits, load tests, and blocks that turn out too short. */
class PairedDesignsTest {
  private static final Design.ConcurrentSplit SPLIT =
      new Design.ConcurrentSplit(
          Duration.ofSeconds(25),
          Duration.ofSeconds(5),
          20,
          new SignalRef("first half", "s", "first", SignalRef.Better.LOWER),
          new SignalRef("second half", "s", "second", SignalRef.Better.LOWER));

  @Test
  void aSplitFindsAnEffectThatTheSwingsOfTheWholeWouldHide() {
    try (var world = new World(1, -0.1)) {
      world.knob().divisible = true;
      LoopRecord loop = world.run(SPLIT);
      assertThat(loop.state()).isEqualTo(LoopState.KEPT);
      Verdict verdict = Objects.requireNonNull(loop.verdict());
      assertThat(verdict.grade()).isEqualTo(Design.Grade.A);
      assertThat(verdict.effect()).isBetween(-0.12, -0.08);
      assertThat(world.knob().value()).isEqualTo("b");
      assertThat(world.knob().changes()).extracting(FakeKnob.Change::value).contains("b|a", "a|b");
    }
  }

  @Test
  void aSplitThatHarmsOneHalfIsEndedByTheGuard() {
    try (var world = new World(1, 0.9)) {
      world.knob().divisible = true;
      LoopRecord loop = world.run(SPLIT);
      assertThat(loop.state()).isEqualTo(LoopState.ROLLED_BACK);
      assertThat(Objects.requireNonNull(loop.verdict()).reasons().getFirst())
          .startsWith("guardrail: ");
      assertThat(world.knob().value()).isEqualTo("a");
      FakeKnob.Change back = world.knob().changes().get(1);
      assertThat(back.value()).isEqualTo("a");
      assertThat(Duration.between(Examples.START, back.at())).hasSeconds(20);
    }
  }

  @Test
  void aKnobThatCannotBeDividedIsNotSplit() {
    try (var world = new World(1, -0.4)) {
      LoopRecord loop = world.run(SPLIT);
      assertThat(loop.state()).isEqualTo(LoopState.ROLLED_BACK);
      assertThat(loop.history().getLast().text()).isEqualTo("restored: nothing was changed");
      assertThat(world.knob().changes()).isEmpty();
    }
  }

  @Test
  void aCrashInASplitBringsTheOldValueBack() {
    for (int second = 1; second < 120; second += 7) {
      try (var world = new World(1, -0.1)) {
        world.knob().divisible = true;
        String loop = world.propose(SPLIT);
        world.approve(loop);
        world.ticker.in(Duration.ofSeconds(second), world::die);
        KnobConflictsTest.tickToDeath(world);
        world.restart();
        assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.ROLLED_BACK);
        assertThat(world.knob().value()).isEqualTo("a");
      }
    }
  }

  @Test
  void aLoadTestPutsLoadOnEachBlockAndEndsIt() {
    var running = new ArrayList<Instant>();
    var ended = new ArrayList<Instant>();
    try (var world = new World(1, -0.4)) {
      world.workload =
          scenario -> {
            assertThat(scenario).isEqualTo("browse");
            running.add(world.ticker.instant());
            return () -> ended.add(world.ticker.instant());
          };
      world.restart();
      LoopRecord loop =
          world.run(
              new Design.RepeatedLoadTest(
                  Duration.ofSeconds(30), Duration.ofSeconds(10), 12, "browse"));
      assertThat(loop.state()).isEqualTo(LoopState.KEPT);
      assertThat(Objects.requireNonNull(loop.verdict()).grade()).isEqualTo(Design.Grade.C);
      assertThat(running).hasSize(2 * loop.pairs().size());
      for (int i = 0; i < running.size(); i++) {
        assertThat(Duration.between(running.get(i), ended.get(i))).hasSeconds(30);
      }
    }
  }

  @Test
  void withoutALoadGeneratorALoadTestChangesNothing() {
    try (var world = new World(1, -0.4)) {
      LoopRecord loop =
          world.run(
              new Design.RepeatedLoadTest(
                  Duration.ofSeconds(30), Duration.ofSeconds(10), 12, "browse"));
      assertThat(loop.state()).isEqualTo(LoopState.ROLLED_BACK);
      assertThat(loop.history().toString()).contains("there is no load generator");
      assertThat(world.knob().value()).isEqualTo("a");
    }
  }

  /** A system whose latency follows a change with a time constant. */
  private static final class Slow implements Rehearsal.Stage {
    private final double tau;
    private final double effect;
    private final List<Instant> switches = new ArrayList<>();
    private final List<Boolean> on = new ArrayList<>();

    Slow(double tau, double effect) {
      this.tau = tau;
      this.effect = effect;
    }

    @Override
    public void inForce(Instant at, String value) {
      switches.add(at);
      on.add(value.equals(Rehearsal.ON));
    }

    @Override
    public Reading read(SignalRef signal, Instant from, Instant to) {
      double sum = 0;
      int count = 0;
      for (Instant t = from; t.isBefore(to); t = t.plusMillis(500)) {
        sum += at(t);
        count++;
      }
      double noise = 0.01 * Math.sin(from.toEpochMilli() / 777.0);
      return new Reading(sum / count * Math.exp(noise), 1);
    }

    private double at(Instant time) {
      double level = 0;
      for (int i = 0; i < switches.size() && switches.get(i).isBefore(time); i++) {
        Instant end = i + 1 < switches.size() ? switches.get(i + 1) : time;
        end = end.isBefore(time) ? end : time;
        double span = Duration.between(switches.get(i), end).toMillis() / 1000.0;
        double target = on.get(i) ? 1 : 0;
        level = target + (level - target) * Math.exp(-span / tau);
      }
      return 1 + effect * level;
    }
  }

  @Test
  void blocksThatAreTooShortForTheEffectAreMadeLonger() {
    var design = new Design.Switchback(Duration.ofSeconds(60), Duration.ofSeconds(12), 30);
    Rehearsal.Outcome slow = rehearse(design, new Slow(20, -0.3));
    LoopEvent.SettlingMeasured settling = settling(slow).orElseThrow();
    assertThat(settling.settling()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(55));
    assertThat(settling.block()).isEqualTo(settling.settling().multipliedBy(5));
    assertThat(settling.burnIn()).isEqualTo(settling.settling().multipliedBy(2));
    assertThat(slow.verdict().decision()).isEqualTo(Verdict.Decision.KEEP);
    assertThat(slow.verdict().effect()).isBetween(-0.32, -0.27);
    var first = (LoopEvent.PairMeasured) firstPair(slow);
    assertThat(first.pair().difference()).isNaN();

    Rehearsal.Outcome quick = rehearse(design, new Slow(2, -0.3));
    assertThat(settling(quick).orElseThrow().block()).isEqualTo(design.block());
    assertThat(((LoopEvent.PairMeasured) firstPair(quick)).pair().difference()).isNegative();

    Rehearsal.Outcome nothing = rehearse(design, new Slow(20, 0));
    assertThat(settling(nothing)).isEmpty();
    assertThat(nothing.verdict().decision()).isEqualTo(Verdict.Decision.INCONCLUSIVE);
  }

  @Test
  void anEffectTooSlowForTheDeadlineIsGivenUpAtOnce() {
    var design = new Design.Switchback(Duration.ofSeconds(120), Duration.ofSeconds(10), 12);
    Rehearsal.Outcome outcome = rehearse(design, new Slow(45, -0.3), Duration.ofMinutes(49));
    assertThat(outcome.verdict().decision()).isEqualTo(Verdict.Decision.INCONCLUSIVE);
    assertThat(outcome.verdict().reasons().getFirst())
        .startsWith("the effect settles so slowly that blocks must last ");
  }

  private static Rehearsal.Outcome rehearse(Design design, Rehearsal.Stage stage) {
    return rehearse(design, stage, Duration.ofHours(5));
  }

  private static Rehearsal.Outcome rehearse(
      Design design, Rehearsal.Stage stage, Duration deadline) {
    var plan =
        new Plan(
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
            7,
            deadline);
    return Rehearsal.run(plan, Duration.ofSeconds(1), stage, Examples.START);
  }

  private static Optional<LoopEvent.SettlingMeasured> settling(Rehearsal.Outcome outcome) {
    return outcome.events().stream()
        .filter(LoopEvent.SettlingMeasured.class::isInstance)
        .map(LoopEvent.SettlingMeasured.class::cast)
        .findFirst();
  }

  private static LoopEvent firstPair(Rehearsal.Outcome outcome) {
    return outcome.events().stream()
        .filter(LoopEvent.PairMeasured.class::isInstance)
        .findFirst()
        .orElseThrow();
  }
}
