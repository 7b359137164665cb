package dev.hone.loop;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Where a loop stands. The table of transitions is complete: anything else is an error. */
public enum LoopState {
  /** Recommended; waits for a decision. */
  PROPOSED,
  /** A person or the policy agreed to the plan. */
  APPROVED,
  /** A person said no. */
  REJECTED,
  /** Nobody decided in time, or the evidence is too old. */
  EXPIRED,
  /** Waits for its turn: another plan of the group is active, or the cap is reached. */
  SCHEDULED,
  /** The knob is leased, the schedule drawn, the undo with the guard. */
  ARMED,
  /** The first write is under way. */
  APPLYING,
  /** On and off, or before and after, is being measured. */
  EXPERIMENTING,
  /** Proven better; being made permanent. */
  KEEPING,
  /** Better, and in force. */
  KEPT,
  /** A kept change that was taken back later. */
  REVOKED,
  /** Somebody else changed the knob, or data is missing: leads only to rolling back. */
  SUSPENDED,
  /** The old value is being restored. */
  ROLLING_BACK,
  /** The old value is in force. */
  ROLLED_BACK,
  /** The undo failed: the group of knobs is frozen until a person has looked. */
  STUCK;

  private static final Map<LoopState, Set<LoopState>> NEXT = new EnumMap<>(LoopState.class);

  static {
    NEXT.put(PROPOSED, EnumSet.of(APPROVED, REJECTED, EXPIRED));
    NEXT.put(APPROVED, EnumSet.of(SCHEDULED, REJECTED, EXPIRED));
    NEXT.put(SCHEDULED, EnumSet.of(ARMED, REJECTED, EXPIRED));
    NEXT.put(ARMED, EnumSet.of(APPLYING, SUSPENDED, ROLLING_BACK));
    NEXT.put(APPLYING, EnumSet.of(EXPERIMENTING, SUSPENDED, ROLLING_BACK));
    NEXT.put(EXPERIMENTING, EnumSet.of(KEEPING, SUSPENDED, ROLLING_BACK));
    NEXT.put(KEEPING, EnumSet.of(KEPT, SUSPENDED, ROLLING_BACK));
    NEXT.put(KEPT, EnumSet.of(REVOKED, STUCK));
    NEXT.put(SUSPENDED, EnumSet.of(ROLLING_BACK));
    NEXT.put(ROLLING_BACK, EnumSet.of(ROLLED_BACK, STUCK));
    NEXT.put(STUCK, EnumSet.of(ROLLING_BACK));
    for (LoopState end : EnumSet.of(REJECTED, EXPIRED, REVOKED, ROLLED_BACK)) {
      NEXT.put(end, EnumSet.noneOf(LoopState.class));
    }
  }

  /** The states that may follow. */
  public Set<LoopState> next() {
    return java.util.Collections.unmodifiableSet(NEXT.getOrDefault(this, Set.of()));
  }

  /** Whether nothing follows unless a person asks: a revocation, or another try at the undo. */
  public boolean isFinal() {
    return this == KEPT || this == STUCK || next().isEmpty();
  }

  /** Whether the system may carry a value that is on trial. */
  public boolean isActive() {
    return switch (this) {
      case ARMED, APPLYING, EXPERIMENTING, KEEPING, SUSPENDED, ROLLING_BACK -> true;
      case PROPOSED, APPROVED, REJECTED, EXPIRED, SCHEDULED, KEPT, REVOKED, ROLLED_BACK, STUCK ->
          false;
    };
  }

  /**
   * Checks a transition.
   *
   * @throws IllegalStateException when the table does not hold it
   */
  public void requireNext(LoopState to, String loop) {
    if (!next().contains(to)) {
      throw new IllegalStateException(
          "loop " + loop + " is " + this + " and cannot become " + to + "; possible: " + next());
    }
  }
}
