package dev.hone.loop;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Whose turn it is: one plan a knob and a group, a cap over all, the most promising first. */
final class Turns {
  private Turns() {}

  /**
   * The loops that may start now.
   *
   * @param isUnderWay whether a loop holds its knob
   * @param isStarted whether a loop has been given to a thread already
   * @param busy locks that are held for other reasons
   */
  static List<LoopRecord> next(
      Collection<LoopRecord> all,
      Predicate<LoopRecord> isUnderWay,
      Predicate<String> isStarted,
      Set<String> busy,
      Policy policy) {
    var taken = new HashSet<>(busy);
    int active = 0;
    var waiting = new ArrayList<LoopRecord>();
    for (LoopRecord loop : all) {
      if (isUnderWay.test(loop)) {
        active++;
        taken.addAll(locks(loop));
      } else if (loop.state() == LoopState.STUCK || loop.isHalfRevoked()) {
        taken.addAll(locks(loop));
      } else if (loop.state() == LoopState.SCHEDULED && !isStarted.test(loop.id())) {
        waiting.add(loop);
      }
    }
    waiting.sort(Comparator.comparingDouble(Turns::worth).reversed());
    var next = new ArrayList<LoopRecord>();
    for (LoopRecord loop : waiting) {
      boolean free = locks(loop).stream().noneMatch(taken::contains);
      if (active < policy.maxActive() && free && isAllowed(loop, policy)) {
        active++;
        taken.addAll(locks(loop));
        next.add(loop);
      }
    }
    return next;
  }

  /** What only one active plan may hold: the knob, and its group. */
  static Set<String> locks(LoopRecord loop) {
    return Set.of("knob " + loop.plan().knob().id(), "group " + loop.plan().group());
  }

  /** Who approved when no person did. */
  static String byPolicy(Mode mode) {
    return "policy " + mode;
  }

  /** Whether the mode that a plan was approved under still holds. */
  private static boolean isAllowed(LoopRecord loop, Policy policy) {
    Mode mode = policy.mode(loop.recommendation().layer());
    LoopRecord.Approval approval = loop.approval();
    if (approval == null || mode.compareTo(Mode.APPROVE) < 0) {
      return false;
    }
    for (Mode approving : Mode.values()) {
      if (approval.by().equals(byPolicy(approving))) {
        return mode.compareTo(approving) >= 0;
      }
    }
    return true;
  }

  /** Expected benefit in log units, less a little for risk. */
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
}
