package dev.hone.layer.database;

import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.Plans;
import dev.hone.loop.Diagnosis;
import dev.hone.loop.Finding;
import dev.hone.loop.Finding.Evidence;
import dev.hone.loop.Ids;
import dev.hone.loop.Target;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.Series;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Finds the statements that hold most of the database's time. */
final class SlowStatements implements Diagnosis {
  /** The kind of its findings. */
  static final String KIND = "slow-statement";

  /** The name of its evidence in buffers. */
  static final String BUFFERS = "buffers per call";

  /** Long enough for a rare statement to be called a few times, short enough to follow a change. */
  static final Duration WINDOW = Duration.ofSeconds(20);

  /** With a smaller share even a perfect remedy is hardly felt by the whole. */
  private static final double LEAST_SHARE = 0.15;

  /** Seconds of execution per second: below 2 % of one core the database is as good as idle. */
  private static final double LEAST_LOAD = 0.02;

  /** Below a millisecond a call costs less than the way to the server and back. */
  private static final double LEAST_SECONDS_PER_CALL = 0.001;

  /** A figure per call from fewer calls is an anecdote. */
  private static final double LEAST_CALLS = 3;

  /** How long a plan is believed before the server is asked again. */
  private static final Duration PLAN_LIFE = Duration.ofMinutes(5);

  private static final int PLANS_REMEMBERED = 64;
  private static final Duration HISTORY = Duration.ofHours(1);

  private final Session session;
  private final Planning planning;
  private final StatementTexts texts;
  private final MetricStore store;
  private final Ids ids;
  private final Duration interval;
  private final StatementSignals signals;
  private final Map<String, Explained> plans =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Explained> eldest) {
          return size() > PLANS_REMEMBERED;
        }
      };

  /** A plan, or empty when the server could not make one, and when it was asked. */
  private record Explained(Optional<PlanNode> plan, Instant at) {}

  /**
   * A diagnosis of what the probe sampled.
   *
   * @param interval the probe's, for the completeness of the data
   */
  SlowStatements(
      Session session,
      Planning planning,
      StatementTexts texts,
      MetricStore store,
      Ids ids,
      Duration interval) {
    this.session = session;
    this.planning = planning;
    this.texts = texts;
    this.store = store;
    this.ids = ids;
    this.interval = interval;
    this.signals = new StatementSignals(session.target().name());
  }

  @Override
  public String name() {
    return KIND;
  }

  @Override
  public List<Finding> examine(Instant now) {
    String database = session.target().name();
    long to = now.toEpochMilli();
    List<StatementLoad> loads = StatementLoad.over(store, database, to - WINDOW.toMillis(), to);
    double total = loads.stream().mapToDouble(StatementLoad::seconds).sum();
    List<StatementLoad> heavy = loads.stream().filter(load -> heavy(load, total)).toList();
    if (heavy.isEmpty()) {
      return List.of();
    }
    try {
      Map<String, String> known = texts.of(heavy.stream().map(StatementLoad::queryid).toList());
      var findings = new ArrayList<Finding>();
      for (StatementLoad load : heavy) {
        String text = known.get(load.queryid());
        if (text != null && Plans.explainable(text)) {
          findings.add(finding(load, text, plan(load.queryid(), text, now), total, now));
        }
      }
      return findings;
    } catch (SQLException e) {
      // The server is away; the probe reports that, and there is no evidence to be had now.
      return List.of();
    }
  }

  private static boolean heavy(StatementLoad load, double total) {
    return load.seconds() >= LEAST_SHARE * total
        && load.load() >= LEAST_LOAD
        && load.secondsPerCall() >= LEAST_SECONDS_PER_CALL
        && load.calls() >= LEAST_CALLS;
  }

  private Optional<PlanNode> plan(String queryid, String text, Instant now) throws SQLException {
    Explained known = plans.get(queryid);
    if (known == null || known.at().plus(PLAN_LIFE).isBefore(now)) {
      known = new Explained(explain(queryid, text), now);
      plans.put(queryid, known);
    }
    return known.plan();
  }

  private Optional<PlanNode> explain(String queryid, String text) throws SQLException {
    try {
      return Optional.of(
          session.ask(
              (connection, server) ->
                  planning.plan(
                      connection, server, RoleStatement.of(connection, server, queryid, text))));
    } catch (SQLException e) {
      if (Session.isLost(e)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private Finding finding(
      StatementLoad load, String text, Optional<PlanNode> plan, double total, Instant now) {
    String id = load.queryid();
    double share = load.seconds() / total;
    String explain = "EXPLAIN " + shortened(text, 2000);
    var evidence =
        new ArrayList<>(
            List.of(
                new Evidence("share of statement time", share, "ratio", signals.shareOfTime(id)),
                new Evidence(
                    "time per call",
                    load.secondsPerCall() * 1000,
                    "ms/call",
                    signals.secondsPerCall(id, text).query() + " * 1000"),
                new Evidence(
                    BUFFERS,
                    load.buffersPerCall(),
                    "buffers/call",
                    signals.buffersPerCall(id, text).query()),
                new Evidence(
                    "calls", load.callsPerSecond(), "calls/s", signals.callsPerSecond(id))));
    plan.ifPresent(
        node -> evidence.add(new Evidence("planner's cost", node.cost(), "cost", explain)));

    double expected = (double) WINDOW.toMillis() / Math.max(1, interval.toMillis());
    return new Finding(
        ids.next(),
        DatabaseLayer.NAME,
        KIND,
        new Target("statement", session.target().name() + "/" + id),
        String.format(
            Locale.ROOT,
            "`%s` holds %.0f %% of the statement time of database %s: %.1f ms and %.0f buffers a"
                + " call.",
            shortened(text, 120),
            share * 100,
            session.target().name(),
            load.secondsPerCall() * 1000,
            load.buffersPerCall()),
        since(id, now),
        now,
        evidence,
        Map.of(
            "queryid",
            id,
            "statement",
            text,
            "plan",
            plan.map(PlanNode::shape).orElse("none can be made without values"),
            "database",
            session.target().name()),
        Math.min(1, load.samples() / expected));
  }

  /** The first sample of the last hour since which the statement was never idle. */
  private Instant since(String queryid, Instant now) {
    List<Series> found =
        store.select(
            List.of(
                Matcher.equal("__name__", "pg_statement_seconds_total"),
                Matcher.equal("database", session.target().name()),
                Matcher.equal("queryid", queryid)),
            now.minus(HISTORY).toEpochMilli(),
            now.toEpochMilli());
    if (found.isEmpty()) {
      return now;
    }
    Series series = found.getFirst();
    int newest = series.size() - 1;
    while (newest > 0) {
      int before = series.indexAtOrBefore(series.times()[newest] - WINDOW.toMillis());
      double load = 0;
      if (before >= 0) {
        double millis = series.times()[newest] - series.times()[before];
        load = (series.values()[newest] - series.values()[before]) / (millis / 1000);
      }
      if (load < LEAST_LOAD) {
        break;
      }
      newest = before;
    }
    return Instant.ofEpochMilli(series.times()[newest]);
  }

  static String shortened(String text, int length) {
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() <= length ? line : line.substring(0, length - 1) + "…";
  }
}
