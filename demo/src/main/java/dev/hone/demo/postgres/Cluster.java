package dev.hone.demo.postgres;

import dev.hone.demo.DemoException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One PostgreSQL server on 127.0.0.1 in a directory of its own, without Unix sockets.
 *
 * <p>PostgreSQL refuses to run as root; {@link Identity} says how that is met.
 */
final class Cluster implements AutoCloseable {
  static final String ADMIN = "postgres";
  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration STOP = Duration.ofSeconds(6);

  private final Path directory;
  private final int port;
  private final String adminPassword;
  private final Object gate = new Object();
  private Identity identity = Identity.SELF;
  private @Nullable Process postmaster;
  private boolean closed;

  /**
   * A server that does not run yet.
   *
   * @param directory an empty or absent directory that the server owns from now on
   * @param port the port, 0 for a free one
   * @throws DemoException when the port cannot be opened
   */
  Cluster(Path directory, int port, String adminPassword) {
    this.directory = directory;
    this.port = freePort(port);
    this.adminPassword = adminPassword;
  }

  /**
   * Unpacks, initialises and starts the server, and waits until it answers.
   *
   * @throws DemoException when it cannot start; {@link #close} must be called then, too
   */
  void start() {
    try {
      Binaries.unpack(directory.resolve("server"));
      identity = Identity.find(directory);
      initialise();
      Process process;
      synchronized (gate) {
        if (closed) {
          return;
        }
        process =
            new ProcessBuilder(identity.wrap(serverCommand()))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("postgres.log").toFile())
                .start();
        postmaster = process;
      }
      awaitAnswer(process);
    } catch (IOException e) {
      throw new DemoException(
          "PostgreSQL cannot be set up in "
              + directory
              + " ("
              + e.getMessage()
              + "); choose another directory or give the URL of a running PostgreSQL.",
          e);
    }
  }

  private static int freePort(int wanted) {
    try (var socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new DemoException(
          "Port "
              + wanted
              + " of 127.0.0.1, meant for PostgreSQL, cannot be opened ("
              + e.getMessage()
              + "); free it or choose another one.",
          e);
    }
  }

  private void initialise() throws IOException {
    Path password = directory.resolve("password");
    Files.writeString(password, adminPassword);
    identity.own(directory);
    Path log = directory.resolve("initdb.log");
    List<String> command =
        identity.wrap(
            List.of(
                bin("initdb"),
                "-D",
                data(),
                "-U",
                ADMIN,
                "-E",
                "UTF8",
                "--locale=C",
                "--auth=scram-sha-256",
                "--pwfile=" + password,
                "--no-sync",
                "--no-instructions"));
    Process initdb =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!initdb.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
        initdb.destroyForcibly();
      }
      if (initdb.waitFor() != 0) {
        throw new IOException("initdb says: " + lastLine(log));
      }
    } catch (InterruptedException e) {
      initdb.destroyForcibly();
      throw interrupted(e);
    } finally {
      Files.deleteIfExists(password);
    }
  }

  private List<String> serverCommand() {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.add("/usr/bin/setsid");
    }
    command.addAll(List.of(bin("postgres"), "-D", data()));
    for (String setting :
        List.of(
            "port=" + port,
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=60",
            "shared_preload_libraries=pg_stat_statements",
            "pg_stat_statements.track=top",
            "track_io_timing=on",
            "shared_buffers=128MB",
            "maintenance_work_mem=128MB",
            "max_wal_size=2GB",
            "wal_level=minimal",
            "max_wal_senders=0",
            "synchronous_commit=off",
            "max_parallel_workers_per_gather=0",
            "jit=off",
            "timezone=UTC")) {
      command.add("-c");
      command.add(setting);
    }
    return command;
  }

  private void awaitAnswer(Process process) throws IOException {
    long deadline = System.nanoTime() + START.toNanos();
    while (true) {
      try (Connection _ = connect("postgres")) {
        return;
      } catch (SQLException e) {
        if (!process.isAlive()) {
          throw new IOException("it says: " + lastLine(directory.resolve("postgres.log")), e);
        }
        if (System.nanoTime() - deadline > 0) {
          process.destroyForcibly();
          throw new IOException("no answer within " + START.toSeconds() + " s", e);
        }
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        process.destroyForcibly();
        throw interrupted(e);
      }
    }
  }

  /** The process id of the postmaster. */
  long pid() {
    Process process = postmaster;
    if (process == null) {
      throw new IllegalStateException("The server in " + directory + " was not started.");
    }
    return process.pid();
  }

  /** JDBC address of a database of this server. */
  String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** Connects as the administrator. */
  Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database), ADMIN, adminPassword);
  }

  /** Stops the server, breaking open connections, and deletes its directory. */
  @Override
  public void close() {
    synchronized (gate) {
      closed = true;
    }
    try {
      Process process = postmaster;
      if (process != null && process.isAlive()) {
        stop(process);
      }
      delete(directory);
    } catch (IOException e) {
      throw new DemoException(
          "The directory "
              + directory
              + " cannot be deleted ("
              + e.getMessage()
              + "); delete it by hand.",
          e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void stop(Process process) throws IOException, InterruptedException {
    new ProcessBuilder(
            identity.wrap(List.of(bin("pg_ctl"), "-D", data(), "-m", "immediate", "-W", "stop")))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS);
    if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static DemoException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new DemoException("The start of PostgreSQL was interrupted; start again.", e);
  }

  private static String lastLine(Path log) throws IOException {
    List<String> lines =
        new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isBlank())
            .toList();
    return lines.isEmpty() ? "nothing" : lines.getLast().strip();
  }

  private String bin(String program) {
    return directory.resolve("server/bin").resolve(program).toString();
  }

  private String data() {
    return directory.resolve("data").toString();
  }
}
