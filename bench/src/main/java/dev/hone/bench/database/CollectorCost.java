package dev.hone.bench.database;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What watching costs the server: {@code hone serve} looks at a database that executes 500 distinct
 * statements, and the processor time of the server's processes that work for it is counted.
 */
final class CollectorCost {
  private static final String DATABASE = "watched";
  private static final int STATEMENTS = 500;
  private static final int TABLES = 50;
  private static final int A_SECOND = 100;
  private static final int WARM_UP_SECONDS = 30;
  private static final int SECONDS = 120;

  private final ScratchServer server;
  private final Path launcher;
  private final Scores scores;
  private final PrintStream log;

  CollectorCost(ScratchServer server, Path launcher, Scores scores, PrintStream log) {
    this.server = server;
    this.launcher = launcher;
    this.scores = scores;
    this.log = log;
  }

  void run() throws IOException, InterruptedException, SQLException {
    List<String> statements = fill();
    Path place = Files.createTempDirectory("hone-bench-collector-");
    Process hone =
        new ProcessBuilder(
                launcher.toString(),
                "serve",
                "--port",
                "0",
                "--data-dir",
                place.resolve("data").toString(),
                "--postgres",
                server.address(ScratchServer.READER, DATABASE))
            .redirectErrorStream(true)
            .redirectOutput(place.resolve("out").toFile())
            .start();
    try (Connection load = server.connect(DATABASE);
        Connection looking = server.connect(DATABASE)) {
      log.printf("collector: %d s to warm up, %d s measured%n", WARM_UP_SECONDS, SECONDS);
      work(load, looking, statements, WARM_UP_SECONDS);
      double seconds = work(load, looking, statements, SECONDS);
      if (!hone.isAlive()) {
        throw new IOException("hone serve ended: " + Files.readString(place.resolve("out")));
      }
      String known =
          server.ask(
              DATABASE,
              "SELECT count(DISTINCT queryid) FROM pg_stat_statements WHERE dbid ="
                  + " (SELECT oid FROM pg_database WHERE datname = current_database())");
      scores.report("database.collector-statements", Double.parseDouble(known), "statements");
      scores.bounded("database.collector-share", 100 * seconds / SECONDS, "% of a core", "<=1");
    } finally {
      hone.destroy();
      if (!hone.waitFor(15, TimeUnit.SECONDS)) {
        hone.destroyForcibly().waitFor();
      }
      try (Stream<Path> all = Files.walk(place)) {
        for (Path one : all.sorted(Collections.reverseOrder()).toList()) {
          Files.deleteIfExists(one);
        }
      }
    }
  }

  /** Makes the tables and gives the statements, each with a shape of its own. */
  private List<String> fill() throws SQLException {
    server.execute(
        "postgres", "DROP DATABASE IF EXISTS " + DATABASE, "CREATE DATABASE " + DATABASE);
    server.execute(DATABASE, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
    var statements = new ArrayList<String>();
    for (int i = 0; i < TABLES; i++) {
      server.execute(
          DATABASE,
          "CREATE TABLE t" + i + " (id int PRIMARY KEY, a int, b text)",
          "INSERT INTO t" + i + " SELECT i, i % 7, i::text FROM generate_series(1, 1000) i");
    }
    for (int i = 0; i < STATEMENTS; i++) {
      String columns = String.join(" + ", Collections.nCopies(1 + i / TABLES, "a"));
      statements.add("SELECT " + columns + ", b FROM t" + i % TABLES + " WHERE id = 7");
    }
    server.execute(DATABASE, "VACUUM ANALYZE");
    return statements;
  }

  /** Executes the statements in turn; gives the processor seconds of who reads for Hone. */
  private double work(Connection load, Connection looking, List<String> statements, int seconds)
      throws SQLException, IOException, InterruptedException {
    Map<Long, Double> last = readers(looking);
    double spent = 0;
    int next = 0;
    long began = System.nanoTime();
    try (Statement sql = load.createStatement()) {
      for (int second = 1; second <= seconds; second++) {
        for (int i = 0; i < A_SECOND; i++) {
          sql.execute(statements.get(next++ % statements.size()));
        }
        long end = began + TimeUnit.SECONDS.toNanos(second);
        TimeUnit.NANOSECONDS.sleep(Math.max(0, end - System.nanoTime()));
        Map<Long, Double> now = readers(looking);
        for (Map.Entry<Long, Double> reader : now.entrySet()) {
          spent += reader.getValue() - last.getOrDefault(reader.getKey(), 0.0);
        }
        last = now;
      }
    }
    return spent;
  }

  /** Processor seconds so far of the server's processes that have Hone for a client. */
  private static Map<Long, Double> readers(Connection looking) throws SQLException, IOException {
    Map<Long, Double> readers = new HashMap<>();
    try (Statement sql = looking.createStatement();
        ResultSet row =
            sql.executeQuery(
                "SELECT pid FROM pg_stat_activity WHERE usename = '"
                    + ScratchServer.READER
                    + "'")) {
      while (row.next()) {
        Path account = Path.of("/proc", row.getString(1), "schedstat");
        if (Files.exists(account)) {
          String text = Files.readString(account);
          readers.put(row.getLong(1), Long.parseLong(text.substring(0, text.indexOf(' '))) / 1e9);
        }
      }
    }
    return readers;
  }
}
