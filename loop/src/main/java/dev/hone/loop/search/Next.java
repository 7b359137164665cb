package dev.hone.loop.search;

/** What to do next with a knob. */
public sealed interface Next {
  /**
   * A value is worth a trial.
   *
   * @param value what to try; in the range, within the step limit, not the value in force
   * @param why one sentence for people
   * @param expectedGain mean of the relative gain, counting a loss as nothing because it is undone:
   *     0.03 is 3 %
   * @param expectedLow more optimistic end of the 95 % interval of the effect against the value in
   *     force, as a relative change: −0.4 is 40 % lower
   * @param expectedHigh less optimistic end
   * @param chanceOfHarm chance that a guardrail is violated at this value; the model's prior before
   *     the first reading of a guardrail
   */
  record Try(
      double value,
      String why,
      double expectedGain,
      double expectedLow,
      double expectedHigh,
      double chanceOfHarm)
      implements Next {}

  /**
   * No value is worth a trial.
   *
   * @param reason which kind of end it is
   * @param why one sentence for people
   */
  record Stop(Reason reason, String why) implements Next {}

  /** Kinds of end. */
  enum Reason {
    /** The best value left promises less than the least worthwhile gain. */
    GAIN_TOO_SMALL,
    /** Every value that one step reaches was refuted or is forbidden. */
    EXHAUSTED,
    /** Values are left, but none is safe enough. */
    UNSAFE,
    /** All trials of the budget were made. */
    BUDGET
  }
}
