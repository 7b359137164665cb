package dev.hone.layer.database;

import dev.hone.layer.database.twin.Identifiers;
import dev.hone.loop.Finding;
import dev.hone.loop.Ids;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Objective;
import dev.hone.loop.Recommendation;
import dev.hone.loop.Recommendation.Expected;
import dev.hone.loop.Recommendation.Explanation;
import dev.hone.loop.Recommendation.Rejected;
import dev.hone.loop.SignalRef;
import dev.hone.loop.Technique;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Proposes to drop an index that nothing needs, when a trial can show that nothing misses it and
 * the undo, which builds it again, brings back the same index in a short time.
 */
final class DropIndex implements Technique {
  static final String NAME = "drop-index";

  /** Building a larger one again takes too long for an undo. */
  private static final long LARGEST_BYTES = 1L << 30;

  private static final Duration EXPIRY = Duration.ofHours(1);

  /** Advice that turned out to be wrong is asked for anew when it is older. */
  private static final Duration ADVICE_LIFE = Duration.ofMinutes(10);

  private final Session session;
  private final AdviceDesk desk;
  private final Neighbours neighbours;
  private final IndexKnobs knobs;
  private final Ids ids;

  DropIndex(Session session, AdviceDesk desk, Neighbours neighbours, IndexKnobs knobs, Ids ids) {
    this.session = session;
    this.desk = desk;
    this.neighbours = neighbours;
    this.knobs = knobs;
    this.ids = ids;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String answers() {
    return NeedlessIndexes.KIND;
  }

  @Override
  public List<Recommendation> recommend(Finding finding, Optional<Objective> objective, Instant now)
      throws InterruptedException {
    String database = session.target().name();
    if (!database.equals(finding.details().get("database"))) {
      return List.of();
    }
    String schema = finding.details().getOrDefault("schema", "");
    String table = finding.details().getOrDefault("table", "");
    String index = finding.details().getOrDefault("index", "");
    String ddl = finding.details().getOrDefault("ddl", "");
    KnobRef ref = IndexKnobs.existing(database, schema, table, index, ddl);
    try {
      Optional<SignalRef> felt = neighbours.felt(table, now);
      String hindrance = hindrance(ref, finding, felt.isPresent());
      if (hindrance == null) {
        desk.request(ADVICE_LIFE);
        return List.of();
      }
      return List.of(
          new Recommendation(
              ids.next(),
              finding.id(),
              DatabaseLayer.NAME,
              NAME,
              ref,
              ddl,
              IndexCatalog.ABSENT,
              "Drop index " + index + " on " + table,
              new Expected(-0.05, 0),
              String.format(
                  Locale.ROOT,
                  "gives back %s; taking it back reads the table once and builds the index again.",
                  IndexChoice.megabytes(bytes(finding))),
              Knob.Risk.R2,
              explanation(finding, schema, table, index, ddl),
              IndexTrial.absence(),
              felt.orElseGet(
                  () ->
                      new StatementSignals(database)
                          .secondsPerCall("time per call on " + table, List.of())),
              neighbours.guardrails("", table, objective, now),
              hindrance.isEmpty(),
              hindrance,
              now.plus(EXPIRY)));
    } catch (SQLException e) {
      // The server is away; the probe reports that, and the finding will come again.
      return List.of();
    }
  }

  /** Why Hone does not drop it; empty when it may, null when the index is another one by now. */
  private @Nullable String hindrance(KnobRef ref, Finding finding, boolean isFelt)
      throws InterruptedException, SQLException {
    String command = ". The command: DROP INDEX CONCURRENTLY " + name(ref);
    try {
      Knob knob = knobs.open(ref, knobs.settings(ref));
      String now = knob.read();
      if (now.equals(IndexCatalog.INVALID)) {
        return "it is invalid, so that no query can use it and nothing is to be proven" + command;
      } else if (!now.equals(ref.parameter("ddl"))) {
        return null;
      }
      Knob.Capability capability = knob.probe();
      if (!capability.appliable()) {
        return capability.why() + command;
      }
    } catch (KnobException e) {
      return String.valueOf(e.getMessage());
    }
    if (bytes(finding) > LARGEST_BYTES) {
      return "to take it back would mean to build "
          + IndexChoice.megabytes(bytes(finding))
          + " again, which is too long for an undo"
          + command;
    }
    var catalog = IndexCatalog.of(ref);
    String namesake = session.ask((connection, server) -> catalog.namesake(connection));
    if (!namesake.isEmpty()) {
      return "there is "
          + namesake
          + " too, and statements do not tell which of the two they are about"
          + command;
    }
    String peculiarity = session.ask((connection, server) -> catalog.peculiarity(connection));
    if (!peculiarity.isEmpty()) {
      return "it has " + peculiarity + ", which its definition does not bring back" + command;
    }
    return isFelt
        ? ""
        : "no statement on `"
            + ref.parameter("table")
            + "` is called once a second, so that no trial could show that nothing misses it"
            + command;
  }

  private static String name(KnobRef ref) {
    return Identifiers.quoted(ref.parameter("schema"), ref.parameter("index"));
  }

  private static long bytes(Finding finding) {
    return (long) finding.evidence().getFirst().value();
  }

  private static Explanation explanation(
      Finding finding, String schema, String table, String index, String ddl) {
    return new Explanation(
        List.of(finding.summary()),
        "An index may go when another does all it does, or no query has used it for 35 days on any"
            + " server, when no constraint, foreign key, replica identity, clustering or partitioned"
            + " index rests on it, and when the planner of the copy plans no statement of the"
            + " workload worse without it.",
        List.of(
            new Rejected("leaving it", "every write to `" + table + "` keeps it up for nothing"),
            new Rejected(
                "hiding it from the planner first",
                "PostgreSQL can only mark it invalid in the catalogue, and then it is not kept up")),
        "A statement that misses it reads more: the trial shows that of those called at least once"
            + " in ten seconds, and the index is built again. Rarer ones are known by the server's"
            + " counters and the planner alone.",
        "DROP INDEX CONCURRENTLY " + Identifiers.quoted(schema, index) + ";",
        ddl + ";");
  }
}
