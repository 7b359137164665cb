package dev.hone.bench;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One life of a {@link CrashChild} and how it ends.
 *
 * @param kind what is tried, for the figures
 * @param fates the changes it brings under way, a process each
 * @param fuse where it ends by itself
 * @param millis when it is killed unless the fuse blows: after all changes are under way, or after
 *     its start where the fuse says so; negative for never
 * @param hasty whether the next start does not wait for the guard's end
 */
record Shot(Kind kind, List<Fate> fates, Fuse.Setting fuse, int millis, boolean hasty) {
  private static final List<Fate> BUSY =
      List.of(Fate.KEEP, Fate.KEEP, Fate.WORSEN, Fate.REVOKE, Fate.KEEP, Fate.OPEN);
  private static final List<Fuse.Step> STEPS =
      List.of(
          Fuse.Step.BEFORE_APPEND,
          Fuse.Step.AFTER_APPEND,
          Fuse.Step.BEFORE_KNOB,
          Fuse.Step.AFTER_KNOB);
  private static final int RANDOM_MILLIS = 600;
  private static final int START_MILLIS = 500;
  private static final int START_STEPS = 14;

  /** What is tried. */
  enum Kind {
    /** Nothing is killed by itself: it tells how many steps a life has. */
    MEASURE,
    /** At each entry of the journal, before and after. */
    APPEND,
    /** At each use of the knob, before and after. */
    KNOB,
    /** At any time. */
    RANDOM,
    /** While a journal file is put aside or the checkpoint is written. */
    ROTATION,
    /** While an earlier crash is being cleaned up. */
    START
  }

  Shot {
    fates = List.copyOf(fates);
  }

  private static List<Fate> beside(Fate focus) {
    return List.of(Fate.OPEN, Fate.OPEN, focus);
  }

  /** A life of one change beside two that stay on; it is killed once the change has ended. */
  static Shot measure(Fate focus) {
    return new Shot(Kind.MEASURE, beside(focus), Fuse.Setting.NEVER, -1, false);
  }

  /** How many steps a life has. */
  record Steps(int appends, int uses) {}

  /** A kill at every step of each life. */
  static List<Shot> enumerated(Map<Fate, Steps> lives) {
    var shots = new ArrayList<Shot>();
    lives.forEach(
        (fate, steps) -> {
          for (int n = 1; n <= steps.appends; n++) {
            shots.add(at(Kind.APPEND, fate, Fuse.Step.BEFORE_APPEND, n));
            shots.add(at(Kind.APPEND, fate, Fuse.Step.AFTER_APPEND, n));
          }
          for (int n = 1; n <= steps.uses; n++) {
            shots.add(at(Kind.KNOB, fate, Fuse.Step.BEFORE_KNOB, n));
            shots.add(at(Kind.KNOB, fate, Fuse.Step.AFTER_KNOB, n));
          }
        });
    return shots;
  }

  private static Shot at(Kind kind, Fate fate, Fuse.Step step, int count) {
    return new Shot(kind, beside(fate), new Fuse.Setting(step, count, false), -1, false);
  }

  /**
   * Kills by chance: at any time, within a rotation, and of each start that follows one of those.
   */
  static List<Shot> random(int count, SplittableRandom random) {
    return random(count, random, EnumSet.allOf(Kind.class));
  }

  /** The same, of some kinds only. */
  static List<Shot> random(int count, SplittableRandom random, Set<Kind> kinds) {
    var shots = new ArrayList<Shot>();
    while (shots.size() < count) {
      boolean hasty = random.nextInt(3) == 0;
      Shot shot =
          random.nextInt(4) == 0
              ? rotation(random, hasty)
              : new Shot(
                  Kind.RANDOM, BUSY, Fuse.Setting.NEVER, random.nextInt(RANDOM_MILLIS), hasty);
      if (kinds.contains(shot.kind)) {
        shots.add(shot);
      }
      while (shots.size() < count && kinds.contains(Kind.START) && random.nextInt(5) < 2) {
        shots.add(start(random));
      }
    }
    return shots;
  }

  private static Shot rotation(SplittableRandom random, boolean hasty) {
    Fuse.Step step = random.nextBoolean() ? Fuse.Step.ROTATED : Fuse.Step.CHECKPOINT;
    return new Shot(Kind.ROTATION, BUSY, new Fuse.Setting(step, 1, false), -1, hasty);
  }

  /** A start that is killed while it cleans up. */
  private static Shot start(SplittableRandom random) {
    if (random.nextInt(3) == 0) {
      var never = new Fuse.Setting(Fuse.Step.BEFORE_APPEND, 0, true);
      return new Shot(Kind.START, List.of(), never, random.nextInt(START_MILLIS), false);
    }
    Fuse.Step step = STEPS.get(random.nextInt(STEPS.size()));
    var setting = new Fuse.Setting(step, 1 + random.nextInt(START_STEPS), true);
    return new Shot(Kind.START, List.of(), setting, -1, false);
  }
}
