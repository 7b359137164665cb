package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Runs a one-way design: windows of history, the change, windows after it. */
final class DifferenceRun {
  private static final int SETTLING_TIMES = 2;

  /** So many windows of a signal that trips without a change must be bad. */
  private static final int RESTLESS_ALARMS = 12;

  /** The share of windows with data below which windows without any are nothing new. */
  private static final double USUALLY_PRESENT = 0.9;

  private final Plan plan;
  private final Design.OneWay design;
  private final Signals signals;
  private final Ticker ticker;
  private final Consumer<LoopEvent> journal;
  private final FastGuard fastGuard;
  private final List<Window> windows = new ArrayList<>();
  private final Map<Guardrail, List<Double>> guardedBefore = new HashMap<>();
  private final Map<Guardrail, List<Double>> guardedAfter = new HashMap<>();
  private final Set<Guardrail> seldom = new HashSet<>();
  private double[] controlLevels = {};
  private int alarms;

  DifferenceRun(
      Plan plan,
      Design.OneWay design,
      Signals signals,
      Ticker ticker,
      Consumer<LoopEvent> journal) {
    this.plan = plan;
    this.design = design;
    this.signals = signals;
    this.ticker = ticker;
    this.journal = journal;
    int age = (int) design.longest().dividedBy(guardWindow());
    this.fastGuard =
        new FastGuard(plan.guardrails(), 1, 1, Math.min(age, FastGuard.HISTORY_WINDOWS / 2));
  }

  Verdict run(Trial.Change change, Duration settlingTime)
      throws KnobException, InterruptedException, Trial.Abort, Trial.Refused {
    Instant deadline = ticker.instant().plus(plan.deadline());
    Instant before = historyEnd();
    observeBefore(before);
    Trial.Refused.whereBlind(fastGuard);
    requireHistory();
    journal.accept(new LoopEvent.Applying());
    change.to(plan.to());
    journal.accept(new LoopEvent.Experimenting());
    Instant from = ticker.instant().plus(settlingTime.multipliedBy(SETTLING_TIMES));
    DifferenceJudge.Judged judged = judge();
    for (int look = 1; look <= Design.OneWay.LOOKS && (look == 1 || judged.open()); look++) {
      for (int i = 0; i < design.windowsAfter(); i++) {
        Instant to = from.plus(design.window());
        if (to.isAfter(deadline)) {
          return beyondGuardrails(judge()).verdict();
        }
        watch(change, settlingTime, from, to);
        record(window(true, from, to));
        from = to;
      }
      judged = beyondGuardrails(judge());
    }
    return judged.verdict();
  }

