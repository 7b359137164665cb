package dev.hone.bench;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Ends its process at a chosen step: counts what passes and blows at the chosen one. */
final class Fuse {
  /** The steps it can blow at. */
  enum Step {
    BEFORE_APPEND,
    AFTER_APPEND,
    BEFORE_KNOB,
    AFTER_KNOB,
    /** A journal file is full and put aside, its checkpoint not begun. */
    ROTATED,
    /** The checkpoint is being written. */
    CHECKPOINT
  }

  /**
   * When to blow.
   *
   * @param step at which kind of step
   * @param count at which of them, from 1; 0 for never
   * @param atStart whether it is lit when the process begins, and not only with the focus of life
   */
  record Setting(Step step, int count, boolean atStart) {
    static final Setting NEVER = new Setting(Step.BEFORE_APPEND, 0, false);

    /** The setting of a text that {@link #toString} gave. */
    static Setting parse(String text) {
      String[] words = text.split(":");
      return new Setting(
          Step.valueOf(words[0]), Integer.parseInt(words[1]), Boolean.parseBoolean(words[2]));
    }

    @Override
    public String toString() {
      return step.name() + ":" + count + ":" + atStart;
    }

    /** For people. */
    String title() {
      return step.name().toLowerCase(Locale.ROOT).replace('_', ' ')
          + " "
          + count
          + (atStart ? " of the start" : "");
    }
  }

  private final Setting setting;
  private final Runnable blow;
  private final Map<Step, Integer> passed = new EnumMap<>(Step.class);
  private boolean lit;

  Fuse(Setting setting, Runnable blow) {
    this.setting = setting;
    this.blow = blow;
    this.lit = setting.atStart;
  }

  /** Steps count from now on. */
  synchronized void light() {
    lit = true;
  }

  /** A step is about to be made, or was made. */
  synchronized void pass(Step step) {
    if (lit) {
      int count = passed.merge(step, 1, Integer::sum);
      if (step == setting.step && count == setting.count) {
        blow.run();
      }
    }
  }

  /** How many steps of a kind have passed since it was lit. */
  synchronized int passed(Step step) {
    return passed.getOrDefault(step, 0);
  }
}
