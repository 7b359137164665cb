package dev.hone.layer.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * One real PostgreSQL 18 for all tests of this module, with pg_stat_statements and the table
 * public.orders of 200 000 rows that lacks an index on customer_id. Statistics change only when a
 * test says ANALYZE.
 */
public final class LiveDatabase {
  static final String SLOW = "SELECT count(*), sum(amount) FROM orders WHERE customer_id = ?";
  static final String FAST = "SELECT name FROM customers WHERE id = ?";

  private static @Nullable EmbeddedPostgres server;
  private static String failure = "";

  private LiveDatabase() {}

  /** The shared server; aborts the test with the reason when it cannot start here. */
  static synchronized EmbeddedPostgres server() {
    EmbeddedPostgres running = server;
    if (running == null && failure.isEmpty()) {
      try {
        running =
            EmbeddedPostgres.builder()
                .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                .setServerConfig("shared_buffers", "64MB")
                .setServerConfig("max_connections", "40")
                .setServerConfig("autovacuum_naptime", "1d")
                .start();
        server = running;
        fill();
      } catch (IOException | SQLException | RuntimeException e) {
        failure = "embedded PostgreSQL cannot start here: " + e.getMessage();
      }
    }
    if (running == null || !failure.isEmpty()) {
      throw new TestAbortedException(failure);
    }
    return running;
  }

  private static void fill() throws SQLException {
    try (Connection connection = raw();
        Statement sql = connection.createStatement()) {
      sql.execute("CREATE EXTENSION pg_stat_statements");
      sql.execute("CREATE TYPE order_status AS ENUM ('open', 'paid', 'sent')");
      sql.execute(
          "CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, since date NOT NULL)");
      sql.execute(
          "INSERT INTO customers SELECT i, 'customer ' || i, date '2020-01-01' + i % 2000"
              + " FROM generate_series(1, 10000) i");
      sql.execute(
          "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL,"
              + " status order_status NOT NULL, amount numeric(10,2) NOT NULL,"
              + " created_at timestamptz NOT NULL, note text)");
      sql.execute(
          "INSERT INTO orders SELECT i, (i * 7919) % 10000 + 1,"
              + " (ARRAY['open','paid','sent'])[i % 3 + 1]::order_status, (i % 997) / 7.0,"
              + " timestamptz '2025-01-01' + i * interval '1 minute',"
              + " CASE WHEN i % 5 = 0 THEN repeat('x', 20) END FROM generate_series(1, 200000) i");
      sql.execute("VACUUM ANALYZE customers, orders");
      sql.execute(
          "CREATE ROLE hone LOGIN; GRANT pg_monitor, pg_read_all_data TO hone;"
              + " GRANT CREATE ON SCHEMA public TO hone;"
              + " ALTER TABLE customers OWNER TO hone; ALTER TABLE orders OWNER TO hone");
    }
  }

  /** A new connection of the application under observation, as superuser. */
  public static Connection raw() throws SQLException {
    return DriverManager.getConnection(server().getJdbcUrl("postgres", "postgres"));
  }

  /** On which port of localhost it listens. */
  public static int port() {
    return server().getPort();
  }

  /** How Hone is told of it: as a role that may look, and owns the tables. */
  static DatabaseConnection connection() {
    return connection("hone");
  }

  /** The same as another role. */
  static DatabaseConnection connection(String role) {
    return new DatabaseConnection(
        "shop", "jdbc:postgresql://localhost:" + server().getPort() + "/postgres", role, "");
  }

  /** Executes a statement as superuser. */
  public static void execute(String statement) throws SQLException {
    try (Connection connection = raw();
        Statement sql = connection.createStatement()) {
      sql.execute(statement);
    }
  }

  public static String ask(String query) throws SQLException {
    try (Connection connection = raw();
        Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Calls the slow statement and the fast one. */
  static void work(int slowCalls, int fastCalls) throws SQLException {
    try (Connection connection = raw();
        var slow = connection.prepareStatement(SLOW);
        var fast = connection.prepareStatement(FAST)) {
      for (int i = 0; i < slowCalls; i++) {
        slow.setInt(1, i + 1);
        slow.executeQuery().close();
      }
      for (int i = 0; i < fastCalls; i++) {
        fast.setInt(1, i + 1);
        fast.executeQuery().close();
      }
    }
  }
}
