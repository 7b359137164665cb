package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs a paired design: blocks, burn-in, guard windows, bets. */
final class PairedRun {
  /** Fewer pairs cannot decide, however large the effect. */
  static final int LEAST_PAIRS = 6;

  private static final int CHALLENGE_WINDOWS = 3;

  private static final int MOST_CHALLENGES = 5;

  private final Plan plan;
  private final Arms arms;
  private final Schedule schedule;
  private final Signals signals;
  private final Ticker ticker;
  private final Consumer<LoopEvent> journal;
  private final BettingJudge judge;
  private final ArmGuard guard;
  private final List<Block> blocks = new ArrayList<>();
  private Design.Paired design;
  private int challenges;
  private int blame;
  private boolean disturbed;

  /**
   * A run that has not begun.
   *
   * @param journal takes what happens, in order
   */
  PairedRun(
      Plan plan,
      Design.Paired design,
      Arms arms,
      Schedule schedule,
      Signals signals,
      Ticker ticker,
      Consumer<LoopEvent> journal) {
    this.plan = plan;
    this.design = design;
    this.arms = arms;
    this.schedule = schedule;
    this.signals = signals;
    this.ticker = ticker;
    this.journal = journal;
    this.judge = new BettingJudge(plan.leastGain(), plan.alpha(), plan.alphaHarm());
    this.guard = new ArmGuard(plan, design, signals);
  }

  Verdict run(Trial.Change change)
      throws KnobException, InterruptedException, Trial.Abort, Trial.Refused {
    Instant deadline = ticker.instant().plus(plan.deadline());
    guard.observeControl(ticker.instant());
    guard.requireSight();
    journal.accept(new LoopEvent.Applying());
    change.to(arms.valueOf(schedule.onFirst().getFirst()));
    journal.accept(new LoopEvent.Experimenting());
    for (int i = 0; i < design.maxPairs(); i++) {
      if (ticker.instant().plus(design.block().multipliedBy(2)).isAfter(deadline)) {
        return verdict(Verdict.Decision.INCONCLUSIVE, "the deadline came before a decision");
      }
      boolean onFirst = schedule.onFirst().get(i);
      Block first = block(change, onFirst);
      Block second = block(change, !onFirst);
      if (i == 0 && !disturbed && isTooShort(first, second)) {
        skip(first, second);
        long fitting =
            Duration.between(ticker.instant(), deadline).dividedBy(design.block().multipliedBy(2));
        if (fitting < LEAST_PAIRS) {
          return verdict(
              Verdict.Decision.INCONCLUSIVE,
              "the effect settles so slowly that blocks must last "
                  + text(design.block())
                  + "; only "
                  + fitting
                  + " pairs of them fit before the deadline");
        }
        continue;
      }
      bet(i + 1, first, second);
      Optional<Verdict> end = decide(design.maxPairs() - i - 1, i + 1);
      if (end.isPresent()) {
        return end.get();
      }
    }
    return verdict(
        Verdict.Decision.INCONCLUSIVE,
        "no decision after " + design.maxPairs() + " pairs; the effect is too small for the noise");
  }

  private Optional<Verdict> decide(int left, int measured) {
    if (judge.decision() == Verdict.Decision.ROLL_BACK) {
      return Optional.of(verdict(Verdict.Decision.ROLL_BACK, wealth("worse", judge.wealthWorse())));
    }
    boolean complete = completeness() >= Verdict.LEAST_COMPLETENESS;
    if (judge.decision() == Verdict.Decision.KEEP && (complete || left == 0)) {
      return Optional.of(
          complete
              ? verdict(Verdict.Decision.KEEP, wealth("better", judge.wealthBetter()))
              : verdict(
                  Verdict.Decision.INCONCLUSIVE,
                  String.format(
                      "only %.0f %% of the data was there; %.0f %% is needed",
                      100 * completeness(), 100 * Verdict.LEAST_COMPLETENESS)));
    }
    Optional<String> futile = left > 0 ? judge.futility(left) : Optional.empty();
    return futile.map(
        why -> verdict(Verdict.Decision.INCONCLUSIVE, why + ", after " + measured + " pairs"));
  }

