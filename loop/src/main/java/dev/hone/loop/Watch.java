package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Looks after kept changes. At set times after a change was kept it is measured again: by an
 * experiment of the same design in which the old value is the one on trial, so that the blocks with
 * it are the holdback. A gain that is still there is booked anew, one that has faded or turned is
 * taken back. A kept value that somebody else changed is theirs.
 */
public final class Watch {
  /** The technique of the experiments that measure a kept change again. */
  public static final String TECHNIQUE = "measure-again";

  private static final String OF = "of";

  /** Why a kept change is measured again. */
  private enum Occasion {
    AGE(Strategy.SCHEDULED, "it is measured again"),
    DEPLOYMENT(Strategy.EVENT_DRIVEN, "after a deployment it is measured again"),
    LOAD(Strategy.EVENT_DRIVEN, "the load is another one since, so it is measured again");

    private final Strategy strategy;
    private final String words;

    Occasion(Strategy strategy, String words) {
      this.strategy = strategy;
      this.words = words;
    }
  }

  private static final Duration PATIENCE = Duration.ofHours(6);

  private final Conductor conductor;
  private final Loops loops;
  private final Knobs knobs;
  private final Ids ids;
  private final Consumer<String> notice;

  /**
   * A watch.
   *
   * @param notice takes one sentence for each knob that cannot be read
   */
  public Watch(Conductor conductor, Loops loops, Knobs knobs, Ids ids, Consumer<String> notice) {
    this.conductor = conductor;
    this.loops = loops;
    this.knobs = knobs;
    this.ids = ids;
    this.notice = notice;
  }

  /** One round: books what was measured again, and measures what is due. */
  public void look(Instant now) throws InterruptedException {
    List<LoopSummary> all = loops.summaries().toList();
    for (LoopSummary check : all) {
      if (isCheck(check) && check.state().isFinal() && check.tried()) {
        book(loops.require(check.id()));
      }
    }
    for (LoopSummary kept : newestByKnob(all).values()) {
      Optional<Occasion> due = due(kept, all, now);
      if (due.isPresent()) {
        measureAgain(loops.require(kept.id()), due.get(), now);
      }
    }
  }

  /** Whether a loop measures another one's change again. */
  static boolean isCheck(LoopSummary loop) {
    return loop.technique().equals(TECHNIQUE);
  }

  /** Kept changes that no later one has replaced. */
  private static Map<String, LoopSummary> newestByKnob(List<LoopSummary> all) {
    var newest = new HashMap<String, LoopSummary>();
    for (LoopSummary loop : all) {
      if (loop.isInForce() && !isCheck(loop)) {
        newest.merge(loop.knob(), loop, (a, b) -> a.id().compareTo(b.id()) > 0 ? a : b);
      }
    }
    return newest;
  }

  /**
   * Why a kept change is to be measured again: an age is reached that it was not measured at, or a
   * deployment or another level of the load came since.
   */
  private Optional<Occasion> due(LoopSummary kept, List<LoopSummary> all, Instant now) {
    List<LoopSummary> checks =
        all.stream()
            .filter(l -> isCheck(l) && l.knob().equals(kept.knob()))
            .filter(l -> l.id().compareTo(kept.id()) > 0)
            .toList();
    if (checks.stream().anyMatch(l -> !l.state().isFinal())) {
      return Optional.empty();
    }
    Instant last =
        checks.stream().map(LoopSummary::updatedAt).max(Instant::compareTo).orElse(kept.keptAt());
    for (Duration age : conductor.policy().limits().holdback()) {
      Instant time = kept.keptAt().plus(age);
      if (time.isAfter(last) && !now.isBefore(time)) {
        return Optional.of(Occasion.AGE);
      }
    }
    boolean deployed =
        loops.registry().freezes().stream()
            .filter(f -> f.cause() == Registry.Cause.DEPLOYMENT)
            .anyMatch(f -> f.until().isAfter(last) && !now.isBefore(f.until()));
    if (deployed) {
      return Optional.of(Occasion.DEPLOYMENT);
    }
    boolean shifted = loops.registry().loadShift().filter(s -> s.at().isAfter(last)).isPresent();
    return shifted ? Optional.of(Occasion.LOAD) : Optional.empty();
  }

  private void measureAgain(LoopRecord kept, Occasion occasion, Instant now)
      throws InterruptedException {
    if (!(kept.plan().design() instanceof Design.Paired) || kept.verdict() == null) {
      return;
    }
    try {
      Knob knob = knobs.open(kept.plan().knob());
      String value = knob.read();
      if (!value.equals(kept.plan().to())) {
        loops.append(
            kept.id(),
            new LoopEvent.Revoked(
                value,
                LoopRecord.SOMEBODY_ELSE,
                "it was changed to `" + value + "`; Hone lets go of it"));
        return;
      }
      String layer = kept.recommendation().layer();
      if (conductor.accepts(kept.plan().knob(), kept.plan().from())
          && conductor.mayPropose(layer, TECHNIQUE, kept.plan().knob())) {
        Finding finding = finding(kept, occasion, now);
        conductor.propose(finding, recommendation(kept, finding, now));
      }
    } catch (KnobException e) {
      if (e.reason() == KnobException.Reason.GONE) {
        loops.append(
            kept.id(), new LoopEvent.Revoked("nothing", "hone", "it is gone: " + e.getMessage()));
      } else {
        notice.accept("kept change " + kept.id() + " cannot be looked after: " + e.getMessage());
      }
    } catch (IllegalStateException | Journal.JournalException e) {
      notice.accept("kept change " + kept.id() + ": " + e.getMessage());
    }
  }

