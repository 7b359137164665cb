package dev.hone.bench.database;

import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Starts the server, fills it, and runs the parts that are asked for. */
public final class Contest {
  /** The tables without an index; Hone reads this database. */
  static final String PLAIN = "tpch";

  /** A copy of it with HypoPG, which the peers need. */
  static final String PEERS = "peers";

  private static final Set<String> OF_TPCH = Set.of("reads", "mixed", "twin", "collector");

  private final Settings settings;
  private final Scores scores;
  private final PrintStream log;

  /**
   * What is to be done.
   *
   * @param scale the scale factor of TPC-H
   * @param rounds of every measurement
   * @param cap seconds on the processor after which a statement is stopped
   * @param parts {@code reads}, {@code mixed}, {@code twin}, {@code collector}, {@code faults} or
   *     {@code changes}
   * @param folder where rows of the tables are kept for the next time; null for nowhere
   * @param postgres the folder of the server's programs
   * @param dexter how Dexter is called; null when it is not there
   * @param hyrise a checkout of index_selection_evaluation; null when there is none
   * @param python an interpreter for it
   * @param algorithms of that checkout
   * @param launcher Hone's
   */
  public record Settings(
      BigDecimal scale,
      int rounds,
      double cap,
      List<String> parts,
      @Nullable Path folder,
      Path postgres,
      @Nullable String dexter,
      @Nullable Path hyrise,
      String python,
      List<String> algorithms,
      Path launcher) {
    public Settings {
      parts = List.copyOf(parts);
      algorithms = List.copyOf(algorithms);
    }
  }

  /** A contest. */
  public Contest(Settings settings, Scores scores, PrintStream log) {
    this.settings = settings;
    this.scores = scores;
    this.log = log;
  }

  /** Runs it. */
  public void run() throws IOException, InterruptedException, SQLException {
    if (settings.parts.contains("faults")) {
      new FaultHunt(settings.postgres, scores, log).run();
    }
    if (settings.parts.contains("changes")) {
      new IndexChanges(settings.postgres, scores, log).run();
    }
    if (settings.parts.stream().anyMatch(OF_TPCH::contains)) {
      compete();
    }
  }

  private void compete() throws IOException, InterruptedException, SQLException {
    Optional<Dexter> dexter = dexter();
    Optional<Hyrise> hyrise = hyrise();
    var tpch = new Tpch(settings.scale, settings.folder);
    try (ScratchServer server = ScratchServer.start(settings.postgres)) {
      log.printf("PostgreSQL %s; loading TPC-H %s%n", server.version(), settings.scale);
      tpch.load(server, PLAIN);
      server.copy(PLAIN, PEERS);
      if (dexter.isPresent() || hyrise.isPresent()) {
        server.execute(PEERS, "CREATE EXTENSION hypopg");
      }
      var advisors =
          new Advisors(server, dexter, hyrise, new HoneAdvisor(settings.launcher), settings, log);
      if (settings.parts.contains("reads")) {
        new ReadContest(server, advisors, tpch.queries(), scores, log).run();
      }
      if (settings.parts.contains("mixed")) {
        new MixedContest(server, advisors, tpch, scores, log).run();
      }
      if (settings.parts.contains("twin")) {
        new TwinContest(server, tpch.queries(), scores, log).run();
      }
      if (settings.parts.contains("collector")) {
        new CollectorCost(server, settings.launcher, scores, log).run();
      }
    }
  }

  private Optional<Dexter> dexter() throws IOException, InterruptedException {
    if (settings.dexter == null) {
      scores.skipped(
          "database.dexter", "no Dexter is given; say how it is called with --dexter COMMAND");
      return Optional.empty();
    }
    return Optional.of(new Dexter(settings.dexter));
  }

  private Optional<Hyrise> hyrise() throws IOException {
    if (settings.hyrise == null) {
      scores.skipped(
          "database.hyrise",
          "no index_selection_evaluation is given; name a checkout with --hyrise DIR");
      return Optional.empty();
    }
    return Optional.of(new Hyrise(settings.hyrise, settings.python));
  }
}
