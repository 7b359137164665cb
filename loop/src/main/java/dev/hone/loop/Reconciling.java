package dev.hone.loop;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Restores old values outside of a running trial: after a crash, and at a person's word. */
final class Reconciling {
  private final Loops loops;
  private final Knobs knobs;
  private final Ticker ticker;
  private final Consumer<String> problems;

  Reconciling(Loops loops, Knobs knobs, Ticker ticker, Consumer<String> problems) {
    this.loops = loops;
    this.knobs = knobs;
    this.ticker = ticker;
    this.problems = problems;
  }

  /**
   * Ends every loop that was open when Hone ended; a kept change that the guard undid all the same
   * is taken back.
   *
   * @param guardLog what the guard did meanwhile, by loop; a loop it names may be archived
   */
  void afterCrash(Map<String, GuardPost.Undone> guardLog) {
    var concerned = new TreeMap<String, LoopRecord>();
    loops.all().forEach(loop -> concerned.put(loop.id(), loop));
    guardLog.keySet().forEach(id -> loops.find(id).ifPresent(loop -> concerned.put(id, loop)));
    for (LoopRecord loop : concerned.values()) {
      GuardPost.Undone undone = guardLog.get(loop.id());
      if (loop.state().isActive()) {
        restore(loop, undone, "Hone ended while the change was on; an experiment is never resumed");
      } else if (loop.isHalfRevoked()) {
        restore(loop, null, "Hone ended while the change was being taken back");
      } else if (loop.state() == LoopState.KEPT && undone != null) {
        restore(
            loop,
            undone,
            "Hone ended before the guard knew that the change was kept, so it was undone");
      }
    }
  }

  /** Ends a loop whose trial is no more; the old value comes back even when the disk is full. */
  void restore(LoopRecord loop, GuardPost.@Nullable Undone byGuard, String why) {
    if (loop.state() == LoopState.SCHEDULED) {
      note(loop, new LoopEvent.Expired(why));
      return;
    }
    boolean revoked = loop.state() == LoopState.KEPT;
    if (!revoked && loop.state() != LoopState.ROLLING_BACK) {
      note(loop, new LoopEvent.RollingBack("hone", why));
    }
    LoopEvent outcome =
        loop.openIntent() == null && !revoked
            ? new LoopEvent.RolledBack("nothing was changed", "hone")
            : verified(loop, byGuard);
    note(
        loop,
        revoked && outcome instanceof LoopEvent.RolledBack back
            ? new LoopEvent.Revoked(back.value(), back.by(), why)
            : outcome);
  }

  private void note(LoopRecord loop, LoopEvent event) {
    try {
      loops.append(loop.id(), event);
    } catch (Journal.JournalException | IllegalStateException e) {
      problems.accept("loop " + loop.id() + ": " + e.getMessage());
    }
  }

  private LoopEvent verified(LoopRecord loop, GuardPost.@Nullable Undone byGuard) {
    GuardPost.Undone restored = byGuard != null && byGuard.restored() ? byGuard : null;
    String by = restored == null ? "hone at start" : "guard";
    try {
      return Undoing.undo(knobs.open(loop.plan().knob()), loop, loop.written(), by, ticker);
    } catch (KnobException e) {
      if (e.reason() == KnobException.Reason.GONE) {
        return new LoopEvent.RolledBack("nothing is left to restore: " + e.getMessage(), by);
      }
      return restored == null
          ? stuck(loop, String.valueOf(e.getMessage()))
          : new LoopEvent.RolledBack(restored.value(), by);
    } catch (RuntimeException e) {
      return stuck(loop, loop.plan().knob() + " cannot be opened: " + e + ".");
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
      outcome = Undoing.undo(knob, loop, loop.written(), by, ticker);
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
