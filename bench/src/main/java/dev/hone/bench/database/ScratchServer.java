package dev.hone.bench.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL on loopback that is thrown away. It refuses to run as root, so root starts it as the
 * user {@code postgres}; a password that nobody else knows keeps other users of the machine out.
 */
public final class ScratchServer implements AutoCloseable {
  static final String SUPERUSER = "postgres";

  /** The user as which Hone is told to read. */
  static final String READER = "hone_reader";

  private static final String UNPRIVILEGED = "postgres";
  private static final long LONGEST_START_SECONDS = 60;

  /** What is set beside the defaults; measured times shall not depend on the disk or on chance. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "shared_buffers", "512MB",
          "fsync", "off",
          "jit", "off",
          "max_parallel_workers_per_gather", "0",
          "autovacuum", "off",
          "max_wal_size", "4GB",
          "shared_preload_libraries", "pg_stat_statements",
          "listen_addresses", "127.0.0.1",
          "unix_socket_directories", "");

  private final Path binaries;
  private final Path directory;
  private final int port;
  private final String password;
  private final Process process;
  private final Thread atExit;

  private ScratchServer(Path binaries, Path directory, String password, Map<String, String> changed)
      throws IOException {
    this.binaries = binaries;
    this.directory = directory;
    this.password = password;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var command = command(binaries, "postgres", "-D", data(directory), "-p", "" + port);
    SETTINGS.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    changed.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log()).start();
    atExit = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  static ScratchServer start(Path binaries) throws IOException, InterruptedException, SQLException {
    return start(binaries, Map.of());
  }

  /**
   * Starts a server.
   *
   * @param changed settings that differ from the usual ones
   */
  public static ScratchServer start(Path binaries, Map<String, String> changed)
      throws IOException, InterruptedException, SQLException {
    Path directory = Files.createTempDirectory("hone-bench-postgres-");
    give(directory);
    var bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    String password = HexFormat.of().formatHex(bytes);
    initialise(binaries, directory, password);
    var server = new ScratchServer(binaries, directory, password, changed);
    try {
      server.awaitReady();
      server.execute(
          "postgres",
          "CREATE ROLE " + READER + " LOGIN PASSWORD '" + server.password + "'",
          "GRANT pg_monitor, pg_read_all_data TO " + READER);
    } catch (SQLException e) {
      server.close();
      throw e;
    }
    return server;
  }

  /** Another server that follows this one. */
  public ScratchServer standby() throws IOException, InterruptedException, SQLException {
    Path copy = Files.createTempDirectory("hone-bench-standby-");
    give(copy);
    var command = command(binaries, "pg_basebackup", "-D", data(copy), "-R", "-X", "stream");
    command.addAll(List.of("-c", "fast", "-h", "127.0.0.1", "-p", "" + port, "-U", SUPERUSER));
    var backup = new ProcessBuilder(command).redirectErrorStream(true).directory(copy.toFile());
    backup.environment().put("PGPASSWORD", password);
    run(backup);
    var standby = new ScratchServer(binaries, copy, password, Map.of());
    standby.awaitReady();
    return standby;
  }

  /** {@code kill -9} of a process that serves a client of Hone's, or of any. */
  public void killOne() throws IOException, InterruptedException, SQLException {
    String pid =
        ask(
            "postgres",
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <>"
                + " pg_backend_pid() ORDER BY application_name LIKE 'hone index%' DESC,"
                + " application_name LIKE 'hone%' DESC LIMIT 1");
    new ProcessBuilder("kill", "-KILL", pid).start().waitFor();
  }

  private static List<String> command(Path binaries, String program, String... arguments) {
    var command = new ArrayList<String>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("setpriv", "--reuid=" + UNPRIVILEGED, "--regid=" + UNPRIVILEGED));
      command.addAll(List.of("--clear-groups", "--"));
    }
    command.add(binaries.resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Hands a folder to the user as which the server runs. */
  public static void give(Path path) throws IOException {
    if (System.getProperty("user.name").equals("root")) {
      var users = path.getFileSystem().getUserPrincipalLookupService();
      var view =
          Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
      view.setOwner(users.lookupPrincipalByName(UNPRIVILEGED));
    }
  }

  private static void initialise(Path binaries, Path directory, String password)
      throws IOException, InterruptedException {
    Path secret = Files.writeString(directory.resolve("password"), password + "\n");
    give(secret);
    var command =
        command(binaries, "initdb", "-D", data(directory), "-U", SUPERUSER, "--pwfile=" + secret);
    command.addAll(List.of("-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"));
    run(new ProcessBuilder(command).redirectErrorStream(true).directory(directory.toFile()));
    Files.delete(secret);
  }

  private static void run(ProcessBuilder program) throws IOException, InterruptedException {
    Process process = program.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(program.command() + " failed: " + said);
    }
  }

  private static String data(Path directory) {
    return directory.resolve("data").toString();
  }

  private java.io.File log() {
    return directory.resolve("log").toFile();
  }

  /** Waits until it answers. */
  public void awaitReady() throws IOException, InterruptedException, SQLException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_START_SECONDS);
    while (true) {
      try (Connection ready = connect("postgres")) {
        ready.isValid(1);
        return;
      } catch (SQLException e) {
        if (!process.isAlive() || System.nanoTime() > end) {
          String said = Files.readString(log().toPath());
          close();
          throw new SQLException("PostgreSQL of " + binaries + " does not start: " + said, e);
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** The superuser's. */
  public String password() {
    return password;
  }

  /** A new connection as superuser. */
  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, SUPERUSER, password);
  }

  /** The address as programs take it. */
  public String address(String user, String database) {
    return "postgres://" + user + ":" + password + "@127.0.0.1:" + port + "/" + database;
  }

  /** Executes statements as superuser. */
  public void execute(String database, String... statements) throws SQLException {
    try (Connection connection = connect(database);
        Statement sql = connection.createStatement()) {
      for (String statement : statements) {
        sql.execute(statement);
      }
    }
  }

  /** A copy of a database with all that was built and counted in it. */
  void copy(String from, String to) throws SQLException {
    execute(
        "postgres",
        "DROP DATABASE IF EXISTS " + to,
        "CREATE DATABASE " + to + " TEMPLATE " + from + " STRATEGY file_copy");
  }

  String version() throws SQLException {
    return ask("postgres", "SELECT split_part(current_setting('server_version'), ' ', 1)");
  }

  /** The first value of a query's answer. */
  public String ask(String database, String query) throws SQLException {
    try (Connection connection = connect(database);
        Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(query)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
      new ProcessBuilder("kill", "-QUIT", "" + process.pid()).start().waitFor();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    }
  }
}
