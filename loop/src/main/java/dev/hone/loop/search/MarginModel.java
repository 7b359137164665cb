package dev.hone.loop.search;

import dev.hone.loop.search.GaussianProcess.Functional;
import dev.hone.loop.search.GaussianProcess.Reading;
import java.util.ArrayList;
import java.util.List;

/**
 * The guardrail margin over the scaled axis: a straight line of unknown slope, so that a rise is
 * carried on beyond what was tried, plus a Matérn deviation from it. Guardrail signals are taken to
 * be read with the error of the effect, or {@value #LEAST_ERROR} if that is more.
 *
 * <p>Source: Gardner et al., "Bayesian optimization with inequality constraints" (2014), section
 * 3.1.
 */
final class MarginModel {
  /** A value may be tried when it is feasible with at least this chance. */
  static final double LEAST_FEASIBILITY = 0.9;

  /** What is supposed where nothing was read: a guardrail signal at 3/4 of its limit. */
  private static final double PRIOR_MEAN = -0.3;

  /**
   * The value in force is taken to keep its guardrails: where nothing was read at it and the model
   * doubts it, it counts as a reading of the prior mean with this error.
   */
  private static final double ANCHOR_ERROR = 0.15;

  private static final double PRIOR_LEVEL = 0.3;
  private static final double PRIOR_SLOPE = 2;
  private static final double LEAST_ERROR = 0.05;

  /** Margins beyond, a factor of twenty, are taken for this. */
  private static final double MOST_MARGIN = 3;

  private static final double[] DEVIATIONS = {0.03, 0.1, 0.3, 1};
  private static final double[] LENGTHS = {0.3, 0.1};

  private final NumericRange range;
  private final boolean blind;
  private final GaussianProcess process;

  MarginModel(NumericRange range, double incumbent, List<Observation> history) {
    this.range = range;
    double origin = range.position(incumbent);
    List<Reading> readings =
        Evidence.of(history, o -> !Double.isNaN(o.margin())).stream()
            .map(i -> reading(i.observation(), i.variance()))
            .toList();
    blind = readings.isEmpty();
    Functional here = Functional.level(origin);
    GaussianProcess fitted = fit(origin, readings);
    boolean unread = readings.stream().noneMatch(r -> r.of().equals(here));
    if (!blind && unread && chanceAbove(fitted.posterior(here)) > 1 - LEAST_FEASIBILITY) {
      List<Reading> anchored = new ArrayList<>(readings);
      anchored.add(new Reading(here, 0, ANCHOR_ERROR * ANCHOR_ERROR));
      fitted = fit(origin, anchored);
    }
    process = fitted;
  }

  /** Chance that a guardrail is violated at a value. */
  double chanceOfHarm(double value) {
    return chanceAbove(process.posterior(Functional.level(range.position(value))));
  }

  /** Whether a value may be tried. Nothing is known to forbid one before the first reading. */
  boolean feasible(double value) {
    return blind || chanceOfHarm(value) <= 1 - LEAST_FEASIBILITY;
  }

  private Reading reading(Observation o, double variance) {
    double margin = Math.clamp(o.margin(), -MOST_MARGIN, MOST_MARGIN);
    double least = LEAST_ERROR * LEAST_ERROR;
    return new Reading(
        Functional.level(range.position(o.value())),
        margin - PRIOR_MEAN,
        Math.max(variance, least));
  }

  private static double chanceAbove(Normal margin) {
    return 1 - margin.below(-PRIOR_MEAN);
  }

  /** The most probable of a small grid of deviations from the line. */
  private static GaussianProcess fit(double origin, List<Reading> readings) {
    var line = new Kernel.Line(PRIOR_LEVEL, PRIOR_SLOPE, origin);
    GaussianProcess best = process(line, DEVIATIONS[0], LENGTHS[0], readings);
    for (double deviation : DEVIATIONS) {
      for (double length : LENGTHS) {
        GaussianProcess other = process(line, deviation, length, readings);
        if (other.logLikelihood() > best.logLikelihood()) {
          best = other;
        }
      }
    }
    return best;
  }

  private static GaussianProcess process(
      Kernel line, double deviation, double length, List<Reading> readings) {
    return new GaussianProcess(
        new Kernel.Sum(line, new Kernel.Matern52(deviation, length)), readings);
  }
}
