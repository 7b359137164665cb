package dev.hone.layer.database;

import dev.hone.layer.database.advisor.Advice;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs recommended statements that are no indexes, one after the other, each in a transaction of
 * its own. None waits for a lock for more than two seconds at a time, so that readers and writers
 * never queue behind it for long.
 */
public final class StatementRunner {
  private static final int ATTEMPTS = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private final DatabaseConnection database;

  /** A runner on one database. */
  public StatementRunner(DatabaseConnection database) {
    this.database = database;
  }

  /**
   * Runs what was recommended.
   *
   * @throws DatabaseConnection.Refused when the server refuses; what ran before stays
   */
  public void carryOut(Advice.Recommended recommended)
      throws DatabaseConnection.Refused, InterruptedException {
    try (Connection connection = database.connect("hone advise", 0)) {
      Interruptible.execute(connection, "SET lock_timeout = 2000; SET statement_timeout = 0");
      for (String statement : statements(recommended.ddl())) {
        run(connection, statement);
      }
    } catch (SQLException e) {
      throw new DatabaseConnection.Refused(
          "`" + recommended.ddl() + "` failed: " + DatabaseConnection.plain(e) + ".", e);
    }
  }

  /** Statements with semicolons between them; one within quotes is part of a name or a text. */
  static List<String> statements(String text) {
    var statements = new ArrayList<String>();
    char quote = 0;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == ';') {
        statements.add(text.substring(from, i).strip());
        from = i + 1;
      }
    }
    statements.add(text.substring(from).strip());
    return List.copyOf(statements);
  }

  private static void run(Connection connection, String statement)
      throws SQLException, InterruptedException {
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      try {
        Interruptible.execute(connection, statement);
        return;
      } catch (SQLException e) {
        if (attempt == ATTEMPTS || !LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
          throw e;
        }
      }
      Thread.sleep(pause);
      pause = pause.multipliedBy(2);
    }
  }
}
