package dev.hone.loop;

import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries one approved plan from arming to its end: KEPT, ROLLED_BACK or STUCK. Runs in a thread of
 * its own; an interrupt means "stop and undo", for the reason given by {@link #stop}.
 */
final class Trial implements Runnable {
  private final String loop;
  private final Plan plan;
  private final Loops loops;
  private final Knobs knobs;
  private final Guard guard;
  private final Signals signals;
  private final Ticker ticker;
  private final Schedule schedule;
  private final Consumer<String> problems;
  private volatile @Nullable StopReason stopped;
  private volatile @Nullable String keepAnyway;
  private volatile @Nullable Thread runner;
  private boolean touched;

  /** Who asked to stop, and why. */
  private record StopReason(String by, String why) {}

  Trial(
      LoopRecord record,
      Loops loops,
      Knobs knobs,
      Guard guard,
      Signals signals,
      Ticker ticker,
      Consumer<String> problems) {
    this.loop = record.id();
    this.plan = record.plan();
    this.loops = loops;
    this.knobs = knobs;
    this.guard = guard;
    this.signals = signals;
    this.ticker = ticker;
    this.problems = problems;
    this.schedule = Schedule.draw(plan.seed(), plan.design());
  }

  String loop() {
    return loop;
  }

  Plan plan() {
    return plan;
  }

  /** Asks to stop and undo; the loop ends soon after. */
  void stop(String by, String why) {
    synchronized (this) {
      if (stopped == null) {
        stopped = new StopReason(by, why);
        Thread thread = runner;
        if (thread != null) {
          thread.interrupt();
        }
      }
    }
  }

  /** A person's word that an inconclusive change is kept all the same. */
  void keepAnyway(String by) {
    keepAnyway = by;
  }

  @Override
  public void run() {
    synchronized (this) {
      runner = Thread.currentThread();
    }
    Knob knob = null;
    try {
      if (stopped != null) {
        throw new InterruptedException();
      }
      knob = knobs.open(plan.knob());
      arm(knob);
      Verdict verdict = experiment(knob);
      loops.append(loop, new LoopEvent.Judged(verdict));
      String person = keepAnyway;
      if (verdict.decision() == Verdict.Decision.KEEP) {
        keep(knob, "hone");
      } else if (verdict.decision() == Verdict.Decision.INCONCLUSIVE && person != null) {
        keep(knob, person);
      } else {
        rollBack(knob, "hone", String.join("; ", verdict.reasons()));
      }
    } catch (Abort abort) {
      note(new LoopEvent.Judged(abort.verdict));
      rollBack(knob, "hone", String.join("; ", abort.verdict.reasons()));
    } catch (InterruptedException e) {
      StopReason reason = stopped;
      rollBack(
          knob, reason == null ? "hone" : reason.by, reason == null ? "interrupted" : reason.why);
    } catch (KnobException e) {
      suspend(String.valueOf(e.getMessage()));
      rollBack(knob, "hone", String.valueOf(e.getMessage()));
    } catch (Guard.GuardException e) {
      rollBack(knob, "hone", "the guard cannot hold the undo: " + e.getMessage());
    } catch (RuntimeException e) {
      rollBack(knob, "hone", "the trial failed: " + e);
    } finally {
      guard.disarm(loop);
    }
  }

  private void arm(Knob knob) throws KnobException, Guard.GuardException, InterruptedException {
    Instant deadline = ticker.instant().plus(plan.deadline());
    loops.append(loop, new LoopEvent.Armed(plan.hash(), schedule.onFirst(), deadline));
    Knob.Capability capability = knob.probe();
    if (!capability.appliable()) {
      throw new KnobException(KnobException.Reason.DENIED, capability.why());
    }
    String current = knob.read();
    if (!current.equals(plan.from())) {
      throw new KnobException(
          KnobException.Reason.DRIFT,
          plan.knob()
              + " is `"
              + current
              + "`, not `"
              + plan.from()
              + "` as when it was planned; somebody else changed it");
    }
    guard.arm(loop, plan.knob(), knobs.settings(plan.knob()), plan.from(), plan.to());
  }

  private Verdict experiment(Knob knob) throws KnobException, InterruptedException, Abort {
    return switch (plan.design()) {
      case Design.Switchback design ->
          new SwitchbackRun(loop, plan, design, schedule, signals, ticker, loops)
              .run(value -> change(knob, value));
      case Design.DifferenceInDifferences design ->
          new DifferenceRun(loop, plan, design, signals, ticker, loops)
              .run(value -> change(knob, value), knob.settlingTime());
    };
  }

  /** Writes a value with its intent on disk before and its read-back after. */
  private void change(Knob knob, String value) throws KnobException, InterruptedException {
    String expected = value.equals(plan.from()) ? plan.to() : plan.from();
    loops.append(loop, new LoopEvent.Intent(plan.knob(), expected, value, plan.from()));
    touched = true;
    knob.write(expected, value);
    String readBack = knob.read();
    loops.append(loop, new LoopEvent.Applied(readBack));
    if (!readBack.equals(value)) {
      throw new KnobException(
          KnobException.Reason.FAILED,
          plan.knob() + " reads `" + readBack + "` after `" + value + "` was written");
    }
  }

  private void keep(Knob knob, String by) throws KnobException, InterruptedException {
    loops.append(loop, new LoopEvent.Keeping());
    change(knob, plan.to());
    knob.persist(plan.to());
    guard.disarm(loop);
    loops.append(loop, new LoopEvent.Kept(plan.to(), by));
  }

  private void suspend(String why) {
    if (loops.require(loop).state().next().contains(LoopState.SUSPENDED)) {
      note(new LoopEvent.Suspended(why));
    }
  }

  private void rollBack(@Nullable Knob knob, String by, String why) {
    synchronized (this) {
      runner = null;
      Thread.interrupted();
    }
    LoopState state = loops.require(loop).state();
    if (state == LoopState.SCHEDULED) {
      note(new LoopEvent.Expired(why));
      return;
    }
    if (state.isFinal()) {
      return;
    }
    note(new LoopEvent.RollingBack(by, why));
    if (knob == null || !touched) {
      note(new LoopEvent.RolledBack("nothing was changed", by));
    } else {
      note(Undoing.undo(knob, loops.require(loop), by, ticker));
    }
  }

  /**
   * Journals a step of the undo. The undo itself must not depend on it: with a full disk the old
   * value is restored all the same, and the next start finds it restored.
   */
  private void note(LoopEvent event) {
    try {
      loops.append(loop, event);
    } catch (Journal.JournalException | IllegalStateException e) {
      problems.accept("loop " + loop + ": " + e.getMessage());
    }
  }

  /** An experiment ended early with a verdict. */
  static final class Abort extends Exception {
    private final transient Verdict verdict;

    Abort(Verdict verdict) {
      super(String.join("; ", verdict.reasons()));
      this.verdict = verdict;
    }
  }

  /** Sets the knob to one of the plan's two values. */
  interface Change {
    void to(String value) throws KnobException, InterruptedException;
  }
}
