package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/**
 * What is already taken care of, so that it is not proposed again.
 *
 * @param loops all loops
 * @param policy how long a knob is left alone after a loop that was not kept
 * @param now the present
 */
record Backlog(Collection<LoopRecord> loops, Policy policy, Instant now) {
  /** How far back a diagnosis may look: into the experiment of a change that was just kept. */
  private static final Duration AFTERMATH = Duration.ofMinutes(1);

  /** Whether a loop for this finding is under way, or ended a short while ago. */
  boolean dealsWith(Finding finding) {
    return loops.stream()
        .filter(l -> l.finding().key().equals(finding.key()))
        .anyMatch(l -> isOpen(l) || l.updatedAt().plus(pause(l)).isAfter(now));
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

  private Duration pause(LoopRecord ended) {
    return ended.state() == LoopState.KEPT ? AFTERMATH : policy.coolDown();
  }

  /** Whoever changed a knob under Hone's hands keeps it for a while: Hone never fights. */
  private boolean isSomebodyElses(LoopRecord loop) {
    return loop.ownerConflict() && loop.updatedAt().plus(policy.limits().ownerPause()).isAfter(now);
  }

  private boolean failedLately(LoopRecord loop, String to) {
    return loop.state() != LoopState.KEPT
        && loop.plan().to().equals(to)
        && loop.updatedAt().plus(policy.coolDown()).isAfter(now);
  }
}
