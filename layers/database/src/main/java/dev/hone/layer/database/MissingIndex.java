package dev.hone.layer.database;

import dev.hone.layer.database.advisor.Advice;
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
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Proposes the index that a slow statement lacks: the one of the advice on the whole workload that
 * gains this statement the most. Where no advice can be had, because there can be no planner twin,
 * single indexes are tested by HypoPG for this statement alone.
 */
final class MissingIndex implements Technique {
  static final String NAME = "missing-index";

  /** What saves the statement less of its cost is within the planner's error … */
  private static final double LEAST_SAVING = 0.2;

  /**
   * … or, when it alone was looked at, hardly worth what writes pay; Dexter's threshold as well.
   */
  private static final double LEAST_SAVING_ALONE = 0.5;

  /** How long an answer is believed before it is asked for again. */
  private static final Duration ANSWER_LIFE = Duration.ofMinutes(10);

  private static final Duration EXPIRY = Duration.ofMinutes(10);
  private static final int REMEMBERED = 64;

  /** More are not tested for one statement. */
  private static final int MOST_CANDIDATES = 12;

  private final Session session;
  private final Planning planning;
  private final AdviceDesk desk;
  private final WhatIf whatIf;
  private final IndexKnobs knobs;
  private final IndexProposal proposals;
  private final Neighbours neighbours;
  private final Ids ids;
  private final Map<String, Asked> asked =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Asked> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * That an index for one statement was asked for, and what came of it without advice.
   *
   * @param alone whether single indexes were tested
   * @param trouble why no test was possible
   */
  private record Asked(Instant at, boolean alone, Optional<IndexChoice> choice, String trouble) {}

  /** The technique for one database. */
  MissingIndex(
      Session session,
      Planning planning,
      AdviceDesk desk,
      Neighbours neighbours,
      IndexProposal proposals,
      IndexKnobs knobs,
      Ids ids) {
    this.session = session;
    this.planning = planning;
    this.desk = desk;
    this.whatIf = new HypotheticalIndexes(session);
    this.knobs = knobs;
    this.proposals = proposals;
    this.neighbours = neighbours;
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
  public void prepare() {
    if (desk.state().startedAt() == null) {
      desk.request(AdviceDesk.PAUSE);
    }
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
      Inspector.AdviceState state = known(queryid, now);
      Optional<Advice> advice = state.indexes().map(last -> last.answer().advice());
      if (advice.isPresent() && knows(advice.get(), queryid)) {
        Optional<IndexChoice> choice = best(advice.get(), queryid);
        return choice.isEmpty()
            ? List.of()
            : recommendation(finding, choice.get(), "", objective, now);
      }
      if (state.running() || state.problem().isEmpty()) {
        return List.of();
      }
      Asked alone = asked.get(queryid);
      if (alone == null || !alone.alone() || alone.at().plus(ANSWER_LIFE).isBefore(now)) {
        alone = test(queryid, statement, state.problem(), now);
        asked.put(queryid, alone);
      }
      return alone.choice().isEmpty()
          ? List.of()
          : recommendation(finding, alone.choice().get(), alone.trouble(), objective, now);
    } catch (SQLException e) {
      // The server is away; the probe reports that, and the finding will come again.
      return List.of();
    }
  }

  /**
   * The advice as it stands; when it is old or does not know the statement, another is asked for.
   */
  private Inspector.AdviceState known(String queryid, Instant now) {
    Inspector.AdviceState state = desk.state();
    boolean fresh =
        state.indexes().filter(last -> last.at().plus(ANSWER_LIFE).isAfter(now)).isPresent();
    if (fresh && knows(state.indexes().get().answer().advice(), queryid)) {
      return state;
    }
    Asked before = asked.get(queryid);
    if (before == null || before.at().plus(ANSWER_LIFE).isBefore(now)) {
      if (desk.request(AdviceDesk.PAUSE)) {
        asked.put(queryid, new Asked(now, false, Optional.empty(), ""));
      }
      state = desk.state();
    }
    return state;
  }

  private static boolean knows(Advice advice, String queryid) {
    return advice.workload().statements().stream().anyMatch(s -> s.queryid().equals(queryid));
  }

