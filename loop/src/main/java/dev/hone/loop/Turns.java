package dev.hone.loop;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Whose turn it is: one plan a knob and a group, a cap over all, the most promising first. */
final class Turns {
  private Turns() {}

  /**
   * The loops that may start now.
   *
   * @param isUnderWay whether a loop holds its knob
   * @param isStarted whether a loop has been given to a thread already
   * @param busy locks that are held for other reasons
   * @param gate freezes, windows and budgets
   * @param worth which comes first
   */
  static List<LoopRecord> next(
      Collection<LoopRecord> all,
      Predicate<LoopRecord> isUnderWay,
      Predicate<String> isStarted,
      Set<String> busy,
      Gate gate,
      ToDoubleFunction<LoopRecord> worth) {
    Policy policy = gate.policy();
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
    waiting.sort(Comparator.comparingDouble(worth).reversed());
    var next = new ArrayList<LoopRecord>();
    for (LoopRecord loop : waiting) {
      boolean free = locks(loop).stream().noneMatch(taken::contains);
      boolean mayStart =
          active < policy.maxActive()
              && free
              && isAllowed(loop, policy)
              && gate.closed(loop).isEmpty()
              && gate.unrest(loop).isEmpty()
              && (next.isEmpty() || next.stream().noneMatch(n -> isKin(n, loop)));
      if (mayStart) {
        active++;
        taken.addAll(locks(loop));
        next.add(loop);
      }
    }
    return next;
  }

  /** What keeps a loop that may start from starting: another one on trial; empty when nothing. */
  static Optional<String> inTheWay(LoopRecord loop, Collection<LoopRecord> all, Policy policy) {
    List<LoopRecord> active = all.stream().filter(l -> l.state().isActive()).toList();
    for (LoopRecord other : active) {
      if (locks(other).stream().anyMatch(locks(loop)::contains)) {
        return Optional.of(
            "`"
                + other.recommendation().title()
                + "` is on trial, and changes of group `"
                + loop.plan().group()
                + "` are tried one at a time");
      }
    }
    return active.size() >= policy.maxActive()
        ? Optional.of("as many changes are on trial as `maxActive` allows: " + policy.maxActive())
        : Optional.empty();
  }

  /** What only one active plan may hold: the knob, and its group. */
  static Set<String> locks(LoopRecord loop) {
    return Set.of("knob " + loop.plan().knob().id(), "group " + loop.plan().group());
  }

  /** Who approved when no person did. */
  static String byPolicy(Mode mode) {
    return "policy " + mode;
  }

  /** Whether nobody but the policy approved. */
  static boolean isByPolicy(LoopRecord.@Nullable Approval approval) {
    if (approval == null) {
      return false;
    }
    for (Mode mode : Mode.values()) {
      if (approval.by().equals(byPolicy(mode))) {
        return true;
      }
    }
    return false;
  }

  /** Two of one technique never start in the same second: the ladder counts what is active. */
  private static boolean isKin(LoopRecord one, LoopRecord other) {
    return one.recommendation().technique().equals(other.recommendation().technique())
        && one.recommendation().layer().equals(other.recommendation().layer());
  }

  /** Whether the mode that a plan was approved under still holds. */
  static boolean isAllowed(LoopRecord loop, Policy policy) {
    Recommendation recommendation = loop.recommendation();
    Mode mode =
        policy.mode(
            recommendation.layer(), recommendation.technique(), recommendation.knob().target());
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
}
