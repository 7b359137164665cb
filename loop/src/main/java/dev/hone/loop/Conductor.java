package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Takes loops from proposal to their end. Decides who may start when: one plan a knob and a group
 * of interacting knobs, a cap over everything, nothing while stopped. Safe for several threads.
 */
public final class Conductor {
  private static final Duration HOUSEKEEPING_PAUSE = Duration.ofSeconds(10);

  private final Loops loops;
  private final Knobs knobs;
  private final Guard guard;
  private final Signals signals;
  private final Workload workload;
  private final Ticker ticker;
  private final Ids ids;
  private final RandomGenerator random;
  private final Executor executor;
  private final Consumer<String> problems;
  private final Evidence evidence;
  private final Map<String, Trial> running = new HashMap<>();
  private final Set<String> beingTakenBack = new HashSet<>();
  private Instant housekeeping = Instant.MIN;
  private Instant gathersUntil = Instant.MIN;
  private boolean ending;
  private volatile Policy policy;

  /**
   * A conductor; call {@link #reconcile} once before anything else and {@link #tick} every second.
   *
   * @param executor runs each trial in a thread of its own
   * @param problems takes one sentence for what could not be journalled
   */
  public Conductor(
      Loops loops,
      Knobs knobs,
      Guard guard,
      Signals signals,
      Workload workload,
      Ticker ticker,
      Ids ids,
      RandomGenerator random,
      Executor executor,
      Policy policy,
      Consumer<String> problems) {
    this.loops = loops;
    this.knobs = knobs;
    this.guard = guard;
    this.signals = signals;
    this.workload = workload;
    this.ticker = ticker;
    this.ids = ids;
    this.random = random;
    this.executor = executor;
    this.policy = policy;
    this.problems = problems;
    this.evidence = new Evidence(ticker.instant());
  }

  /** A request cannot be carried out. The message names value and remedy. */
  public static final class RefusedException extends Exception {
    RefusedException(String message) {
      super(message);
    }
  }

  /** Takes what is wrong at present: what is proposed for it need not be decided at once. */
  public void see(Collection<Finding> findings) {
    evidence.see(findings, ticker.instant());
  }

  /** What the owner allows. */
  public Policy policy() {
    return policy;
  }

  /** Changes what the owner allows, durably, for loops that are not yet under way. */
  public synchronized void setPolicy(Policy changed, String by, String why) {
    loops.append(new LoopEvent.PolicyChanged(changed, by, why));
    policy = changed;
  }

  /**
   * Brings every change that was open at a crash to its end: the old value is restored, or it is
   * stated that it is. A kept change that the guard undid all the same is taken back. An
   * interrupted experiment is never resumed.
   *
   * @param guardLog what the guard did meanwhile, by loop; a loop it names may be archived
   */
  public void reconcile(Map<String, GuardPost.Undone> guardLog) {
    reconciling().afterCrash(guardLog);
  }

  private Reconciling reconciling() {
    return new Reconciling(loops, knobs, ticker, problems);
  }

  /** Whether a loop for this finding is under way, or ended a short while ago. */
  public boolean dealsWith(Finding finding) {
    return backlog().dealsWith(finding);
  }

  /** Whether a change to this knob may be proposed now. */
  public boolean accepts(KnobRef knob, String to) {
    return backlog().accepts(knob, to);
  }

  /** Whether the owner wants to hear what a technique would do with a knob. */
  boolean mayPropose(String layer, String technique, KnobRef knob) {
    return policy.mode(layer, technique, knob.target()).compareTo(Mode.RECOMMEND) >= 0;
  }

  private Backlog backlog() {
    Instant shifted = loops.registry().loadShift().map(Registry.LoadShift::at).orElse(Instant.MIN);
    return new Backlog(loops.all(), policy, shifted, ticker.instant());
  }

  /**
   * Journals a proposal; approves and schedules it where the policy says so.
   *
   * @return the loop's id
   */
  public synchronized String propose(Finding finding, Recommendation recommendation)
      throws KnobException {
    return decisions().propose(ids.next(), random.nextLong(), finding, recommendation);
  }

  /**
   * A person agrees to exactly this plan. Where two must agree, the first time endorses it.
   *
   * @param planHash hash of the plan that was shown
   */
  public synchronized void approve(String loop, String planHash, String by)
      throws RefusedException {
    decisions().approve(find(loop), planHash, by);
  }

  private Decisions decisions() {
    return new Decisions(loops, knobs, signals, policy, ticker.instant());
  }

  /** How far a technique may go at a target now, and why. */
  public Trust.Standing standing(String layer, String technique, Target target) {
    return Trust.of(policy, loops.registry())
        .standing(layer, technique, target, loops.summaries().toList());
  }

