package dev.hone.loop.search;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Decides which value of a numeric knob to try next, or that no more trial is worth its cost. Safe
 * coordinate steps come first; from {@value #MODEL_FROM} measured effects on, the candidate of
 * greatest expected gain under a Gaussian process, inside one step of the incumbent, among those
 * that keep the guardrails with a chance of at least 0.9 under another one.
 *
 * <p>The expected gain counts what the experiment will be able to prove: a value pays only when it
 * is kept, and it is kept when its 95 % interval excludes no gain. So small gains under large noise
 * are not chased. What may be lost while a value is tried is subtracted, which sets back candidates
 * of large posterior variance.
 *
 * <p>Source: Jones, Schonlau and Welch, "Efficient global optimization" (1998); Gardner et al.,
 * "Bayesian optimization with inequality constraints" (2014); Eriksson et al., "Scalable global
 * optimization via local Bayesian optimization" (2019), for the trust region.
 *
 * @param hint where better values are thought to lie
 * @param budget most observations in the history, at least 1
 */
public record Search(Direction hint, int budget) {
  private static final int MODEL_FROM = 4;

  /** What is lost lasts for half of a trial's time, what is kept for long after it. */
  private static final double LOSS_SHARE = 0.1;

  /** Nothing can be more than all less. */
  private static final double MOST_LESS = Math.nextUp(-1.0);

  public Search {
    if (budget < 1) {
      throw new IllegalArgumentException(
          "budget `" + budget + "` of the search allows no trial; give at least 1");
    }
  }

  private record Scored(double value, Normal effect, double score) {}

  /**
   * The next value to try, or why to stop. Depends on nothing but its parameters.
   *
   * @param incumbent the value in force
   * @param history all trials of this knob so far, in any order; effects may be relative to
   *     different values
   * @param leastGain smallest worthwhile relative gain, 0.02 for 2 %; at least 0 and below 1
   * @param random breaks ties
   * @throws IllegalArgumentException when the incumbent is not in the range or the least gain is
   *     not a share
   */
  public Next next(
      NumericRange range,
      double incumbent,
      List<Observation> history,
      double leastGain,
      RandomGenerator random) {
    range.require(incumbent, "value in force");
    if (!(leastGain >= 0 && leastGain < 1)) {
      throw new IllegalArgumentException(
          "least worthwhile gain `" + leastGain + "` is not a share; give 0.02 for 2 %");
    }
    if (history.size() >= budget) {
      return new Next.Stop(
          Next.Reason.BUDGET, "all " + budget + " trials of the budget have been made");
    }
    double delta = -Math.log1p(-leastGain);
    List<Observation> near =
        history.stream().filter(o -> range.near(o.value()) && range.near(o.reference())).toList();
    List<Double> permitted = Candidates.of(range, incumbent, history, delta);
    if (permitted.isEmpty()) {
      return new Next.Stop(
          Next.Reason.EXHAUSTED,
          "every value that one step from "
              + NumericRange.plain(incumbent)
              + " reaches was refuted or lies at or beyond a violated guardrail");
    }
    var margins = new MarginModel(range, incumbent, near);
    List<Double> feasible = permitted.stream().filter(margins::feasible).toList();
    if (feasible.isEmpty()) {
      return new Next.Stop(
          Next.Reason.UNSAFE,
          "no value that one step from "
              + NumericRange.plain(incumbent)
              + " reaches keeps the guardrails with a chance of 90 %");
    }
    var effects = new EffectModel(range, incumbent, near);
    if (near.stream().filter(Observation::informative).count() < MODEL_FROM) {
      Optional<Observation> last =
          near.stream()
              .filter(o -> o.value() != o.reference())
              .max(Comparator.comparing(Observation::at));
      CoordinateSteps.Step step =
          new CoordinateSteps(range, incumbent, feasible).next(last, hint, random);
      return attempt(step.value(), effects.effect(step.value()), step.why(), margins);
    }
    return modelled(feasible, effects, margins, near, delta, random);
  }

  private static Next modelled(
      List<Double> feasible,
      EffectModel effects,
      MarginModel margins,
      List<Observation> history,
      double delta,
      RandomGenerator random) {
    double error = typicalError(history);
    List<Scored> scored = feasible.stream().map(v -> scored(v, effects.effect(v), error)).toList();
    double most = scored.stream().mapToDouble(s -> s.effect.improvement()).max().orElseThrow();
    if (most < delta) {
      return new Next.Stop(
          Next.Reason.GAIN_TOO_SMALL,
          String.format(
              Locale.ROOT,
              "the best value left promises %.2f %%, less than the least worthwhile %.2f %%",
              100 * relativeGain(most),
              100 * relativeGain(delta)));
    }
    double top = scored.stream().mapToDouble(Scored::score).max().orElseThrow();
    List<Scored> best = scored.stream().filter(s -> s.score >= top - 1e-12).toList();
    Scored chosen = best.get(best.size() == 1 ? 0 : random.nextInt(best.size()));
    return attempt(
        chosen.value,
        chosen.effect,
        "of all values within a step it has the greatest expected gain after "
            + history.size()
            + " trials",
        margins);
  }

  private static Scored scored(double value, Normal effect, double error) {
    return new Scored(value, effect, worth(effect, error));
  }

  /** Expected gain of trying an effect, less a share of what is expected to be lost meanwhile. */
  static double worth(Normal effect, double error) {
    double loss = effect.improvement() + effect.mean();
    return effect.improvementWhenKept(error, Observation.Z95 * error) - LOSS_SHARE * loss;
  }

  /** Median standard error of the effects. */
  private static double typicalError(List<Observation> history) {
    double[] errors =
        history.stream()
            .filter(Observation::informative)
            .mapToDouble(Observation::error)
            .sorted()
            .toArray();
    return errors[errors.length / 2];
  }

  private static Next attempt(double value, Normal effect, String why, MarginModel margins) {
    double half = Observation.Z95 * effect.deviation();
    return new Next.Try(
        value,
        why,
        relativeGain(effect.improvement()),
        Math.max(MOST_LESS, Math.expm1(effect.mean() - half)),
        Math.expm1(effect.mean() + half),
        margins.chanceOfHarm(value));
  }

  private static double relativeGain(double log) {
    return -Math.expm1(-log);
  }
}
