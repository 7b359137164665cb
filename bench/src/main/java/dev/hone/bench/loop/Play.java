package dev.hone.bench.loop;

import dev.hone.loop.Verdict;

/**
 * What became of one experiment.
 *
 * @param decision the verdict
 * @param aborted whether the fast guard ended it
 * @param silent whether it was ended, or not begun, because there was no data
 * @param minutes from the start to the verdict
 * @param truth the true effect, in log units
 * @param estimate the effect that was reported, in log units; NaN when there is none
 * @param low lower end of its interval, in log units
 * @param high upper end
 * @param exposure harm done, in per cent times minutes
 * @param harmSeconds how long harm was in force
 * @param lengthened whether the first application was taken to settle so slowly that the blocks
 *     were made longer
 */
record Play(
    Verdict.Decision decision,
    boolean aborted,
    boolean silent,
    double minutes,
    double truth,
    double estimate,
    double low,
    double high,
    double exposure,
    int harmSeconds,
    boolean lengthened) {
  /** One that was not begun because there was no data to compare with. */
  static Play refused(double truth) {
    double none = Double.NaN;
    return new Play(
        Verdict.Decision.INCONCLUSIVE, false, true, 0, truth, none, none, none, 0, 0, false);
  }

  boolean kept() {
    return decision == Verdict.Decision.KEEP;
  }

  /** Whether the change was called harmful; to stop for want of data says nothing of the change. */
  boolean blamed() {
    return decision == Verdict.Decision.ROLL_BACK && !silent;
  }

  /** Whether the fast guard saw harm. */
  boolean stopped() {
    return aborted && !silent;
  }

  boolean hasInterval() {
    return !Double.isNaN(low) && !Double.isNaN(high);
  }

  boolean covers() {
    return low <= truth && truth <= high;
  }
}
