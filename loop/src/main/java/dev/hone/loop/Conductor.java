package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Takes loops from proposal to their end. Decides who may start when: one plan a knob and a group
 * of interacting knobs, a cap over everything, nothing while stopped. Safe for several threads.
 */
public final class Conductor {
  private static final Duration STOP_TIME = Duration.ofSeconds(5);
  private static final Duration STOP_POLL = Duration.ofMillis(20);
  private static final Duration DEADLINE_GRACE = Duration.ofMinutes(1);

  private final Loops loops;
  private final Knobs knobs;
  private final Guard guard;
  private final Signals signals;
  private final Ticker ticker;
  private final Ids ids;
  private final RandomGenerator random;
  private final Executor executor;
  private final Consumer<String> problems;
  private final Map<String, Trial> running = new HashMap<>();
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
    this.ticker = ticker;
    this.ids = ids;
    this.random = random;
    this.executor = executor;
    this.policy = policy;
    this.problems = problems;
  }

  /** A request cannot be carried out. The message names value and remedy. */
  public static final class RefusedException extends Exception {
    RefusedException(String message) {
      super(message);
    }
  }

  /** What the owner allows. */
  public Policy policy() {
    return policy;
  }

  /** Changes what the owner allows, for loops that are not yet under way. */
  public void setPolicy(Policy changed) {
    policy = changed;
  }

  /**
   * Brings every change that was open at a crash to its end: the old value is restored, or it is
   * stated that it is. An interrupted experiment is never resumed.
   *
   * @param guardLog what the guard did meanwhile, by loop
   */
  public void reconcile(Map<String, GuardPost.Undone> guardLog) {
    for (LoopRecord loop : loops.all()) {
      if (loop.state().isActive()) {
        new Reconciling(loops, knobs, ticker).restore(loop, guardLog.get(loop.id()));
      }
    }
  }

  /** Whether a loop for this finding is under way, or ended without success a short while ago. */
  public boolean dealsWith(Finding finding) {
    Instant now = ticker.instant();
    return loops.all().stream()
        .filter(l -> l.finding().key().equals(finding.key()))
        .anyMatch(
            l ->
                !l.state().isFinal()
                    || l.state() == LoopState.STUCK
                    || (l.state() != LoopState.KEPT
                        && l.updatedAt().plus(policy.coolDown()).isAfter(now)));
  }

  /** Whether a change to this knob may be proposed now. */
  public boolean accepts(KnobRef knob, String to) {
    Instant now = ticker.instant();
    return loops.all().stream()
        .filter(l -> l.plan().knob().id().equals(knob.id()))
        .noneMatch(
            l ->
                !l.state().isFinal()
                    || l.state() == LoopState.STUCK
                    || (l.state() != LoopState.KEPT
                        && l.plan().to().equals(to)
                        && l.updatedAt().plus(policy.coolDown()).isAfter(now)));
  }

  /**
   * Journals a proposal; approves and schedules it where the policy says so.
   *
   * @return the loop's id
   */
  public synchronized String propose(Finding finding, Recommendation recommendation)
      throws KnobException {
    String loop = ids.next();
    Knob.Reversibility reversibility = Knob.Reversibility.IRREVERSIBLE;
    String group = recommendation.knob().id();
    if (recommendation.appliable()) {
      Knob knob = knobs.open(recommendation.knob());
      reversibility = knob.reversibility();
      group = knob.group();
    }
    var plan =
        new Plan(
            loop,
            recommendation.knob(),
            group,
            recommendation.from(),
            recommendation.to(),
            recommendation.design(),
            recommendation.primary(),
            policy.leastGain(),
            policy.alpha(),
            policy.alphaHarm(),
            recommendation.guardrails(),
            random.nextLong(),
            policy.deadline());
    loops.append(loop, new LoopEvent.Proposed(finding, recommendation, plan));
    Mode mode = policy.mode(recommendation.layer());
    if (recommendation.appliable() && mode.approves(recommendation.risk(), reversibility)) {
      loops.append(loop, new LoopEvent.Approved(plan.hash(), "policy " + mode));
      loops.append(loop, new LoopEvent.Scheduled());
    }
    return loop;
  }

  /**
   * A person agrees to exactly this plan.
   *
   * @param planHash hash of the plan that was shown
   */
  public synchronized void approve(String loop, String planHash, String by)
      throws RefusedException {
    LoopRecord record = find(loop);
    if (!record.planHash().equals(planHash)) {
      throw new RefusedException(
          "the plan of loop "
              + loop
              + " is "
              + abbreviate(record.planHash())
              + ", not "
              + abbreviate(planHash)
              + "; read it again and approve what it says now");
    }
    if (!record.recommendation().appliable()) {
      throw new RefusedException(
          "loop " + loop + " cannot be applied by Hone: " + record.recommendation().hindrance());
    }
    String layer = record.recommendation().layer();
    Mode mode = policy.mode(layer);
    if (mode.compareTo(Mode.APPROVE) < 0) {
      throw new RefusedException(
          "layer `"
              + layer
              + "` is in mode "
              + mode
              + ", which changes nothing; raise it with `modes."
              + layer
              + ": APPROVE`");
    }
    requireNext(record, LoopState.APPROVED);
    loops.append(loop, new LoopEvent.Approved(planHash, by));
    loops.append(loop, new LoopEvent.Scheduled());
  }

  /** A person says no. */
  public synchronized void reject(String loop, String by, String why) throws RefusedException {
    requireNext(find(loop), LoopState.REJECTED);
    loops.append(loop, new LoopEvent.Rejected(by, why));
  }

  /** A person wants an experiment's change kept even if it stays inconclusive. */
  public synchronized void keepAnyway(String loop, String by) throws RefusedException {
    find(loop);
    Trial trial = running.get(loop);
    if (trial == null) {
      throw new RefusedException("loop " + loop + " is not being tried now");
    }
    trial.keepAnyway(by);
  }

  /** Takes a change back: on trial, kept, or stuck; a proposal is rejected. */
  public void rollBack(String loop, String by, String why) throws RefusedException {
    LoopRecord record = find(loop);
    Trial trial;
    synchronized (this) {
      trial = running.get(loop);
    }
    if (trial != null) {
      trial.stop(by, why);
    } else if (record.state() == LoopState.KEPT || record.state() == LoopState.STUCK) {
      new Reconciling(loops, knobs, ticker).takeBack(record, by, why);
    } else if (record.state().next().contains(LoopState.REJECTED)) {
      reject(loop, by, why);
    } else {
      throw new RefusedException(
          "loop " + loop + " is " + record.state() + "; there is nothing to roll back");
    }
  }

  /**
   * The kill switch: every open change is undone or stuck when this returns, 5 s later at the most;
   * nothing starts until {@link #resume}.
   */
  public void stopEverything(String by, String why) throws InterruptedException {
    loops.setKillSwitch(true, by, why);
    List<Trial> open;
    synchronized (this) {
      open = new ArrayList<>(running.values());
    }
    open.forEach(trial -> trial.stop(by, why));
    Instant end = ticker.instant().plus(STOP_TIME);
    while (anyRunning(open) && ticker.instant().isBefore(end)) {
      ticker.waitUntil(ticker.instant().plus(STOP_POLL));
    }
    for (Trial trial : open) {
      LoopRecord record = loops.require(trial.loop());
      if (record.state().isActive()) {
        giveUp(record);
      }
    }
  }

  private void giveUp(LoopRecord record) {
    if (record.state() != LoopState.ROLLING_BACK) {
      loops.append(record.id(), new LoopEvent.RollingBack("hone", "stop everything"));
    }
    loops.append(
        record.id(),
        new LoopEvent.Stuck(
            "the undo took longer than " + STOP_TIME.toSeconds() + " s.",
            record.recommendation().explanation().undoCommand()));
  }

  private boolean anyRunning(List<Trial> open) {
    return open.stream().anyMatch(t -> loops.require(t.loop()).state().isActive());
  }

  /** Releases the kill switch. */
  public void resume(String by) {
    loops.setKillSwitch(false, by, "resumed");
  }

  /** Expires what is too old, stops what hangs, starts what may start. */
  public synchronized void tick() {
    Instant now = ticker.instant();
    running.keySet().removeIf(loop -> loops.require(loop).state().isFinal());
    for (LoopRecord loop : loops.all()) {
      boolean waiting = loop.state() == LoopState.PROPOSED || loop.state() == LoopState.SCHEDULED;
      if (waiting && loop.recommendation().expiresAt().isBefore(now)) {
        loops.append(loop.id(), new LoopEvent.Expired("its evidence is too old"));
      }
      Instant deadline = loop.deadline();
      Trial trial = running.get(loop.id());
      if (trial != null && deadline != null && deadline.plus(DEADLINE_GRACE).isBefore(now)) {
        trial.stop("hone", "the deadline passed");
      }
    }
    if (!loops.killSwitch().stopped()) {
      startScheduled();
    }
  }

  private void startScheduled() {
    Set<String> taken = new HashSet<>();
    int active = 0;
    var waiting = new ArrayList<LoopRecord>();
    for (LoopRecord loop : loops.all()) {
      if (loop.state().isActive()) {
        active++;
        taken.add(loop.plan().group());
      } else if (loop.state() == LoopState.STUCK) {
        taken.add(loop.plan().group());
      } else if (loop.state() == LoopState.SCHEDULED) {
        (running.containsKey(loop.id()) ? taken : new HashSet<String>()).add(loop.plan().group());
        waiting.add(loop);
      }
    }
    waiting.sort(Comparator.comparingDouble(Conductor::worth).reversed());
    for (LoopRecord loop : waiting) {
      boolean fits =
          active < policy.maxActive()
              && !running.containsKey(loop.id())
              && taken.add(loop.plan().group());
      if (fits) {
        active++;
        var trial = new Trial(loop, loops, knobs, guard, signals, ticker, problems);
        running.put(loop.id(), trial);
        executor.execute(trial);
      }
    }
  }

  /** Expected benefit in log units, less a little for risk: what is tried first. */
  private static double worth(LoopRecord loop) {
    Recommendation recommendation = loop.recommendation();
    double middle =
        (Math.abs(recommendation.expected().low()) + Math.abs(recommendation.expected().high()))
            / 2;
    double benefit = -Math.log1p(-Math.min(middle, 0.999));
    double aversion =
        switch (recommendation.risk()) {
          case R0 -> 0;
          case R1 -> 0.1;
          case R2 -> 0.2;
          case R3 -> 0.4;
          case R4 -> 1;
        };
    return benefit - aversion;
  }

  private LoopRecord find(String loop) throws RefusedException {
    return loops
        .find(loop)
        .orElseThrow(() -> new RefusedException("there is no loop `" + loop + "`"));
  }

  private static void requireNext(LoopRecord record, LoopState to) throws RefusedException {
    if (!record.state().next().contains(to)) {
      throw new RefusedException(
          "loop " + record.id() + " is " + record.state() + " and cannot become " + to);
    }
  }

  private static String abbreviate(String hash) {
    return hash.length() > 12 ? hash.substring(0, 12) + "…" : hash;
  }
}
