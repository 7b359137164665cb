package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can happen to a loop; the journal is a sequence of these. */
public sealed interface LoopEvent {
  /** A change was recommended for a finding. */
  record Proposed(
      Finding finding, Recommendation recommendation, Plan plan, @Nullable Forecast forecast)
      implements LoopEvent {}

  /** Somebody with the right agreed to the plan of this hash. */
  record Approved(String planHash, String by) implements LoopEvent {}

  /** The first of two people agreed to the plan of this hash. */
  record Endorsed(String planHash, String by) implements LoopEvent {}

  /** Somebody said no. */
  record Rejected(String by, String why) implements LoopEvent {}

  /** Nobody decided in time, or it no longer applies. */
  record Expired(String why) implements LoopEvent {}

  /** It waits for its turn. */
  record Scheduled() implements LoopEvent {}

  /** The schedule was drawn ({@code true}: on first) and the guard holds the undo. */
  record Armed(String planHash, List<Boolean> onFirst, Instant deadline) implements LoopEvent {
    public Armed {
      onFirst = List.copyOf(onFirst);
    }
  }

  /** The first write begins. */
  record Applying() implements LoopEvent {}

  /** A write is about to happen; holds all that is needed to undo it. */
  record Intent(KnobRef knob, String expected, String value, String prior) implements LoopEvent {}

  /** The write happened and this was read back. */
  record Applied(String readBack) implements LoopEvent {}

  /** Measuring began. */
  record Experimenting() implements LoopEvent {}

  /** The first application showed how long the effect takes; the blocks last as long as this. */
  record SettlingMeasured(Duration settling, Duration block, Duration burnIn)
      implements LoopEvent {}

  /** A pair of blocks was measured. */
  record PairMeasured(Pair pair) implements LoopEvent {}

  /** A window was measured. */
  record WindowMeasured(Window window) implements LoopEvent {}

  /** The experiment ended with a verdict. */
  record Judged(Verdict verdict) implements LoopEvent {}

  /** The change is being made permanent. */
  record Keeping() implements LoopEvent {}

  /**
   * The change is in force; {@code value} was read back. {@code by} is a person for "keep anyway".
   */
  record Kept(String value, String by) implements LoopEvent {}

  /** A kept change was measured again by another loop; {@code verdict} is of the change itself. */
  record Remeasured(String byLoop, Verdict verdict) implements LoopEvent {}

  /** Owner conflict (somebody else changed the knob) or missing data. */
  record Suspended(String why, boolean ownerConflict) implements LoopEvent {}

  /** The undo begins. */
  record RollingBack(String by, String why) implements LoopEvent {}

  /** The old value is in force; {@code value} was read back, or says why there is nothing left. */
  record RolledBack(String value, String by) implements LoopEvent {}

  /** A kept change was taken back. */
  record Revoked(String value, String by, String why) implements LoopEvent {}

  /** The undo failed. */
  record Stuck(String why, String command) implements LoopEvent {}

  /** What belongs to no loop. */
  sealed interface General extends LoopEvent {}

  /** The kill switch was pressed or released. */
  record Switched(boolean stopped, String by, String why) implements General {}

  /** The owner changed what is allowed. */
  record PolicyChanged(Policy policy, String by, String why) implements General {}

  /** Nothing starts until a time. */
  record Froze(Registry.Cause cause, String by, String why, Instant until) implements General {}

  /** A freeze ended early. */
  record Thawed(String by, String why) implements General {}

  /** The error budget began to burn too fast. */
  record BudgetBurning(String why) implements General {}

  /** The error budget ceased to burn too fast. */
  record BudgetRecovered(String why) implements General {}

  /**
   * The offered load moved to another level.
   *
   * @param unusual whether the day before did not know that level at this time
   */
  record LoadShifted(String signal, String unit, double before, double after, boolean unusual)
      implements General {}

  /** An experiment in which nothing was changed ended, see {@link Registry.NullTally}. */
  record NullMeasured(
      String signal,
      String design,
      Verdict.Decision decision,
      double effect,
      double low,
      double high,
      Instant from,
      Instant to)
      implements General {}
}
