package dev.hone.layer.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A read-only connection that is opened when it is first needed and again after it broke. Its
 * statements carry the comment {@link #MARK}, so that they can be told from the ones diagnosed.
 */
final class Session implements DatabaseProbe.Companion {
  /** Stands in every statement of Hone's own. */
  static final String MARK = "/* hone */";

  private static final int STATEMENT_TIMEOUT_MILLIS = 5000;

  private final DatabaseConnection target;
  private @Nullable Connection connection;
  private @Nullable Server server;

  /** Something that is asked of the server. */
  @FunctionalInterface
  interface Question<T> {
    T ask(Connection connection, Server server) throws SQLException;
  }

  Session(DatabaseConnection target) {
    this.target = target;
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
      open = target.connect("hone", 15);
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

  private static void prepare(Connection open) throws SQLException {
    try (Statement statement = open.createStatement()) {
      statement.execute(
          "SET statement_timeout = "
              + STATEMENT_TIMEOUT_MILLIS
              + "; SET lock_timeout = 1000; SET default_transaction_read_only = on");
    }
    try (Statement statement = open.createStatement()) {
      statement.execute("SET pg_stat_statements.track = 'none'");
    } catch (SQLException e) {
      if (!open.isValid(1)) {
        throw e;
      }
      // Only a superuser may; other roles' statements are told apart by their mark.
    }
  }

  private static boolean broken(Connection open, SQLException e) throws SQLException {
    String state = e.getSQLState();
    boolean lost = state == null || state.startsWith("08") || state.startsWith("57P");
    return lost || open.isClosed();
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