  /**
   * Starts nothing for so long: what is found at a start is found within seconds of each other, and
   * the most promising of it is to come first.
   */
  public synchronized void gather(Duration length) {
    gathersUntil = ticker.instant().plus(length);
  }

  private synchronized Optional<String> gathering() {
    return ticker.instant().isBefore(gathersUntil)
        ? Optional.of("what is found in the first seconds after the start is ranked together")
        : Optional.empty();
  }

  /** Why an approved loop does not start yet; empty when its turn comes with the next tick. */
  public Optional<String> waitsFor(LoopRecord loop) {
    Optional<String> gathering = gathering();
    return gathering.isPresent()
        ? gathering
        : gate()
            .closed(loop)
            .or(() -> Turns.inTheWay(loop, loops.all(), policy))
            .or(() -> gate().unrest(loop));
  }

  /** Why a finding is left alone although no loop for it is open; empty when it is not. */
  public Optional<Rest> rest(Finding finding) {
    return backlog().rest(finding);
  }

  private Gate gate() {
    return new Gate(policy, loops.registry(), loops.all(), ticker.instant());
  }

  /** What was learnt, and which recommendation comes first for it. */
  public Ranking ranking() {
    return Ranking.of(loops.summaries().toList(), ticker.instant());
  }

  /**
   * Nothing starts for a while, and what is on trial is undone: its measurements mean nothing any
   * more.
   */
  public void freeze(Registry.Cause cause, String by, String why, Duration length) {
    loops.append(new LoopEvent.Froze(cause, by, why, ticker.instant().plus(length)));
    open().forEach(trial -> trial.stop(by, "frozen: " + why));
  }

  /** The error budget burns too fast: nothing starts, and what is on trial is undone. */
  public void burning(String why) {
    loops.append(new LoopEvent.BudgetBurning(why));
    open().forEach(trial -> trial.stop("hone", why));
  }

  /** The error budget burns too fast no longer, or is watched no longer. */
  public void noLongerBurning(String why) {
    loops.append(new LoopEvent.BudgetRecovered(why));
  }

  /** All trials; one that a tick is just starting is among them. */
  private synchronized List<Trial> open() {
    return new ArrayList<>(running.values());
  }

  /** Ends every freeze that holds now. */
  public void thaw(String by, String why) {
    loops.append(new LoopEvent.Thawed(by, why));
  }

  /** A person says no. */
  public synchronized void reject(String loop, String by, String why) throws RefusedException {
    append(find(loop), LoopState.REJECTED, new LoopEvent.Rejected(by, why));
  }

  /** A person wants an experiment's change kept even if it stays inconclusive. */
  public synchronized void keepAnyway(String loop, String by) throws RefusedException {
    find(loop);
    Trial trial = running.get(loop);
    if (trial == null || !trial.keepAnyway(by)) {
      throw new RefusedException("loop " + loop + " is not being tried now");
    }
  }

  /** Takes a change back: on trial, kept, or stuck; a proposal is rejected. */
  public void rollBack(String loop, String by, String why) throws RefusedException {
    Trial trial;
    synchronized (this) {
      trial = running.get(loop);
    }
    if (find(loop).state() != LoopState.STUCK && trial != null && trial.stop(by, why)) {
      return;
    }
    LoopRecord record = find(loop);
    if (record.state() == LoopState.KEPT || record.state() == LoopState.STUCK) {
      takeBack(record, by, why);
    } else if (record.state().next().contains(LoopState.REJECTED)) {
      reject(loop, by, why);
    } else if (record.state().isActive()) {
      throw new RefusedException("loop " + loop + " is just ending; look again in a moment");
    } else {
      throw new RefusedException(
          "loop " + loop + " is " + record.state() + "; there is nothing to roll back");
    }
  }

  /** One at a time for a knob and a group, and never under a trial. */
  private void takeBack(LoopRecord record, String by, String why) throws RefusedException {
    Set<String> locks = Turns.locks(record);
    synchronized (this) {
      var taken = new HashSet<>(beingTakenBack);
      for (LoopRecord other : loops.all()) {
        if (!other.id().equals(record.id()) && isUnderWay(other)) {
          taken.addAll(Turns.locks(other));
        }
      }
      if (taken.stream().anyMatch(locks::contains)) {
        throw new RefusedException(
            "another change of "
                + record.plan().knob()
                + " or its group `"
                + record.plan().group()
                + "` is under way; roll that one back first");
      }
      beingTakenBack.addAll(locks);
    }
    try {
      LoopRecord now = find(record.id());
      if (now.state() != record.state()) {
        throw new RefusedException("loop " + now.id() + " is " + now.state() + " by now");
      }
      reconciling().takeBack(now, by, why);
      guard.disarm(record.id());
    } finally {
      synchronized (this) {
        beingTakenBack.removeAll(locks);
      }
    }
  }

