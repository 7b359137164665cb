package dev.hone.loop;

import java.time.Instant;

/**
 * What stays in memory of a loop that ended long ago.
 *
 * @param id the loop's id
 * @param state where it stands
 * @param updatedAt time of the last event
 * @param keptAt when the change was kept; the epoch when it never was
 * @param layer the layer of the recommendation
 * @param technique the rule that proposed it
 * @param context what the technique was applied to, see {@link #context}
 * @param findingKey the fault it answers
 * @param target what was to be changed
 * @param knob the knob's id
 * @param byPolicy whether the policy approved it, and no person did
 * @param effect relative change of the primary signal as it was measured last; NaN when unknown
 * @param low lower end of its interval
 * @param high upper end
 * @param wealthBetter evidence for "better"; NaN without a verdict
 * @param verdict the decision, or INCONCLUSIVE without one
 * @param tried whether an experiment reached a verdict
 */
public record LoopSummary(
    String id,
    LoopState state,
    Instant updatedAt,
    Instant keptAt,
    String layer,
    String technique,
    String context,
    String findingKey,
    String target,
    String knob,
    boolean byPolicy,
    double effect,
    double low,
    double high,
    double wealthBetter,
    Verdict.Decision verdict,
    boolean tried) {

  /** The summary of a loop. */
  public static LoopSummary of(LoopRecord loop) {
    Recommendation recommendation = loop.recommendation();
    LoopEvent.Remeasured again = loop.remeasured();
    Verdict verdict = again == null ? loop.verdict() : again.verdict();
    Instant kept = Instant.EPOCH;
    for (LoopRecord.Step step : loop.history()) {
      kept = step.state() == LoopState.KEPT && kept.equals(Instant.EPOCH) ? step.at() : kept;
    }
    return new LoopSummary(
        loop.id(),
        loop.state(),
        loop.updatedAt(),
        kept,
        recommendation.layer(),
        recommendation.technique(),
        context(loop),
        loop.finding().key(),
        loop.plan().knob().target().toString(),
        loop.plan().knob().id(),
        Turns.isByPolicy(loop.approval()),
        verdict == null ? Double.NaN : verdict.effect(),
        verdict == null ? Double.NaN : verdict.low(),
        verdict == null ? Double.NaN : verdict.high(),
        verdict == null ? Double.NaN : verdict.wealthBetter(),
        verdict == null ? Verdict.Decision.INCONCLUSIVE : verdict.decision(),
        verdict != null);
  }

  /** What lessons of a technique are told apart by: the kind of target and the fault. */
  static String context(LoopRecord loop) {
    return loop.plan().knob().target().kind() + "/" + loop.finding().kind();
  }

  /** Whether the experiment showed harm. Measuring a kept change again is not meant to help. */
  public boolean harmed() {
    return tried && verdict == Verdict.Decision.ROLL_BACK && !Watch.isCheck(this);
  }

  /** Whether the change was better, was kept, and has not been taken back. */
  public boolean isInForce() {
    return state == LoopState.KEPT && !Watch.isCheck(this);
  }
}
