package dev.hone.bench.database;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * An index on the table {@code orders} of {@link #TABLES}, with the statements that run meanwhile.
 *
 * @param kind what it is meant to be
 * @param name of the index
 * @param on what {@code CREATE INDEX} takes after {@code ON}
 * @param treated the statement that it is made for
 * @param victim another statement that reads the table
 * @param write a statement that writes to it
 */
record IndexChange(Kind kind, String name, String on, String treated, String victim, String write) {
  /** What an index does. */
  enum Kind {
    GOOD,
    HARMFUL,
    NEUTRAL
  }

  /** Statements that have nothing to do with the table. */
  static final List<String> CONTROLS =
      List.of(
          "SELECT name FROM customers WHERE id = {20000}",
          "SELECT count(*) FROM customers WHERE city = 'city {100}'");

  private static final int COLUMNS = 10;
  private static final Pattern DRAWN = Pattern.compile("\\{(\\d+)}");
  private static final String BY_KEY = "SELECT note FROM orders WHERE id = {200000}";
  private static final String UPDATE = "UPDATE orders SET note = note || 'x' WHERE id = {200000}";

  /**
   * Two tables. The columns {@code c0} to {@code c9} of {@code orders} have 50 to 20,000 values
   * without any order; of {@code g0} to {@code g9} the values from 1 to 40 are found in the newest
   * rows alone.
   */
  static final List<String> TABLES = tables();

  private static List<String> tables() {
    var columns = new StringBuilder();
    var values = new StringBuilder();
    for (int i = 0; i < COLUMNS; i++) {
      long distinct = Math.round(50 * Math.pow(400, i / 9.0));
      columns.append(", c").append(i).append(" int NOT NULL, g").append(i).append(" int NOT NULL");
      values
          .append(", (hashint4(i * 31 + ")
          .append(i)
          .append(") & 1073741823) % ")
          .append(distinct);
      values
          .append(", CASE WHEN i > 190000 THEN 1 + (i * ")
          .append(7 + 2 * i)
          .append(") % 40 ELSE 100 + i % 400 END");
    }
    var statements = new ArrayList<String>();
    statements.add(
        "CREATE TABLE customers AS SELECT i AS id, 'name ' || i AS name, 'city ' || i % 100 AS city"
            + " FROM generate_series(1, 20000) i");
    statements.add("ALTER TABLE customers ADD PRIMARY KEY (id)");
    statements.add("CREATE INDEX customers_city ON customers (city)");
    statements.add(
        "CREATE TABLE orders (id int PRIMARY KEY, created timestamptz NOT NULL, amount int NOT NULL,"
            + " state int NOT NULL, note text NOT NULL"
            + columns
            + ")");
    statements.add(
        "INSERT INTO orders SELECT i, timestamptz '2025-01-01' + i * interval '1 minute',"
            + " (i * 7919::bigint) % 100000, i % 3, md5(i::text) || md5((i * 7)::text)"
            + values
            + " FROM generate_series(1, 200000) i");
    for (int i = 0; i < COLUMNS; i++) {
      statements.add("CREATE INDEX orders_g" + i + " ON orders (g" + i + ")");
    }
    return List.copyOf(statements);
  }

  /** Forty of each kind. */
  static List<IndexChange> all() {
    var all = new ArrayList<IndexChange>();
    for (int i = 0; i < COLUMNS; i++) {
      String column = "c" + i;
      all.add(
          good(
              i, "(" + column + ")", "SELECT sum(amount) FROM orders WHERE " + column + " = {40}"));
      all.add(
          good(
              i,
              "(" + column + ", created)",
              "SELECT id, note FROM orders WHERE "
                  + column
                  + " = {40} ORDER BY created DESC LIMIT 10"));
      all.add(
          good(
              i,
              "(amount, " + column + ")",
              "SELECT id, "
                  + column
                  + " FROM orders WHERE amount BETWEEN {90000} AND {90000} + 40"));
      all.add(
          good(
              i,
              "(" + column + ", state) INCLUDE (amount)",
              "SELECT sum(amount) FROM orders WHERE " + column + " = {40} AND state = 1"));
      String group = "g" + i;
      String newest =
          "SELECT id, note FROM orders WHERE " + group + " = {40} ORDER BY created LIMIT 10";
      all.add(harmful(i, "(created)", newest, BY_KEY, UPDATE));
      all.add(
          harmful(
              i,
              "(created, amount)",
              "SELECT sum(amount) FROM orders WHERE created < timestamptz '2025-01-01 12:00' +"
                  + " {600} * interval '1 minute'",
              newest,
              UPDATE));
      all.add(
          harmful(
              i,
              "(created, " + column + ")",
              "SELECT id FROM orders WHERE created > timestamptz '2025-05-10' + {600} * interval"
                  + " '1 minute' ORDER BY created LIMIT 5",
              newest,
              UPDATE));
      all.add(
          harmful(
              i,
              "USING gin (note gin_trgm_ops)",
              "SELECT id FROM orders WHERE note LIKE '%abc{900}%'",
              BY_KEY,
              "UPDATE orders SET note = md5(note) || md5(id::text) WHERE id BETWEEN {199000} AND"
                  + " {199000} + "
                  + (100 + 40 * i)));
      String sum = "SELECT sum(amount) FROM orders WHERE " + column + " = {40}";
      all.add(neutral(i, "(state)", sum));
      all.add(neutral(i, "(amount, state)", sum));
      all.add(
          neutral(
              i,
              "(state, " + column + ")",
              "SELECT count(*), max(note) FROM orders WHERE state = {2}"));
      all.add(
          neutral(i, "(id, " + column + ")", "SELECT sum(amount) FROM orders WHERE note > 'f'"));
    }
    return all;
  }

  private static IndexChange good(int i, String on, String treated) {
    return new IndexChange(Kind.GOOD, "tried_" + i, on, treated, BY_KEY, UPDATE);
  }

  private static IndexChange harmful(
      int i, String on, String treated, String victim, String write) {
    return new IndexChange(Kind.HARMFUL, "tried_" + i, on, treated, victim, write);
  }

  private static IndexChange neutral(int i, String on, String treated) {
    return new IndexChange(Kind.NEUTRAL, "tried_" + i, on, treated, BY_KEY, UPDATE);
  }

  /** The statements: the treated one, the other read, the write, and the controls. */
  List<String> statements() {
    var all = new ArrayList<>(List.of(treated, victim, write));
    all.addAll(CONTROLS);
    return all;
  }

  /** A statement with a number drawn for each bound, the same wherever the bound stands. */
  static String drawn(String statement, RandomGenerator random) {
    Map<String, Integer> numbers = new HashMap<>();
    return DRAWN
        .matcher(statement)
        .replaceAll(
            bound ->
                numbers
                    .computeIfAbsent(bound.group(1), b -> 1 + random.nextInt(Integer.parseInt(b)))
                    .toString());
  }
}