  private boolean isUnderWay(LoopRecord loop) {
    Trial trial = running.get(loop.id());
    return loop.state().isActive() || (trial != null && !trial.ended());
  }

  /**
   * The kill switch: every open change is undone or stuck when this returns, 5 s later at the most;
   * nothing starts until {@link #resume}. Works with a full disk too.
   */
  public void stopEverything(String by, String why) throws InterruptedException {
    try {
      loops.setKillSwitch(true, by, why);
    } catch (Journal.JournalException e) {
      problems.accept("the stop is not journalled: " + e.getMessage());
    }
    halting().stop(open(), by, why);
  }

  /**
   * Hone is about to end: starts nothing more and undoes what is on trial; what is being kept stays
   * kept. Returns when that is done, 10 s later at the most.
   */
  public void endTrials(String why) throws InterruptedException {
    List<Trial> open;
    synchronized (this) {
      ending = true;
      open = new ArrayList<>(running.values());
    }
    halting().end(open, why);
  }

  private Halting halting() {
    return new Halting(loops, ticker, problems);
  }

  /** Releases the kill switch. */
  public void resume(String by) {
    loops.setKillSwitch(false, by, "resumed");
  }

  /** Expires what is too old, stops what hangs, ends what was left open, starts what may start. */
  public synchronized void tick() {
    Instant now = ticker.instant();
    running
        .values()
        .removeIf(trial -> trial.ended() && loops.require(trial.loop()).state().isFinal());
    running.values().forEach(trial -> halting().holdToDeadline(trial, now));
    if (!now.isBefore(housekeeping)) {
      keepHouse(now);
    }
    if (!ending && !loops.killSwitch().stopped()) {
      startScheduled();
    }
  }

  private void keepHouse(Instant now) {
    for (LoopRecord loop : loops.all()) {
      try {
        if (!running.containsKey(loop.id()) && loop.state().next().contains(LoopState.EXPIRED)) {
          advance(loop, now);
        } else if (isLeftOpen(loop)) {
          housekeeping = now.plus(HOUSEKEEPING_PAUSE);
          executor.execute(() -> settle(loop));
        }
      } catch (Journal.JournalException | IllegalStateException | RejectedExecutionException e) {
        housekeeping = now.plus(HOUSEKEEPING_PAUSE);
        problems.accept("loop " + loop.id() + ": " + e.getMessage());
      }
    }
  }

  private void advance(LoopRecord loop, Instant now) {
    if (evidence.isTooOld(loop, now)) {
      loops.append(
          loop.id(),
          new LoopEvent.Expired(
              loop.approval() == null
                  ? "nobody decided while what it is about was wrong"
                  : "its evidence is too old"));
    } else if (loop.state() == LoopState.APPROVED) {
      loops.append(loop.id(), new LoopEvent.Scheduled());
    }
  }

  /** Whether a loop's end is not in the journal although nobody works at it any more. */
  private boolean isLeftOpen(LoopRecord loop) {
    Trial trial = running.get(loop.id());
    boolean abandoned = trial == null ? loop.state().isActive() : trial.ended();
    return (abandoned && !loop.state().isFinal())
        || (loop.isHalfRevoked() && Turns.locks(loop).stream().noneMatch(beingTakenBack::contains));
  }

  private void settle(LoopRecord loop) {
    reconciling().restore(loop, null, "its end could not be journalled when it came");
    guard.disarm(loop.id());
  }

  private void startScheduled() {
    List<LoopRecord> all = List.copyOf(loops.all());
    boolean waiting = all.stream().anyMatch(l -> l.state() == LoopState.SCHEDULED);
    if (waiting && gathering().isEmpty()) {
      Ranking ranking = ranking();
      Turns.next(
              all,
              this::isUnderWay,
              running::containsKey,
              beingTakenBack,
              gate(),
              loop -> ranking.score(loop).worth())
          .forEach(this::start);
    }
  }

  private void start(LoopRecord loop) {
    var trial = new Trial(loop, loops, knobs, guard, signals, workload, ticker, problems);
    running.put(loop.id(), trial);
    try {
      executor.execute(trial);
    } catch (RejectedExecutionException e) {
      running.remove(loop.id());
      problems.accept("loop " + loop.id() + " cannot start: Hone is shutting down");
    }
  }

  private LoopRecord find(String loop) throws RefusedException {
    return loops
        .find(loop)
        .orElseThrow(() -> new RefusedException("there is no loop `" + loop + "`"));
  }

  private void append(LoopRecord record, LoopState to, LoopEvent event) throws RefusedException {
    try {
      record.state().requireNext(to, record.id());
      loops.append(record.id(), event);
    } catch (IllegalStateException e) {
      throw new RefusedException(String.valueOf(e.getMessage()));
    }
  }
}
