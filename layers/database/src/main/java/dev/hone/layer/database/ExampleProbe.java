package dev.hone.layer.database;

import dev.hone.layer.database.advisor.Examples;
import dev.hone.loop.Probe;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/**
 * Looks at what sessions execute, so that advice knows values of statements too that are not met in
 * the seconds in which it is made.
 */
final class ExampleProbe implements Probe {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final Session session;
  private final Examples examples;

  /** A probe with a session of its own. */
  ExampleProbe(Session session, Examples examples) {
    this.session = session;
    this.examples = examples;
  }

  @Override
  public String name() {
    return "what sessions of database " + session.target().name() + " execute";
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public void sample(Instant now) {
    try {
      session.ask(
          (connection, server) -> {
            examples.look(connection);
            return true;
          });
    } catch (SQLException e) {
      // The database is away, which its own probe reports.
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
