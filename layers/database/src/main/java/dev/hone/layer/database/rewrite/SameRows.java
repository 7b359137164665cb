package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.TableCopy;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Executes two statements on the same small databases with the same parameters and compares what
 * they give: rows as a multiset, names and types of columns, and the values that ORDER BY names in
 * their order. The databases are random but always the same for the same statement: one without
 * rows, one with a row in each table, others with nulls, equal values and the least and greatest
 * ones, all within the constraints. A test, not a proof.
 */
final class SameRows {
  private static final int DATABASES = 12;

  /** So many are tried until one gives a row. */
  private static final int MOST_DATABASES = 60;

  private static final int PARAMETERS = 3;
  private static final int MOST_ROWS = 18;
  private static final int LARGEST_RESULT = 100_000;

  private final SchemaCopy schema;
  private final Connection connection;

  /**
   * What came of it.
   *
   * @param same whether all results were equal, and some had rows
   * @param databases on how many databases results were compared
   * @param why they were not, or empty
   */
  record Answer(boolean same, int databases, String why) {
    static Answer no(String why) {
      return new Answer(false, 0, why);
    }
  }

  /** A result. */
  private record Result(List<String> columns, List<List<String>> rows) {}

  /**
   * A comparison in a scratch database.
   *
   * @param connection to a database that holds the schema; its rows are removed
   */
  SameRows(SchemaCopy schema, Connection connection) {
    this.schema = schema;
    this.connection = connection;
  }

  /**
   * Compares two statements.
   *
   * @param tables those they read, with others where that is not certain
   * @param order numbers of the results that they are ordered by, from 0
   */
  Answer compare(String one, String other, Collection<TableCopy> tables, List<Integer> order)
      throws SQLException {
    if (tables.isEmpty()) {
      return Answer.no("they read no table");
    }
    var values = new ScratchValues(connection, one);
    var rows = new ScratchRows(schema, connection, tables);
    try (Statement sql = connection.createStatement()) {
      sql.setEscapeProcessing(false);
      List<String> types;
      try {
        sql.execute("DEALLOCATE ALL");
        sql.execute("PREPARE hone_one AS " + one);
        types = types(sql);
        String declared = types.isEmpty() ? "" : "(" + String.join(", ", types) + ")";
        sql.execute("PREPARE hone_other " + declared + " AS " + other);
      } catch (SQLException e) {
        requireAlive(e);
        return Answer.no(firstLine(e));
      }
      int compared = 0;
      boolean withRows = false;
      for (int database = 0;
          database < DATABASES || (database < MOST_DATABASES && !withRows);
          database++) {
        var random = new Random(7919L * database + one.hashCode());
        int most = database < 2 ? database : MOST_ROWS;
        rows.fill(values, random, most, database % 3 == 2);
        boolean here = false;
        for (int draw = 0; draw < (types.isEmpty() ? 1 : PARAMETERS); draw++) {
          var given = new ArrayList<String>();
          for (String type : types) {
            String value = values.value(type, random, false);
            given.add(value == null ? "NULL" : ScratchRows.literal(value));
          }
          String parameters = given.isEmpty() ? "" : "(" + String.join(", ", given) + ")";
          Result expected;
          try {
            expected = result(sql, "EXECUTE hone_one" + parameters);
          } catch (SQLException e) {
            requireAlive(e);
            continue;
          }
          Result actual;
          try {
            actual = result(sql, "EXECUTE hone_other" + parameters);
          } catch (SQLException e) {
            requireAlive(e);
            return Answer.no("the rewritten statement failed: " + firstLine(e));
          }
          String difference = difference(expected, actual, order);
          if (!difference.isEmpty()) {
            return Answer.no(difference);
          }
          here = true;
          withRows |= expected.rows().stream().anyMatch(SameRows::tellsSomething);
        }
        compared += here ? 1 : 0;
      }
      if (compared < DATABASES / 2 || !withRows) {
        return Answer.no("hardly any scratch database gave results to compare");
      }
      return new Answer(true, compared, "");
    }
  }

  /** A count of nothing tells little. */
  private static boolean tellsSomething(List<String> row) {
    return row.stream().anyMatch(value -> !value.equals("null") && !value.equals("0"));
  }

  private void requireAlive(SQLException e) throws SQLException {
    if (!connection.isValid(5)) {
      throw e;
    }
  }

  private static String firstLine(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("").replace("ERROR: ", "");
  }

  private static List<String> types(Statement sql) throws SQLException {
    var types = new ArrayList<String>();
    try (ResultSet rows =
        sql.executeQuery(
            "SELECT unnest(parameter_types)::text FROM pg_prepared_statements"
                + " WHERE name = 'hone_one'")) {
      while (rows.next()) {
        types.add(rows.getString(1));
      }
    }
    return types;
  }

  private static Result result(Statement sql, String execute) throws SQLException {
    sql.setMaxRows(LARGEST_RESULT);
    try (ResultSet rows = sql.executeQuery(execute)) {
      ResultSetMetaData about = rows.getMetaData();
      var columns = new ArrayList<String>();
      for (int i = 1; i <= about.getColumnCount(); i++) {
        columns.add(about.getColumnLabel(i) + " " + about.getColumnTypeName(i));
      }
      var read = new ArrayList<List<String>>();
      while (rows.next()) {
        var row = new ArrayList<String>();
        for (int i = 1; i <= columns.size(); i++) {
          row.add(normal(rows.getString(i), about.getColumnType(i)));
        }
        read.add(row);
      }
      return new Result(columns, read);
    } finally {
      sql.setMaxRows(0);
    }
  }

  /** Sums of floating-point numbers depend on the order of rows in their last digits. */
  private static String normal(@org.jspecify.annotations.Nullable String value, int type) {
    if (value == null) {
      return "null";
    }
    boolean number = value.matches("[-+0-9.eE]+") && !value.isEmpty();
    if (number && (type == Types.REAL || type == Types.FLOAT || type == Types.DOUBLE)) {
      return String.format(java.util.Locale.ROOT, "%.5e", Double.parseDouble(value));
    }
    return number && type == Types.NUMERIC
        ? new BigDecimal(value).stripTrailingZeros().toPlainString()
        : value;
  }

  private static String difference(Result expected, Result actual, List<Integer> order) {
    if (!expected.columns().equals(actual.columns())) {
      return "columns are " + actual.columns() + " instead of " + expected.columns();
    }
    if (!sorted(expected.rows()).equals(sorted(actual.rows()))) {
      return "other rows came";
    }
    return keys(expected.rows(), order).equals(keys(actual.rows(), order))
        ? ""
        : "rows came in another order";
  }

  private static List<String> sorted(List<List<String>> rows) {
    var sorted = new ArrayList<String>();
    rows.forEach(row -> sorted.add(String.join("\u0000", row)));
    Collections.sort(sorted);
    return sorted;
  }

  private static List<List<String>> keys(List<List<String>> rows, List<Integer> order) {
    return rows.stream().map(row -> order.stream().map(row::get).toList()).toList();
  }
}
