package dev.hone.layer.database;

import dev.hone.layer.database.advisor.CandidateFinder;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.Plans;
import dev.hone.layer.database.twin.Unavailable;
import dev.hone.loop.Finding;
import dev.hone.loop.Ids;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Objective;
import dev.hone.loop.Recommendation;
import dev.hone.loop.Technique;
import dev.hone.metrics.MetricStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Proposes the index that a slow statement lacks, after the planner was asked what it would do with
 * it: the index must be used and save at least half of the cost.
 */
final class MissingIndex implements Technique {
  static final String NAME = "missing-index";

  /** Dexter's threshold as well: what saves less is within the planner's error. */
  private static final double LEAST_SAVING = 0.5;

  /** How long an answer is believed before the planner is asked again. */
  private static final Duration ANSWER_LIFE = Duration.ofSeconds(60);

  private static final Duration EXPIRY = Duration.ofMinutes(10);
  private static final int REMEMBERED = 64;

  /** More are not tested for one statement. */
  private static final int MOST_CANDIDATES = 12;

  private final Session session;
  private final Planning planning;
  private final List<WhatIf> whatIfs;
  private final IndexKnobs knobs;
  private final IndexProposal proposals;
  private final Neighbours neighbours;
  private final Ids ids;
  private final Map<String, Tested> tested =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tested> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * What came of a what-if test.
   *
   * @param pick the best candidate, if one is worth it
   * @param ddl the statement that makes it
   * @param answer the test, or empty when none was possible
   * @param trouble why no test was possible
   */
  private record Tested(
      Instant at,
      Optional<IndexSpec> pick,
      String ddl,
      Optional<WhatIf.Answer> answer,
      String trouble) {}

  /**
   * The technique for one database.
   *
   * @param whatIfs asked one after the other until one can answer
   */
  MissingIndex(
      Session session,
      Planning planning,
      StatementTexts texts,
      MetricStore store,
      List<WhatIf> whatIfs,
      IndexKnobs knobs,
      Ids ids) {
    this.session = session;
    this.planning = planning;
    this.whatIfs = List.copyOf(whatIfs);
    this.knobs = knobs;
    this.proposals = new IndexProposal(store, session.target().name());
    this.neighbours = new Neighbours(texts, store, session.target().name());
    this.ids = ids;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String answers() {
    return SlowStatements.KIND;
  }

  @Override
  public List<Recommendation> recommend(Finding finding, Optional<Objective> objective, Instant now)
      throws InterruptedException {
    String queryid = finding.details().getOrDefault("queryid", "");
    String statement = finding.details().getOrDefault("statement", "");
    if (queryid.isEmpty()
        || !Plans.explainable(statement)
        || !session.target().name().equals(finding.details().get("database"))) {
      return List.of();
    }
    try {
      Tested test = tested.get(queryid);
      if (test == null || test.at().plus(ANSWER_LIFE).isBefore(now)) {
        test = test(statement, now);
        tested.put(queryid, test);
      }
      Optional<IndexSpec> pick = test.pick();
      return pick.isEmpty()
          ? List.of()
          : List.of(recommendation(finding, queryid, pick.get(), test, objective, now));
    } catch (SQLException e) {
      // The server is away; the probe reports that, and the finding will come again.
      return List.of();
    }
  }

  private Tested test(String statement, Instant now) throws SQLException, InterruptedException {
    PlanNode plan =
        session.ask((connection, server) -> planning.plan(connection, server, statement));
    List<IndexSpec> candidates =
        CandidateFinder.plain(plan).stream().limit(MOST_CANDIDATES).toList();
    if (candidates.isEmpty()) {
      return new Tested(now, Optional.empty(), "", Optional.empty(), "");
    }
    var trouble = new StringBuilder();
    for (WhatIf whatIf : whatIfs) {
      try {
        WhatIf.Answer answer = whatIf.ask(new WhatIf.Question(statement, plan, candidates));
        Optional<IndexSpec> best = answer.best(LEAST_SAVING).map(WhatIf.Trial::candidate);
        return new Tested(now, best, ddl(best), Optional.of(answer), "");
      } catch (Unavailable e) {
        trouble.append(trouble.isEmpty() ? "" : "; ").append(e.getMessage());
      }
    }
    Optional<IndexSpec> guess =
        plan.nodes().anyMatch(node -> node.type().equals("Seq Scan") && !node.filter().isEmpty())
            ? Optional.of(candidates.getFirst())
            : Optional.empty();
    return new Tested(now, guess, ddl(guess), Optional.empty(), trouble.toString());
  }

  private String ddl(Optional<IndexSpec> candidate) throws SQLException {
    return candidate.isEmpty()
        ? ""
        : session.ask((connection, server) -> candidate.get().ddl(connection));
  }

  private Recommendation recommendation(
      Finding finding,
      String queryid,
      IndexSpec pick,
      Tested test,
      Optional<Objective> objective,
      Instant now)
      throws SQLException {
    String database = session.target().name();
    KnobRef ref = IndexKnobs.ref(database, pick, test.ddl());
    String hindrance = hindrance(ref, test);
    String statement = finding.details().getOrDefault("statement", "");
    var signals = new StatementSignals(database);
    return new Recommendation(
        ids.next(),
        finding.id(),
        DatabaseLayer.NAME,
        NAME,
        ref,
        IndexCatalog.ABSENT,
        test.ddl(),
        "Index " + pick.title(),
        proposals.expected(finding, test.answer(), pick),
        proposals.cost(test.answer(), pick, now),
        Knob.Risk.R1,
        proposals.explanation(finding, test.answer(), pick, test.ddl()),
        IndexTrial.design(
            neighbours.controls(queryid, pick.table(), now),
            signals.buffersPerCall(queryid, statement)),
        signals.secondsPerCall(queryid, statement),
        neighbours.guardrails(queryid, pick.table(), objective, now),
        hindrance.isEmpty(),
        hindrance,
        now.plus(EXPIRY));
  }

  private String hindrance(KnobRef ref, Tested test) {
    if (test.answer().isEmpty()) {
      return "It could not be tested beforehand whether the planner would use it: "
          + test.trouble()
          + ". Try it by hand: "
          + test.ddl();
    }
    try {
      Knob.Capability capability = knobs.open(ref, knobs.settings(ref)).probe();
      return capability.appliable() ? "" : capability.why() + ". The command: " + test.ddl();
    } catch (KnobException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
