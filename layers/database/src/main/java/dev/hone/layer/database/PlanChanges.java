package dev.hone.layer.database;

import dev.hone.loop.Diagnosis;
import dev.hone.loop.Finding;
import dev.hone.loop.Finding.Evidence;
import dev.hone.loop.Ids;
import dev.hone.loop.Target;
import dev.hone.metrics.MetricStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds statements that take longer since the server plans them otherwise, however small their
 * share of the time still is.
 */
final class PlanChanges implements Diagnosis {
  /** The kind of its findings. */
  static final String KIND = "plan-change";

  /** Changes that are older are the state of things. */
  private static final Duration LOOKING_BACK = Duration.ofHours(1);

  /** Before and after are compared over so much time at the most … */
  private static final Duration WINDOW = Duration.ofMinutes(5);

  /** … and so many calls at the least. */
  private static final double LEAST_CALLS = 10;

  private static final double LEAST_RATIO = 1.5;
  private static final double LEAST_SECONDS_MORE = 0.001;

  /** Seconds of execution per second: what takes less of a core is not felt. */
  private static final double LEAST_LOAD = 0.005;

  private static final Pattern INDEX = Pattern.compile(" using (.+?) on ");

  private final PlanHistory history;
  private final StatementTexts texts;
  private final MetricStore store;
  private final String database;
  private final Ids ids;
  private final StatementSignals signals;

  PlanChanges(
      PlanHistory history, StatementTexts texts, MetricStore store, String database, Ids ids) {
    this.history = history;
    this.texts = texts;
    this.store = store;
    this.database = database;
    this.ids = ids;
    this.signals = new StatementSignals(database);
  }

  @Override
  public String name() {
    return KIND;
  }

  @Override
  public List<Finding> examine(Instant now) {
    var findings = new ArrayList<Finding>();
    for (String queryid : history.changedSince(now.minus(LOOKING_BACK))) {
      List<PlanHistory.Seen> plans = history.of(queryid);
      finding(queryid, plans.get(0), plans.get(1), now).ifPresent(findings::add);
    }
    return findings;
  }

  private Optional<Finding> finding(
      String queryid, PlanHistory.Seen plan, PlanHistory.Seen former, Instant now) {
    // The plan became another one at some time between the last look at the one and the first at
    // the other.
    Optional<StatementLoad> before = load(queryid, former.until().minus(WINDOW), former.until());
    Instant from = now.minus(WINDOW).isAfter(plan.since()) ? now.minus(WINDOW) : plan.since();
    Optional<StatementLoad> after = load(queryid, from, now);
    if (before.isEmpty() || after.isEmpty() || !isWorse(before.get(), after.get())) {
      return Optional.empty();
    }
    try {
      String text = texts.of(List.of(queryid)).getOrDefault(queryid, "");
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(finding(text, plan, former, new Loads(before.get(), after.get()), now));
    } catch (SQLException e) {
      return Optional.empty();
    }
  }

  /** What a statement took before its plan changed, and after. */
  private record Loads(StatementLoad before, StatementLoad after) {}

  private Optional<StatementLoad> load(String queryid, Instant from, Instant to) {
    return StatementLoad.over(store, database, from.toEpochMilli(), to.toEpochMilli()).stream()
        .filter(load -> load.queryid().equals(queryid))
        .findFirst();
  }

  private static boolean isWorse(StatementLoad before, StatementLoad after) {
    return before.calls() >= LEAST_CALLS
        && after.calls() >= LEAST_CALLS
        && after.load() >= LEAST_LOAD
        && after.secondsPerCall() >= LEAST_RATIO * before.secondsPerCall()
        && after.secondsPerCall() >= before.secondsPerCall() + LEAST_SECONDS_MORE;
  }

  private Finding finding(
      String text, PlanHistory.Seen plan, PlanHistory.Seen former, Loads loads, Instant now) {
    String queryid = loads.after().queryid();
    double then = loads.before().secondsPerCall() * 1000;
    double since = loads.after().secondsPerCall() * 1000;
    String time = signals.secondsPerCall(queryid, text).query() + " * 1000";
    String cost = signals.planCost(queryid);
    return new Finding(
        ids.next(),
        DatabaseLayer.NAME,
        KIND,
        new Target("statement", database + "/" + queryid),
        String.format(
            Locale.ROOT,
            "`%s` of database %s takes %.1f ms a call instead of %.1f since the server plans it"
                + " otherwise%s.",
            SlowStatements.shortened(text, 120),
            database,
            since,
            then,
            without(former.shape(), plan.shape())),
        plan.since(),
        now,
        List.of(
            new Evidence("time per call before", then, "ms/call", time),
            new Evidence("time per call since", since, "ms/call", time),
            new Evidence("planner's cost before", former.cost(), "cost", cost),
            new Evidence("planner's cost since", plan.cost(), "cost", cost)),
        Map.of(
            "queryid",
            queryid,
            "statement",
            text,
            "plan",
            plan.shape(),
            "planBefore",
            former.shape(),
            "database",
            database),
        1);
  }

  /** Which indexes a plan read that another one does not. */
  private static String without(String former, String plan) {
    var indexes = new TreeSet<String>();
    Matcher index = INDEX.matcher(former);
    while (index.find()) {
      indexes.add(index.group(1));
    }
    indexes.removeIf(name -> plan.contains(" using " + name + " on "));
    return indexes.isEmpty() ? "" : ", no longer by " + String.join(", ", indexes);
  }
}
