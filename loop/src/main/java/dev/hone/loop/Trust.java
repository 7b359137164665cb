package dev.hone.loop;

import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * How far a technique may go where it would act: what the owner allows, as far as its record earns
 * it. Modes that do not ask are earned by runs that people approved and that did no harm; one harm
 * takes them back for the target, one failed undo for the technique. Saving the policy again gives
 * them back.
 *
 * @param policy what the owner allows
 * @param granted when that was saved
 */
public record Trust(Policy policy, Instant granted) {
  /**
   * What a technique has done.
   *
   * @param allowed how far the owner lets it go
   * @param mode how far it may go now
   * @param approvedRuns runs that people approved and that did no harm, since the last harm
   * @param harms experiments that showed harm at this target
   * @param stuck undos that failed, anywhere
   * @param why one sentence on why the mode is not the allowed one; empty when it is
   */
  public record Standing(
      Mode allowed, Mode mode, int approvedRuns, int harms, int stuck, String why) {}

  /** The trust that follows from the journal. */
  static Trust of(Policy policy, Registry registry) {
    Registry.@Nullable Saved saved = registry.policy();
    return new Trust(policy, saved == null ? Instant.EPOCH : saved.at());
  }

  /** The standing of a technique at a target. */
  public Standing standing(
      String layer, String technique, Target target, Collection<LoopSummary> all) {
    Mode allowed = policy.mode(layer, technique, target);
    int runs = 0;
    int harms = 0;
    int stuck = 0;
    Instant lastHarm = Instant.MIN;
    for (LoopSummary loop : all) {
      if (loop.layer().equals(layer) && loop.technique().equals(technique)) {
        boolean here = loop.target().equals(target.toString());
        boolean isStuck = loop.state() == LoopState.STUCK;
        stuck += isStuck ? 1 : 0;
        harms += here && loop.harmed() ? 1 : 0;
        boolean counts = loop.updatedAt().isAfter(granted) && (isStuck || (here && loop.harmed()));
        if (counts && loop.updatedAt().isAfter(lastHarm)) {
          lastHarm = loop.updatedAt();
        }
      }
    }
    for (LoopSummary loop : all) {
      boolean clean =
          loop.layer().equals(layer)
              && loop.technique().equals(technique)
              && loop.tried()
              && !loop.byPolicy()
              && !loop.harmed()
              && loop.state() != LoopState.STUCK;
      runs += clean && loop.updatedAt().isAfter(lastHarm) ? 1 : 0;
    }
    int needed = policy.limits().earnedRuns();
    if (allowed.compareTo(Mode.AUTO_REVERSIBLE) < 0) {
      return new Standing(allowed, allowed, runs, harms, stuck, "");
    }
    if (lastHarm.isAfter(Instant.MIN) && (runs < needed || needed == 0)) {
      return new Standing(
          allowed,
          Mode.APPROVE,
          runs,
          harms,
          stuck,
          "a run did harm or could not be undone on "
              + lastHarm
              + "; "
              + (needed == 0 ? "save the policy again" : (needed - runs) + " approved runs")
              + " to earn "
              + allowed
              + " again");
    }
    return runs >= needed
        ? new Standing(allowed, allowed, runs, harms, stuck, "")
        : new Standing(
            allowed,
            Mode.APPROVE,
            runs,
            harms,
            stuck,
            "it has "
                + runs
                + " of "
                + needed
                + " approved runs without harm that earn "
                + allowed);
  }
}
