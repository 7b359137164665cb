package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * Invariant 9: after a crash, replaying the journal gives the state before it, or ROLLED_BACK; an
 * interrupted experiment is never resumed.
 */
class CrashTest {
  /** A loop's journal and what the knob held while it was written. */
  private record Tape(String journal, List<Write> writes) {
    /** What the knob may hold when the journal has {@code length} bytes. */
    List<String> valuesAt(long length) {
      var values = new ArrayList<>(List.of("a"));
      for (Write write : writes) {
        if (write.journalLength < length) {
          values.clear();
        }
        if (write.journalLength <= length) {
          values.add(write.value);
        }
      }
      return values;
    }
  }

  /** A write happened when the journal had this many bytes. */
  private record Write(long journalLength, String value) {}

  @Property(tries = 3, seed = "9")
  void invariant9AtEveryEntryBoundary(@ForAll @IntRange(max = 100) int seed) throws Exception {
    for (Tape tape : List.of(kept(seed), revoked(seed), rolledBack(seed))) {
      int length = 0;
      for (char c : tape.journal.toCharArray()) {
        length++;
        if (c == '\n') {
          crashAt(tape, length);
        }
      }
    }
  }

  @Test
  void invariant9AtEveryByteOfTheLastEntries() throws Exception {
    for (Tape tape : List.of(kept(1), revoked(1), rolledBack(1))) {
      int from = tape.journal.length();
      for (int newlines = 0; newlines < 3; newlines += tape.journal.charAt(from) == '\n' ? 1 : 0) {
        from--;
      }
      for (int length = from; length <= tape.journal.length(); length++) {
        crashAt(tape, length);
      }
    }
  }

  @Property(tries = 60, seed = "99")
  void invariant9AtAnyMomentOfALiveExperiment(
      @ForAll @IntRange(max = 700_000) int millis,
      @ForAll @IntRange(max = 20) int seed,
      @ForAll boolean guardWasQuicker) {
    try (var world = new World(seed, -0.2)) {
      world.signals.noise = 0.1;
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.ticker.in(Duration.ofMillis(millis), world::die);
      KnobConflictsTest.tickToDeath(world);
      LoopState before = world.loops.require(loop).state();
      if (guardWasQuicker && before.isActive()) {
        world.knob().setByPerson("a");
      }
      int changes = world.knob().changes().size();
      world.restart();
      LoopState after = world.loops.require(loop).state();
      assertThat(after).isEqualTo(before.isActive() ? LoopState.ROLLED_BACK : before);
      assertThat(world.knob().value()).isEqualTo(after == LoopState.KEPT ? "b" : "a");
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(after);
      assertThat(world.knob().changes().size() - changes).isLessThanOrEqualTo(1);
    }
  }

  @Property(tries = 20, seed = "98")
  void replayGivesWhatWasInMemory(@ForAll @IntRange(max = 1000) int seed) {
    try (var world = new World(seed, seed % 2 == 0 ? -0.4 : 0)) {
      world.run(seed % 3 == 0 ? Examples.DIFFERENCE : Examples.SWITCHBACK);
      List<LoopRecord> before = List.copyOf(world.loops.all());
      world.loops.close();
      try (var again = new Loops(world.journal(), world.ticker)) {
        assertThat(again.all()).containsExactlyElementsOf(before);
      }
    }
  }

