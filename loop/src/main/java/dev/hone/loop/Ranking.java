package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Which recommendation comes first: expected benefit times the chance of being kept, less risk,
 * less what the experiment costs, all in log units of the primary signal. What a technique reached
 * before counts more than what it promises, the more often it was tried.
 *
 * @param lessons what was learnt
 */
public record Ranking(Lessons lessons) {
  /** An hour of experiment, half of which goes without the gain, costs this much. */
  private static final double COST_PER_HOUR = 0.01;

  /** With fewer loops a lesson is a guess. */
  private static final double SOME = 0.5;

  /**
   * A recommendation's worth and how it comes about.
   *
   * @param worth what the others are compared with
   * @param benefit expected gain in log units
   * @param chance of being kept
   * @param risk what is taken off for the harm it can do
   * @param cost what is taken off for the experiment
   * @param lessons how many loops the estimate rests on, old ones counting less
   * @param sentence the same for people
   */
  public record Score(
      double worth,
      double benefit,
      double chance,
      double risk,
      double cost,
      double lessons,
      String sentence) {}

  /** What was learnt from these loops until {@code now}. */
  public static Ranking of(Collection<LoopSummary> loops, Instant now) {
    return new Ranking(Lessons.of(loops, now));
  }

  /** The score of a loop's recommendation. */
  public Score score(LoopRecord loop) {
    Recommendation recommendation = loop.recommendation();
    Lessons.Lesson lesson =
        lessons.of(recommendation.technique(), LoopSummary.context(loop), promised(recommendation));
    double risk = aversion(recommendation.risk());
    double cost = COST_PER_HOUR * longest(loop.plan()).toMinutes() / 60.0;
    double worth = lesson.effect() * lesson.chance() - risk - cost;
    String sentence =
        String.format(
            Locale.ROOT,
            "%s; minus %.0f points for its risk, %s, and %.1f points for the experiment's time",
            grounds(lesson),
            100 * risk,
            recommendation.risk(),
            100 * cost);
    return new Score(
        worth, lesson.effect(), lesson.chance(), risk, cost, lesson.weight(), sentence);
  }

  private static String grounds(Lessons.Lesson lesson) {
    double less = -100 * Math.expm1(-lesson.effect());
    double kept = 100 * lesson.chance();
    return lesson.weight() < SOME
        ? String.format(
            Locale.ROOT,
            "%.0f %% less promised; nothing like it was tried here yet, so that %.0f %% of such"
                + " changes are taken to be kept",
            less,
            kept)
        : String.format(
            Locale.ROOT,
            "%.0f %% less expected from what %.1f loops like it brought, of which %.0f %% were"
                + " kept",
            less,
            lesson.weight(),
            kept);
  }

  /** The gain that a technique promises, in log units. */
  static double promised(Recommendation recommendation) {
    double middle =
        (Math.abs(recommendation.expected().low()) + Math.abs(recommendation.expected().high()))
            / 2;
    return -Math.log1p(-Math.min(middle, 0.999));
  }

  /** How long an experiment takes at the most. */
  static Duration longest(Plan plan) {
    Duration planned =
        switch (plan.design()) {
          case Design.Paired paired -> paired.block().multipliedBy(2L * paired.maxPairs());
          case Design.OneWay oneWay -> oneWay.longest();
        };
    return planned.compareTo(plan.deadline()) < 0 ? planned : plan.deadline();
  }

  private static double aversion(Knob.Risk risk) {
    return switch (risk) {
      case R0 -> 0;
      case R1 -> 0.1;
      case R2 -> 0.2;
      case R3 -> 0.4;
      case R4 -> 1;
    };
  }

  /** These loops' recommendations, the most promising first. */
  public List<LoopRecord> sorted(Collection<LoopRecord> loops) {
    return loops.stream()
        .sorted(java.util.Comparator.comparingDouble((LoopRecord l) -> score(l).worth()).reversed())
        .toList();
  }
}
