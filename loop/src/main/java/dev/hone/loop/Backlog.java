package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is already taken care of, so that it is not proposed again.
 *
 * @param loops all loops
 * @param policy how long a knob is left alone after a loop that was not kept
 * @param shifted when the load last moved to another level: what was not worth keeping before may
 *     be now
 * @param now the present
 */
record Backlog(Collection<LoopRecord> loops, Policy policy, Instant shifted, Instant now) {
  /** How far back a diagnosis may look: into the experiment of a change that was just kept. */
  private static final Duration AFTERMATH = Duration.ofMinutes(1);

  /** What was not begun is looked at again after this time at the latest. */
  private static final Duration LONGEST_REST = Duration.ofMinutes(30);

  /** Whether a loop for this finding is under way, or ended a short while ago. */
  boolean dealsWith(Finding finding) {
    return about(finding).anyMatch(l -> isOpen(l) || again(l).isAfter(now));
  }

  private Stream<LoopRecord> about(Finding finding) {
    return loops.stream().filter(l -> l.finding().key().equals(finding.key()));
  }

  /** Why a finding is left alone although no loop for it is open; empty when it is not. */
  Optional<Rest> rest(Finding finding) {
    return about(finding).anyMatch(Backlog::isOpen)
        ? Optional.empty()
        : about(finding)
            .map(l -> new Rest(l, again(l)))
            .filter(rest -> rest.until().isAfter(now))
            .max(Comparator.comparing(Rest::until));
  }

  /** Whether a change of this knob to this value may be proposed. */
  boolean accepts(KnobRef knob, String to) {
    return loops.stream()
        .filter(l -> l.plan().knob().id().equals(knob.id()))
        .noneMatch(l -> isOpen(l) || failedLately(l, to) || isSomebodyElses(l));
  }

  private static boolean isOpen(LoopRecord loop) {
    return !loop.state().isFinal() || loop.state() == LoopState.STUCK;
  }

  /**
   * When what an ended loop was about may be proposed again, if it is still wrong then. A shift of
   * the load ends the cool-down of what was tried, not that of what a person refused.
   */
  private Instant again(LoopRecord ended) {
    if (ended.state() == LoopState.EXPIRED && ended.approval() == null) {
      return ended.updatedAt().plus(LONGEST_REST);
    }
    if (!isNotBegun(ended)) {
      if (ended.state() == LoopState.KEPT) {
        return ended.updatedAt().plus(AFTERMATH);
      }
      boolean holds = ended.state() == LoopState.REJECTED || ended.updatedAt().isAfter(shifted);
      return holds ? ended.updatedAt().plus(policy.coolDown()) : ended.updatedAt();
    }
    Instant rested = ended.updatedAt().plus(rest(ended.plan()));
    Instant changed = Untouched.of(loops, ended.plan().group(), now).since();
    boolean sooner = changed.isAfter(ended.updatedAt()) && changed.isBefore(rested);
    return sooner ? changed : rested;
  }

  /** Whether it was agreed to, but nothing was tried: it tells nothing of the change. */
  private static boolean isNotBegun(LoopRecord ended) {
    return ended.state() == LoopState.EXPIRED && ended.approval() != null;
  }

  /**
   * How long a plan rests that was not begun because of the noise of late. In the time that its
   * experiment would have taken there is as much new noise to look at; once another change of the
   * group is kept, the noise is another one at once.
   */
  static Duration rest(Plan plan) {
    Duration longest = Ranking.longest(plan);
    return longest.compareTo(LONGEST_REST) < 0 ? longest : LONGEST_REST;
  }

  /** Whoever changed a knob under Hone's hands keeps it for a while: Hone never fights. */
  private boolean isSomebodyElses(LoopRecord loop) {
    return loop.ownerConflict() && loop.updatedAt().plus(policy.limits().ownerPause()).isAfter(now);
  }

  private boolean failedLately(LoopRecord loop, String to) {
    return loop.state() != LoopState.KEPT
        && loop.plan().to().equals(to)
        && again(loop).isAfter(now);
  }
}
