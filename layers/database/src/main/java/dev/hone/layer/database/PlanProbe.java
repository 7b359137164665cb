package dev.hone.layer.database;

import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.Plans;
import dev.hone.loop.Probe;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Samples the generic plans of the statements that took most of the last minute's time: their costs
 * as {@code pg_statement_plan_cost}, their shapes into a {@link PlanHistory}. Nothing is executed
 * but what the planner executes. Where that must not happen on the user's server, see {@link
 * Planning}, a copy plans them together, and less often.
 */
final class PlanProbe implements Probe {
  /** Plans change with statistics and definitions, so that more often tells nothing new. */
  static final Duration INTERVAL = Duration.ofSeconds(15);

  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int MOST = 10;

  /** What cannot be planned is not tried again before: it may have taken five seconds to fail. */
  private static final Duration FAILURE_LIFE = Duration.ofMinutes(10);

  private static final int REMEMBERED = 100;

  /** A copy costs about a second of this machine's processor. */
  private static final Duration COPY_INTERVAL = Duration.ofMinutes(2);

  private final Session session;
  private final Planning planning;
  private final StatementTexts texts;
  private final MetricStore store;
  private final PlanHistory history;
  private Instant copiedAt = Instant.MIN;
  private final Map<String, Instant> failed =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** A probe with a session of its own; where it may not plan there, it does so in a copy. */
  PlanProbe(Session session, Planning planning, MetricStore store, PlanHistory history) {
    this.session = session;
    this.planning = planning;
    this.texts = new StatementTexts(session);
    this.store = store;
    this.history = history;
  }

  @Override
  public String name() {
    return "plans of database " + session.target().name();
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public void sample(Instant now) throws ProbeException {
    String database = session.target().name();
    long to = now.toEpochMilli();
    List<String> heaviest =
        StatementLoad.over(store, database, to - WINDOW.toMillis(), to).stream()
            .map(StatementLoad::queryid)
            .filter(queryid -> failed.getOrDefault(queryid, Instant.MIN).isBefore(now))
            .limit(MOST)
            .toList();
    if (heaviest.isEmpty()) {
      return;
    }
    try {
      Map<String, String> known = new HashMap<>(texts.of(heaviest));
      known.values().removeIf(text -> !Plans.explainable(text));
      if (known.isEmpty()) {
        return;
      }
      if (session.ask(Planning::mayBeLive)) {
        for (Map.Entry<String, RoleStatement> each : statements(known).entrySet()) {
          plan(each.getKey(), each.getValue(), now);
        }
      } else if (!now.isBefore(copiedAt.plus(COPY_INTERVAL))) {
        copiedAt = now;
        Map<String, RoleStatement> statements = statements(known);
        Map<String, PlanNode> plans =
            session.ask((connection, server) -> planning.inCopy(connection, server, statements));
        for (String queryid : known.keySet()) {
          PlanNode plan = plans.get(queryid);
          if (plan == null) {
            failed.put(queryid, now.plus(FAILURE_LIFE));
          } else {
            record(queryid, plan, now);
          }
        }
      }
    } catch (SQLException e) {
      // The database is away, which its own probe reports, or there can be no copy.
    } catch (MetricStore.LimitException e) {
      throw new ProbeException(name() + ": " + e.getMessage(), e);
    }
  }

  private Map<String, RoleStatement> statements(Map<String, String> texts) throws SQLException {
    return session.ask((connection, server) -> RoleStatement.of(connection, server, texts));
  }

  private void plan(String queryid, RoleStatement statement, Instant now) throws SQLException {
    try {
      record(
          queryid,
          session.ask((connection, server) -> Planning.live(connection, server, statement)),
          now);
    } catch (SQLException e) {
      if (Session.isLost(e)) {
        throw e;
      }
      failed.put(queryid, now.plus(FAILURE_LIFE));
    }
  }

  private void record(String queryid, PlanNode plan, Instant now) {
    history.record(queryid, plan, now);
    var labels =
        Labels.of(
            "pg_statement_plan_cost", "database", session.target().name(), "queryid", queryid);
    store.append(labels, now.toEpochMilli(), plan.cost());
  }

  @Override
  public void close() {
    session.close();
    history.close();
  }
}