  private static Optional<IndexChoice> best(Advice advice, String queryid) {
    List<Advice.Recommended> serving =
        advice.recommendations().stream()
            .filter(each -> each.kind() == Advice.Kind.CREATE_INDEX)
            .filter(each -> gain(each, queryid) > 0)
            .sorted(Comparator.comparingDouble(each -> -gain(each, queryid)))
            .toList();
    if (serving.isEmpty()) {
      return Optional.empty();
    }
    Advice.Effect effect = effect(serving.getFirst(), queryid).orElseThrow();
    return effect.costAfter() > (1 - LEAST_SAVING) * effect.costBefore()
        ? Optional.empty()
        : Optional.of(
            IndexChoice.advised(serving.getFirst(), effect, serving.subList(1, serving.size())));
  }

  private static Optional<Advice.Effect> effect(Advice.Recommended index, String queryid) {
    return index.effects().stream()
        .filter(effect -> effect.statement().queryid().equals(queryid))
        .findFirst();
  }

  private static double gain(Advice.Recommended index, String queryid) {
    return effect(index, queryid).map(Advice.Effect::gainSeconds).orElse(0.0);
  }

  private Asked test(String queryid, String text, String noAdvice, Instant now)
      throws SQLException, InterruptedException {
    RoleStatement statement =
        session.ask((connection, server) -> RoleStatement.of(connection, server, queryid, text));
    PlanNode plan =
        session.ask((connection, server) -> planning.plan(connection, server, statement));
    List<IndexSpec> candidates =
        CandidateFinder.plain(plan).stream().limit(MOST_CANDIDATES).toList();
    if (candidates.isEmpty()) {
      return new Asked(now, true, Optional.empty(), "");
    }
    try {
      WhatIf.Answer answer = whatIf.ask(new WhatIf.Question(statement, plan, candidates));
      Optional<WhatIf.Trial> best = answer.best(LEAST_SAVING_ALONE);
      return new Asked(
          now,
          true,
          best.isEmpty()
              ? Optional.empty()
              : Optional.of(IndexChoice.tested(answer, best.get(), ddl(best.get().candidate()))),
          "");
    } catch (Unavailable e) {
      boolean scans =
          plan.nodes().anyMatch(node -> node.type().equals("Seq Scan") && !node.filter().isEmpty());
      IndexSpec guess = candidates.getFirst();
      return new Asked(
          now,
          true,
          scans ? Optional.of(IndexChoice.guessed(guess, ddl(guess))) : Optional.empty(),
          noAdvice + "; " + e.getMessage());
    }
  }

  private String ddl(IndexSpec candidate) throws SQLException {
    return session.ask((connection, server) -> candidate.ddl(connection));
  }

  /** One recommendation; none when the index is there already, as advice may be old. */
  private List<Recommendation> recommendation(
      Finding finding,
      IndexChoice choice,
      String trouble,
      Optional<Objective> objective,
      Instant now)
      throws SQLException, InterruptedException {
    String database = session.target().name();
    KnobRef ref =
        IndexKnobs.ref(database, choice.schema(), choice.table(), choice.index(), choice.ddl());
    String hindrance = "";
    if (!choice.isTested()) {
      hindrance =
          "It could not be tested beforehand whether the planner would use it: "
              + trouble
              + ". Try it by hand: "
              + choice.ddl();
    } else {
      try {
        Knob knob = knobs.open(ref, knobs.settings(ref));
        if (knob.read().equals(choice.ddl())) {
          desk.request(ANSWER_LIFE);
          return List.of();
        }
        Knob.Capability capability = knob.probe();
        hindrance =
            capability.appliable() ? "" : capability.why() + ". The command: " + choice.ddl();
      } catch (KnobException e) {
        hindrance = String.valueOf(e.getMessage());
      }
    }
    String queryid = finding.details().getOrDefault("queryid", "");
    String statement = finding.details().getOrDefault("statement", "");
    var signals = new StatementSignals(database);
    return List.of(
        new Recommendation(
            ids.next(),
            finding.id(),
            DatabaseLayer.NAME,
            NAME,
            ref,
            IndexCatalog.ABSENT,
            choice.ddl(),
            choice.title(),
            proposals.expected(finding, choice),
            proposals.cost(choice, now),
            Knob.Risk.R1,
            proposals.explanation(finding, choice),
            IndexTrial.design(
                neighbours.controls(queryid, choice.table(), now),
                signals.buffersPerCall(queryid, statement)),
            signals.secondsPerCall(queryid, statement),
            neighbours.guardrails(queryid, choice.table(), objective, now),
            hindrance.isEmpty(),
            hindrance,
            now.plus(EXPIRY)));
  }
}
