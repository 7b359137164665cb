package dev.hone.layer.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hone's own small PostgreSQL 18, which holds definitions and statistics but no rows. It starts
 * when it is first needed, stops after ten idle minutes, and lives in a directory of its own.
 */
final class TwinServer implements DatabaseProbe.Companion {
  private static final Duration IDLE = Duration.ofMinutes(10);

  private final Path directory;
  private final InstantSource clock;
  private @Nullable EmbeddedPostgres server;
  private @Nullable DatabaseConnection address;
  private Instant lastUse = Instant.MIN;

  TwinServer(Path directory, InstantSource clock) {
    this.directory = directory.toAbsolutePath();
    this.clock = clock;
  }

  /** A new connection as its superuser; starts the server where needed. */
  synchronized Connection connect() throws WhatIf.Unavailable, SQLException {
    lastUse = clock.instant();
    DatabaseConnection running = address;
    if (running == null) {
      running = start();
    }
    return running.connect("hone", 60);
  }

  /** Where its files are. */
  Path dataDirectory() {
    return directory.resolve("data");
  }

  private DatabaseConnection start() throws WhatIf.Unavailable, SQLException {
    try {
      Files.createDirectories(directory);
      removeRemains();
      EmbeddedPostgres started =
          EmbeddedPostgres.builder()
              .setDataDirectory(dataDirectory())
              .setOverrideWorkingDirectory(directory.resolve("server").toFile())
              .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
              .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
              .setServerConfig("shared_buffers", "16MB")
              .setServerConfig("max_connections", "10")
              .setServerConfig("autovacuum", "off")
              .setServerConfig("wal_level", "minimal")
              .setServerConfig("max_wal_senders", "0")
              .start();
      server = started;
      DatabaseConnection locked = lock(started.getPort());
      address = locked;
      return locked;
    } catch (IOException | RuntimeException | SQLException e) {
      close();
      throw new WhatIf.Unavailable(
          "the planner twin (an embedded PostgreSQL in "
              + directory
              + ") cannot start: "
              + e.getMessage()
              + "; allow user namespaces or run Hone as an ordinary user",
          e);
    }
  }

  /** Lets nobody in without a password that only this process knows. */
  private DatabaseConnection lock(int port) throws SQLException, IOException {
    var bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    String password = HexFormat.of().formatHex(bytes);
    String url = "jdbc:postgresql://localhost:" + port + "/postgres";
    var open = new DatabaseConnection("planner twin", url, "postgres", "");
    try (Connection connection = open.connect("hone", 10);
        Statement sql = connection.createStatement()) {
      sql.execute("ALTER ROLE postgres PASSWORD '" + password + "'");
      Files.writeString(
          dataDirectory().resolve("pg_hba.conf"), "host all all localhost scram-sha-256\n");
      sql.execute("SELECT pg_reload_conf()");
    }
    return new DatabaseConnection("planner twin", url, "postgres", password);
  }

  /** Ends a twin that an earlier Hone left behind, and removes its files. */
  void removeRemains() throws IOException {
    Path pidFile = dataDirectory().resolve("postmaster.pid");
    if (Files.exists(pidFile)) {
      List<String> lines = Files.readAllLines(pidFile);
      String pid = lines.isEmpty() ? "" : lines.getFirst().strip();
      if (pid.matches("\\d+")) {
        ProcessHandle.of(Long.parseLong(pid))
            .filter(process -> owns(process))
            .ifPresent(
                process -> {
                  process.destroyForcibly();
                  process.onExit().orTimeout(5, java.util.concurrent.TimeUnit.SECONDS).join();
                });
      }
    }
    delete(dataDirectory());
  }

  private boolean owns(ProcessHandle process) {
    String command = process.info().commandLine().orElse("");
    return command.contains("postgres") && command.contains(dataDirectory().toString());
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  @Override
  public synchronized void rest(Instant now) {
    if (server != null && lastUse.plus(IDLE).isBefore(now)) {
      close();
    }
  }

  @Override
  public synchronized void close() {
    EmbeddedPostgres running = server;
    server = null;
    address = null;
    if (running != null) {
      try {
        running.close();
        delete(dataDirectory());
      } catch (IOException e) {
        // What is left is removed at the next start.
      }
    }
  }
}
