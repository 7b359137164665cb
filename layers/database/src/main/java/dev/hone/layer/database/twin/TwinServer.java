package dev.hone.layer.database.twin;

import dev.hone.layer.database.DatabaseConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Hone's own small PostgreSQL, which holds definitions and statistics but no rows. It is of the
 * user's own major release where this machine has packages of that, else 18, which Hone brings
 * along. A server starts when it is first needed, stops after ten idle minutes, and lives in a
 * directory of its own.
 */
public final class TwinServer implements AutoCloseable {
  private static final Duration IDLE = Duration.ofMinutes(10);
  static final String PLANNER = "planner";

  /** The programs of a server and an empty cluster. */
  private static final long LEAST_ROOM = 160L << 20;

  /** The release that Hone brings along. */
  private static final int OWN = OwnPrograms.MAJOR;

  private static final int PER_MAJOR = 10_000;
  private static final int CHOOSES_LOCALE_PROVIDER = 15;

  /** What is executed while a statement is planned may not end the session that plans. */
  private static final String NO_ENDING_OF_SESSIONS =
      """
      DO $$
      DECLARE f regprocedure;
      BEGIN
        FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
            AND proname IN ('pg_terminate_backend', 'pg_cancel_backend') LOOP
          EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        END LOOP;
      END $$
      """;

  private final Path directory;
  private final InstantSource clock;
  private final Map<Integer, TwinProcess> running = new HashMap<>();
  private Instant lastUse = Instant.MIN;
  private int made;
  private int open;

  /**
   * A server that is not started yet.
   *
   * @param directory a directory that belongs to it alone; made when needed
   */
  public TwinServer(Path directory, InstantSource clock) {
    this.directory = directory.toAbsolutePath();
    this.clock = clock;
  }

  /** What time is taken from. */
  InstantSource clock() {
    return clock;
  }

  /**
   * A database of it.
   *
   * @param data where the server's files are
   * @param major release of the server
   * @param role owns what is copied into it and has no other rights
   * @param planner the session of that role
   * @param admin a connection of the superuser
   */
  record Database(
      String name, String role, Path data, int major, PlannerSession planner, Connection admin) {}

  /** A new connection as superuser of the server that Hone brings along. */
  public synchronized Connection connect() throws Unavailable, SQLException {
    return process(OWN).address().connect("hone", 60);
  }

  /** Where the files of the server are that Hone brings along. */
  public Path dataDirectory() {
    return data(OWN);
  }

  private Path data(int major) {
    return directory.resolve(major == OWN ? "data" : "data" + major);
  }

  private void requireRoom() throws IOException, Unavailable {
    long free = Files.getFileStore(directory).getUsableSpace();
    if (free < LEAST_ROOM) {
      throw new Unavailable(
          "the planner twin needs "
              + (LEAST_ROOM >> 20)
              + " MB in "
              + directory
              + ", where "
              + (free >> 20)
              + " MB are free; free some room or name another place (hone advise:"
              + " HONE_JAVA_OPTIONS=-Djava.io.tmpdir=DIR, hone serve: --data-dir DIR)");
    }
  }

  private TwinProcess process(int major) throws Unavailable {
    lastUse = clock.instant();
    TwinProcess known = running.get(major);
    if (known == null) {
      try {
        Files.createDirectories(directory);
        requireRoom();
        removeRemains(data(major));
        known = TwinProcess.start(major, programs(major), data(major));
        running.put(major, known);
      } catch (IOException | RuntimeException e) {
        throw new Unavailable(
            "the planner twin (a PostgreSQL "
                + major
                + " in "
                + directory
                + ") cannot start: "
                + e.getMessage()
                + "; allow user namespaces or run Hone as an ordinary user",
            e);
      }
    }
    return known;
  }

  private Path programs(int major) throws IOException {
    return major == OWN
        ? OwnPrograms.in(directory.resolve("server"))
        : LocalPostgres.programs(major)
            .orElseThrow(() -> new IOException("there are no programs of PostgreSQL " + major));
  }

  private TwinProcess fitting(int version) throws Unavailable {
    int major = version / PER_MAJOR;
    if (major != OWN && LocalPostgres.programs(major).isPresent()) {
      try {
        return process(major);
      } catch (Unavailable e) {
        return process(OWN);
      }
    }
    return process(OWN);
  }

