package dev.hone.bench;

import dev.hone.bench.database.ScratchServer;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Loops;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Indexes that are made, tried and kept or dropped while something goes wrong and an application
 * writes to their table: whatever happens, no acknowledged row may be lost, no invalid index may
 * stay, an index may be there only if its loop says that it is kept, and no write may wait for
 * long.
 */
final class DisturbedIndexes {
  private static final String DATABASE = "disturbed";
  private static final List<String> COLUMNS =
      List.of("account", "amount", "note", "account, amount", "amount, note");

  private final Path postgres;
  private final Figures figures;
  private final PrintStream log;
  private final double share;
  private final SplittableRandom random;
  private final Map<Kind, Map<String, Integer>> ends = new EnumMap<>(Kind.class);
  private final Path directory;

  /** Kept ones that were dropped after a look, lest there be ever more. */
  private final Set<String> dropped = new HashSet<>();

  private int runs;
  private int changes;
  private int invalid;
  private int wrong;
  private int late;
  private long lost;
  private double longest;

  /** What goes wrong. */
  enum Kind {
    /** {@code kill -9} of Hone. */
    HONE_KILLED(80),
    /** {@code kill -9} of a process of the server, which then restarts all of them. */
    POSTGRES_KILLED(40),
    /** A transaction that began before and ends one to four seconds later. */
    LONG_TRANSACTION(20),
    /** Somebody holds a lock on the table that a build needs too. */
    LOCK(20),
    /** A transaction that has been open for more than a minute. */
    OLD_TRANSACTION(10),
    /** No room for the index. */
    DISK_FULL(20),
    /** A replica that does not apply what it receives. */
    REPLICA_LAG(20);

    private final int times;

    Kind(int times) {
      this.times = times;
    }
  }

  DisturbedIndexes(
      Path postgres, Path directory, Figures figures, PrintStream log, double share, long seed) {
    this.postgres = postgres;
    this.directory = directory;
    this.figures = figures;
    this.log = log;
    this.share = share;
    this.random = new SplittableRandom(seed);
  }

  void run() throws Exception {
    try (ScratchServer server = ScratchServer.start(postgres, Map.of())) {
      prepare(server, DATABASE);
      try (Connection old = open(server, "old");
          DisturbedPlace place = place(server, DATABASE)) {
        long opened = System.nanoTime();
        all(place, Kind.HONE_KILLED, () -> honeKilled(place));
        all(
            place,
            Kind.LONG_TRANSACTION,
            () -> longTransaction(place, "UPDATE entries SET note =" + " note WHERE id = 150000"));
        all(
            place,
            Kind.LOCK,
            () -> longTransaction(place, "LOCK TABLE entries IN SHARE UPDATE" + " EXCLUSIVE MODE"));
        oldTransaction(server, opened);
        old.rollback();
      }
      diskFull(server);
      replicaLag(server);
    }
    try (ScratchServer server = ScratchServer.start(postgres, Map.of())) {
      prepare(server, DATABASE);
      try (DisturbedPlace place = place(server, DATABASE)) {
        all(place, Kind.POSTGRES_KILLED, () -> postgresKilled(place));
        figures.report(
            "database.disturbed-restarts", (double) place.writer().brokenConnections(), "restarts");
      }
    }
    report();
  }

  private static void prepare(ScratchServer server, String database) throws SQLException {
    server.execute("postgres", "CREATE DATABASE " + database);
    server.execute(
        database,
        "CREATE TABLE entries (id bigint PRIMARY KEY, account int NOT NULL, amount int NOT NULL,"
            + " note text NOT NULL)",
        "INSERT INTO entries SELECT i, i % 5000, (i * 7919::bigint) % 90000, md5(i::text) FROM"
            + " generate_series(1, 200000) i",
        "VACUUM ANALYZE entries");
  }

  /** A transaction that stays open. */
  private static Connection open(ScratchServer server, String database) throws SQLException {
    prepare(server, database);
    Connection connection = server.connect(database);
    connection.setAutoCommit(false);
    try (Statement sql = connection.createStatement()) {
      sql.execute("UPDATE entries SET note = note WHERE id = 150000");
    }
    return connection;
  }

  private DisturbedPlace place(ScratchServer server, String database)
      throws IOException, InterruptedException {
    return new DisturbedPlace(
        server, database, Files.createDirectory(directory.resolve(database + "-" + runs)));
  }

  /** Something that goes wrong once. */
  private interface Trial {
    String run() throws Exception;
  }

  private void all(DisturbedPlace place, Kind kind, Trial trial) throws Exception {
    int times = (int) Math.max(1, Math.round(kind.times * share));
    for (int i = 0; i < times; i++) {
      String end;
      try {
        end = trial.run();
      } catch (CrashProcess.LateException e) {
        late++;
        end = "late: " + e.getMessage();
        place.restart();
      }
      runs++;
      ends.computeIfAbsent(kind, k -> new TreeMap<>()).merge(end, 1, Integer::sum);
      check(place, kind + " " + i);
    }
    longest = Math.max(longest, place.writer().longestMillis());
    log.printf(
        "disturbed: %s %s; %d writes, the longest %.0f ms%n",
        kind, ends.get(kind), place.writer().count(), place.writer().longestMillis());
  }

  private void begin(DisturbedPlace place) throws IOException, InterruptedException {
    begin(place, "");
  }

  /** Has an index made in a tablespace, or in the database's own. */
  private void begin(DisturbedPlace place, String tablespace)
      throws IOException, InterruptedException {
    changes++;
    String column = COLUMNS.get(random.nextInt(COLUMNS.size()));
    Fate fate = random.nextBoolean() ? Fate.KEEP : Fate.WORSEN;
    place.begin(
        "hone_d" + changes + " " + column.replace(", ", "+") + " " + fate + " " + tablespace);
  }

