package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** All invariants together, over random sequences of what people, targets and disks can do. */
class LoopSequencesTest {
  /** What happens to the loop from outside. */
  enum Event {
    PROPOSE,
    APPROVE,
    REJECT,
    ROLL_BACK,
    KEEP_ANYWAY,
    DRIFT,
    DRIFT_BACK,
    UNREACHABLE,
    DENIED,
    GONE,
    HEALED,
    MANGLED,
    KNOB_BUG,
    SIGNAL_BUG,
    NO_DATA,
    DATA,
    DISK_FULL,
    DISK_FREE,
    DEATH,
    STOP,
    RESUME
  }

  /** Something that happens some time after what came before it. */
  record Step(Event event, int afterSeconds) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(Arbitraries.of(Event.class), Arbitraries.integers().between(0, 70))
        .as(Step::new)
        .list()
        .ofMinSize(2)
        .ofMaxSize(14);
  }

  @Property(tries = 70, seed = "13")
  void noSequenceBreaksAnInvariant(
      @ForAll("steps") List<Step> steps,
      @ForAll @IntRange(max = 1000) int seed,
      @ForAll @DoubleRange(min = -0.5, max = 0.6) double effect,
      @ForAll boolean oneWay)
      throws InterruptedException {
    Design design = oneWay ? Examples.DIFFERENCE : Examples.SWITCHBACK;
    try (var world = new World(seed, effect)) {
      var breaches = new ArrayList<String>();
      world.executor = world.ticker.threads();
      world.knob().beforeWrite = () -> checkIntent(world, breaches);
      watch(world, breaches);
      world.approve(world.propose(design));
      for (Step step : steps) {
        happen(world, step.event, design, breaches);
        world.pass(Duration.ofSeconds(step.afterSeconds));
      }
      heal(world);
      world.conductor.resume("ann");
      world.pass(Duration.ofMinutes(34));
      world.ticker.pass(Duration.ofHours(7));
      world.pass(Duration.ofSeconds(2));
      assertThat(breaches).isEmpty();
      assertThat(world.loops.all()).extracting(LoopRecord::state).allMatch(LoopState::isFinal);
      assertThat(world.guard.held()).isEmpty();
      checkNobodyIsFought(world);
      checkValue(world);
      List<LoopRecord> memory = List.copyOf(world.loops.all());
      world.restart();
      assertThat(List.copyOf(world.loops.all()).equals(memory))
          .as("replay gives the same")
          .isTrue();
    }
  }

  private static void happen(World world, Event event, Design design, List<String> breaches)
      throws InterruptedException {
    try {
      switch (event) {
        case PROPOSE -> world.propose(design);
        case APPROVE -> {
          String loop = last(world);
          world.conductor.approve(loop, world.loops.require(loop).planHash(), "ann");
        }
        case REJECT -> world.conductor.reject(last(world), "ann", "no");
        case ROLL_BACK -> world.conductor.rollBack(last(world), "ann", "back");
        case KEEP_ANYWAY -> world.conductor.keepAnyway(last(world), "ann");
        case DRIFT -> world.knob().setByPerson("x");
        case DRIFT_BACK -> world.knob().setByPerson("a");
        case UNREACHABLE -> fail(world, KnobException.Reason.UNREACHABLE);
        case DENIED -> fail(world, KnobException.Reason.DENIED);
        case GONE -> fail(world, KnobException.Reason.GONE);
        case HEALED -> heal(world);
        case MANGLED -> world.knob().mangled = Optional.of("8");
        case KNOB_BUG -> world.knob().bug = Optional.of(new IllegalStateException("a bug"));
        case SIGNAL_BUG -> world.signals.bug = Optional.of(new IllegalStateException("a bug"));
        case NO_DATA -> world.signals.completeness = 0;
        case DATA -> world.signals.completeness = 1;
        case DISK_FULL -> world.disk.full = true;
        case DISK_FREE -> world.disk.full = false;
        case DEATH -> {
          world.kill();
          world.restart();
          watch(world, breaches);
        }
        case STOP -> {
          world.conductor.stopEverything("ann", "enough");
          if (!world.disk.full) {
            assertThat(world.loops.all())
                .extracting(LoopRecord::state)
                .noneMatch(LoopState::isActive);
          }
        }
        case RESUME -> world.conductor.resume("ann");
      }
    } catch (Conductor.RefusedException | Journal.JournalException | AssertionError e) {
      boolean expected = !(e instanceof AssertionError) || e.getCause() instanceof KnobException;
      assertThat(expected).as(String.valueOf(e)).isTrue();
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("a bug");
    }
  }

  private static String last(World world) {
    return List.copyOf(world.loops.all()).getLast().id();
  }

  private static void fail(World world, KnobException.Reason reason) {
    world.knob().failure = Optional.of(reason);
  }

  private static void heal(World world) {
    world.knob().failure = Optional.empty();
    world.knob().bug = Optional.empty();
    world.knob().mangled = Optional.empty();
    world.signals.bug = Optional.empty();
    world.signals.completeness = 1;
    world.disk.full = false;
  }

  /** Invariants 4, 6, 10 and 12 at each event. */
  private static void watch(World world, List<String> breaches) {
    Loops loops = world.loops;
    world.knob().duringPersist =
        () -> {
          if (loops.all().stream()
              .flatMap(loop -> loop.history().stream())
              .noneMatch(step -> step.state() == LoopState.KEEPING)) {
            breaches.add("persisted before keeping");
          }
        };
    loops.onChange(
        loop -> {
          if (loops.all().stream().filter(l -> l.state().isActive()).count() > 1) {
            breaches.add("two active plans for one knob");
          }
          Verdict verdict = loop.verdict();
          if (loop.state() == LoopState.KEPT) {
            boolean proven =
                verdict != null
                    && verdict.decision() == Verdict.Decision.KEEP
                    && verdict.completeness() >= 0.95;
            boolean wanted =
                verdict != null
                    && verdict.decision() == Verdict.Decision.INCONCLUSIVE
                    && loop.history().getLast().by().equals("ann");
            if (!proven && !wanted) {
              breaches.add("kept without reason: " + loop.history());
            }
          }
        });
  }

  /** Invariant 1: the journal file holds an intent with the prior value. */
  private static void checkIntent(World world, List<String> breaches) {
    boolean known =
        world.entries().stream()
            .anyMatch(
                entry ->
                    entry.event() instanceof LoopEvent.Intent intent
                        && intent.prior().equals("a")
                        && intent.knob().equals(Examples.knob("k")));
    if (!known) {
      breaches.add("a write without an intent");
    }
  }

  /** Invariant 3: Hone never writes over what a person set. */
  private static void checkNobodyIsFought(World world) {
    List<FakeKnob.Change> changes = world.knob().changes();
    for (int i = 1; i < changes.size(); i++) {
      boolean foreign = !changes.get(i - 1).byHone() && changes.get(i - 1).value().equals("x");
      assertThat(foreign && changes.get(i).byHone()).as(changes.toString()).isFalse();
    }
  }

  /** Invariants 2, 5 and 9: in the end the old value, a person's, or a kept one is in force. */
  private static void checkValue(World world) {
    List<FakeKnob.Change> changes = world.knob().changes();
    boolean foreign = !changes.isEmpty() && !changes.getLast().byHone();
    boolean stuck = world.loops.all().stream().anyMatch(l -> l.state() == LoopState.STUCK);
    boolean goneOnce =
        world.loops.all().stream()
            .flatMap(l -> l.history().stream())
            .anyMatch(s -> s.text().contains("nothing is left") || s.text().contains("left alone"));
    if (!foreign && !stuck && !goneOnce) {
      boolean kept = world.loops.all().stream().anyMatch(l -> l.state() == LoopState.KEPT);
      assertThat(world.knob().value()).as(states(world)).isEqualTo(kept ? "b" : "a");
    }
  }

  private static String states(World world) {
    return world.loops.all().stream().map(LoopRecord::history).toList().toString();
  }
}
