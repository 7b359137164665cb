package dev.hone.bench;

import dev.hone.bench.database.ScratchServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A database with a table, somebody who writes to it and a Hone that makes indexes on it; another
 * Hone after each restart.
 */
final class DisturbedPlace implements AutoCloseable {
  private static final int LONGEST_WAIT_SECONDS = 60;

  private final ScratchServer server;
  private final String database;
  private final Path journal;
  private final RowWriter writer;
  private CrashProcess hone;
  private long guard;

  /**
   * Starts Hone and begins to write.
   *
   * @param journal an empty directory
   */
  DisturbedPlace(ScratchServer server, String database, Path journal)
      throws IOException, InterruptedException {
    this.server = server;
    this.database = database;
    this.journal = journal;
    this.hone = start();
    String url = "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database;
    this.writer = RowWriter.start(url, "postgres", server.password());
  }

  ScratchServer server() {
    return server;
  }

  String database() {
    return database;
  }

  /** The directory of the journal. */
  Path journal() {
    return journal;
  }

  RowWriter writer() {
    return writer;
  }

  private CrashProcess start() throws IOException, InterruptedException {
    CrashProcess process =
        CrashProcess.start(journal, IndexChild.class, List.of(journal.toString()));
    process.tell(server.address("postgres", database));
    guard = Long.parseLong(String.valueOf(process.await("guard")));
    if (process.await("ready") == null) {
      throw new IOException("Hone did not start, see " + journal.resolve("child.err"));
    }
    return process;
  }

  /** Kills Hone and starts another one. */
  void restart() throws IOException, InterruptedException {
    hone.kill();
    for (int i = 0; i < LONGEST_WAIT_SECONDS * 100 && isAlive(guard); i++) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    hone = start();
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** Has Hone begin a change, spelt as {@link IndexChild} reads it. */
  void begin(String change) throws IOException, InterruptedException {
    hone.tell(change);
    if (hone.await("begun") == null) {
      throw new IOException("Hone ended, see " + journal.resolve("child.err"));
    }
  }

  /** The state that the change ends in. */
  String over() throws IOException, InterruptedException {
    String end = hone.await("over");
    return end == null ? "Hone ended" : end.split(" ")[0];
  }

  /** A connection, also when the server is only about to restart. */
  Connection connect() throws Exception {
    for (int i = 0; ; i++) {
      server.awaitReady();
      try {
        return server.connect(database);
      } catch (SQLException e) {
        if (i == LONGEST_WAIT_SECONDS) {
          throw e;
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      hone.leave();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    writer.close();
  }
}