  /** Brings a value into force and measures; the load of a load test runs exactly that long. */
  private Block block(Trial.Change change, boolean on)
      throws KnobException, InterruptedException, Trial.Abort, Trial.Refused {
    change.to(arms.valueOf(on));
    Workload.Running load = arms.startLoad();
    try {
      return measured(change, on);
    } finally {
      load.close();
    }
  }

  private Block measured(Trial.Change change, boolean on)
      throws KnobException, InterruptedException, Trial.Abort, Trial.Refused {
    Instant start = ticker.instant();
    Instant measureFrom = start.plus(design.burnIn());
    Instant end = start.plus(design.block());
    Duration window = guard.window();
    Instant watchFrom = watchFrom(on, start, measureFrom);
    if (isSeenWhole(watchFrom, end, window)) {
      guard.forgetTreated();
    }
    for (Instant from = watchFrom; !from.plus(window).isAfter(end); from = from.plus(window)) {
      ticker.waitUntil(from.plus(window));
      Optional<FastGuard.Alarm> alarm = guard.watch(on, from, from.plus(window));
      if (alarm.isPresent()) {
        Instant tripped = from.plus(window);
        challenge(change, alarm.get());
        return finished(on, start, tripped.isAfter(measureFrom) ? measureFrom : start, tripped);
      }
    }
    ticker.waitUntil(end);
    return finished(on, start, measureFrom, end);
  }

  /**
   * Harm to people is looked for from the first second, and control is not taken while the effect
   * fades. Nobody is harmed by a load test, whose warm-up is not compared.
   */
  private Instant watchFrom(boolean on, Instant start, Instant measureFrom) {
    return switch (design) {
      case Design.ConcurrentSplit split -> start;
      case Design.Switchback switchback -> on ? start : measureFrom;
      case Design.RepeatedLoadTest test -> measureFrom;
    };
  }

  /**
   * Whether a block is long enough to be judged by its own guard windows; shorter ones are looked
   * at together with the ones before.
   */
  private static boolean isSeenWhole(Instant from, Instant to, Duration window) {
    return !from.plus(window.multipliedBy(FastGuard.LOOK_BACK)).isAfter(to);
  }

  private Block finished(boolean on, Instant start, Instant measureFrom, Instant end) {
    Signals.Reading reading = arms.read(signals, measureFrom, end);
    var block = new Block(on, start, end, reading.value(), reading.completeness());
    blocks.add(block);
    return block;
  }

  /**
   * The guard tripped: the old value comes back at once, everywhere. If the signal comes back with
   * it, the change is to blame, and the experiment ends when that is proof enough, see {@link
   * ArmGuard#weight}. If it does not come back, the cause is elsewhere and the experiment goes on.
   */
  private void challenge(Trial.Change change, FastGuard.Alarm alarm)
      throws KnobException, InterruptedException, Trial.Abort, Trial.Refused {
    change.to(plan.from());
    if (alarm.isBlind()) {
      throw new Trial.Abort(verdict(Verdict.Decision.INCONCLUSIVE, alarm.text()));
    }
    challenges++;
    disturbed = true;
    Instant first = ticker.instant().plus(design.burnIn());
    var readings = new double[CHALLENGE_WINDOWS];
    for (int i = 0; i < CHALLENGE_WINDOWS; i++) {
      Instant from = first.plus(guard.window().multipliedBy(i));
      Instant to = from.plus(guard.window());
      ticker.waitUntil(to);
      readings[i] = guard.again(alarm, from, to);
    }
    Arrays.sort(readings);
    double middle = readings[CHALLENGE_WINDOWS / 2];
    if (alarm.isOver(middle)) {
      blame += guard.weight(alarm, middle);
    } else {
      guard.forget();
    }
    for (int i = 0; i < CHALLENGE_WINDOWS; i++) {
      Instant from = first.plus(guard.window().multipliedBy(i));
      guard.untouched(from, from.plus(guard.window()));
    }
    if (blame >= ArmGuard.PROOF) {
      throw new Trial.Abort(
          verdict(Verdict.Decision.ROLL_BACK, alarm.text() + "; with the old value it went back"));
    }
    if (challenges >= MOST_CHALLENGES) {
      throw new Trial.Abort(
          verdict(
              Verdict.Decision.INCONCLUSIVE,
              alarm.text()
                  + "; it did so "
                  + challenges
                  + " times and did not go back with the old value: the signal cannot be guarded"));
    }
  }

