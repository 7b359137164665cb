package dev.hone.loop;

import java.util.List;
import java.util.Locale;

/**
 * What an experiment showed.
 *
 * @param decision what to do
 * @param grade how strong the design is
 * @param effect relative change of the primary signal: −0.4 is 40 % lower; NaN when unknown
 * @param low lower end of the 95 % interval of the effect; NaN when there is none
 * @param high upper end; NaN when there is none
 * @param pairs pairs of blocks (or windows after) that it rests on
 * @param wealthBetter evidence for "better": the bet's wealth, or 1/p of the placebo test
 * @param wealthWorse evidence for "worse"
 * @param completeness the share of the data that was there
 * @param reasons why, one sentence each
 */
public record Verdict(
    Decision decision,
    Design.Grade grade,
    double effect,
    double low,
    double high,
    int pairs,
    double wealthBetter,
    double wealthWorse,
    double completeness,
    List<String> reasons) {
  /** The share of the data that must be there for a change to be kept. */
  public static final double LEAST_COMPLETENESS = 0.95;

  public Verdict {
    reasons = List.copyOf(reasons);
  }

  /** Effect and interval for people; an end that nothing refutes yet is said to be open. */
  public String effectText() {
    if (Double.isNaN(effect)) {
      return "no effect measured";
    }
    return percent(effect) + " [" + end(low, low > -1) + ", " + end(high, true) + "]";
  }

  /** With decimals where it comes near to -100 %, of which a tenth may be left or a thousandth. */
  private static String percent(double value) {
    int decimals = value > -1 && value < -0.95 ? value < -0.9995 ? 3 : 1 : 0;
    return String.format(Locale.ROOT, "%+." + decimals + "f %%", 100 * value);
  }

  private static String end(double value, boolean refutable) {
    return refutable && Double.isFinite(value) ? percent(value) : "open";
  }

  /** What to do. */
  public enum Decision {
    KEEP,
    ROLL_BACK,
    /** Not enough evidence either way; rolled back. */
    INCONCLUSIVE
  }
}