  private Finding finding(LoopRecord kept, Occasion occasion, Instant now) {
    Verdict verdict = current(kept);
    Duration age = Duration.between(LoopSummary.of(kept).keptAt(), now);
    return new Finding(
        ids.next(),
        kept.finding().layer(),
        "kept-gain",
        kept.finding().target(),
        "`"
            + kept.recommendation().title()
            + "` was kept "
            + days(age)
            + " ago with "
            + verdict.effectText()
            + "; "
            + occasion.words,
        now,
        now,
        List.of(
            new Finding.Evidence(
                "effect when it was kept",
                verdict.effect(),
                "ratio",
                kept.plan().primary().query())),
        Map.of(OF, kept.id(), Strategy.DETAIL, occasion.strategy.name()),
        1);
  }

  private static String days(Duration age) {
    return age.toHours() < 48 ? age.toHours() + " h" : age.toDays() + " days";
  }

  private static Verdict current(LoopRecord kept) {
    LoopEvent.Remeasured again = kept.remeasured();
    Verdict verdict = again == null ? kept.verdict() : again.verdict();
    if (verdict == null) {
      throw new IllegalStateException("loop " + kept.id() + " was kept without a verdict");
    }
    return verdict;
  }

  private Recommendation recommendation(LoopRecord kept, Finding finding, Instant now) {
    Recommendation r = kept.recommendation();
    double effect = current(kept).effect();
    var why =
        new Recommendation.Explanation(
            List.of(finding.summary()),
            "kept gains are selected for being large and systems change: a gain counts when it is"
                + " still there later",
            List.of(
                new Recommendation.Rejected(
                    "trusting the first measurement", "up to two thirds of them degrade")),
            "the old value is in force for half of the experiment",
            /* applyCommand= */ r.explanation().undoCommand(),
            /* undoCommand= */ r.explanation().applyCommand());
    return new Recommendation(
        ids.next(),
        finding.id(),
        r.layer(),
        TECHNIQUE,
        kept.plan().knob(),
        kept.plan().to(),
        kept.plan().from(),
        "Measure again: " + r.title(),
        new Recommendation.Expected(effect, effect),
        "half of the gain while it lasts",
        r.risk(),
        why,
        kept.plan().design(),
        kept.plan().primary(),
        kept.plan().guardrails(),
        true,
        "",
        now.plus(PATIENCE));
  }

  /** Writes what a check showed into the loop that it checked, once. */
  private void book(LoopRecord check) {
    Verdict verdict = check.verdict();
    Optional<LoopRecord> of = loops.find(check.finding().details().getOrDefault(OF, ""));
    if (of.isEmpty() || of.get().state() != LoopState.KEPT || verdict == null) {
      return;
    }
    LoopRecord kept = of.get();
    LoopEvent.Remeasured last = kept.remeasured();
    if (last != null && last.byLoop().compareTo(check.id()) >= 0) {
      return;
    }
    try {
      Verdict own = turned(verdict);
      loops.append(kept.id(), new LoopEvent.Remeasured(check.id(), own));
      if (check.state() == LoopState.KEPT) {
        loops.append(
            kept.id(),
            new LoopEvent.Revoked(
                check.plan().to(), "hone", "measured again, the old value is better"));
      } else if (hasFaded(own, kept.plan())) {
        conductor.rollBack(
            kept.id(),
            "hone",
            String.format(
                Locale.ROOT,
                "the gain has faded: measured again it is %s, and a worthwhile one is refuted",
                own.effectText()));
      }
    } catch (IllegalStateException | Journal.JournalException | Conductor.RefusedException e) {
      notice.accept("kept change " + kept.id() + ": " + e.getMessage());
    }
  }

  /** Whether even the better end of the interval is not worth having. */
  private static boolean hasFaded(Verdict verdict, Plan plan) {
    boolean lower = plan.primary().better() == SignalRef.Better.LOWER;
    double best = lower ? -verdict.low() : verdict.high();
    return verdict.decision() == Verdict.Decision.INCONCLUSIVE && best < plan.leastGain();
  }

  /** A verdict about the old value as one about the change. */
  private static Verdict turned(Verdict verdict) {
    return new Verdict(
        switch (verdict.decision()) {
          case KEEP -> Verdict.Decision.ROLL_BACK;
          case ROLL_BACK -> Verdict.Decision.KEEP;
          case INCONCLUSIVE -> Verdict.Decision.INCONCLUSIVE;
        },
        verdict.grade(),
        inverse(verdict.effect()),
        inverse(verdict.high()),
        inverse(verdict.low()),
        verdict.pairs(),
        verdict.wealthWorse(),
        verdict.wealthBetter(),
        verdict.completeness(),
        verdict.reasons());
  }

  private static double inverse(double relative) {
    return 1 / (1 + relative) - 1;
  }
}