  private String honeKilled(DisturbedPlace place) throws IOException, InterruptedException {
    begin(place);
    TimeUnit.MILLISECONDS.sleep(random.nextInt(2_000));
    place.restart();
    return "started again";
  }

  private String postgresKilled(DisturbedPlace place) throws Exception {
    begin(place);
    TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500));
    place.server().killOne();
    String end = place.over();
    place.server().awaitReady();
    return end;
  }

  private String longTransaction(DisturbedPlace place, String statement) throws Exception {
    try (Connection other = place.server().connect(place.database());
        Statement sql = other.createStatement()) {
      other.setAutoCommit(false);
      sql.execute(statement);
      begin(place);
      TimeUnit.MILLISECONDS.sleep(1_000 + random.nextInt(3_000));
      other.rollback();
    }
    return place.over();
  }

  private void oldTransaction(ScratchServer server, long opened) throws Exception {
    long rest = opened + TimeUnit.SECONDS.toNanos(62) - System.nanoTime();
    TimeUnit.NANOSECONDS.sleep(Math.max(0, rest));
    try (DisturbedPlace place = place(server, "old")) {
      all(
          place,
          Kind.OLD_TRANSACTION,
          () -> {
            begin(place);
            return place.over();
          });
    }
  }

  private void diskFull(ScratchServer server) throws Exception {
    Path small = Files.createDirectory(directory.resolve("small"));
    Optional<SmallDisk> disk = SmallDisk.mount(small);
    if (disk.isEmpty()) {
      figures.skipped("database.disturbed-full", "a small file system cannot be mounted here");
      return;
    }
    try (SmallDisk mounted = disk.get()) {
      ScratchServer.give(mounted.directory());
      prepare(server, "crammed");
      server.execute("postgres", "CREATE TABLESPACE small LOCATION '" + small + "'");
      try (DisturbedPlace place = place(server, "crammed")) {
        all(
            place,
            Kind.DISK_FULL,
            () -> {
              begin(place, "small");
              return place.over();
            });
      }
      server.execute("postgres", "DROP DATABASE crammed WITH (FORCE)", "DROP TABLESPACE small");
    }
  }

  private void replicaLag(ScratchServer server) throws Exception {
    try (ScratchServer standby = server.standby()) {
      standby.execute("postgres", "SELECT pg_wal_replay_pause()");
      try (DisturbedPlace place = place(server, DATABASE)) {
        TimeUnit.SECONDS.sleep(15);
        all(
            place,
            Kind.REPLICA_LAG,
            () -> {
              begin(place);
              return place.over();
            });
      }
      standby.execute("postgres", "SELECT pg_wal_replay_resume()");
    }
  }

  /** Looks at the server and the journal. */
  private void check(DisturbedPlace place, String where) throws Exception {
    try (Connection connection = place.connect();
        Statement sql = connection.createStatement()) {
      Set<String> there = new HashSet<>();
      try (ResultSet rows =
          sql.executeQuery(
              "SELECT relname, indisvalid FROM pg_index JOIN pg_class ON oid = indexrelid"
                  + " WHERE relname LIKE 'hone%' OR NOT indisvalid")) {
        while (rows.next()) {
          if (rows.getBoolean(2)) {
            there.add(rows.getString(1));
          } else {
            invalid++;
            log.println("disturbed: " + where + ": invalid index " + rows.getString(1));
          }
        }
      }
      Set<String> kept = kept(place, where);
      kept.removeAll(dropped);
      if (!there.equals(kept)) {
        wrong++;
        log.println("disturbed: " + where + ": there are " + there + ", kept are " + kept);
      }
      for (String name : there) {
        sql.execute("DROP INDEX " + name);
        dropped.add(name);
      }
      long missing = place.writer().lost(connection);
      if (missing != 0) {
        lost += missing;
        log.println("disturbed: " + where + ": " + missing + " rows are lost");
      }
    }
  }

  private static Set<String> kept(DisturbedPlace place, String where) throws IOException {
    Map<String, LoopState> states = new HashMap<>();
    try (var loops = Loops.read(place.journal().resolve(IndexChild.JOURNAL))) {
      for (LoopRecord loop : loops.page(summary -> true, "", Integer.MAX_VALUE)) {
        states.put(loop.plan().knob().parameter("index"), loop.state());
      }
    }
    Set<String> kept = new HashSet<>();
    states.forEach(
        (index, state) -> {
          if (state == LoopState.KEPT) {
            kept.add(index);
          } else if (state.isActive() || state == LoopState.STUCK) {
            kept.add(where + ": " + index + " is " + state);
          }
        });
    return kept;
  }

  private void report() throws IOException {
    figures.report("database.disturbed-runs", runs, "runs");
    for (Map.Entry<Kind, Map<String, Integer>> kind : ends.entrySet()) {
      for (Map.Entry<String, Integer> end : kind.getValue().entrySet()) {
        figures.report(
            "database.disturbed-" + name(kind.getKey()) + "-" + end.getKey().replace(' ', '-'),
            end.getValue(),
            "runs");
      }
    }
    figures.add("database.disturbed-rows-lost", (double) lost, "rows", new Goal("<=0"));
    figures.add("database.disturbed-invalid-indexes", invalid, "indexes", new Goal("<=0"));
    figures.add("database.disturbed-index-and-state-differ", wrong, "runs", new Goal("<=0"));
    figures.add("database.disturbed-without-end", late, "runs", new Goal("<=0"));
    figures.add("database.disturbed-longest-write", longest, "ms", new Goal("<=2000"));
  }

  private static String name(Kind kind) {
    return kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
