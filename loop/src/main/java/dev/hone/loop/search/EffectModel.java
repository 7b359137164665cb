package dev.hone.loop.search;

import dev.hone.loop.search.GaussianProcess.Functional;
import dev.hone.loop.search.GaussianProcess.Reading;
import java.util.List;
import java.util.Objects;

/**
 * The response over the scaled axis, known through differences. Amplitude and length of the Matérn
 * kernel are the most probable pair of a small grid: marginal likelihood times a log-normal prior
 * about {@value #TYPICAL_AMPLITUDE} and {@value #TYPICAL_LENGTH}, which speaks while there are few
 * observations and keeps noise from being read as structure.
 */
final class EffectModel {
  private static final double[] AMPLITUDES = {0.03, 0.08, 0.2, 0.5, 1.2};
  private static final double[] LENGTHS = {0.1, 0.2, 0.4, 0.8};
  private static final double TYPICAL_AMPLITUDE = 0.3;
  private static final double TYPICAL_LENGTH = 0.4;
  private static final double AMPLITUDE_SPREAD = Math.log(3);
  private static final double LENGTH_SPREAD = Math.log(2);

  /** Effects beyond, a factor of seven, are taken for this: one timeout must not rule the fit. */
  private static final double MOST_EFFECT = 2;

  private final NumericRange range;
  private final double incumbent;
  private final GaussianProcess process;

  EffectModel(NumericRange range, double incumbent, List<Observation> history) {
    this.range = range;
    this.incumbent = range.position(incumbent);
    this.process =
        fit(
            Evidence.of(history, Observation::informative).stream()
                .map(
                    i ->
                        new Reading(
                            new Functional(
                                range.position(i.observation().value()),
                                range.position(i.observation().reference())),
                            Math.clamp(i.observation().effect(), -MOST_EFFECT, MOST_EFFECT),
                            i.variance()))
                .toList());
  }

  /** Effect of a value against the incumbent in log units, negative better. */
  Normal effect(double value) {
    return process.posterior(new Functional(range.position(value), incumbent));
  }

  private static GaussianProcess fit(List<Reading> readings) {
    if (readings.isEmpty()) {
      return new GaussianProcess(new Kernel.Matern52(TYPICAL_AMPLITUDE, TYPICAL_LENGTH), readings);
    }
    GaussianProcess best = null;
    double most = Double.NEGATIVE_INFINITY;
    for (double amplitude : AMPLITUDES) {
      for (double length : LENGTHS) {
        var process = new GaussianProcess(new Kernel.Matern52(amplitude, length), readings);
        double a = Math.log(amplitude / TYPICAL_AMPLITUDE) / AMPLITUDE_SPREAD;
        double l = Math.log(length / TYPICAL_LENGTH) / LENGTH_SPREAD;
        double posterior = process.logLikelihood() - (a * a + l * l) / 2;
        if (best == null || posterior > most) {
          best = process;
          most = posterior;
        }
      }
    }
    return Objects.requireNonNull(best);
  }
}
