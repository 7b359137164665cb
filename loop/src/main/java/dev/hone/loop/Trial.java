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
  private final Workload workload;
  private final Ticker ticker;
  private final Schedule schedule;
  private final Consumer<String> problems;
  private @Nullable StopReason stopped;
  private @Nullable String keepAnyway;
  private @Nullable Thread runner;
  private boolean judged;
  private boolean settled;
  private boolean ended;
  private boolean touched;
  private String inForce;
  private String written;
  private String guarded = "";

  /** Who asked to stop, and why. */
  private record StopReason(String by, String why) {}

  Trial(
      LoopRecord record,
      Loops loops,
      Knobs knobs,
      Guard guard,
      Signals signals,
      Workload workload,
      Ticker ticker,
      Consumer<String> problems) {
    this.loop = record.id();
    this.plan = record.plan();
    this.loops = loops;
    this.knobs = knobs;
    this.guard = guard;
    this.signals = signals;
    this.workload = workload;
    this.ticker = ticker;
    this.problems = problems;
    this.schedule = Schedule.draw(plan.seed(), plan.design());
    this.inForce = plan.from();
    this.written = plan.to();
  }

  String loop() {
    return loop;
  }

  Plan plan() {
    return plan;
  }

  /**
   * Asks to stop and undo; the loop ends soon after.
   *
   * @return false when it is too late: the trial has ended, or is recording that it kept the change
   */
  synchronized boolean stop(String by, String why) {
    if (settled) {
      return false;
    }
    if (stopped == null) {
      stopped = new StopReason(by, why);
      if (runner != null) {
        runner.interrupt();
      }
    }
    return true;
  }

  /**
   * A person's word that an inconclusive change is kept all the same.
   *
   * @return false when it is too late
   */
  synchronized boolean keepAnyway(String by) {
    if (judged || stopped != null) {
      return false;
    }
    keepAnyway = by;
    return true;
  }

  /** Whether the trial will do nothing more. */
  synchronized boolean ended() {
    return ended;
  }

  @Override
  public void run() {
    synchronized (this) {
      runner = Thread.currentThread();
    }
    try {
      attempt();
    } finally {
      synchronized (this) {
        settled = true;
        ended = true;
      }
    }
  }

  private void attempt() {
    Knob knob = null;
    try {
      requireGo();
      requireApproval();
      requireHope();
      knob = knobs.open(plan.knob());
      arm(knob);
      Verdict verdict = experiment(knob);
      String person = closeVote();
      loops.append(loop, new LoopEvent.Judged(verdict));
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
    } catch (Refused e) {
      rollBack(knob, "hone", String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      StopReason reason = stopReason();
      rollBack(
          knob, reason == null ? "hone" : reason.by, reason == null ? "interrupted" : reason.why);
    } catch (KnobException e) {
      suspend(String.valueOf(e.getMessage()), e.reason() == KnobException.Reason.DRIFT);
      rollBack(knob, "hone", String.valueOf(e.getMessage()));
    } catch (Guard.GuardException e) {
      rollBack(knob, "hone", "the guard cannot hold the undo: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      rollBack(knob, "hone", "the trial failed: " + e);
    }
  }

  private synchronized @Nullable StopReason stopReason() {
    return stopped;
  }

  private synchronized @Nullable String closeVote() {
    judged = true;
    return keepAnyway;
  }

  /** A stop counts even where somebody swallowed the interrupt. */
  private void requireGo() throws InterruptedException {
    if (stopReason() != null) {
      throw new InterruptedException();
    }
  }

  private void requireApproval() {
    LoopRecord.Approval approval = loops.require(loop).approval();
    if (approval == null || !approval.planHash().equals(plan.hash())) {
      throw new IllegalStateException("its plan is not the one that was approved");
    }
  }

  /**
   * What cannot be decided within its budget at the noise of now is not started. Where too little
   * is known of the noise, the experiment finds out.
   */
  private void requireHope() throws Refused {
    double gain = Ranking.promised(loops.require(loop).recommendation());
    Instant now = ticker.instant();
    var untouched = Untouched.of(loops.all(), plan.group(), now);
    Forecast forecast = new Planner(signals, now, untouched).predict(plan, gain);
    if (forecast.isHopeless()) {
      throw new Refused(
          "not started: "
              + forecast.sentence()
              + "; looked at again after "
              + Planner.text(Backlog.rest(plan))
              + ", or as soon as another change of group `"
              + plan.group()
              + "` is kept");
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
    guarded = plan.to();
  }

  /** Sees to it that the guard could undo what is about to be written. */
  private void guardAgainst(String value)
      throws KnobException, Guard.GuardException, InterruptedException {
    if (!value.equals(plan.from()) && !value.equals(guarded)) {
      guard.arm(loop, plan.knob(), knobs.settings(plan.knob()), plan.from(), value);
      guarded = value;
    }
  }

  private Ticker stoppable() {
    return new StoppableTicker(ticker, this::requireGo, why -> stop("hone", why));
  }

  private Verdict experiment(Knob knob) throws KnobException, InterruptedException, Abort, Refused {
    Signals own = Untouched.of(loops.all(), plan.group(), ticker.instant()).only(signals);
    return switch (plan.design()) {
      case Design.Paired design ->
          new PairedRun(
                  plan,
                  design,
                  Arms.of(plan, design, knob, workload),
                  schedule,
                  own,
                  stoppable(),
                  event -> loops.append(loop, event))
              .run(value -> change(knob, value));
      case Design.OneWay design ->
          new DifferenceRun(plan, design, own, stoppable(), event -> loops.append(loop, event))
              .run(value -> change(knob, value), knob.settlingTime());
    };
  }

  /**
   * Brings a value into force, with the intent on disk before the write and the read-back after.
   * Writes nothing when it is in force already, and nothing when somebody else changed the knob.
   */
  private void change(Knob knob, String value) throws KnobException, InterruptedException, Refused {
    requireGo();
    String current = knob.read();
    if (!current.equals(inForce)) {
      throw new KnobException(
          KnobException.Reason.DRIFT,
          plan.knob()
              + " is `"
              + current
              + "`, not `"
              + inForce
              + "` as Hone left it; somebody else changed it");
    }
    if (current.equals(value)) {
      return;
    }
    try {
      guardAgainst(value);
    } catch (Guard.GuardException e) {
      throw new Refused("the guard cannot hold the undo: " + e.getMessage());
    }
    loops.append(loop, new LoopEvent.Intent(plan.knob(), inForce, value, plan.from()));
    touched = true;
    written = value.equals(plan.from()) ? written : value;
    knob.write(inForce, value);
    String readBack = knob.read();
    if (!readBack.equals(value)) {
      written = readBack;
    }
    loops.append(loop, new LoopEvent.Applied(readBack));
    if (!readBack.equals(value)) {
      throw new KnobException(
          KnobException.Reason.FAILED,
          plan.knob() + " reads `" + readBack + "` after `" + value + "` was written");
    }
    inForce = value;
  }

  /** The guard holds the undo until the journal says that the change is kept. */
  private void keep(Knob knob, String by) throws KnobException, InterruptedException, Refused {
    loops.append(loop, new LoopEvent.Keeping());
    change(knob, plan.to());
    knob.persist(plan.to());
    synchronized (this) {
      requireGo();
      settled = true;
    }
    loops.append(loop, new LoopEvent.Kept(plan.to(), by));
    guard.disarm(loop);
    if (knob.read().equals(plan.from())) {
      new Reconciling(loops, knobs, ticker, problems)
          .restore(
              loops.require(loop),
              new GuardPost.Undone(loop, plan.from(), true),
              "the guard undid it before it knew that the change was kept");
    }
  }

  private void suspend(String why, boolean ownerConflict) {
    if (loops.require(loop).state().next().contains(LoopState.SUSPENDED)) {
      note(new LoopEvent.Suspended(why, ownerConflict));
    }
  }

  /** Undoes and forgets the guard's undo; no stop disturbs it from here on. */
  private void rollBack(@Nullable Knob knob, String by, String why) {
    synchronized (this) {
      runner = null;
      judged = true;
      Thread.interrupted();
    }
    LoopState state = loops.require(loop).state();
    if (state == LoopState.KEPT) {
      return;
    }
    if (state == LoopState.SCHEDULED) {
      note(new LoopEvent.Expired(why));
    } else if (state == LoopState.STUCK || !state.isFinal()) {
      note(new LoopEvent.RollingBack(by, why));
    }
    if (knob == null || !touched) {
      if (state.isActive()) {
        note(new LoopEvent.RolledBack("nothing was changed", by));
      }
    } else {
      LoopEvent outcome = Undoing.undo(knob, loops.require(loop), written, by, ticker);
      boolean late = loops.require(loop).state() == LoopState.STUCK;
      if (late && outcome instanceof LoopEvent.RolledBack) {
        note(new LoopEvent.RollingBack(by, "the undo came late, but it came"));
      }
      if (!late || outcome instanceof LoopEvent.RolledBack) {
        note(outcome);
      }
    }
    guard.disarm(loop);
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

  /** An experiment was not begun; nothing was changed. */
  static final class Refused extends Exception {
    Refused(String message) {
      super(message);
    }

    /** Refuses to begin while a guardrail has no reading to compare with. */
    static void whereBlind(FastGuard fastGuard) throws Refused {
      if (!fastGuard.blind().isEmpty()) {
        SignalRef signal = fastGuard.blind().getFirst().signal();
        throw new Refused(
            "guardrail `"
                + signal.name()
                + "` has no data, so that it could not trip; check that `"
                + signal.query()
                + "` gives a value");
      }
    }
  }

  /** An experiment ended early with a verdict. */
  static final class Abort extends Exception {
    private final transient Verdict verdict;

    Abort(Verdict verdict) {
      super(String.join("; ", verdict.reasons()));
      this.verdict = verdict;
    }

    Verdict verdict() {
      return verdict;
    }
  }

  /** Sees to it that a value of the plan is in force. */
  interface Change {
    void to(String value) throws KnobException, InterruptedException, Refused;
  }
}
