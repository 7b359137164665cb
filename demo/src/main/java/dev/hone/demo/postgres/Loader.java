package dev.hone.demo.postgres;

import dev.hone.demo.DemoException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Makes the roles, loads the data set and gathers the planner's statistics. */
final class Loader {
  /** Opens connections as an administrator of the shop's database. */
  @FunctionalInterface
  interface Administrator {
    Connection connect() throws SQLException;
  }

  private static final List<String> TABLES =
      List.of("category", "product", "customer", "basket", "orders", "order_line");

  private final Administrator administrator;

  Loader(Administrator administrator) {
    this.administrator = administrator;
  }

  /**
   * Makes the role {@code shop}, which owns the tables, and the role {@code hone}, which may read
   * everything and, as a member of {@code shop}, index the tables.
   */
  void roles(String shopPassword, String honePassword) throws SQLException {
    run(
        List.of(
            "create extension if not exists pg_stat_statements",
            "create role shop login password '" + shopPassword + "'",
            "create role hone login password '"
                + honePassword
                + "' in role shop, pg_monitor,"
                + " pg_read_all_data",
            "create schema shop authorization shop",
            "alter role shop set search_path = shop",
            "alter role hone set search_path = shop, public"));
  }

  /** Loads the data on two connections. */
  void load(DataSet data, boolean indexed) throws SQLException {
    CompletableFuture<Void> catalogue =
        CompletableFuture.runAsync(
            () -> {
              try {
                run(asShop(data.catalogue()));
                vacuum(List.of("category", "product", "customer", "basket"));
              } catch (SQLException e) {
                throw new CompletionException(e);
              }
            });
    run(asShop(data.orders(indexed)));
    vacuum(List.of("orders", "order_line"));
    try {
      catalogue.join();
    } catch (CompletionException e) {
      throw new SQLException("The catalogue cannot be loaded: " + e.getCause(), e);
    }
    try (Connection connection = administrator.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("checkpoint");
      statement.execute("select pg_stat_statements_reset()");
    }
  }

  /** Drops everything that {@link #roles} and {@link #load} made. */
  void drop() {
    try {
      run(List.of("drop schema shop cascade", "drop role hone", "drop role shop"));
    } catch (SQLException e) {
      throw new DemoException(
          "The shop's tables cannot be dropped ("
              + e.getMessage()
              + "); drop the schema `shop` and the roles `shop` and `hone` by hand.",
          e);
    }
  }

  private static List<String> asShop(List<String> statements) {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of("set local role shop"), statements.stream())
        .toList();
  }

  private void run(List<String> statements) throws SQLException {
    try (Connection connection = administrator.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String sql : statements) {
        statement.execute(sql);
      }
      connection.commit();
    }
  }

  private void vacuum(List<String> tables) throws SQLException {
    try (Connection connection = administrator.connect();
        Statement statement = connection.createStatement()) {
      for (String table : tables) {
        statement.execute("vacuum (freeze, analyze) shop." + table);
      }
    }
  }

  /** A number that changes when any row of the data set changes. */
  long checksum() throws SQLException {
    long sum = 0;
    try (Connection connection = administrator.connect();
        Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        try (var rows =
            statement.executeQuery(
                "select coalesce(sum(hashtextextended(t::text, 0) % 1000000007), 0)::bigint"
                    + " from shop."
                    + table
                    + " t")) {
          rows.next();
          sum = sum * 31 + rows.getLong(1);
        }
      }
    }
    return sum;
  }
}
