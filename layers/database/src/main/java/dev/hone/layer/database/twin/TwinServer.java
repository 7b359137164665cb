package dev.hone.layer.database.twin;

import dev.hone.layer.database.DatabaseConnection;
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
public final class TwinServer implements AutoCloseable {
  private static final Duration IDLE = Duration.ofMinutes(10);
  private static final String PLANNER = "planner";

  private final Path directory;
  private final InstantSource clock;
  private @Nullable EmbeddedPostgres server;
  private @Nullable DatabaseConnection address;
  private Instant lastUse = Instant.MIN;
  private int made;
  private int open;

  /**
   * A database of it.
   *
   * @param planner a connection of a role that owns the database and has no other rights
   * @param admin a connection of the superuser
   */
  record Database(String name, Connection planner, Connection admin) {}

  /**
   * A server that is not started yet.
   *
   * @param directory a directory that belongs to it alone; made when needed
   */
  public TwinServer(Path directory, InstantSource clock) {
    this.directory = directory.toAbsolutePath();
    this.clock = clock;
  }

  /** A new connection as its superuser; starts the server where needed. */
  public synchronized Connection connect() throws Unavailable, SQLException {
    return address().connect("hone", 60);
  }

  private DatabaseConnection address() throws Unavailable, SQLException {
    lastUse = clock.instant();
    DatabaseConnection running = address;
    return running == null ? start() : running;
  }

  /** Makes an empty database that sorts as the given one does, as far as this machine can. */
  synchronized Database create(SchemaCopy.Collation collation) throws Unavailable, SQLException {
    DatabaseConnection running = address();
    String name = "twin_" + ++made;
    try (Connection connection = running.connect("hone", 60);
        Statement sql = connection.createStatement()) {
      create(sql, name, collation);
    }
    DatabaseConnection place =
        new DatabaseConnection(
            "planner twin",
            running.jdbcUrl().replaceFirst("/postgres$", "/" + name),
            running.user(),
            running.password());
    var restricted =
        new DatabaseConnection(place.name(), place.jdbcUrl(), PLANNER, place.password());
    Connection planner = restricted.connect("hone", 120);
    open++;
    return new Database(name, planner, place.connect("hone", 60));
  }

  private static void create(Statement sql, String name, SchemaCopy.Collation collation)
      throws SQLException {
    String create =
        "CREATE DATABASE "
            + name
            + " OWNER "
            + PLANNER
            + " TEMPLATE template0 ENCODING 'UTF8' STRATEGY file_copy";
    String locale = Sql.literal(collation.locale());
    List<String> ways =
        switch (collation.provider()) {
          case "c" ->
              List.of(
                  " LOCALE_PROVIDER libc LOCALE " + locale,
                  " LOCALE_PROVIDER icu LOCALE 'C' ICU_LOCALE 'und'");
          case "i" -> List.of(" LOCALE_PROVIDER icu LOCALE 'C' ICU_LOCALE " + locale);
          default -> List.of(" LOCALE_PROVIDER builtin LOCALE 'C' BUILTIN_LOCALE " + locale);
        };
    for (String way : ways) {
      try {
        sql.execute(create + way);
        return;
      } catch (SQLException e) {
        if (!sql.getConnection().isValid(5)) {
          throw e;
        }
      }
    }
    sql.execute(create);
  }

  /** Closes a database's connections and removes it. */
  synchronized void drop(String name, Connection planner, Connection admin) {
    open--;
    lastUse = clock.instant();
    try (planner;
        admin) {
      // Only closed.
    } catch (SQLException e) {
      // They are gone either way.
    }
    DatabaseConnection running = address;
    if (running == null) {
      return;
    }
    try (Connection connection = running.connect("hone", 60);
        Statement sql = connection.createStatement()) {
      sql.execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    } catch (SQLException e) {
      // What is left goes with the server's directory.
    }
  }

  /** Where its files are. */
  public Path dataDirectory() {
    return directory.resolve("data");
  }

  private DatabaseConnection start() throws Unavailable, SQLException {
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
              .setServerConfig("max_connections", "20")
              .setServerConfig("ignore_checksum_failure", "on")
              .setServerConfig("log_min_messages", "fatal")
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
      throw new Unavailable(
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
      sql.execute("CREATE ROLE " + PLANNER + " LOGIN PASSWORD '" + password + "'");
      Files.writeString(
          dataDirectory().resolve("pg_hba.conf"), "host all all localhost scram-sha-256\n");
      sql.execute("SELECT pg_reload_conf()");
    }
    return new DatabaseConnection("planner twin", url, "postgres", password);
  }

  /** Ends a twin that an earlier Hone left behind, and removes its files. */
  public void removeRemains() throws IOException {
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

  /** Stops when it was not used for long. */
  public synchronized void rest(Instant now) {
    if (server != null && open == 0 && lastUse.plus(IDLE).isBefore(now)) {
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
