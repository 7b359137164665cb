package dev.hone.layer.database;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.ExistingIndexReader;
import dev.hone.layer.database.twin.Plans;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.layer.database.view.FactsReader;
import dev.hone.layer.database.view.IndexMap;
import dev.hone.layer.database.view.IndexMapReader;
import dev.hone.layer.database.view.Overview;
import dev.hone.layer.database.view.PlanChange;
import dev.hone.layer.database.view.PlanSeen;
import dev.hone.layer.database.view.PlanTree;
import dev.hone.layer.database.view.StatementStory;
import dev.hone.layer.database.view.Statements;
import dev.hone.loop.Finding;
import dev.hone.loop.Recommendation;
import dev.hone.metrics.MetricStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers what people ask of one database. It reads only, gives up after five seconds, and answers
 * from samples when the database is away. Safe for several threads.
 */
public final class Inspector implements AutoCloseable {
  /** What was away is not asked again before. */
  private static final Duration AWAY = Duration.ofSeconds(10);

  /** Many who look at the same page cost the server one question. */
  private static final Duration FRESH = Duration.ofSeconds(3);

  private static final Duration MAP_FRESH = Duration.ofSeconds(10);
  private static final Duration LATELY = Duration.ofMinutes(15);
  private static final int HEAVIEST = 8;
  private static final long PATIENCE_SECONDS = 5;

  private final DatabaseConnection target;
  private final Session session;
  private final MetricStore store;
  private final InstantSource clock;
  private final StatementReport statements;
  private final Planning planning;
  private final PlanHistory plans;
  private final AdviceDesk desk;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile Instant awayUntil = Instant.MIN;
  private volatile String awayWhy = "";
  private volatile @Nullable Told told;
  private volatile @Nullable IndexMap map;

  /** What the server told, and what the role lacks. */
  private record Told(Instant at, Overview.Facts facts, List<String> notices) {}

  /** The database does not answer. The message is a sentence with the remedy. */
  public static final class AwayException extends Exception {
    AwayException(String message) {
      super(message);
    }
  }

  /** Advice and when it was given. */
  public record Advised(Instant at, Advisor.Answer answer) {}

  /**
   * How the advisor stands.
   *
   * @param startedAt of the last run; null before the first
   * @param againAt when the next may be started; null while one is under way and before the first
   * @param progress lines on what the last run did
   * @param problem why the last run failed; empty when it did not
   * @param last the last advice
   * @param indexes the last advice on indexes to make, which is there before the rest
   */
  public record AdviceState(
      boolean running,
      @Nullable Instant startedAt,
      @Nullable Instant againAt,
      List<String> progress,
      String problem,
      Optional<Advised> last,
      Optional<Advised> indexes) {}

  Inspector(
      DatabaseConnection target,
      MetricStore store,
      InstantSource clock,
      TwinServer twins,
      PlanHistory plans,
      AdviceDesk desk) {
    this.target = target;
    this.session = new Session(target, Session.Purpose.SHOW);
    this.store = store;
    this.clock = clock;
    this.planning = new Planning(twins);
    this.plans = plans;
    this.statements = new StatementReport(session, store, target.name());
    this.desk = desk;
  }

  /** What people call the database. */
  public String name() {
    return target.name();
  }

  /** How it is. */
  public Overview overview() {
    Instant now = clock.instant();
    Told answer = null;
    String problem = "";
    try {
      answer = told(now);
    } catch (AwayException e) {
      problem = String.valueOf(e.getMessage());
    }
    Overview.Facts facts = answer == null ? null : answer.facts();
    var figures = new SampledFigures(store, target.name(), now);
    Statements heaviest = statements(LATELY, 0, HEAVIEST, "");
    var all = figures.all(facts == null ? 0 : facts.mostConnections());
    return new Overview(
        target.name(),
        target.address(),
        target.user(),
        now,
        facts != null,
        problem,
        HealthWords.of(target.name(), problem, facts, all, heaviest),
        facts,
        all,
        heaviest,
        figures.waits(),
        answer == null ? List.of() : answer.notices());
  }

  private Told told(Instant now) throws AwayException {
    Told known = told;
    if (known != null && known.at().plus(FRESH).isAfter(now)) {
      return known;
    }
    Told fresh =
        ask(
            (connection, server) ->
                new Told(
                    now,
                    FactsReader.read(connection, server.hasStatements(), server.monitor()),
                    server.notices(target)));
    told = fresh;
    return fresh;
  }

  /**
   * The statements of the time that just passed.
   *
   * @param window how long; sampled values are read for all of it
   * @param text only those that hold it; empty for all
   */
  public Statements statements(Duration window, int offset, int limit, String text) {
    return statements.sampled(
        clock.instant(), window, new StatementReport.Part(offset, limit, text), this::ask);
  }

  /** The statements since the server's statistics began. */
  public Statements statementsSinceReset(int offset, int limit, String text) throws AwayException {
    var part = new StatementReport.Part(offset, limit, text);
    return ask((connection, server) -> statements.counted(connection, server, part));
  }

