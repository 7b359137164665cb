package dev.hone.bench.database;

import dev.hone.layer.database.Advisor;
import dev.hone.layer.database.DatabaseConnection;
import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.Watch;
import dev.hone.layer.database.advisor.WorkloadReader;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.layer.database.twin.Unavailable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Faults planted one at a time in databases in good order: is each found after half a minute of
 * load at the most, and how much else is recommended that nobody needs?
 */
final class FaultHunt {
  private static final List<String> SCHEMAS = List.of("shop", "ledger", "events");

  /** Autovacuum is on, as it should be, and does not get round to mending what was planted. */
  private static final Map<String, String> SETTINGS =
      Map.of("autovacuum", "on", "autovacuum_naptime", "1d");

  private static final Duration WATCHED = Duration.ofSeconds(5);

  private final Path postgres;
  private final Scores scores;
  private final PrintStream log;
  private int faults;
  private int found;
  private int right;
  private int wrong;

  FaultHunt(Path postgres, Scores scores, PrintStream log) {
    this.postgres = postgres;
    this.scores = scores;
    this.log = log;
  }

  void run() throws IOException, InterruptedException, SQLException {
    Path place = Files.createTempDirectory("hone-bench-twin-");
    try (ScratchServer server = ScratchServer.start(postgres, SETTINGS);
        var twins = new TwinServer(place, InstantSource.system())) {
      for (String name : SCHEMAS) {
        hunt(server, twins, FaultSchema.read(name));
      }
      scores.report("database.faults", faults, "faults");
      scores.bounded("database.faults-found", 100.0 * found / faults, "%", ">=100");
      scores.bounded(
          "database.faults-precision",
          (double) right / Math.max(1, right + wrong),
          "ratio",
          ">=0.9");
    } catch (Unavailable e) {
      scores.skipped("database.faults", String.valueOf(e.getMessage()));
    } finally {
      try (Stream<Path> all = Files.walk(place)) {
        for (Path one : all.sorted(Collections.reverseOrder()).toList()) {
          Files.deleteIfExists(one);
        }
      }
    }
  }

  private void hunt(ScratchServer server, TwinServer twins, FaultSchema schema)
      throws SQLException, Unavailable, InterruptedException {
    server.execute("postgres", "CREATE DATABASE " + schema.name());
    server.execute(schema.name(), "CREATE EXTENSION pg_stat_statements");
    server.execute(schema.name(), schema.base().toArray(String[]::new));
    server.execute(schema.name(), "VACUUM ANALYZE");
    var clean = new FaultSchema.Fault("nothing planted", List.of(), List.of(), List.of());
    judge(schema, clean, advised(server, twins, schema, clean));
    for (FaultSchema.Fault fault : schema.faults()) {
      faults++;
      if (judge(schema, fault, advised(server, twins, schema, fault))) {
        found++;
      }
    }
  }

  /** Whether the fault was found; counts what is right and wrong. */
  private boolean judge(
      FaultSchema schema, FaultSchema.Fault fault, List<Advice.Recommended> advised) {
    boolean hit = false;
    var others = new ArrayList<String>();
    for (Advice.Recommended each : advised) {
      String kind = each.kind().toString();
      boolean welcome = fault.expected().stream().anyMatch(e -> e.matches(kind, each.table()));
      right += welcome ? 1 : 0;
      wrong += welcome ? 0 : 1;
      hit |= !fault.expected().isEmpty() && fault.expected().getFirst().matches(kind, each.table());
      if (!welcome) {
        others.add(kind + " " + each.table() + " (" + each.title() + ")");
      }
    }
    String verdict = fault.expected().isEmpty() ? "clean" : hit ? "found" : "MISSED";
    log.printf(
        "faults: %s, %s: %s%s%n",
        schema.name(), fault.name(), verdict, others.isEmpty() ? "" : "; besides " + others);
    return hit;
  }

  /** The advice while the load, which began before, goes on. */
  private List<Advice.Recommended> advised(
      ScratchServer server, TwinServer twins, FaultSchema schema, FaultSchema.Fault fault)
      throws SQLException, Unavailable, InterruptedException {
    String database = schema.name() + "_case";
    server.copy(schema.name(), database);
    try (Connection connection = server.connect(database);
        Statement sql = connection.createStatement()) {
      for (String planting : fault.planting()) {
        plant(sql, planting);
      }
    }
    try (var load =
        FaultLoad.on(
            server.connect(database),
            Stream.concat(schema.load().stream(), fault.calls().stream()).toList())) {
      load.once();
      var target = DatabaseConnection.of("faults", server.address(ScratchServer.READER, database));
      return new Advisor(target, List.of(), twins, Watch.lasting(WATCHED), line -> {})
          .advise(Optional.empty(), Long.MAX_VALUE)
          .advice()
          .recommendations();
    } catch (DatabaseConnection.Refused | WorkloadReader.Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  /** A unique index over equal values fails, and is left behind invalid: that is the fault. */
  private static void plant(Statement sql, String planting) throws SQLException {
    try {
      sql.execute(planting);
    } catch (SQLException e) {
      if (!planting.contains("UNIQUE INDEX CONCURRENTLY")) {
        throw e;
      }
    }
  }
}
