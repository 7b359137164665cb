package dev.hone.demo.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.StringJoiner;
import javax.sql.DataSource;

/** What the shop reads from and writes to its database; answers are JSON. */
final class Store {
  private final DataSource pool;
  private final Payment payment;

  Store(DataSource pool, Payment payment) {
    this.pool = pool;
    this.payment = payment;
  }

  /** A product as the database knows it. */
  record Product(String name, int stock, int cents) {}

  /** One row of a result as JSON. */
  @FunctionalInterface
  private interface Row {
    String json(ResultSet rows) throws SQLException;
  }

  String catalogue(long category) throws SQLException {
    return list(
        """
        select p.id, p.name, p.price_cents, c.name from product p
        join category c on c.id = p.category_id where p.category_id = ? order by p.id limit 20""",
        rows ->
            "{\"id\":%d,\"name\":\"%s\",\"cents\":%d,\"category\":\"%s\"}"
                .formatted(rows.getLong(1), rows.getString(2), rows.getInt(3), rows.getString(4)),
        category);
  }

  String search(String word) throws SQLException {
    return list(
        "select id, name, price_cents from product where name like ? order by name limit 20",
        rows ->
            "{\"id\":%d,\"name\":\"%s\",\"cents\":%d}"
                .formatted(rows.getLong(1), rows.getString(2), rows.getInt(3)),
        word.replaceAll("[%_\\\\]", "") + "%");
  }

  Product product(long id) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement select =
            bind(
                connection.prepareStatement(
                    "select name, stock, price_cents from product where id = ?"),
                id);
        ResultSet rows = select.executeQuery()) {
      if (!rows.next()) {
        throw new IllegalArgumentException("There is no product " + id + ".");
      }
      return new Product(rows.getString(1), rows.getInt(2), rows.getInt(3));
    }
  }

  String addToBasket(long customer, long product) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      int lines =
          update(
              connection,
              """
              insert into basket (customer_id, product_id, quantity) values (?, ?, 1)
              on conflict (customer_id, product_id) do update set quantity = basket.quantity + 1""",
              customer,
              product);
      return "{\"lines\":" + lines + "}";
    }
  }

  /**
   * Places an order. The money is taken inside the transaction, so that the connection is held for
   * the whole round trip to the payment provider.
   */
  String order(long customer, long product) throws SQLException, InterruptedException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      long number = reserve(connection, customer, product);
      if (payment.take()) {
        update(connection, "update orders set status = 'paid' where id = ?", number);
      }
      update(connection, "update product set stock = stock - 1 where id = ?", product);
      connection.commit();
      return "{\"order\":" + number + "}";
    }
  }

  private static long reserve(Connection connection, long customer, long product)
      throws SQLException {
    try (PreparedStatement insert =
            bind(
                connection.prepareStatement(
                    """
                    with line as (
                      insert into order_line (order_id, product_id, quantity, price_cents)
                      select nextval('order_number'), id, 1, price_cents from product where id = ?
                      returning order_id, price_cents)
                    insert into orders (id, customer_id, created_at, status, total_cents, delivery)
                    select order_id, ?, now(), 'open', price_cents, 'to the door' from line
                    returning id"""),
                product,
                customer);
        ResultSet rows = insert.executeQuery()) {
      if (!rows.next()) {
        throw new IllegalArgumentException("There is no product " + product + ".");
      }
      return rows.getLong(1);
    }
  }

  String history(long customer) throws SQLException {
    return list(
        """
        select id, created_at, status, total_cents from orders
        where customer_id = ? order by created_at desc limit 50""",
        rows ->
            "{\"id\":%d,\"at\":\"%s\",\"status\":\"%s\",\"cents\":%d}"
                .formatted(
                    rows.getLong(1),
                    rows.getTimestamp(2).toInstant(),
                    rows.getString(3),
                    rows.getInt(4)),
        customer);
  }

  String figures(LocalDate day) throws SQLException {
    return list(
        """
        select status, count(*), sum(total_cents) from orders
        where created_at >= ? and created_at < ? group by status order by status""",
        rows ->
            "{\"status\":\"%s\",\"orders\":%d,\"cents\":%d}"
                .formatted(rows.getString(1), rows.getLong(2), rows.getLong(3)),
        midnight(day),
        midnight(day.plusDays(1)));
  }

  private static Timestamp midnight(LocalDate day) {
    return Timestamp.from(day.atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  private String list(String sql, Row row, Object... values) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement select = bind(connection.prepareStatement(sql), values);
        ResultSet rows = select.executeQuery()) {
      StringJoiner json = new StringJoiner(",", "[", "]");
      while (rows.next()) {
        json.add(row.json(rows));
      }
      return json.toString();
    }
  }

  private static int update(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement update = bind(connection.prepareStatement(sql), values)) {
      return update.executeUpdate();
    }
  }

  private static PreparedStatement bind(PreparedStatement statement, Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      if (values[i] instanceof Long number) {
        statement.setInt(i + 1, Math.toIntExact(number));
      } else {
        statement.setObject(i + 1, values[i]);
      }
    }
    return statement;
  }
}
