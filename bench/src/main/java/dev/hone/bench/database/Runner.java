package dev.hone.bench.database;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs statements on a connection and takes the time, on the clock and on the processor. A server
 * process without helpers, whose pages are in memory, needs both alike on an idle machine; on a
 * busy one only the second is its own. It is what the kernel counts in {@code /proc/PID/schedstat}.
 */
final class Runner implements AutoCloseable {
  private static final String CANCELED = "57014";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LOOK_MILLIS = 100;

  private final Connection connection;
  private final Path account;
  private final double cap;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  /**
   * A connection's runner.
   *
   * @param cap seconds on the processor after which a statement is stopped
   */
  Runner(Connection connection, double cap) throws SQLException {
    this.connection = connection;
    this.cap = cap;
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      account = Path.of("/proc", row.getString(1), "schedstat");
    }
  }

  /** Seconds on the processor and on the clock; a statement that is stopped has the cap as both. */
  record Spent(double processor, double clock) {}

  /** Has the catalogue read and the plan made, so that neither counts. */
  void prepare(String statement) throws SQLException {
    try (Statement sql = connection.createStatement()) {
      sql.execute("EXPLAIN " + statement);
    }
  }

  /** What it takes until the last row is here. */
  Spent run(String statement) throws SQLException {
    double before = processor();
    long began = System.nanoTime();
    try (Statement sql = connection.createStatement()) {
      ScheduledFuture<?> watcher = watch(sql, before);
      try {
        sql.execute(statement);
      } finally {
        watcher.cancel(false);
      }
    } catch (SQLException e) {
      if (CANCELED.equals(e.getSQLState())) {
        return new Spent(cap, cap);
      }
      throw e;
    }
    double clock = (System.nanoTime() - began) / 1e9;
    return new Spent(Math.min(cap, processor() - before), Math.min(cap, clock));
  }

  private ScheduledFuture<?> watch(Statement sql, double before) {
    return watch.scheduleWithFixedDelay(
        () -> {
          if (processor() - before > cap) {
            cancel(sql);
          }
        },
        LOOK_MILLIS,
        LOOK_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private static void cancel(Statement sql) {
    try {
      sql.cancel();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Seconds that the server's process has been on a processor (Linux, sched-stats.rst). */
  private double processor() {
    try {
      String text = Files.readString(account);
      return Long.parseLong(text.substring(0, text.indexOf(' '))) / 1e9;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Pages that its execution looks at. */
  double pages(String statement) throws SQLException, IOException {
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery("EXPLAIN (ANALYZE, BUFFERS, TIMING off, FORMAT json) " + statement)) {
      row.next();
      JsonNode plan = JSON.readTree(row.getString(1)).path(0).path("Plan");
      return plan.path("Shared Hit Blocks").asDouble() + plan.path("Shared Read Blocks").asDouble();
    }
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }
}
