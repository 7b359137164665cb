package dev.hone.bench.database;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.layer.database.IndexTrial;
import dev.hone.loop.Design;
import dev.hone.loop.Guardrail;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Plan;
import dev.hone.loop.Policy;
import dev.hone.loop.Rehearsal;
import dev.hone.loop.SignalRef;
import dev.hone.loop.Target;
import dev.hone.loop.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A hundred and twenty indexes, each really built, with what the statements beside it really take
 * without it and with it; and what the trial that Hone makes of an index in earnest decides about
 * each, on traffic of twenty such statements a second whose load wanders, in virtual time.
 */
final class IndexChanges {
  private static final String DATABASE = "changes";
  private static final int CALLS = 30;
  private static final int REPLAYS = 5;
  private static final int TREATED = 0;
  private static final int VICTIM = 1;
  private static final int WRITE = 2;
  private static final int CONTROL = 3;
  private static final List<SignalRef> CONTROLS =
      List.of(ReplayedTraffic.seconds(CONTROL), ReplayedTraffic.seconds(CONTROL + 1));
  private static final Duration SETTLING = Duration.ofSeconds(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path postgres;
  private final Scores scores;
  private final PrintStream log;
  private final Map<IndexChange.Kind, Tally> tallies = new EnumMap<>(IndexChange.Kind.class);
  private int unlike;

  /** What was decided about changes of one kind. */
  private static final class Tally {
    private int changes;
    private int trials;
    private int kept;
    private int undoneByGuard;
    private int keptWithWritesGuarded;
    private double longestMinutes;
    private int drops;
    private int dropped;
  }

  IndexChanges(Path postgres, Scores scores, PrintStream log) {
    this.postgres = postgres;
    this.scores = scores;
    this.log = log;
  }

  void run() throws IOException, InterruptedException, SQLException {
    try (ScratchServer server = ScratchServer.start(postgres)) {
      server.execute("postgres", "CREATE DATABASE " + DATABASE);
      server.execute(DATABASE, "CREATE EXTENSION pg_trgm");
      server.execute(DATABASE, IndexChange.TABLES.toArray(String[]::new));
      server.execute(DATABASE, "VACUUM ANALYZE");
      int number = 0;
      for (IndexChange change : IndexChange.all()) {
        try (Connection connection = server.connect(DATABASE);
            Statement sql = connection.createStatement()) {
          judge(change, measured(change, sql, number), number);
        }
        number++;
      }
    }
    report();
  }

  private static List<ReplayedTraffic.Measured> measured(
      IndexChange change, Statement sql, int number) throws SQLException, IOException {
    var all = new ArrayList<ReplayedTraffic.Measured>();
    List<String> statements = change.statements();
    statements.forEach(s -> all.add(new ReplayedTraffic.Measured(CALLS)));
    var random = new SplittableRandom(number);
    for (int state = 0; state < 2; state++) {
      if (state == 1) {
        sql.execute("CREATE INDEX " + change.name() + " ON orders " + change.on());
      }
      for (int k = 0; k < statements.size(); k++) {
        for (int call = -2; call < CALLS; call++) {
          String text = IndexChange.drawn(statements.get(k), random);
          JsonNode plan = explained(sql, text);
          if (call >= 0) {
            JsonNode top = plan.path("Plan");
            all.get(k)
                .record(
                    state,
                    call,
                    (plan.path("Execution Time").asDouble() + plan.path("Planning Time").asDouble())
                        / 1000,
                    top.path("Shared Hit Blocks").asDouble()
                        + top.path("Shared Read Blocks").asDouble());
          }
        }
      }
    }
    sql.execute("DROP INDEX " + change.name());
    sql.execute("VACUUM orders");
    return all;
  }

  private static JsonNode explained(Statement sql, String text) throws SQLException, IOException {
    try (ResultSet row =
        sql.executeQuery("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) " + text)) {
      row.next();
      return JSON.readTree(row.getString(1)).get(0);
    }
  }

  /** Whether what was measured is what the change was made to be. */
  private static boolean isAsMeant(IndexChange.Kind kind, List<ReplayedTraffic.Measured> measured) {
    double treated = measured.get(TREATED).ratio();
    boolean harmed = false;
    for (int k : List.of(TREATED, VICTIM, WRITE)) {
      ReplayedTraffic.Measured of = measured.get(k);
      harmed |= of.ratio() > 1.5 && of.mean(1) - of.mean(0) > 0.002;
    }
    return switch (kind) {
      case GOOD -> treated < 0.8 && !harmed;
      case HARMFUL -> harmed;
      case NEUTRAL -> treated > 0.8 && !harmed;
    };
  }

  private void judge(IndexChange change, List<ReplayedTraffic.Measured> measured, int number) {
    String what =
        String.format(
            "%s index on orders %s: treated %.2f ms to %.2f, other read %.2f to %.2f, write %.2f to"
                + " %.2f",
            change.kind(),
            change.on(),
            1e3 * measured.get(TREATED).mean(0),
            1e3 * measured.get(TREATED).mean(1),
            1e3 * measured.get(VICTIM).mean(0),
            1e3 * measured.get(VICTIM).mean(1),
            1e3 * measured.get(WRITE).mean(0),
            1e3 * measured.get(WRITE).mean(1));
    if (!isAsMeant(change.kind(), measured)) {
      unlike++;
      log.println("changes: not what it was meant to be, left out: " + what);
      return;
    }
    Tally tally = tallies.computeIfAbsent(change.kind(), kind -> new Tally());
    tally.changes++;
    var decisions = new ArrayList<String>();
    for (int replay = 0; replay < REPLAYS; replay++) {
      var traffic = new ReplayedTraffic(measured, 1_000L * number + replay);
      Rehearsal.Outcome outcome =
          Rehearsal.run(plan(number, replay, true), SETTLING, traffic, ReplayedTraffic.START);
      tally.keptWithWritesGuarded += keptWithWritesGuarded(measured, number, replay) ? 1 : 0;
      boolean kept = outcome.verdict().decision() == Verdict.Decision.KEEP;
      tally.trials++;
      tally.kept += kept ? 1 : 0;
      tally.undoneByGuard += outcome.aborted() ? 1 : 0;
      double minutes =
          Duration.between(ReplayedTraffic.START, outcome.ended()).toMillis() / 60_000.0;
      tally.longestMinutes = Math.max(tally.longestMinutes, minutes);
      decisions.add(outcome.aborted() ? "guard" : outcome.verdict().decision().name());
      Rehearsal.Outcome drop = dropped(measured, number, replay);
      tally.drops++;
      tally.dropped += drop.verdict().decision() == Verdict.Decision.KEEP ? 1 : 0;
      decisions.add("drop " + (drop.aborted() ? "guard" : drop.verdict().decision().name()));
    }
    log.println("changes: " + what + ": " + decisions);
  }

  /** What would become of it if no other read were guarded. */
  private static boolean keptWithWritesGuarded(
      List<ReplayedTraffic.Measured> measured, int number, int replay) {
    var traffic = new ReplayedTraffic(measured, 1_000L * number + replay);
    return Rehearsal.run(plan(number, replay, false), SETTLING, traffic, ReplayedTraffic.START)
            .verdict()
            .decision()
        == Verdict.Decision.KEEP;
  }

  /** What becomes of the index when it is there and is to go. */
  private static Rehearsal.Outcome dropped(
      List<ReplayedTraffic.Measured> measured, int number, int replay) {
    List<ReplayedTraffic.Measured> turned =
        measured.stream().map(ReplayedTraffic.Measured::turned).toList();
    Plan creation = plan(number, replay, true);
    var guardrails = new ArrayList<>(creation.guardrails());
    guardrails.addAll(
        IndexTrial.guardrails(
            List.of(ReplayedTraffic.seconds(TREATED)), List.of(ReplayedTraffic.buffers(TREATED))));
    Design design = IndexTrial.absence();
    double margin = design instanceof Design.NonInferiority absence ? absence.margin() : 0;
    var plan =
        new Plan(
            creation.loopId(),
            creation.knob(),
            creation.group(),
            creation.from(),
            creation.to(),
            design,
            ReplayedTraffic.buffers(WRITE),
            -margin,
            creation.alpha(),
            creation.alphaHarm(),
            guardrails,
            creation.seed(),
            creation.deadline());
    var traffic = new ReplayedTraffic(turned, 1_000L * number + replay);
    return Rehearsal.run(plan, SETTLING, traffic, ReplayedTraffic.START);
  }

  private static Plan plan(int number, int replay, boolean readsGuarded) {
    Policy policy = Policy.observing();
    List<Guardrail> guardrails =
        IndexTrial.guardrails(
            readsGuarded
                ? List.of(ReplayedTraffic.seconds(WRITE), ReplayedTraffic.seconds(VICTIM))
                : List.of(ReplayedTraffic.seconds(WRITE)),
            readsGuarded ? List.of(ReplayedTraffic.buffers(VICTIM)) : List.of());
    return new Plan(
        "rehearsed",
        new KnobRef("index", new Target("table", DATABASE), Map.of()),
        "orders",
        Rehearsal.OFF,
        Rehearsal.ON,
        IndexTrial.design(CONTROLS, ReplayedTraffic.buffers(TREATED)),
        ReplayedTraffic.seconds(TREATED),
        policy.leastGain(),
        policy.alpha(),
        policy.alphaHarm(),
        guardrails,
        31L * number + replay,
        policy.deadline());
  }

  private void report() throws IOException {
    for (Map.Entry<IndexChange.Kind, Tally> each : tallies.entrySet()) {
      String name = each.getKey().name().toLowerCase(java.util.Locale.ROOT);
      Tally tally = each.getValue();
      scores.report("database.changes-" + name, tally.changes, "changes");
      scores.report("database.changes-" + name + "-trials", tally.trials, "trials");
      double undone = 100.0 * (tally.trials - tally.kept) / Math.max(1, tally.trials);
      switch (each.getKey()) {
        case GOOD -> scores.bounded("database.changes-good-undone", undone, "%", "<=5");
        case HARMFUL -> scores.bounded("database.changes-harmful-undone", undone, "%", ">=95");
        case NEUTRAL -> scores.report("database.changes-neutral-undone", undone, "%");
      }
      scores.report(
          "database.changes-" + name + "-undone-if-only-writes-were-guarded",
          100.0 * (tally.trials - tally.keptWithWritesGuarded) / Math.max(1, tally.trials),
          "%");
      scores.report(
          "database.changes-" + name + "-undone-by-guard",
          100.0 * tally.undoneByGuard / Math.max(1, tally.trials),
          "%");
      double back = 100.0 * (tally.drops - tally.dropped) / Math.max(1, tally.drops);
      switch (each.getKey()) {
        case GOOD ->
            scores.bounded("database.changes-good-dropped-and-built-again", back, "%", ">=95");
        case HARMFUL, NEUTRAL ->
            scores.report("database.changes-" + name + "-dropped-and-built-again", back, "%");
      }
      scores.bounded("database.changes-" + name + "-longest", tally.longestMinutes, "min", "<=10");
    }
    scores.report("database.changes-left-out", unlike, "changes");
  }
}
