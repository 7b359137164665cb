package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Invariants 6, 10 and 12: what is kept, and when it becomes permanent. */
class KeepingTest {
  @Property(tries = 60, seed = "6")
  void invariant6KeepsOnlyAfterExperimentingWithEvidence(
      @ForAll @IntRange(max = 1000) int seed,
      @ForAll @DoubleRange(min = -0.5, max = 0.3) double effect,
      @ForAll @DoubleRange(min = 0.9, max = 1) double completeness,
      @ForAll boolean oneWay) {
    try (var world = new World(seed, effect)) {
      world.signals.noise = 0.1;
      world.signals.completeness = completeness;
      LoopRecord loop = world.run(oneWay ? Examples.DIFFERENCE : Examples.SWITCHBACK);
      boolean kept = loop.state() == LoopState.KEPT;
      assertThat(kept || loop.state() == LoopState.ROLLED_BACK).isTrue();
      assertThat(world.knob().value()).isEqualTo(kept ? "b" : "a");
      if (kept) {
        Verdict verdict = Objects.requireNonNull(loop.verdict());
        assertThat(verdict.decision()).isEqualTo(Verdict.Decision.KEEP);
        assertThat(verdict.completeness()).isGreaterThanOrEqualTo(0.95);
        assertThat(verdict.high()).isNegative();
        List<LoopState> states = loop.history().stream().map(LoopRecord.Step::state).toList();
        assertThat(states.indexOf(LoopState.KEEPING))
            .isEqualTo(states.indexOf(LoopState.EXPERIMENTING) + 1);
      }
    }
  }

  @Test
  void invariant6KeepsARealGainOfEitherDesign() {
    for (Design design : List.of(Examples.SWITCHBACK, Examples.DIFFERENCE)) {
      try (var world = new World(3, -0.4)) {
        assertThat(world.run(design).state()).isEqualTo(LoopState.KEPT);
        assertThat(world.guard.held()).isEmpty();
        assertThat(world.guard.everHeld()).hasSize(1);
      }
    }
  }

  @Test
  void invariant6DoesNotKeepWhenTooMuchDataWasMissingOverall() {
    try (var world = new World(3, -0.4)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.signals.completeness = 0.5;
      world.ticker.in(Duration.ofSeconds(250), () -> world.signals.completeness = 1);
      world.conductor.tick();
      LoopRecord end = world.loops.require(loop);
      assertThat(end.state()).isEqualTo(LoopState.ROLLED_BACK);
      Verdict verdict = Objects.requireNonNull(end.verdict());
      assertThat(verdict.wealthBetter()).isGreaterThan(25);
      assertThat(verdict.reasons().getFirst()).endsWith("of the data was there; 95 % is needed");
    }
  }

  @Test
  void invariant6JournalRefusesToKeepWithoutAVerdictOrToWriteOutsideOfAnExperiment() {
    try (var world = new World(1, 0)) {
      String loop = world.propose(Examples.SWITCHBACK);
      var intent = new LoopEvent.Intent(Examples.knob("k"), "a", "b", "a");
      assertThatThrownBy(() -> world.loops.append(loop, intent))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is PROPOSED");
      world.approve(loop);
      world.loops.append(loop, new LoopEvent.Armed("", List.of(), Examples.START));
      world.loops.append(loop, new LoopEvent.Applying());
      world.loops.append(loop, new LoopEvent.Experimenting());
      assertThatThrownBy(() -> world.loops.append(loop, new LoopEvent.Keeping()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no verdict");
    }
  }

  @Property(tries = 40, seed = "10")
  void invariant10KeepsTheInconclusiveOnlyOnAPersonsWord(
      @ForAll @IntRange(max = 100) int seed, @ForAll boolean person) {
    try (var world = new World(seed, 0)) {
      world.signals.noise = 0.2;
      String loop =
          world.propose(new Design.Switchback(Duration.ofSeconds(25), Duration.ofSeconds(5), 5));
      world.approve(loop);
      if (person) {
        world.ticker.in(Duration.ofSeconds(10), () -> keepAnyway(world, loop));
      }
      world.conductor.tick();
      LoopRecord end = world.loops.require(loop);
      Verdict verdict = Objects.requireNonNull(end.verdict());
      boolean inconclusive = verdict.decision() == Verdict.Decision.INCONCLUSIVE;
      assertThat(end.state() == LoopState.KEPT).isEqualTo(inconclusive && person);
      if (end.state() == LoopState.KEPT) {
        assertThat(end.history().getLast().by()).isEqualTo("ann");
      }
    }
  }

  @Test
  void invariant10DoesNotLetAPersonKeepWhatAGuardrailStopped() {
    try (var world = new World(1, 0.9)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.ticker.in(Duration.ofSeconds(2), () -> keepAnyway(world, loop));
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.ROLLED_BACK);
      assertThat(world.loops.require(loop).history())
          .anyMatch(step -> step.text().startsWith("guardrail: "));
      assertThatThrownBy(() -> world.conductor.keepAnyway(loop, "ann"))
          .isInstanceOf(Conductor.RefusedException.class)
          .hasMessageContaining("is not being tried now");
    }
  }

  @Property(tries = 30, seed = "12")
  void invariant12PersistsNothingBeforeKeeping(
      @ForAll @IntRange(max = 300) int seed,
      @ForAll @DoubleRange(min = -0.5, max = 0.5) double effect) {
    try (var world = new World(seed, effect)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      var states = new ArrayList<LoopState>();
      world.knob().duringPersist = () -> states.add(world.loops.require(loop).state());
      world.conductor.tick();
      boolean kept = world.loops.require(loop).state() == LoopState.KEPT;
      assertThat(states).isEqualTo(kept ? List.of(LoopState.KEEPING) : List.of());
      assertThat(world.knob().persisted()).isEqualTo(kept ? "b" : null);
    }
  }

  @Test
  void invariant12UndoesWhatWasPersistedWhenKeepingIsStopped() {
    try (var world = new World(3, -0.4)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.knob().duringPersist = () -> rollBack(world, loop);
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.ROLLED_BACK);
      assertThat(world.knob().value()).isEqualTo("a");
      assertThat(world.knob().persisted()).isEqualTo("a");
    }
  }

  @Test
  void takingBackAKeptChangeMakesTheOldValuePermanent() throws Exception {
    try (var world = new World(3, -0.4)) {
      LoopRecord loop = world.run(Examples.SWITCHBACK);
      assertThat(world.knob().persisted()).isEqualTo("b");
      world.conductor.rollBack(loop.id(), "ann", "no longer needed");
      assertThat(world.loops.require(loop.id()).state()).isEqualTo(LoopState.REVOKED);
      assertThat(world.knob().value()).isEqualTo("a");
      assertThat(world.knob().persisted()).isEqualTo("a");
    }
  }

  private static void rollBack(World world, String loop) {
    try {
      world.conductor.rollBack(loop, "ann", "wait");
    } catch (Conductor.RefusedException e) {
      throw new AssertionError(e);
    }
  }

  private static void keepAnyway(World world, String loop) {
    try {
      world.conductor.keepAnyway(loop, "ann");
    } catch (Conductor.RefusedException e) {
      throw new AssertionError(e);
    }
  }
}
