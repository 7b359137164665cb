package dev.hone.loop;

import java.util.List;

/**
 * Judges a one-way change by difference in differences: the log of the treated signal minus the log
 * of the controls, mean after minus mean before. The interval is Student's t over windows, widened
 * by placebo dates: the same comparison is made at every date inside the windows before, where
 * nothing happened, and when one of these differs by more than a t-value of {@value
 * #PLACEBO_TOLERATED}, all intervals grow in that proportion: white noise of twenty windows does so
 * by a quarter at the median, noise that wanders by much more. It is judged again with more windows
 * only when the proof signal has moved and the interval is too wide, see {@link Judged#open}: where
 * nothing was changed the proof does not move, so that looking again does not inflate the error.
 *
 * <p>Limits: a cause from outside that hits the treated signal alone, at the moment of the change,
 * is mistaken for an effect. So a low-noise proof signal must move as well, and the grade is D.
 */
final class DifferenceJudge {
  /** Fewer windows on either side say nothing. */
  static final int LEAST_WINDOWS = 4;

  private static final double PROOF_FACTOR = 0.9;
  private static final double PLACEBO_TOLERATED = 1.5;
  private static final int PLACEBO_LEAST_WINDOWS = 2;
  private static final double MOST_MEMORY = 0.8;

  /** Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom. */
  private static final double[] T95 = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042
  };

  private DifferenceJudge() {}

  /**
   * What the windows show.
   *
   * @param open whether more windows might show a gain that these do not
   */
  record Judged(Verdict verdict, boolean open) {}

  /**
   * The verdict over all windows; windows without data count as missing.
   *
   * @param sign +1 when lower is better, −1 when higher is
   * @param proofSign the same for the proof signal; 0 when there is none
   * @param leastGain smallest worthwhile relative gain; negative for the largest tolerable loss
   */
  static Judged judge(List<Window> windows, int sign, int proofSign, double leastGain) {
    double[] before = logs(windows, false);
    double[] after = logs(windows, true);
    double completeness = (before.length + after.length) / (double) windows.size();
    if (before.length < LEAST_WINDOWS || after.length < LEAST_WINDOWS) {
      return new Judged(
          verdict(
              Verdict.Decision.INCONCLUSIVE,
              Double.NaN,
              Double.NaN,
              Double.NaN,
              after.length,
              completeness,
              "data in "
                  + before.length
                  + " windows before and "
                  + after.length
                  + " after; at least "
                  + LEAST_WINDOWS
                  + " of each are needed"),
          false);
    }
    double effect = mean(after) - mean(before);
    double half = halfWidth(before, after);
    double low = effect - half;
    double high = effect + half;
    double proof = meanLogProof(windows, true) - meanLogProof(windows, false);
    boolean proven = proofSign == 0 || proofSign * proof <= Math.log(PROOF_FACTOR);
    double worst = sign > 0 ? high : -low;
    double best = sign > 0 ? low : -high;
    String proofText =
        Double.isNaN(proof)
            ? "the proof signal has no data"
            : String.format("the proof signal changed by %+.1f %%", 100 * Math.expm1(proof));
    String also = proofSign == 0 ? "" : "; " + proofText;
    String wanted =
        leastGain < 0
            ? String.format("more than %.0f %% to the worse", -100 * leastGain)
            : "no gain";
    Verdict.Decision decision;
    String reason;
    boolean open = false;
    if (worst < Math.log1p(-leastGain) && proven && completeness < Verdict.LEAST_COMPLETENESS) {
      decision = Verdict.Decision.INCONCLUSIVE;
      reason =
          String.format(
              "only %.0f %% of the data was there; %.0f %% is needed",
              100 * completeness, 100 * Verdict.LEAST_COMPLETENESS);
    } else if (worst < Math.log1p(-leastGain) && proven) {
      decision = Verdict.Decision.KEEP;
      reason = "the interval excludes " + wanted + also;
    } else if (best > Math.max(0, -leastGain)) {
      decision = Verdict.Decision.ROLL_BACK;
      reason = "the interval lies on the side of harm" + also;
    } else if (!proven) {
      decision = Verdict.Decision.INCONCLUSIVE;
      reason = proofText + ", which does not confirm an effect";
    } else {
      decision = Verdict.Decision.INCONCLUSIVE;
      reason = "the interval includes " + wanted;
      open = true;
    }
    return new Judged(
        verdict(
            decision,
            Math.expm1(effect),
            Math.expm1(low),
            Math.expm1(high),
            after.length,
            completeness,
            reason),
        open);
  }

  private static Verdict verdict(
      Verdict.Decision decision,
      double effect,
      double low,
      double high,
      int windows,
      double completeness,
      String reason) {
    return new Verdict(
        decision,
        Design.Grade.D,
        effect,
        low,
        high,
        windows,
        Double.NaN,
        Double.NaN,
        completeness,
        List.of(reason));
  }

  private static double halfWidth(double[] before, double[] after) {
    double memory = memory(before, after);
    double independent = (before.length + after.length) * (1 - memory) / (1 + memory);
    int freedom = Math.clamp(Math.round(independent) - 2, 2, T95.length);
    return T95[freedom - 1] * standardError(before, after) * widening(before, after);
  }

  /**
   * By how many times an interval is wider than that of windows which know nothing of each other.
   */
  static double widening(double[] before, double[] after) {
    double widening = 1;
    for (int k = PLACEBO_LEAST_WINDOWS; k <= before.length - PLACEBO_LEAST_WINDOWS; k++) {
      double[] left = java.util.Arrays.copyOfRange(before, 0, k);
      double[] right = java.util.Arrays.copyOfRange(before, k, before.length);
      double error = standardError(left, right);
      if (error > 0) {
        double t = Math.abs(mean(right) - mean(left)) / error;
        widening = Math.max(widening, t / PLACEBO_TOLERATED);
      }
    }
    double memory = memory(before, after);
    return Math.max(widening, Math.sqrt((1 + memory) / (1 - memory)));
  }

  /**
   * Lag-1 autocorrelation of what is left of both sides, from 0 to {@value #MOST_MEMORY}, corrected
   * for its bias in short series (Marriott and Pope, 1954). Windows that remember each other are
   * worth fewer: n (1 − ρ)/(1 + ρ).
   */
  private static double memory(double[] before, double[] after) {
    double products = products(before) + products(after);
    double squares = squares(before) + squares(after);
    int count = before.length + after.length;
    double raw = squares == 0 ? 0 : products / squares;
    return Math.clamp((count * raw + 2) / (count - 6), 0, MOST_MEMORY);
  }

  private static double products(double[] values) {
    double mean = mean(values);
    double sum = 0;
    for (int i = 1; i < values.length; i++) {
      sum += (values[i] - mean) * (values[i - 1] - mean);
    }
    return sum;
  }

  private static double standardError(double[] left, double[] right) {
    double squares = squares(left) + squares(right);
    double variance = squares / Math.max(1, left.length + right.length - 2);
    return Math.sqrt(variance * (1.0 / left.length + 1.0 / right.length));
  }

  private static double squares(double[] values) {
    double mean = mean(values);
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return sum;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double[] logs(List<Window> windows, boolean after) {
    return windows.stream()
        .filter(w -> w.after() == after)
        .mapToDouble(w -> Math.log(w.treated()) - Math.log(w.control()))
        .filter(Double::isFinite)
        .toArray();
  }

  /** NaN without data, which proves nothing. */
  private static double meanLogProof(List<Window> windows, boolean after) {
    return windows.stream()
        .filter(w -> w.after() == after && !Double.isNaN(w.proof()))
        .mapToDouble(w -> Math.log(w.proof() + 1))
        .average()
        .orElse(Double.NaN);
  }
}
