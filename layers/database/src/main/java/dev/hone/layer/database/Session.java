package dev.hone.layer.database;

import dev.hone.layer.database.twin.Plans;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is opened when it is first needed and again after it broke. Its statements
 * carry the comment {@link #MARK}, so that they can be told from the ones diagnosed.
 */
final class Session implements DatabaseProbe.Companion {
  /** Stands in every statement of Hone's own. */
  static final String MARK = Plans.MARK;

  /** What a session is for; decides its settings. */
  enum Purpose {
    /** Looks only, and gives up after five seconds. */
    READ(
        "SET statement_timeout = 5000; SET lock_timeout = 1000;"
            + " SET default_transaction_read_only = on",
        150),
    /** The same while a person waits: what does not answer in time counts as away. */
    SHOW(READ.settings, 6),
    /** Changes the catalogue, never waiting long for a lock. */
    CHANGE("SET statement_timeout = 120000; SET lock_timeout = 2000", 150);

    private final String settings;
    private final int socketTimeoutSeconds;

    Purpose(String settings, int socketTimeoutSeconds) {
      this.settings = settings;
      this.socketTimeoutSeconds = socketTimeoutSeconds;
    }
  }

  private final DatabaseConnection target;
  private final Purpose purpose;
  private @Nullable Connection connection;
  private @Nullable Server server;

  /** Something that is asked of the server. */
  @FunctionalInterface
  interface Question<T> {
    T ask(Connection connection, Server server) throws SQLException;
  }

  Session(DatabaseConnection target) {
    this(target, Purpose.READ);
  }

  Session(DatabaseConnection target, Purpose purpose) {
    this.target = target;
    this.purpose = purpose;
  }

  DatabaseConnection target() {
    return target;
  }

  /**
   * Asks a question; connects first where needed. After a failure that broke the connection the
   * next question opens a new one.
   */
  synchronized <T> T ask(Question<T> question) throws SQLException {
    Connection open = connection;
    Server known = server;
    if (open == null || known == null) {
      open = target.connect("hone", purpose.socketTimeoutSeconds);
      connection = open;
      prepare(open);
      known = Server.of(open);
      server = known;
    }
    try {
      return question.ask(open, known);
    } catch (SQLException e) {
      if (broken(open, e)) {
        close();
      }
      throw e;
    }
  }

  private void prepare(Connection open) throws SQLException {
    try (Statement statement = open.createStatement()) {
      statement.execute(purpose.settings);
    }
    try (Statement statement = open.createStatement()) {
      // Only a superuser may, and the server's log would tell of each who tried; the statements of
      // others are told apart by their mark.
      statement.execute(
          "SELECT set_config('pg_stat_statements.track', 'none', false) FROM pg_roles"
              + " WHERE rolname = current_user AND rolsuper");
    } catch (SQLException e) {
      if (!open.isValid(1)) {
        throw e;
      }
    }
  }

  private static boolean broken(Connection open, SQLException e) throws SQLException {
    return isLost(e) || open.isClosed();
  }

  /** Whether the connection is gone with an error. */
  static boolean isLost(SQLException e) {
    String state = e.getSQLState();
    return state == null || state.startsWith("08") || state.startsWith("57P");
  }

  @Override
  public synchronized void close() {
    Connection open = connection;
    connection = null;
    server = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        // The connection is gone either way.
      }
    }
  }
}
