package dev.hone.loop;

import org.jspecify.annotations.Nullable;

/** Restores old values outside of a running trial: after a crash, and at a person's word. */
final class Reconciling {
  private final Loops loops;
  private final Knobs knobs;
  private final Ticker ticker;

  Reconciling(Loops loops, Knobs knobs, Ticker ticker) {
    this.loops = loops;
    this.knobs = knobs;
    this.ticker = ticker;
  }

  /** Ends a loop that was open when Hone died. */
  void restore(LoopRecord loop, GuardPost.@Nullable Undone byGuard) {
    if (loop.state() != LoopState.ROLLING_BACK) {
      loops.append(
          loop.id(),
          new LoopEvent.RollingBack(
              "hone", "Hone ended while the change was on; an experiment is never resumed"));
    }
    if (loop.openIntent() == null) {
      loops.append(loop.id(), new LoopEvent.RolledBack("nothing was changed", "hone"));
      return;
    }
    loops.append(loop.id(), verified(loop, byGuard));
  }

  private LoopEvent verified(LoopRecord loop, GuardPost.@Nullable Undone byGuard) {
    GuardPost.Undone restored = byGuard != null && byGuard.restored() ? byGuard : null;
    String by = restored == null ? "hone at start" : "guard";
    try {
      return Undoing.undo(knobs.open(loop.plan().knob()), loop, by, ticker);
    } catch (KnobException e) {
      if (e.reason() == KnobException.Reason.GONE) {
        return new LoopEvent.RolledBack("nothing is left to restore: " + e.getMessage(), by);
      }
      return restored == null
          ? stuck(loop, String.valueOf(e.getMessage()))
          : new LoopEvent.RolledBack(restored.value(), by);
    }
  }

  /** Takes back a kept change, or tries a stuck undo again. */
  void takeBack(LoopRecord loop, String by, String why) throws Conductor.RefusedException {
    Plan plan = loop.plan();
    boolean kept = loop.state() == LoopState.KEPT;
    LoopEvent outcome;
    try {
      Knob knob = knobs.open(plan.knob());
      if (kept) {
        loops.append(
            loop.id(), new LoopEvent.Intent(plan.knob(), plan.to(), plan.from(), plan.from()));
      } else {
        loops.append(loop.id(), new LoopEvent.RollingBack(by, why));
      }
      outcome = Undoing.undo(knob, loop, by, ticker);
    } catch (KnobException e) {
      if (e.reason() != KnobException.Reason.GONE) {
        throw new Conductor.RefusedException(String.valueOf(e.getMessage()));
      }
      outcome = new LoopEvent.RolledBack("nothing is left to restore: " + e.getMessage(), by);
      if (!kept) {
        loops.append(loop.id(), new LoopEvent.RollingBack(by, why));
      }
    }
    if (kept && outcome instanceof LoopEvent.RolledBack back) {
      outcome = new LoopEvent.Revoked(back.value(), by, why);
    }
    loops.append(loop.id(), outcome);
  }

  private static LoopEvent.Stuck stuck(LoopRecord loop, String why) {
    return new LoopEvent.Stuck(why, loop.recommendation().explanation().undoCommand());
  }
}
