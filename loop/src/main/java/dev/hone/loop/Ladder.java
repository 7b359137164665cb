package dev.hone.loop;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;

/**
 * How many targets a technique may change at a time: one, a tenth, half, all. A kept change goes a
 * rung up; a harm or a failed undo halves the rung.
 *
 * @param rung from 0
 * @param population how many targets there are
 */
record Ladder(int rung, int population) {
  private static final double[] SHARES = {0, 0.1, 0.5, 1};

  /** The ladder of one technique's loops. */
  static Ladder of(Collection<LoopRecord> loops) {
    var targets = new HashSet<String>();
    int rung = 0;
    for (LoopRecord loop :
        loops.stream().sorted(Comparator.comparing(LoopRecord::updatedAt)).toList()) {
      if (!loop.state().isFinal() || loop.state() == LoopState.KEPT) {
        targets.add(loop.plan().knob().id());
      }
      Verdict verdict = loop.verdict();
      boolean harmed = verdict != null && LoopSummary.of(loop).harmed();
      if (loop.state() == LoopState.KEPT) {
        rung = Math.min(rung + 1, SHARES.length - 1);
      } else if (loop.state() == LoopState.STUCK || harmed) {
        rung /= 2;
      }
    }
    return new Ladder(rung, targets.size());
  }

  /** How many may be on trial at a time. */
  int allowed() {
    return Math.max(1, (int) Math.ceil(SHARES[rung] * population));
  }
}
