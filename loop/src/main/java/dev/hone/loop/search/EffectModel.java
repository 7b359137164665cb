package dev.hone.loop.search;

import dev.hone.loop.search.GaussianProcess.Functional;
import dev.hone.loop.search.GaussianProcess.Reading;
import java.util.ArrayList;
import java.util.List;

/**
 * The response over the scaled axis, known through differences. Amplitude and length of the Matérn
 * kernel are averaged over a small grid, each pair weighted by its marginal likelihood times a
 * log-normal prior about {@value #TYPICAL_AMPLITUDE} and {@value #TYPICAL_LENGTH}, which speaks
 * while there are few observations and keeps noise from being read as structure.
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

  /** Pairs less probable than the best by this factor are left out. */
  private static final double LEAST_WEIGHT = 0.02;

  private record Weighted(GaussianProcess process, double weight) {}

  private final NumericRange range;
  private final double incumbent;
  private final List<Weighted> processes;

  EffectModel(NumericRange range, double incumbent, List<Observation> history) {
    this.range = range;
    this.incumbent = range.position(incumbent);
    this.processes =
        weigh(
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
    var of = new Functional(range.position(value), incumbent);
    double mean = 0;
    double square = 0;
    double total = 0;
    for (Weighted w : processes) {
      Normal effect = w.process.posterior(of);
      mean += w.weight * effect.mean();
      square +=
          w.weight * (effect.mean() * effect.mean() + effect.deviation() * effect.deviation());
      total += w.weight;
    }
    mean /= total;
    return new Normal(mean, Math.sqrt(Math.max(square / total - mean * mean, 1e-12)));
  }

  private static List<Weighted> weigh(List<Reading> readings) {
    List<Weighted> all = new ArrayList<>();
    for (double amplitude : AMPLITUDES) {
      for (double length : LENGTHS) {
        var process = new GaussianProcess(new Kernel.Matern52(amplitude, length), readings);
        double a = Math.log(amplitude / TYPICAL_AMPLITUDE) / AMPLITUDE_SPREAD;
        double l = Math.log(length / TYPICAL_LENGTH) / LENGTH_SPREAD;
        all.add(new Weighted(process, process.logLikelihood() - (a * a + l * l) / 2));
      }
    }
    double most = all.stream().mapToDouble(Weighted::weight).max().orElseThrow();
    return all.stream()
        .map(w -> new Weighted(w.process, Math.exp(w.weight - most)))
        .filter(w -> w.weight >= LEAST_WEIGHT)
        .toList();
  }
}