  @Test
  void theOldValueComesBackAtTheStartEvenOnAFullDisk() {
    try (var world = new World(1, -0.4)) {
      String loop = world.propose(Examples.SWITCHBACK);
      world.approve(loop);
      world.ticker.in(Duration.ofSeconds(2), world::die);
      KnobConflictsTest.tickToDeath(world);
      assertThat(world.knob().value()).isEqualTo("b");
      world.disk.full = true;
      world.restart();
      assertThat(world.knob().value()).isEqualTo("a");
      world.disk.full = false;
      world.conductor.tick();
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.ROLLED_BACK);
    }
  }

  @Test
  void whatCannotBeReachedAtTheStartIsStuckUnlessTheGuardRestoredIt() {
    for (boolean restored : new boolean[] {true, false}) {
      try (var world = new World(1, -0.4)) {
        String loop = world.propose(Examples.SWITCHBACK);
        world.approve(loop);
        world.ticker.in(Duration.ofSeconds(2), world::die);
        KnobConflictsTest.tickToDeath(world);
        world.knob().failure = Optional.of(KnobException.Reason.UNREACHABLE);
        world.restart(Map.of(loop, new GuardPost.Undone(loop, "a", restored)));
        LoopRecord end = world.loops.require(loop);
        assertThat(end.state()).isEqualTo(restored ? LoopState.ROLLED_BACK : LoopState.STUCK);
        assertThat(end.history().getLast().by()).isEqualTo(restored ? "guard" : "hone");
      }
    }
  }

  @Test
  void theGuardHoldsTheUndoUntilTheJournalSaysKept() {
    try (var world = new World(1, -0.4)) {
      var heldWhenKept = new ArrayList<Boolean>();
      world.loops.onChange(
          loop -> {
            if (loop.state() == LoopState.KEPT) {
              heldWhenKept.add(world.guard.held().contains(loop.id()));
            }
          });
      assertThat(world.run(Examples.SWITCHBACK).state()).isEqualTo(LoopState.KEPT);
      assertThat(heldWhenKept).containsExactly(true);
      assertThat(world.guard.held()).isEmpty();
    }
  }

  @Test
  void aChangeThatTheGuardUndidWhileItWasKeptIsTakenBack() {
    try (var world = new World(1, -0.4)) {
      world.loops.onChange(
          loop -> {
            if (loop.state() == LoopState.KEPT) {
              world.knob().setByPerson("a");
            }
          });
      LoopRecord end = world.run(Examples.SWITCHBACK);
      assertThat(end.state()).isEqualTo(LoopState.REVOKED);
      assertThat(end.history().getLast().by()).isEqualTo("guard");
      assertThat(world.knob().value()).isEqualTo("a");
    }
  }

  @Test
  void aKeptChangeThatTheGuardUndidIsTakenBackAtTheStart() {
    try (var world = new World(1, -0.4)) {
      String loop = world.run(Examples.SWITCHBACK).id();
      world.knob().setByPerson("a");
      world.restart(Map.of(loop, new GuardPost.Undone(loop, "a", true)));
      LoopRecord end = world.loops.require(loop);
      assertThat(end.state()).isEqualTo(LoopState.REVOKED);
      assertThat(end.history().getLast().by()).isEqualTo("guard");
      assertThat(world.knob().value()).isEqualTo("a");
    }
  }

  @Test
  void aKeptChangeThatTheGuardUndidIsTakenBackAtTheStartAlthoughItIsArchived() {
    try (var world = new World(1, -0.4)) {
      world.bounds = new Loops.Bounds(1, 0);
      world.restart();
      String loop = world.run(Examples.SWITCHBACK).id();
      assertThat(world.loops.all()).isEmpty();
      world.knob().setByPerson("a");
      world.restart(Map.of(loop, new GuardPost.Undone(loop, "a", true)));
      assertThat(world.loops.require(loop).state()).isEqualTo(LoopState.REVOKED);
      assertThat(world.loops.counts()).containsExactly(Map.entry(LoopState.REVOKED, 1L));
    }
  }

  private static void crashAt(Tape tape, int length) throws IOException {
    for (String value : tape.valuesAt(length)) {
      try (var world = new World(0, 0)) {
        world.loops.close();
        Files.writeString(world.journal(), tape.journal.substring(0, length));
        if (value.equals("b")) {
          world.knob().setByPerson("b");
        }
        world.restart();
        for (LoopRecord loop : world.loops.all()) {
          String what = "value " + value + " after " + length + " bytes: " + loop.history();
          assertThat(loop.state().isActive()).as(what).isFalse();
          assertThat(world.knob().value())
              .as(what)
              .isEqualTo(loop.state() == LoopState.KEPT ? "b" : "a");
        }
        long written = world.knob().changes().stream().filter(FakeKnob.Change::byHone).count();
        assertThat(written).isLessThanOrEqualTo(1);
      }
    }
  }

  private static Tape kept(int seed) throws IOException {
    return tape(seed, -0.4, world -> {});
  }

  private static Tape rolledBack(int seed) throws IOException {
    return tape(seed, 0.9, world -> {});
  }

  private static Tape revoked(int seed) throws IOException {
    return tape(
        seed,
        -0.4,
        world -> {
          try {
            world.conductor.rollBack(world.loops.all().iterator().next().id(), "ann", "no");
          } catch (Conductor.RefusedException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static Tape tape(int seed, double effect, Consumer<World> afterwards) throws IOException {
    try (var world = new World(seed, effect)) {
      var lengths = new ArrayList<Long>();
      world.knob().beforeWrite = () -> lengths.add(world.journal().toFile().length());
      world.run(Examples.SWITCHBACK);
      afterwards.accept(world);
      var writes = new ArrayList<Write>();
      for (int i = 0; i < lengths.size(); i++) {
        writes.add(new Write(lengths.get(i), world.knob().changes().get(i).value()));
      }
      return new Tape(Files.readString(world.journal()), writes);
    }
  }
}
