package dev.hone.layer.database;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.loop.Recommendation.Rejected;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An index that is proposed for a statement, and what is known of it beforehand.
 *
 * @param ddl the statement that makes it
 * @param bytes its size; −1 when it is not known
 * @param by who was asked what the planner would do, for people; empty when nobody could be
 * @param costBefore of the statement without the index; NaN when nobody could be asked
 * @param costAfter with it
 * @param planAfter the shape of the plan with it
 * @param rule why this index and no other, for people
 * @param reasons further facts, a sentence each
 * @param rejected what else was looked at
 */
record IndexChoice(
    String schema,
    String table,
    String index,
    String title,
    String ddl,
    long bytes,
    String by,
    double costBefore,
    double costAfter,
    String planAfter,
    String rule,
    List<String> reasons,
    List<Rejected> rejected) {
  private static final int MOST_NAMED = 3;

  private static final String FOR_ALL =
      "The selection of indexes that makes the time of the whole workload, writes included, and of"
          + " each statement smallest for its bytes (Extend, with local search), each tested by the"
          + " planner beside the others.";

  private static final String FOR_ONE =
      "An index on the columns that a heavy statement filters, joins or sorts by, if the planner"
          + " uses it and its cost falls by at least half (the threshold of Dexter).";

  /** What the advice on the whole workload says of one statement. */
  static IndexChoice advised(
      Advice.Recommended index, Advice.Effect effect, List<Advice.Recommended> others) {
    var reasons = new ArrayList<>(index.why());
    List<Advice.Effect> also =
        index.effects().stream()
            .filter(each -> !each.equals(effect) && each.gainSeconds() > 0)
            .limit(MOST_NAMED)
            .toList();
    for (Advice.Effect each : also) {
      reasons.add(
          String.format(
              Locale.ROOT,
              "It serves `%s` too: cost %.1f instead of %.1f.",
              each.statement().title(),
              each.costAfter(),
              each.costBefore()));
    }
    List<Rejected> rejected =
        others.stream()
            .map(
                other ->
                    new Rejected(
                        other.title(),
                        "it is advised too, gains this statement less, and has a loop of its own"))
            .toList();
    return new IndexChoice(
        index.schema(),
        index.table(),
        index.index(),
        index.title(),
        index.ddl(),
        index.bytes(),
        "planner twin, with all that is advised",
        effect.costBefore(),
        effect.costAfter(),
        effect.planAfter(),
        FOR_ALL,
        reasons,
        rejected);
  }

  /** What a test of single indexes for one statement says. */
  static IndexChoice tested(WhatIf.Answer answer, WhatIf.Trial best, String ddl) {
    IndexSpec spec = best.candidate();
    List<Rejected> rejected =
        answer.trials().stream()
            .filter(trial -> !trial.candidate().equals(spec))
            .map(trial -> rejected(trial, answer))
            .toList();
    return new IndexChoice(
        spec.schema(),
        spec.table(),
        spec.name(),
        "Index " + spec.title(),
        ddl,
        best.bytes(),
        answer.by(),
        answer.plan().cost(),
        best.plan().cost(),
        best.plan().shape(),
        FOR_ONE,
        List.of(),
        rejected);
  }

  /** One that nobody could test. */
  static IndexChoice guessed(IndexSpec spec, String ddl) {
    return new IndexChoice(
        spec.schema(),
        spec.table(),
        spec.name(),
        "Index " + spec.title(),
        ddl,
        -1,
        "",
        Double.NaN,
        Double.NaN,
        "",
        FOR_ONE,
        List.of(),
        List.of());
  }

  /** Whether the planner was asked. */
  boolean isTested() {
    return !by.isEmpty();
  }

  private static Rejected rejected(WhatIf.Trial trial, WhatIf.Answer answer) {
    String why =
        trial.used()
            ? String.format(
                Locale.ROOT,
                "cost %.1f of %.1f, %s",
                trial.plan().cost(),
                answer.plan().cost(),
                megabytes(trial.bytes()))
            : "the planner would not use it";
    return new Rejected("index " + trial.candidate().title(), why);
  }

  static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }
}
