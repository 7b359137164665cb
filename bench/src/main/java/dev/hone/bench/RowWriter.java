package dev.hone.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An application that writes to the table all the time, about a hundred times a second: rows of its
 * own, each with the next number, and changes of rows that were there before. It remembers what was
 * acknowledged, and how long a write took at the longest while the server was there.
 */
final class RowWriter implements AutoCloseable {
  /** Numbers of its own rows begin here. */
  static final long FIRST = 1_000_000_000;

  private static final long PAUSE_MILLIS = 10;
  private static final int CHANGED_ROWS = 10_000;

  private final String url;
  private final String user;
  private final String password;
  private final SplittableRandom random = new SplittableRandom(1);
  private final Thread thread;
  private volatile boolean over;
  private final AtomicLong acknowledged = new AtomicLong(FIRST);
  private volatile long longestNanos;
  private final AtomicLong broken = new AtomicLong();

  private RowWriter(String url, String user, String password) {
    this.url = url;
    this.user = user;
    this.password = password;
    this.thread = Thread.ofPlatform().daemon().name("writer").unstarted(this::run);
  }

  static RowWriter start(String url, String user, String password) {
    var writer = new RowWriter(url, user, password);
    writer.thread.start();
    return writer;
  }

  private void run() {
    while (!over) {
      try (Connection connection = DriverManager.getConnection(url, user, password);
          PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO entries VALUES (?, 7, 7, 'written') ON CONFLICT DO NOTHING");
          PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE entries SET account = account + 1, amount = amount + 1 WHERE id = ?")) {
        while (!over) {
          insert.setLong(1, acknowledged.get() + 1);
          timed(insert);
          acknowledged.incrementAndGet();
          update.setLong(1, 1 + random.nextInt(CHANGED_ROWS));
          timed(update);
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
      } catch (SQLException e) {
        broken.incrementAndGet();
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void timed(PreparedStatement statement) throws SQLException {
    long began = System.nanoTime();
    statement.executeUpdate();
    longestNanos = Math.max(longestNanos, System.nanoTime() - began);
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many writes were acknowledged. */
  long count() {
    return acknowledged.get() - FIRST;
  }

  /** The longest write that succeeded so far, in milliseconds. */
  double longestMillis() {
    return longestNanos / 1e6;
  }

  /** How often the server went away from it. */
  long brokenConnections() {
    return broken.get();
  }

  /** Acknowledged rows that are not there. */
  long lost(Connection connection) throws SQLException {
    long known = acknowledged.get();
    try (PreparedStatement query =
        connection.prepareStatement("SELECT count(*) FROM entries WHERE id > ? AND id <= ?")) {
      query.setLong(1, FIRST);
      query.setLong(2, known);
      try (var row = query.executeQuery()) {
        row.next();
        return known - FIRST - row.getLong(1);
      }
    }
  }

  @Override
  public void close() {
    over = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
