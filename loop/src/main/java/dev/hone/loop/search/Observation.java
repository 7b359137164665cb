package dev.hone.loop.search;

import java.time.Instant;

/**
 * What one trial measured: a value against the one in force at that time. Only the difference is
 * known, never the level of either.
 *
 * @param value what was tried
 * @param reference what it was compared with
 * @param effect log of the metric at {@code value} minus log at {@code reference}, turned so that
 *     negative is better
 * @param error standard error of the effect in log units; +∞ when the trial ended before the effect
 *     could be measured
 * @param margin log of the worst guardrail signal at {@code value} over its limit: above 0 the
 *     guardrail is violated; NaN when none was read. The limit is one and the same in a history
 * @param at when it was judged
 */
public record Observation(
    double value, double reference, double effect, double error, double margin, Instant at) {
  /** Half the width of a 95 % interval in standard errors. */
  static final double Z95 = 1.959964;

  public Observation {
    if (!Double.isFinite(value) || !Double.isFinite(reference)) {
      throw new IllegalArgumentException(
          "an observation compares `" + value + "` with `" + reference + "`; give finite numbers");
    }
    if (!(error > 0)) {
      throw new IllegalArgumentException(
          "standard error `"
              + error
              + "` of the observation of `"
              + value
              + "` is not above 0; give +∞ when the effect is unknown");
    }
    if (Double.isFinite(error) && !Double.isFinite(effect)) {
      throw new IllegalArgumentException(
          "effect `"
              + effect
              + "` of the observation of `"
              + value
              + "` is not finite; give a standard error of +∞ when the effect is unknown");
    }
  }

  /**
   * The guardrail reading alone. It is what remains of an observation when the response has moved:
   * a search that has stopped is opened anew with the old observations in this form.
   */
  public Observation withoutEffect() {
    return new Observation(value, reference, Double.NaN, Double.POSITIVE_INFINITY, margin, at);
  }

  /** Whether it says something about the response. */
  boolean measured() {
    return Double.isFinite(error) && value != reference;
  }

  /** Whether a guardrail was violated. */
  boolean violated() {
    return margin > 0;
  }

  /**
   * Whether it says something about the response among the values that may be used. Where a
   * guardrail breaks, the metric often jumps; a smooth model of both sides would be wrong on both.
   */
  boolean informative() {
    return measured() && !violated();
  }

  /** Whether its 95 % interval excludes that {@code value} is better by {@code delta}. */
  boolean refutes(double delta) {
    return measured() && effect - Z95 * error > -delta;
  }
}