  /**
   * Makes an empty database that sorts as the given one does, as far as this machine can.
   *
   * @param version of the user's server
   */
  synchronized Database create(int version, SchemaCopy.Collation collation)
      throws Unavailable, SQLException {
    TwinProcess process = fitting(version);
    DatabaseConnection server = process.address();
    String name = "twin_" + ++made;
    String role = PLANNER + "_" + made;
    String password = TwinProcess.password();
    try (Connection connection = process.connect(server);
        Statement sql = connection.createStatement()) {
      sql.execute("CREATE ROLE " + role + " LOGIN PASSWORD '" + password + "'");
      create(sql, name, process.major(), collation);
    }
    var place =
        new DatabaseConnection(
            "planner twin",
            server.jdbcUrl().replaceFirst("/postgres(?=[?])", "/" + name),
            server.user(),
            server.password());
    Connection admin = process.connect(place);
    try (Statement sql = admin.createStatement()) {
      sql.execute(NO_ENDING_OF_SESSIONS);
      sql.execute("ALTER SCHEMA public OWNER TO " + role);
    }
    var planner =
        new PlannerSession(
            new DatabaseConnection(place.name(), place.jdbcUrl(), role, password), admin);
    open++;
    return new Database(name, role, data(process.major()), process.major(), planner, admin);
  }

  private static void create(Statement sql, String name, int major, SchemaCopy.Collation collation)
      throws SQLException {
    String create = "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8'";
    String locale = Sql.literal(collation.locale());
    List<String> ways;
    if (major < CHOOSES_LOCALE_PROVIDER) {
      ways = List.of(" LC_COLLATE " + locale + " LC_CTYPE " + locale);
    } else {
      create += " STRATEGY file_copy";
      ways =
          switch (collation.provider()) {
            case "c" ->
                List.of(
                    " LOCALE_PROVIDER libc LOCALE " + locale,
                    " LOCALE_PROVIDER icu LOCALE 'C' ICU_LOCALE 'und'");
            case "i" -> List.of(" LOCALE_PROVIDER icu LOCALE 'C' ICU_LOCALE " + locale);
            default -> List.of(" LOCALE_PROVIDER builtin LOCALE 'C' BUILTIN_LOCALE " + locale);
          };
    }
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
  synchronized void drop(Database database) {
    open--;
    lastUse = clock.instant();
    try (PlannerSession planner = database.planner();
        Connection admin = database.admin()) {
      planner.end();
      admin.clearWarnings();
    } catch (SQLException e) {
      // They are gone either way.
    }
    TwinProcess process = running.get(database.major());
    if (process == null) {
      return;
    }
    try (Connection connection = process.address().connect("hone", 60);
        Statement sql = connection.createStatement()) {
      sql.execute("DROP DATABASE IF EXISTS " + database.name() + " WITH (FORCE)");
      sql.execute("DROP ROLE IF EXISTS " + database.role());
    } catch (SQLException e) {
      // What is left goes with the server's directory.
    }
  }

  /** Ends twins that an earlier Hone left behind, and removes their files. */
  public void removeRemains() throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> left;
    try (Stream<Path> children = Files.list(directory)) {
      left = children.filter(path -> path.getFileName().toString().matches("data\\d*")).toList();
    }
    for (Path data : left) {
      removeRemains(data);
    }
  }

  private static void removeRemains(Path data) throws IOException {
    Path pidFile = data.resolve("postmaster.pid");
    if (Files.exists(pidFile)) {
      List<String> lines = Files.readAllLines(pidFile);
      String pid = lines.isEmpty() ? "" : lines.getFirst().strip();
      if (pid.matches("\\d+")) {
        ProcessHandle.of(Long.parseLong(pid))
            .filter(process -> owns(process, data))
            .ifPresent(LocalPostgres::end);
      }
    }
    delete(data);
  }

  private static boolean owns(ProcessHandle process, Path data) {
    String command = process.info().commandLine().orElse("");
    return command.contains("postgres") && command.contains(data.toString());
  }

  static void delete(Path tree) throws IOException {
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
    if (open == 0 && lastUse.plus(IDLE).isBefore(now)) {
      close();
    }
  }

  @Override
  public synchronized void close() {
    for (TwinProcess process : running.values()) {
      process.close();
      try {
        delete(data(process.major()));
      } catch (IOException e) {
        // What is left is removed at the next start.
      }
    }
    running.clear();
  }
}
