package dev.hone.layer.database;

import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobException.Reason;
import dev.hone.loop.KnobRef;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One index that is there or not. Its value is {@code absent}, the statement that makes it, {@code
 * invalid} while it is half built, or, when the name belongs to somebody else's index, that one's
 * statement.
 *
 * <p>It is built and dropped CONCURRENTLY under a lock_timeout, so that readers and writers of the
 * table never queue behind it for long. PostgreSQL leaves an invalid index behind when a build
 * fails; {@link #write} and {@link #undo} remove it.
 */
final class IndexKnob implements Knob {
  private static final int ATTEMPTS = 6;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  /** CONCURRENTLY waits for every older transaction of the database. */
  private static final int OLDEST_TRANSACTION_SECONDS = 60;

  /** A build writes the whole index to the log, which replicas must apply in its order. */
  private static final int MOST_LAG_SECONDS = 10;

  private final KnobRef ref;
  private final String ddl;
  private final IndexCatalog catalog;
  private final Session session;

  IndexKnob(KnobRef ref, Session session) {
    this.ref = ref;
    this.ddl = ref.parameter("ddl");
    this.catalog = IndexCatalog.of(ref);
    this.session = session;
  }

  @Override
  public KnobRef ref() {
    return ref;
  }

  @Override
  public Capability probe() {
    try {
      return change(connection -> catalog.capability(connection, session.target().user()));
    } catch (KnobException e) {
      return Capability.none(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public String read() throws KnobException {
    return change(catalog::value);
  }

  @Override
  public void write(String expected, String value) throws KnobException, InterruptedException {
    if (!value.equals(IndexCatalog.ABSENT) && !value.equals(ddl)) {
      throw failed("knows only the values `absent` and `" + ddl + "`, not `" + value + "`", null);
    }
    String now = read();
    if (now.equals(value)) {
      return;
    }
    if (!now.equals(expected) && !now.equals(IndexCatalog.INVALID)) {
      throw drift(now, expected);
    }
    if (now.equals(IndexCatalog.INVALID)) {
      drop();
    }
    if (value.equals(IndexCatalog.ABSENT)) {
      String resting = change(catalog::restsOnIt);
      if (!resting.isEmpty()) {
        throw failed("was not dropped: " + resting + " rests on it", null);
      }
      drop();
    } else {
      build();
    }
    String after = read();
    if (!after.equals(value)) {
      throw failed("reads `" + after + "` after it was set to `" + value + "`", null);
    }
  }

  @Override
  public void undo(String prior, String written) throws KnobException, InterruptedException {
    endBuilder();
    String now = read();
    if (now.equals(prior)) {
      return;
    }
    if (!now.equals(IndexCatalog.INVALID) && !now.equals(written)) {
      throw drift(now, written);
    }
    write(now, prior);
  }

  /** Ends a build of this very index that a killed Hone left running on the server. */
  private void endBuilder() throws KnobException, InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      boolean running =
          change(
              connection -> {
                try (PreparedStatement end =
                    connection.prepareStatement(
                        "SELECT /* hone */ pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
                            + " application_name = left(?, 63) AND datname = current_database()"
                            + " AND usename = current_user")) {
                  end.setString(1, builderName());
                  try (ResultSet rows = end.executeQuery()) {
                    return rows.next();
                  }
                }
              });
      if (!running) {
        return;
      }
      Thread.sleep(50L << attempt);
    }
  }

  private String builderName() {
    return "hone index " + catalog.index();
  }

  private void build() throws KnobException, InterruptedException {
    refuseBadMoment();
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      try (Connection connection = session.target().connect(builderName(), 0)) {
        Interruptible.execute(
            connection,
            "SET lock_timeout = 2000; SET statement_timeout = 0; SET default_tablespace = ''");
        if (read().equals(IndexCatalog.INVALID)) {
          Interruptible.execute(
              connection, "DROP INDEX CONCURRENTLY " + catalog.qualifiedName(connection));
        }
        Interruptible.execute(connection, ddl);
        if (catalog.index().startsWith(IndexSpec.PREFIX + "_")) {
          refuseForeignCode(connection);
          Interruptible.execute(
              connection,
              "COMMENT ON INDEX " + catalog.qualifiedName(connection) + " IS 'created by Hone'");
        }
        if (catalog.hasExpression(connection)) {
          Interruptible.execute(
              connection, "ANALYZE " + Identifiers.quoted(catalog.schema(), catalog.table()));
        }
        return;
      } catch (SQLException e) {
        dropHalfBuilt();
        if (!busy(e) || attempt == ATTEMPTS) {
          throw translated(e, "could not be built");
        }
      } catch (InterruptedException e) {
        dropHalfBuilt();
        throw e;
      }
      Thread.sleep(pause);
      pause = pause.multipliedBy(2);
    }
  }

  /** The server may have chosen another function than the one that was tested. */
  private void refuseForeignCode(Connection connection)
      throws SQLException, KnobException, InterruptedException {
    String foreign = catalog.foreignCode(connection);
    if (!foreign.isEmpty()) {
      Interruptible.execute(
          connection, "DROP INDEX CONCURRENTLY " + catalog.qualifiedName(connection));
      throw new KnobException(
          Reason.DENIED,
          "index `"
              + catalog.index()
              + "` was dropped again: every write would execute "
              + foreign
              + " with the rights of whoever writes; if you trust that, build it by hand.");
    }
  }

  /** One attempt; what stays is removed by the next attempt to build, or by {@link #undo}. */
  private void dropHalfBuilt() {
    try {
      if (read().equals(IndexCatalog.INVALID)) {
        change(catalog::drop);
      }
    } catch (KnobException e) {
      // The failure or interrupt that led here is reported instead.
    }
  }

  private void drop() throws KnobException, InterruptedException {
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      try {
        session.ask((connection, server) -> catalog.drop(connection));
        return;
      } catch (SQLException e) {
        if (attempt == ATTEMPTS || !(busy(e) || lost(e))) {
          throw translated(e, "could not be dropped");
        }
      }
      Thread.sleep(pause);
      pause = pause.multipliedBy(2);
    }
  }

  /** Throws when the build would wait for long or fill the disk. */
  private void refuseBadMoment() throws KnobException {
    double age = change(IndexCatalog::oldestTransactionSeconds);
    if (age > OLDEST_TRANSACTION_SECONDS) {
      throw failed(
          String.format(
              Locale.ROOT,
              "was not built: a transaction has been open for %.0f s and the build would wait for"
                  + " it; end it (see pg_stat_activity) and try again",
              age),
          null);
    }
    double lag = change(IndexCatalog::replicaLagSeconds);
    if (lag > MOST_LAG_SECONDS) {
      throw failed(
          String.format(
              Locale.ROOT,
              "was not built: a replica is %.0f s behind and the build would put it further; see"
                  + " pg_stat_replication and try again when it has caught up",
              lag),
          null);
    }
    String other = change(IndexCatalog::otherBuild);
    if (!other.isEmpty()) {
      throw failed(
          "was not built: another index is being built on " + other + "; try again after it", null);
    }
    long free = change(connection -> IndexCatalog.freeBytes(session.target(), connection));
    long needed = change(catalog::tableBytes);
    if (free >= 0 && free < needed) {
      throw failed(
          "was not built: the disk has %d MiB left and the table alone has %d MiB; free some room"
              .formatted(free >> 20, needed >> 20),
          null);
    }
  }

  @Override
  public Duration settlingTime() {
    return Duration.ofSeconds(2);
  }

  @Override
  public Reversibility reversibility() {
    return Reversibility.ONE_WAY;
  }

  @Override
  public Risk risk() {
    return Risk.R1;
  }

  @Override
  public String group() {
    return "service-latency";
  }

  /** What is asked or done in one go. */
  @FunctionalInterface
  private interface Step<T> {
    T take(Connection connection) throws SQLException;
  }

  /** Takes a step; on a connection that turns out to be dead, once more on a new one. */
  private <T> T change(Step<T> step) throws KnobException {
    try {
      try {
        return session.ask((connection, server) -> step.take(connection));
      } catch (SQLException e) {
        if (!lost(e)) {
          throw e;
        }
        return session.ask((connection, server) -> step.take(connection));
      }
    } catch (SQLException e) {
      throw translated(e, "could not be looked at or changed");
    }
  }

  private String name() {
    return catalog.schema() + "." + catalog.index();
  }

  private String tableName() {
    return catalog.schema() + "." + catalog.table();
  }

  private static String state(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }

  private static boolean lost(SQLException e) {
    return state(e).startsWith("08") || state(e).startsWith("57P");
  }

  /** lock_not_available, deadlock_detected, object_in_use. */
  private static boolean busy(SQLException e) {
    return switch (state(e)) {
      case "55P03", "40P01", "55006" -> true;
      default -> false;
    };
  }

  private KnobException translated(SQLException e, String what) {
    String place = "index `" + name() + "`";
    if (lost(e) || state(e).startsWith("28") || state(e).equals("3D000")) {
      return new KnobException(Reason.UNREACHABLE, session.target().sentence(e), e);
    }
    return switch (state(e)) {
      case "42501" ->
          new KnobException(
              Reason.DENIED,
              place
                  + " "
                  + what
                  + ": role `"
                  + session.target().user()
                  + "` may not; run it as the"
                  + " owner of `"
                  + tableName()
                  + "`.",
              e);
      case "42P01", "3F000" ->
          new KnobException(
              Reason.GONE,
              place + " " + what + ": table `" + tableName() + "` no longer exists.",
              e);
      case "55P03" ->
          failed(
              what
                  + " in "
                  + ATTEMPTS
                  + " attempts, because a transaction holds a lock on `"
                  + tableName()
                  + "` or began before ("
                  + oldest()
                  + "); try again when it has ended",
              e);
      default -> failed(what + ": " + DatabaseConnection.plain(e), e);
    };
  }

  private String oldest() {
    try {
      return change(IndexCatalog::oldestTransaction);
    } catch (KnobException e) {
      return "see pg_stat_activity";
    }
  }

  private KnobException failed(String what, @Nullable SQLException cause) {
    String text = "index `" + name() + "` " + what + ".";
    return cause == null
        ? new KnobException(Reason.FAILED, text)
        : new KnobException(Reason.FAILED, text, cause);
  }

  private KnobException drift(String now, String expected) {
    return new KnobException(
        Reason.DRIFT,
        "index `"
            + name()
            + "` is `"
            + now
            + "` and not `"
            + expected
            + "`: somebody else changed it; it stays as it is.");
  }
}
