package dev.hone.layer.database;

import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.view.PlanChange;
import dev.hone.layer.database.view.PlanTree;
import dev.hone.loop.Finding;
import dev.hone.loop.Recommendation.Expected;
import dev.hone.loop.Recommendation.Explanation;
import dev.hone.metrics.MetricStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is said to people about a proposed index: effect, cost, reasons. */
final class IndexProposal {
  /** The planner's cost tells time only to within an order of magnitude. */
  private static final double ERROR = 10;

  /** A B-tree of three levels and one row: no call through an index touches less. */
  private static final double LEAST_BUFFERS = 4;

  private static final int WRITE_WINDOW_MILLIS = 60_000;

  /** What {@link #fact} writes. */
  private static final Pattern TESTED =
      Pattern.compile(
          "(?s)(.+): cost (\\d+\\.\\d) without the index, (\\d+\\.\\d) with it, plan (.+)\\.");

  private final MetricStore store;
  private final String database;

  IndexProposal(MetricStore store, String database) {
    this.store = store;
    this.database = database;
  }

  /**
   * Relative change of the time per call: the optimistic end is the planner's ratio of costs, but
   * no lower than what {@link #LEAST_BUFFERS} are of the buffers measured; the other end is ten
   * times that ratio. Without a test nothing is known, not even that it would be used.
   */
  Expected expected(Finding finding, IndexChoice choice) {
    if (!choice.isTested()) {
      return new Expected(-0.9, 0);
    }
    double buffers = Math.max(LEAST_BUFFERS, buffersPerCall(finding));
    double ratio = Math.max(choice.costAfter() / choice.costBefore(), LEAST_BUFFERS / buffers);
    return new Expected(Math.min(1, ratio) - 1, Math.min(1, ERROR * ratio) - 1);
  }

  private static double buffersPerCall(Finding finding) {
    return finding.evidence().stream()
        .filter(e -> e.name().equals(SlowStatements.BUFFERS))
        .mapToDouble(Finding.Evidence::value)
        .findFirst()
        .orElse(0);
  }

  /** Bytes and write cost. */
  String cost(IndexChoice choice, Instant now) {
    String bytes =
        choice.bytes() < 0
            ? "an unknown number of bytes on disk"
            : "about " + IndexChoice.megabytes(choice.bytes()) + " on disk";
    return String.format(
        Locale.ROOT,
        "%s, and one more index to keep up with every new row (0.6 to 4.5 µs a row, now %.1f rows"
            + " written a second); while it is built, one core reads the table once.",
        bytes,
        rowsWritten(choice, now));
  }

  private double rowsWritten(IndexChoice choice, Instant now) {
    double sum = 0;
    for (String metric : List.of("inserted", "updated")) {
      var matchers =
          List.of(
              dev.hone.metrics.Matcher.equal("__name__", "pg_table_rows_" + metric + "_total"),
              dev.hone.metrics.Matcher.equal("database", database),
              dev.hone.metrics.Matcher.equal("schema", choice.schema()),
              dev.hone.metrics.Matcher.equal("table", choice.table()));
      long to = now.toEpochMilli();
      for (var series : store.select(matchers, to - WRITE_WINDOW_MILLIS, to)) {
        double seconds = (series.times()[series.size() - 1] - series.times()[0]) / 1000.0;
        sum += seconds > 0 ? StatementLoad.increase(series) / seconds : 0;
      }
    }
    return sum;
  }

  /** The whole story. */
  Explanation explanation(Finding finding, IndexChoice choice) {
    var facts = new ArrayList<String>();
    facts.add(finding.summary());
    facts.add("Its plan now: " + finding.details().getOrDefault("plan", "unknown") + ".");
    if (choice.isTested()) {
      facts.add(fact(choice));
    }
    facts.addAll(choice.reasons());
    return new Explanation(
        facts,
        choice.rule(),
        choice.rejected(),
        "The statement stays as slow as it is and every write to `"
            + choice.table()
            + "` maintains an index for nothing; the experiment would show it and the index would be"
            + " dropped.",
        choice.ddl() + ";",
        "DROP INDEX CONCURRENTLY IF EXISTS "
            + Identifiers.quoted(choice.schema(), choice.index())
            + ";");
  }

  private static String fact(IndexChoice choice) {
    return String.format(
        Locale.ROOT,
        "%s: cost %.1f without the index, %.1f with it, plan %s.",
        choice.by(),
        choice.costBefore(),
        choice.costAfter(),
        choice.planAfter());
  }

  /** The plans before and after, as a finding and the facts of its recommendation tell them. */
  static Optional<PlanChange> change(Finding finding, String title, Explanation explanation) {
    String before = finding.details().getOrDefault("plan", "");
    if (before.isEmpty()) {
      return Optional.empty();
    }
    for (String fact : explanation.facts()) {
      Matcher tested = TESTED.matcher(fact);
      if (tested.matches()) {
        return Optional.of(
            new PlanChange(
                title,
                tested.group(1),
                Double.parseDouble(tested.group(2)),
                Double.parseDouble(tested.group(3)),
                PlanTree.ofShape(before),
                PlanTree.ofShape(tested.group(4))));
      }
    }
    return Optional.of(
        new PlanChange(title, "", Double.NaN, Double.NaN, PlanTree.ofShape(before), null));
  }
}
