package dev.hone.server;

import dev.hone.layer.database.DatabaseConnection;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.opentest4j.TestAbortedException;

/**
 * A real PostgreSQL with a small shop: orders lack an index on the customer, have one twice and one
 * that another begins with. Somebody shops until it is closed.
 */
final class ShopDatabase implements AutoCloseable {
  static final String SLOW = "SELECT count(*), sum(amount) FROM shop.orders WHERE customer_id = ?";

  private static final List<String> SCHEMA =
      List.of(
          "CREATE EXTENSION pg_stat_statements",
          "CREATE SCHEMA shop",
          "CREATE TABLE shop.customer (id int PRIMARY KEY, name text NOT NULL, city text NOT NULL)",
          "INSERT INTO shop.customer SELECT i, 'customer ' || i, 'city ' || i % 50"
              + " FROM generate_series(1, 5000) i",
          "CREATE TABLE shop.orders (id bigint PRIMARY KEY, customer_id int NOT NULL"
              + " REFERENCES shop.customer, placed timestamptz NOT NULL, amount numeric NOT NULL,"
              + " state text NOT NULL)",
          "INSERT INTO shop.orders SELECT i, i * 7919 % 5000 + 1, timestamptz '2026-01-01'"
              + " + i * interval '1 minute', i % 997 / 7.0, (ARRAY['open','paid','sent'])[i % 3 + 1]"
              + " FROM generate_series(1, 120000) i",
          "CREATE INDEX orders_placed ON shop.orders (placed)",
          "CREATE INDEX orders_placed_again ON shop.orders (placed)",
          "CREATE INDEX orders_state ON shop.orders (state)",
          "CREATE INDEX orders_state_placed ON shop.orders (state, placed)",
          "CREATE TABLE shop.note (text text)",
          "VACUUM ANALYZE");

  private final EmbeddedPostgres server;
  private final Thread shopper;
  private volatile boolean closed;

  private ShopDatabase(EmbeddedPostgres server) throws SQLException {
    this.server = server;
    for (String statement : SCHEMA) {
      execute(statement);
    }
    shopper = Thread.ofPlatform().daemon().name("shopper").start(this::shop);
  }

  /** Starts it; aborts the test with the reason when it cannot start here. */
  static ShopDatabase start() {
    try {
      return new ShopDatabase(
          EmbeddedPostgres.builder()
              .setServerConfig("shared_preload_libraries", "pg_stat_statements")
              .setServerConfig("shared_buffers", "32MB")
              .start());
    } catch (IOException | SQLException | RuntimeException e) {
      throw new TestAbortedException("embedded PostgreSQL cannot start here: " + e.getMessage(), e);
    }
  }

  DatabaseConnection connection() {
    return new DatabaseConnection("shop", url(), "postgres", "");
  }

  private String url() {
    return "jdbc:postgresql://localhost:" + server.getPort() + "/postgres";
  }

  void execute(String statement) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(), "postgres", "");
        Statement sql = connection.createStatement()) {
      sql.execute(statement);
    }
  }

  String ask(String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(), "postgres", "");
        Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  /** The fingerprint of the statement that lacks an index. */
  String slowQueryid() throws SQLException {
    return ask(
        "SELECT queryid FROM pg_stat_statements WHERE query LIKE 'SELECT count(*), sum(am%'");
  }

  private void shop() {
    try (Connection connection = DriverManager.getConnection(url(), "postgres", "");
        var history = connection.prepareStatement(SLOW);
        var customer =
            connection.prepareStatement("SELECT name, city FROM shop.customer WHERE id = ?");
        var newest =
            connection.prepareStatement(
                "SELECT id, amount FROM shop.orders WHERE state = ? ORDER BY placed DESC LIMIT 20");
        var pay =
            connection.prepareStatement("UPDATE shop.orders SET state = 'paid' WHERE id = ?");
        var order =
            connection.prepareStatement(
                "INSERT INTO shop.orders VALUES (?, ?, now(), 12.5, 'open')")) {
      for (int i = 1; !closed; i++) {
        history.setInt(1, i % 5000 + 1);
        history.executeQuery().close();
        for (int j = 0; j < 5; j++) {
          customer.setInt(1, (i * 31 + j) % 5000 + 1);
          customer.executeQuery().close();
        }
        newest.setString(1, i % 2 == 0 ? "open" : "paid");
        newest.executeQuery().close();
        pay.setLong(1, i % 120_000 + 1);
        pay.executeUpdate();
        order.setLong(1, 1_000_000 + i);
        order.setInt(2, i % 5000 + 1);
        order.executeUpdate();
        Thread.sleep(20);
      }
    } catch (SQLException | InterruptedException e) {
      // The server was stopped.
    }
  }

  /** Stops the server, as a crash or a restart would. */
  void stop() {
    closed = true;
    shopper.interrupt();
    try {
      server.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      stop();
    }
  }
}