  /** One statement; empty when nothing is known of it. */
  public Optional<StatementStory> statement(String queryid) {
    Instant now = clock.instant();
    String text = "";
    PlanTree plan = null;
    String problem = "";
    try {
      text = ask((connection, server) -> statements.text(queryid));
      if (text.isEmpty()) {
        problem =
            "The server does not show the text of this statement: it was dropped from"
                + " pg_stat_statements, or the role `"
                + target.user()
                + "` lacks pg_monitor.";
      } else if (!Plans.explainable(text)) {
        problem = "The server plans only statements that read or change rows.";
      } else {
        String whole = text;
        plan =
            ask(
                (connection, server) ->
                    PlanTree.of(
                        planning.plan(
                            connection,
                            server,
                            RoleStatement.of(connection, server, queryid, whole))));
      }
    } catch (AwayException e) {
      problem = String.valueOf(e.getMessage());
    }
    Statements.Line line = statements.line(queryid, text, now, LATELY);
    if (text.isEmpty() && line == null && problem.startsWith("The server does not show")) {
      return Optional.empty();
    }
    return Optional.of(
        new StatementStory(
            target.name(),
            queryid,
            text,
            line,
            statements.history(queryid),
            plan,
            problem,
            plans.of(queryid).stream().map(Inspector::seen).toList(),
            advised(queryid)));
  }

  private static PlanSeen seen(PlanHistory.Seen plan) {
    return new PlanSeen(plan.since(), plan.until(), plan.cost(), PlanTree.ofShape(plan.shape()));
  }

  private List<PlanChange> advised(String queryid) {
    return desk.state().last().stream()
        .flatMap(last -> last.answer().advice().recommendations().stream())
        .flatMap(
            recommended ->
                recommended.effects().stream()
                    .filter(effect -> effect.statement().queryid().equals(queryid))
                    .map(effect -> change(recommended, effect)))
        .toList();
  }

  private static PlanChange change(Advice.Recommended recommended, Advice.Effect effect) {
    return new PlanChange(
        recommended.title(),
        "planner twin, with all that is advised",
        effect.costBefore(),
        effect.costAfter(),
        PlanTree.ofShape(effect.planBefore()),
        PlanTree.ofShape(effect.planAfter()));
  }

  /** What a loop's change does to the plan of the statement it is about. */
  public static Optional<PlanChange> change(Finding finding, Recommendation recommendation) {
    return IndexProposal.change(finding, recommendation.title(), recommendation.explanation());
  }

  /** Tables and indexes. */
  public IndexMap indexes() throws AwayException {
    Instant now = clock.instant();
    IndexMap known = map;
    if (known != null && known.at().plus(MAP_FRESH).isAfter(now)) {
      return known;
    }
    IndexMap fresh =
        ask((connection, server) -> IndexMapReader.read(connection, server.version(), now));
    map = fresh;
    return fresh;
  }

  /** How the advisor stands, and what it advised last. */
  public AdviceState advice() {
    return desk.state();
  }

  /**
   * Starts the advisor; when it is at work already, it goes on.
   *
   * @throws IllegalStateException when the last advice is younger than a minute
   */
  public void advise() {
    desk.start();
  }

  /**
   * Which of the recommended indexes are there, or gone, since the advice was given, by {@code
   * schema.index}.
   */
  public Set<String> carriedOut(Advice advice) throws AwayException {
    Map<String, Boolean> wanted = new HashMap<>();
    for (Advice.Recommended each : advice.recommendations()) {
      if (each.kind().changesIndex()) {
        wanted.put(each.schema() + "." + each.index(), each.kind() == Advice.Kind.CREATE_INDEX);
      }
    }
    if (wanted.isEmpty()) {
      return Set.of();
    }
    Set<String> there =
        ask((connection, server) -> ExistingIndexReader.valid(connection, wanted.keySet()));
    return wanted.entrySet().stream()
        .filter(each -> there.contains(each.getKey()) == each.getValue())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private <T> T ask(Session.Question<T> question) throws AwayException {
    if (clock.instant().isBefore(awayUntil)) {
      throw new AwayException(awayWhy);
    }
    try {
      if (!asking.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AwayException(
            "database `"
                + target.name()
                + "` has not answered an earlier question for "
                + PATIENCE_SECONDS
                + " s; it is asked again when that one ends.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AwayException("Hone is being stopped.");
    }
    try {
      return session.ask(question);
    } catch (SQLException e) {
      throw away(e);
    } finally {
      asking.unlock();
    }
  }

  private AwayException away(SQLException e) {
    String state = e.getSQLState() == null ? "08" : e.getSQLState();
    if (state.equals("57014")) {
      return new AwayException(
          "database `" + target.name() + "` took longer than 5 s to answer; try again later.");
    }
    if (state.equals("42501")) {
      return new AwayException(
          "role `"
              + target.user()
              + "` may not do this: "
              + DatabaseConnection.plain(e)
              + "; run: GRANT pg_read_all_data TO \""
              + target.user().replace("\"", "\"\"")
              + "\".");
    }
    String sentence = target.sentence(e);
    if (state.startsWith("08")
        || state.startsWith("28")
        || state.startsWith("3D")
        || state.startsWith("57P")
        || state.startsWith("53")) {
      awayWhy = sentence;
      awayUntil = clock.instant().plus(AWAY);
    }
    return new AwayException(sentence);
  }

  @Override
  public void close() {
    session.close();
  }
}