  /**
   * What would be kept is not, when a guardrail's level over all windows after the change is beyond
   * what it tolerates: a signal that jumps hides from the fast guard what is plain in the whole.
   * Nor is it while a guarded signal might be that much worse, see {@link Bound}.
   */
  private DifferenceJudge.Judged beyondGuardrails(DifferenceJudge.Judged judged) {
    if (judged.verdict().decision() != Verdict.Decision.KEEP) {
      return judged;
    }
    var open = new ArrayList<String>();
    for (Guardrail guardrail : fastGuard.guardrails()) {
      List<Double> without = guardedBefore.getOrDefault(guardrail, List.of());
      List<Double> with = guardedAfter.getOrDefault(guardrail, List.of());
      double before = median(without);
      double after = median(with);
      if (guardrail.trippedBy(after, before)) {
        SignalRef signal = guardrail.signal();
        String harm =
            String.format(
                "guardrail: %s was %.4g %s in the median of the windows after the change, more than"
                    + " %.0f %% worse than before (%.4g %s)",
                signal.name(),
                after,
                signal.unit(),
                100 * guardrail.limit(),
                before,
                signal.unit());
        return new DifferenceJudge.Judged(
            ended(Verdict.Decision.ROLL_BACK, judged.verdict(), harm), false);
      }
      Bound bound = Bound.of(guardrail, without, with);
      if (!bound.holds()) {
        open.add(bound.open());
      }
    }
    return open.isEmpty()
        ? judged
        : new DifferenceJudge.Judged(
            ended(
                Verdict.Decision.INCONCLUSIVE,
                judged.verdict(),
                "guardrail: " + String.join("; ", open)),
            true);
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private DifferenceJudge.Judged judge() {
    return DifferenceJudge.judge(
        windows,
        sign(plan.primary()),
        proof().map(DifferenceRun::sign).orElse(0),
        plan.leastGain());
  }

  private static int sign(SignalRef signal) {
    return signal.better() == SignalRef.Better.LOWER ? 1 : -1;
  }

  private Optional<SignalRef> proof() {
    return switch (design) {
      case Design.DifferenceInDifferences difference -> Optional.of(difference.proof());
      case Design.NonInferiority nonInferiority -> Optional.empty();
    };
  }

  /** Waits until there is history enough, at the most for as long as that lasts. */
  private Instant historyEnd() throws InterruptedException {
    for (int waited = 0; waited < design.leastBefore() && history() < design.leastBefore(); ) {
      ticker.waitUntil(ticker.instant().plus(design.window()));
      waited++;
    }
    return ticker.instant();
  }

  /** What cannot be compared with a time before is not changed at all. */
  private void requireHistory() throws Trial.Refused {
    int whole = 0;
    Instant to = ticker.instant();
    for (int i = 0; i < design.leastBefore(); i++) {
      Instant from = to.minus(design.window());
      whole += Double.isNaN(whole(plan.primary(), from, to)) ? 0 : 1;
      to = from;
    }
    if (whole < DifferenceJudge.LEAST_WINDOWS) {
      throw new Trial.Refused(
          "nothing was changed: "
              + plan.primary().name()
              + " has whole data in "
              + whole
              + " of the last "
              + design.leastBefore()
              + " windows of "
              + design.window().toSeconds()
              + " s; at least "
              + DifferenceJudge.LEAST_WINDOWS
              + " are needed to compare with");
    }
  }

  /** How many windows until now have whole data, without a gap. */
  private int history() {
    Instant to = ticker.instant();
    for (int i = 0; i < design.windowsBefore(); i++) {
      Instant from = to.minus(design.window());
      if (Double.isNaN(whole(plan.primary(), from, to))) {
        return i;
      }
      to = from;
    }
    return design.windowsBefore();
  }

  /**
   * As many windows as have whole data without a gap until now, and at least those that are needed:
   * windows beyond these are welcome, but their gaps must not count against the experiment.
   */
  private int windowsBefore() {
    return Math.max(design.leastBefore(), history());
  }

  private void observeBefore(Instant end) {
    int count = windowsBefore();
    Duration length = design.window();
    Instant start = end.minus(length.multipliedBy(count));
    controlLevels = new double[design.controls().size()];
    for (int c = 0; c < controlLevels.length; c++) {
      controlLevels[c] = signals.read(design.controls().get(c), start, end).value();
    }
    for (int i = 0; i < count; i++) {
      Instant from = start.plus(length.multipliedBy(i));
      Instant to = from.plus(length);
      record(window(false, from, to));
    }
    for (Guardrail guardrail : fastGuard.guardrails()) {
      var history = new ArrayList<Double>();
      int since = 0;
      for (int back = FastGuard.HISTORY_WINDOWS; back >= 1; back--) {
        Instant from = end.minus(guardWindow().multipliedBy(back));
        Signals.Reading reading = guarded(guardrail, from, from.plus(guardWindow()));
        if (reading.present()) {
          since = Math.max(since, back);
          history.add(reading.value());
        }
      }
      fastGuard.learn(guardrail, history);
      if (history.size() < USUALLY_PRESENT * since) {
        seldom.add(guardrail);
      }
      int windowsLong = (int) length.multipliedBy(count).dividedBy(guardWindow());
      int from = Math.max(0, history.size() - windowsLong);
      guardedBefore.put(guardrail, List.copyOf(history.subList(from, history.size())));
    }
    for (int back = FastGuard.CONTROL_WINDOWS; back >= 1; back--) {
      Instant from = end.minus(guardWindow().multipliedBy(back));
      for (Guardrail guardrail : fastGuard.guardrails()) {
        Signals.Reading reading = guarded(guardrail, from, from.plus(guardWindow()));
        fastGuard.control(guardrail, reading);
      }
    }
  }

  /** What is guarded; the primary signal against the controls, as it is judged. */
  private Signals.Reading guarded(Guardrail guardrail, Instant from, Instant to) {
    Signals.Reading reading = signals.read(guardrail.signal(), from, to);
    if (!guardrail.signal().equals(plan.primary())) {
      return reading;
    }
    double control = control(from, to);
    return Double.isNaN(control)
        ? reading
        : new Signals.Reading(reading.value() / control, reading.completeness());
  }

  private Duration guardWindow() {
    return design.window().compareTo(FastGuard.WINDOW) < 0 ? design.window() : FastGuard.WINDOW;
  }

  private void record(Window window) {
    windows.add(window);
    journal.accept(new LoopEvent.WindowMeasured(window));
  }

  private Window window(boolean after, Instant from, Instant to) {
    double treated = whole(plan.primary(), from, to);
    double proof = proof().map(signal -> whole(signal, from, to)).orElse(Double.NaN);
    return new Window(after, from, to, treated, control(from, to), proof);
  }

  /** A reading that rests on nearly all of its data; else NaN. */
  private double whole(SignalRef signal, Instant from, Instant to) {
    Signals.Reading reading = signals.read(signal, from, to);
    return reading.completeness() >= Verdict.LEAST_COMPLETENESS ? reading.value() : Double.NaN;
  }

  /** Geometric mean of the controls relative to their level before; 1 for a plan without any. */
  private double control(Instant from, Instant to) {
    double sum = 0;
    int present = 0;
    for (int c = 0; c < controlLevels.length; c++) {
      double ratio = whole(design.controls().get(c), from, to) / controlLevels[c];
      if (Double.isFinite(ratio) && ratio > 0) {
        sum += Math.log(ratio);
        present++;
      }
    }
    if (controlLevels.length == 0) {
      return 1;
    }
    return present == 0 ? Double.NaN : Math.exp(sum / present);
  }

  /** Waits until a window has passed and looks at the guardrails meanwhile. */
  private void watch(Trial.Change change, Duration settlingTime, Instant start, Instant end)
      throws KnobException, InterruptedException, Trial.Abort, Trial.Refused {
    Duration length = guardWindow();
    for (Instant from = start; !from.plus(length).isAfter(end); from = from.plus(length)) {
      ticker.waitUntil(from.plus(length));
      for (Guardrail guardrail : fastGuard.guardrails()) {
        Signals.Reading reading = guarded(guardrail, from, from.plus(length));
        if (reading.present()) {
          guardedAfter.computeIfAbsent(guardrail, g -> new ArrayList<>()).add(reading.value());
        }
        Optional<FastGuard.Alarm> alarm = fastGuard.treated(guardrail, reading);
        if (alarm.isPresent() && isProven(alarm.get())) {
          throw new Trial.Abort(aborted(change, settlingTime, alarm.get()));
        }
      }
    }
    ticker.waitUntil(end);
  }

  /**
   * A one-way change cannot be turned off and on again to see who is to blame, so a signal that
   * jumps by itself must stay bad for longer, or be far beyond its limit. No data is no alarm where
   * that is usual; without enough of it the signal's {@link Bound} stays open, and nothing is kept.
   */
  private boolean isProven(FastGuard.Alarm alarm) {
    if (alarm.isBlind()) {
      return !seldom.contains(alarm.guardrail());
    }
    alarms++;
    return alarm.kind() == Swing.Kind.UNKNOWN
        || alarm.kind().isBeyondDoubt(alarm.margin())
        || alarms >= RESTLESS_ALARMS;
  }

  /**
   * The guard tripped: the old value comes back at once. The change is to blame unless the signal
   * stays as bad with the old value; where it has no data then, that cannot be told.
   */
  private Verdict aborted(Trial.Change change, Duration settlingTime, FastGuard.Alarm alarm)
      throws KnobException, InterruptedException, Trial.Refused {
    Verdict soFar = judge().verdict();
    change.to(plan.from());
    if (alarm.isBlind()) {
      return ended(Verdict.Decision.INCONCLUSIVE, soFar, alarm.text());
    }
    Instant from = ticker.instant().plus(settlingTime.multipliedBy(SETTLING_TIMES));
    var readings = new ArrayList<Double>();
    for (int i = 0; i < FastGuard.LOOK_BACK; i++) {
      Instant to = from.plus(guardWindow());
      ticker.waitUntil(to);
      Signals.Reading reading = guarded(alarm.guardrail(), from, to);
      if (reading.present()) {
        readings.add(reading.value());
      }
      from = to;
    }
    if (readings.isEmpty()) {
      return ended(Verdict.Decision.ROLL_BACK, soFar, alarm.text());
    }
    return alarm.isOver(median(readings))
        ? ended(
            Verdict.Decision.ROLL_BACK, soFar, alarm.text() + "; with the old value it went back")
        : ended(
            Verdict.Decision.INCONCLUSIVE,
            soFar,
            alarm.text()
                + "; it stayed so with the old value, so that something else is the cause");
  }

  private Verdict ended(Verdict.Decision decision, Verdict soFar, String why) {
    return new Verdict(
        decision,
        design.grade(),
        soFar.effect(),
        soFar.low(),
        soFar.high(),
        soFar.pairs(),
        Double.NaN,
        Double.NaN,
        soFar.completeness(),
        List.of(why));
  }
}
