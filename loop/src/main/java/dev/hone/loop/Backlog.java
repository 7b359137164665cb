package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

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

  /** Whether a loop for this finding is under way, or ended a short while ago. */
  boolean dealsWith(Finding finding) {
    return loops.stream()
        .filter(l -> l.finding().key().equals(finding.key()))
        .anyMatch(l -> isOpen(l) || isLeftAlone(l));
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

  /** Whether a loop ended so lately that its finding is left alone. */
  private boolean isLeftAlone(LoopRecord ended) {
    return ended.state() == LoopState.KEPT
        ? ended.updatedAt().plus(AFTERMATH).isAfter(now)
        : isCoolingDown(ended);
  }

  /**
   * A shift of the load ends the cool-down of what was tried, not that of what a person refused.
   */
  private boolean isCoolingDown(LoopRecord ended) {
    boolean holds = ended.state() == LoopState.REJECTED || ended.updatedAt().isAfter(shifted);
    return holds && ended.updatedAt().plus(policy.coolDown()).isAfter(now);
  }

  /** Whoever changed a knob under Hone's hands keeps it for a while: Hone never fights. */
  private boolean isSomebodyElses(LoopRecord loop) {
    return loop.ownerConflict() && loop.updatedAt().plus(policy.limits().ownerPause()).isAfter(now);
  }

  private boolean failedLately(LoopRecord loop, String to) {
    return loop.state() != LoopState.KEPT && loop.plan().to().equals(to) && isCoolingDown(loop);
  }
}
