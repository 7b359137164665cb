package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was learnt from loops, by technique and context: how often a change is kept (a Beta
 * posterior) and how large its effect is (a normal-inverse-gamma posterior of the log effect). A
 * loop of t days ago counts 2^(−t/60). What was learnt in other contexts counts a quarter.
 *
 * <p>The prior of the chance is Beta(2, 2): two of four. The prior of the effect is what the
 * technique promises, with the weight of one loop: the posterior mean is therefore shrunk towards
 * the promise while there is little, and kept effects, which were chosen for being large, count
 * with the interval's inner half only: the mean of estimate and the end nearest zero.
 *
 * <p>Source: Murphy, "Conjugate Bayesian analysis of the Gaussian distribution" (2007), section 3.
 */
public final class Lessons {
  private static final Duration HALF_LIFE = Duration.ofDays(60);
  private static final double OTHER_CONTEXT = 0.25;
  private static final double PRIOR_KEPT = 2;
  private static final double PRIOR_NOT = 2;
  private static final double PRIOR_WEIGHT = 1;
  private static final double PRIOR_SHAPE = 1;
  private static final double PRIOR_SPREAD = 0.05;

  private final Map<String, List<Seen>> byTechnique = new HashMap<>();

  /** One loop that reached a verdict. */
  private record Seen(String context, double weight, boolean kept, double effect) {}

  private Lessons() {}

  /**
   * What is believed of a technique in a context.
   *
   * @param technique the rule
   * @param context kind of target and fault
   * @param weight how many loops it rests on, old and foreign ones counting less
   * @param chance posterior mean of the chance of being kept
   * @param chanceLow about the 5 % quantile of it
   * @param effect posterior mean of the gain in log units, positive is better
   * @param effectSd standard deviation of that mean
   */
  public record Lesson(
      String technique,
      String context,
      double weight,
      double chance,
      double chanceLow,
      double effect,
      double effectSd) {}

  /** What these loops taught until {@code now}. */
  public static Lessons of(Collection<LoopSummary> loops, Instant now) {
    var lessons = new Lessons();
    for (LoopSummary loop : loops) {
      if (loop.tried() && !Watch.isCheck(loop)) {
        double days = Duration.between(loop.updatedAt(), now).toSeconds() / 86_400.0;
        double weight = Math.pow(2, -Math.max(0, days) / HALF_LIFE.toDays());
        boolean kept = loop.state() == LoopState.KEPT;
        lessons
            .byTechnique
            .computeIfAbsent(loop.technique(), t -> new ArrayList<>())
            .add(new Seen(loop.context(), weight, kept, gain(loop, kept)));
      }
    }
    return lessons;
  }

  /** The gain in log units, shrunk when it was chosen for being large. */
  private static double gain(LoopSummary loop, boolean kept) {
    double effect = Math.log1p(Math.max(loop.effect(), -0.999));
    double near = Math.log1p(Math.max(effect < 0 ? loop.high() : loop.low(), -0.999));
    double shrunk = kept && Double.isFinite(near) ? (effect + near) / 2 : effect;
    return Math.abs(shrunk);
  }

  /**
   * What is believed of a technique in a context.
   *
   * @param promised the gain it promises, in log units
   */
  public Lesson of(String technique, String context, double promised) {
    double kept = PRIOR_KEPT;
    double not = PRIOR_NOT;
    double weight = 0;
    double sum = 0;
    double squares = 0;
    double gains = 0;
    for (Seen seen : byTechnique.getOrDefault(technique, List.of())) {
      double w = seen.weight * (seen.context.equals(context) ? 1 : OTHER_CONTEXT);
      weight += w;
      kept += seen.kept ? w : 0;
      not += seen.kept ? 0 : w;
      if (seen.kept && Double.isFinite(seen.effect)) {
        gains += w;
        sum += w * seen.effect;
        squares += w * seen.effect * seen.effect;
      }
    }
    double total = PRIOR_WEIGHT + gains;
    double mean = (PRIOR_WEIGHT * promised + sum) / total;
    double sample = gains == 0 ? 0 : sum / gains;
    double shape = PRIOR_SHAPE + gains / 2;
    double scatter = gains == 0 ? 0 : Math.max(0, squares - gains * sample * sample);
    double scale =
        PRIOR_SHAPE * PRIOR_SPREAD
            + 0.5 * scatter
            + 0.5 * PRIOR_WEIGHT * gains * Math.pow(sample - promised, 2) / total;
    double chance = kept / (kept + not);
    double chanceSd = Math.sqrt(chance * (1 - chance) / (kept + not + 1));
    return new Lesson(
        technique,
        context,
        weight,
        chance,
        Math.max(0, chance - 1.645 * chanceSd),
        mean,
        Math.sqrt(scale / (shape * total)));
  }

  /** The techniques that something was learnt of. */
  public Collection<String> techniques() {
    return List.copyOf(byTechnique.keySet());
  }

  /** The contexts in which a technique was tried. */
  public Collection<String> contexts(String technique) {
    return byTechnique.getOrDefault(technique, List.of()).stream()
        .map(Seen::context)
        .distinct()
        .sorted()
        .toList();
  }
}
