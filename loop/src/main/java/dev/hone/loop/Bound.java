package dev.hone.loop;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Whether a guarded signal was shown not to have become worse by more than its guardrail tolerates:
 * non-inferiority with the guardrail's limit as the margin. That nothing tripped does not show it;
 * what is seldom or noisy never trips.
 *
 * <p>The bound is the upper end of Hodges and Lehmann's interval of the shift between the windows
 * after and before (Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, section 4.3),
 * of logarithms where all values are positive. It does not mind single windows that are far out,
 * and what a signal does more often than that moves it. As windows remember each other and wander,
 * it is widened like the intervals of {@link DifferenceJudge}.
 *
 * <p>A signal that was on the move before has a wide interval however much better it became. So the
 * bound is also met by the plain sign that nine tenths of the windows after are no worse than the
 * best of all windows before: no level that was ever seen could make these harm. Simulated with
 * windows that remember each other by 0 to 0.97, it lets at most two more of a hundred pass that
 * are worse by the margin.
 *
 * @param guardrail what is guarded
 * @param windows how many windows after the change have data
 * @param worsening the estimate, relative, or in the signal's unit where it is not positive
 * @param most the same at the worse end of the interval; infinite with too few windows
 * @param tolerated what both may be at the most
 */
record Bound(Guardrail guardrail, int windows, double worsening, double most, double tolerated) {
  /**
   * Normal quantile of one look: with {@link Design.OneWay#LOOKS} looks something worse by just the
   * margin passes in a twentieth at the most.
   */
  private static final double Z = 2.128;

  /** The share of the windows after that must be no worse than the best before. */
  private static final double NEARLY_ALL = 0.9;

  /** The bound from windows without and with the change; only those with data. */
  static Bound of(Guardrail guardrail, List<Double> before, List<Double> after) {
    double[] left = values(before);
    double[] right = values(after);
    boolean lower = guardrail.signal().better() == SignalRef.Better.LOWER;
    boolean ratio = positive(left) && positive(right);
    double level = median(left);
    if (ratio) {
      left = Arrays.stream(left).map(Math::log).toArray();
      right = Arrays.stream(right).map(Math::log).toArray();
    }
    double[] shifts = shifts(left, right, lower);
    double middle = shifts.length == 0 ? Double.NaN : shifts[shifts.length / 2];
    double most = Math.min(most(shifts, left, right), sinceTheBest(left, right, lower));
    double relative = Math.max(guardrail.limit(), guardrail.floor() / Math.abs(level));
    if (!ratio) {
      double tolerated = Math.max(guardrail.floor(), guardrail.limit() * Math.abs(level));
      return new Bound(guardrail, right.length, middle, most, tolerated);
    }
    return new Bound(
        guardrail, right.length, relative(middle, lower), relative(most, lower), relative);
  }

  private static double[] values(List<Double> windows) {
    return windows.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static boolean positive(double[] values) {
    return Arrays.stream(values).allMatch(v -> v > 0);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  /** By how much each window after is worse than each before, in order. */
  private static double[] shifts(double[] before, double[] after, boolean lower) {
    var shifts = new double[before.length * after.length];
    for (int i = 0; i < before.length; i++) {
      for (int k = 0; k < after.length; k++) {
        double rise = after[k] - before[i];
        shifts[i * after.length + k] = lower ? rise : -rise;
      }
    }
    Arrays.sort(shifts);
    return shifts;
  }

  private static double most(double[] shifts, double[] before, double[] after) {
    if (Math.min(before.length, after.length) < DifferenceJudge.LEAST_WINDOWS) {
      return Double.POSITIVE_INFINITY;
    }
    double middle = shifts[shifts.length / 2];
    double deviation = Math.sqrt(shifts.length * (before.length + after.length + 1.0) / 12);
    int rank = (int) Math.ceil(shifts.length / 2.0 + Z * deviation);
    return rank >= shifts.length
        ? Double.POSITIVE_INFINITY
        : middle + DifferenceJudge.widening(before, after) * (shifts[rank] - middle);
  }

  /**
   * By how much nearly all windows after are worse than the best before, where they are not at all;
   * else infinite.
   */
  private static double sinceTheBest(double[] before, double[] after, boolean lower) {
    if (Math.min(before.length, after.length) < DifferenceJudge.LEAST_WINDOWS) {
      return Double.POSITIVE_INFINITY;
    }
    double best = worse(before, lower)[0];
    double nearlyWorst = worse(after, lower)[(int) Math.ceil(NEARLY_ALL * after.length) - 1];
    double shift = nearlyWorst - best;
    return shift <= 0 ? shift : Double.POSITIVE_INFINITY;
  }

  /** Values with the sign that makes more worse, the best first. */
  private static double[] worse(double[] values, boolean lower) {
    return Arrays.stream(values).map(v -> lower ? v : -v).sorted().toArray();
  }

  /** A shift of logarithms to the worse, as a share of the level before. */
  private static double relative(double shift, boolean lower) {
    return lower ? Math.expm1(shift) : -Math.expm1(-shift);
  }

  /** Whether it is shown. */
  boolean holds() {
    return most <= tolerated;
  }

  /** What is not shown, for people. */
  String open() {
    SignalRef signal = guardrail.signal();
    if (Double.isInfinite(most)) {
      return String.format(
          Locale.ROOT,
          "%s has data in %d windows after the change, too few to show that it stays within %.0f %%",
          signal.name(),
          windows,
          100 * guardrail.limit());
    }
    return String.format(
        Locale.ROOT,
        "%s was not shown to stay within %.0f %%: %+.0f %% to the worse, at the most %+.0f %%, over"
            + " %d windows",
        signal.name(),
        100 * guardrail.limit(),
        100 * worsening,
        100 * most,
        windows);
  }
}
