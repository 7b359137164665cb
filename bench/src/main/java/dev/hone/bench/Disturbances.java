package dev.hone.bench;

import dev.hone.loop.LoopEvent;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Policy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What goes wrong around a change, but for a kill: each ends in a stated state, and nothing stays
 * changed that is not kept. The unit of each figure says how it ended.
 */
final class Disturbances {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int RESTARTS = 20;
  private static final int TRIES = 4;

  private Disturbances() {}

  /** How something ended, and whether that is as it should be. */
  record End(String text, boolean holds) {}

  /** Something that goes wrong. */
  private interface Disturbance {
    End of(Path directory) throws Exception;
  }

  static void run(Figures figures) throws Exception {
    FullDisk.run(figures);
    make(figures, "read-back-mismatch", Disturbances::mismatch);
    make(figures, "unreachable", Disturbances::unreachable);
    make(figures, "gone", Disturbances::gone);
    make(figures, "person", Disturbances::person);
    make(figures, "clock-forward", directory -> clock(directory, HOUR));
    make(figures, "clock-back", directory -> clock(directory, HOUR.negated()));
    make(figures, "restarts", Disturbances::restarts);
    make(figures, "guard-killed", Disturbances::guardKilled);
    make(figures, "hone-stopped", StoppedHone::run);
    make(figures, "journal-damaged", DamagedJournal::run);
  }

  private static void make(Figures figures, String name, Disturbance disturbance) throws Exception {
    Path directory = Files.createTempDirectory("hone-disturbed-");
    try {
      add(figures, name, disturbance.of(directory));
    } finally {
      CrashChain.clear(directory);
    }
  }

  static void add(Figures figures, String name, End end) throws Exception {
    figures.add("crash.disturbed-" + name, end.holds ? 1 : 0, end.text, ">=1", end.holds);
  }

  private static End ended(Scene scene, LoopState state, String value) throws Exception {
    boolean over = scene.await(PATIENCE, () -> scene.loop().state().isFinal());
    String text = scene.end() + ": " + scene.loop().history().getLast().text();
    return new End(text, over && scene.loop().state() == state && scene.is(value));
  }

  /** What was read back is not what was written. */
  private static End mismatch(Path directory) throws Exception {
    try (var scene = Scene.of(directory)) {
      scene.knobs.afterWrite(scene.sleeper::reschedule);
      scene.begin(Fate.KEEP);
      return ended(scene, LoopState.ROLLED_BACK, Sleeper.OFF);
    }
  }

  /** The target answers no more while the change is on; a person asks again when it does. */
  private static End unreachable(Path directory) throws Exception {
    try (var scene = Scene.of(directory)) {
      scene.begin(Fate.OPEN);
      scene.await(PATIENCE, () -> scene.loop().state() == LoopState.EXPERIMENTING);
      scene.knobs.reachable(false);
      scene.hone.conductor().rollBack(scene.loop().id(), "bench", "no longer wanted");
      scene.await(PATIENCE, () -> scene.loop().state().isFinal());
      boolean stuck = scene.loop().state() == LoopState.STUCK;
      scene.knobs.reachable(true);
      scene.hone.conductor().rollBack(scene.loop().id(), "bench", "it answers again");
      End end = ended(scene, LoopState.ROLLED_BACK, Sleeper.OFF);
      return new End("STUCK, then asked again " + end.text, stuck && end.holds);
    }
  }

  private static End gone(Path directory) throws Exception {
    try (var scene = Scene.of(directory)) {
      scene.loops.onChange(
          loop -> {
            if (loop.pairs().size() == 2) {
              scene.sleeper.close();
            }
          });
      scene.begin(Fate.KEEP);
      scene.await(PATIENCE, () -> scene.loop().state().isFinal());
      boolean holds = scene.loop().state() == LoopState.ROLLED_BACK;
      return new End(scene.end() + ": " + scene.loop().history().getLast().text(), holds);
    }
  }

  /** Somebody else changes the knob in the middle: it stays as they want it. */
  private static End person(Path directory) throws Exception {
    try (var scene = Scene.of(directory)) {
      scene.loops.onChange(
          loop -> {
            if (loop.pairs().size() == 2 && loop.state() == LoopState.EXPERIMENTING) {
              scene.sleeper.reschedule();
            }
          });
      scene.begin(Fate.KEEP);
      End end = ended(scene, LoopState.ROLLED_BACK, Sleeper.OTHER);
      return new End(end.text, end.holds && scene.loop().ownerConflict());
    }
  }

  /** The clock is set while a change is being measured. */
  private static End clock(Path directory, Duration by) throws Exception {
    try (var scene = Scene.of(directory)) {
      scene.loops.onChange(
          loop -> {
            if (loop.pairs().size() == 2) {
              scene.ticker.stepWhileWaiting(by);
            }
          });
      scene.begin(Fate.KEEP);
      boolean over = scene.await(Duration.ofSeconds(20), () -> scene.loop().state().isFinal());
      String why = over ? scene.loop().history().getLast().text() : "after 20 s, it waits";
      String text = scene.end() + ": " + why;
      boolean sound =
          over && scene.is(scene.loop().state() == LoopState.KEPT ? Sleeper.ON : Sleeper.OFF);
      scene.hone.conductor().stopEverything("bench", "end of the disturbance");
      return new End(text, sound);
    }
  }

  /** Twenty starts in a row: what may be tried within a day is not more for it. */
  private static End restarts(Path directory) throws Exception {
    Policy free = SmallHone.policy();
    Policy.Limits limits =
        new Policy.Limits(TRIES, 1_000, 4, List.of(), 0, Duration.ZERO, Duration.ZERO, List.of());
    var sleeper = Sleeper.start();
    long tries = 0;
    for (int i = 0; i < RESTARTS; i++) {
      var scene = new Scene(directory, free.withLimits(limits), sleeper);
      scene.begin(Fate.WORSEN);
      scene.await(Duration.ofSeconds(2), () -> scene.loop().state().isFinal());
      tries = scene.loops.all().stream().filter(Disturbances::wasTried).count();
      scene.hone.close();
    }
    boolean old = sleeper.value().equals(Sleeper.OFF);
    sleeper.close();
    String text = tries + " tries in " + RESTARTS + " starts, " + TRIES + " allowed a day";
    return new End(text, tries == TRIES && old);
  }

  private static boolean wasTried(LoopRecord loop) {
    return loop.history().stream().anyMatch(step -> step.state() == LoopState.APPLYING);
  }

  /** Without a guard nothing may be on, and nothing may begin. */
  private static End guardKilled(Path directory) throws Exception {
    try (var scene = Scene.of(directory);
        var other = Sleeper.start()) {
      scene.begin(Fate.OPEN);
      scene.await(PATIENCE, () -> scene.is(Sleeper.ON));
      ProcessHandle.of(scene.hone.guard().pid()).ifPresent(ProcessHandle::destroyForcibly);
      End end = ended(scene, LoopState.ROLLED_BACK, Sleeper.OFF);
      String next = scene.hone.begin(other.ref(), Fate.KEEP, scene.ticker.instant());
      scene.await(Duration.ofSeconds(2), () -> scene.loops.require(next).state().isFinal());
      boolean untouched = other.value().equals(Sleeper.OFF);
      boolean told = !scene.notices.isEmpty();
      return new End(
          end.text + "; the next one stays " + scene.loops.require(next).state(),
          end.holds && untouched && told);
    }
  }

  /** Fills the journal's last block with the smallest entry there is. */
  static LoopEvent.General smallest() {
    return new LoopEvent.Thawed("", "");
  }
}