  /**
   * Whether the first application shows that the effect takes longer to settle than the knob
   * declared; the design's times are then corrected. The rule looks at the first pair only, and the
   * bets only at those after it.
   */
  private boolean isTooShort(Block first, Block second) {
    if (!(design instanceof Design.Switchback)) {
      return false;
    }
    Instant switched = first.on() ? first.from() : second.from();
    Optional<Duration> settling =
        Settling.measure(signals, plan.primary(), switched, design.block());
    if (settling.isEmpty()) {
      return false;
    }
    Duration block = Settling.BLOCK.longer(design.block(), settling.get());
    Duration burnIn = Settling.BURN_IN.longer(design.burnIn(), settling.get());
    boolean tooShort = !block.equals(design.block()) || !burnIn.equals(design.burnIn());
    if (tooShort) {
      design = design.withTimes(block, burnIn);
    }
    journal.accept(new LoopEvent.SettlingMeasured(settling.get(), block, burnIn));
    return tooShort;
  }

  private void skip(Block first, Block second) {
    blocks.clear();
    journal.accept(
        new LoopEvent.PairMeasured(
            new Pair(1, first, second, Double.NaN, judge.wealthBetter(), judge.wealthWorse())));
  }

  private void bet(int index, Block first, Block second) {
    Block on = first.on() ? first : second;
    Block off = first.on() ? second : first;
    double difference = arms.scale() * (Math.log(on.value()) - Math.log(off.value()));
    if (plan.primary().better() == SignalRef.Better.HIGHER) {
      difference = -difference;
    }
    boolean complete =
        Math.min(on.completeness(), off.completeness()) >= Verdict.LEAST_COMPLETENESS
            && Double.isFinite(difference);
    if (complete && disturbed) {
      judge.addAgainst(difference);
    } else if (complete) {
      judge.add(difference);
    }
    disturbed = false;
    var pair =
        new Pair(
            index,
            first,
            second,
            complete ? difference : Double.NaN,
            judge.wealthBetter(),
            judge.wealthWorse());
    journal.accept(new LoopEvent.PairMeasured(pair));
  }

  private double completeness() {
    return blocks.stream().mapToDouble(Block::completeness).average().orElse(0);
  }

  private static String wealth(String side, double wealth) {
    return String.format("the bet on \"%s\" multiplied its stake by %.3g", side, wealth);
  }

  private static String text(Duration duration) {
    return duration.toSeconds() >= 120
        ? Math.round(duration.toSeconds() / 60.0) + " min"
        : duration.toSeconds() + " s";
  }

  private Verdict verdict(Verdict.Decision decision, String reason) {
    BettingJudge.Interval interval = judge.interval();
    boolean turned = plan.primary().better() == SignalRef.Better.HIGHER;
    return new Verdict(
        decision,
        design.grade(),
        turned ? turn(judge.effect()) : judge.effect(),
        turned ? turn(interval.high()) : interval.low(),
        turned ? turn(interval.low()) : interval.high(),
        judge.pairs(),
        judge.wealthBetter(),
        judge.wealthWorse(),
        completeness(),
        List.of(reason));
  }

  /** The same effect seen the other way up: a factor becomes its inverse. */
  private static double turn(double relative) {
    return 1 / (1 + relative) - 1;
  }
}
