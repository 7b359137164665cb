package dev.hone.layer.database.twin;

import dev.hone.layer.database.DatabaseConnection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of the expression of an index that nobody has built, as ANALYZE would keep them once
 * it is there: how many different values, and how many rows without any. They come from what the
 * expression makes of the values of its column in pg_stats, about a hundred. Without them the
 * planner takes any value to be that of one row in 200.
 *
 * <p>Values that are seen once and twice tell how many are not seen (Haas and Stokes, "Estimating
 * the number of classes in a finite population", 1998, the estimator Duj1, as ANALYZE has it).
 * Where each of n values is another one, there may be any number from n to that of the rows, and
 * the geometric mean of these is taken.
 */
final class ExpressionStatistics {
  /** The class of SQLSTATE for values that an expression refuses. */
  private static final String DATA = "22";

  /** A key of a B-tree takes a third of a page at the most. */
  private static final int LARGEST_KEY = 2600;

  private final PlannerSession planner;
  private final Connection admin;
  private final Statistics statistics;
  private final Patience patience;

  /** Those of a twin, which {@code statistics} are brought into. */
  ExpressionStatistics(
      PlannerSession planner, Connection admin, Statistics statistics, Patience patience) {
    this.planner = planner;
    this.admin = admin;
    this.statistics = statistics;
    this.patience = patience;
  }

  /** The index could not be built, or values could no longer be stored; the message says why. */
  static final class Unfit extends Exception {
    Unfit(String message) {
      super(message);
    }
  }

  /** What the expression makes of values: how many, of how many kinds, and what of it once. */
  private record Seen(double values, double present, double different, double once, double width) {}

  /**
   * Gives an index on one expression over one column its statistics, and returns those that its
   * size follows from; none, and null, where the column's tell nothing.
   *
   * @param oid of the index, which is made already and executes nobody's code
   */
  TableCopy.@Nullable ColumnStatistics give(TableCopy table, IndexSpec index, long oid)
      throws SQLException, Unfit {
    List<TableCopy.Column> columns =
        table.columns().stream().filter(column -> index.mentions(column.name())).toList();
    boolean one =
        index.method() == IndexSpec.Method.BTREE
            && index.keys().size() == 1
            && !index.keys().getFirst().expression().isEmpty()
            && index.predicate().isEmpty()
            && columns.size() == 1;
    TableCopy.ColumnStatistics known =
        one ? table.statistics().get(columns.getFirst().name()) : null;
    if (known == null || patience.isOver(index.name())) {
      return null;
    }
    Optional<Told> told;
    Connection connection = planner.connection();
    Instant begin = patience.now();
    try {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      told = of(connection, table, index, columns.getFirst(), known, oid);
    } catch (SQLException e) {
      if (String.valueOf(e.getSQLState()).startsWith(DATA)) {
        throw new Unfit("it fails for values of the column (" + DatabaseConnection.plain(e) + ")");
      }
      // It takes too long, for example; the planner does without, as with a new index.
      told = Optional.empty();
    } finally {
      patience.since(index.name(), begin);
      if (planner.survived() && connection == planner.connection()) {
        connection.rollback();
        connection.setReadOnly(false);
        connection.setAutoCommit(true);
      }
    }
    if (told.isEmpty()) {
      return null;
    }
    if (told.get().toSize().width() > LARGEST_KEY) {
      throw new Unfit(
          "its values take " + told.get().toSize().width() + " bytes, too many for a B-tree");
    }
    statistics.expression(table.schema(), told.get().toPlanner());
    return told.get().toSize();
  }

  private Optional<Told> of(
      Connection connection,
      TableCopy table,
      IndexSpec index,
      TableCopy.Column column,
      TableCopy.ColumnStatistics known,
      long oid)
      throws SQLException {
    String expression = index.keys().getFirst().expression();
    Seen common = seen(connection, expression, column, known.values().get("most_common_vals"));
    Seen others = seen(connection, expression, column, known.values().get("histogram_bounds"));
    double values = common.values() + others.values();
    if (values == 0) {
      return Optional.empty();
    }
    double present = (common.present() + others.present()) / values;
    double rows = table.rows() * (1 - known.nulls()) * present;
    double most = Math.max(1, Math.min(rows, table.distinct(column.name())));
    double different = Math.clamp(common.different() + unseen(others, rows), 1, most);
    boolean all = others.present() > 0 && others.different() >= others.present();
    double width = (common.width() * common.values() + others.width() * others.values()) / values;
    String attribute = attribute(oid);
    double nulls = nulls(known, present);
    return Optional.of(
        new Told(
            statistics(index, attribute, nulls, different, width),
            statistics(index, attribute, nulls, all ? most : different, width)));
  }

  /**
   * What is told: to the planner, and to whoever estimates the index's size, for which values that
   * all differ in the sample differ in all rows.
   */
  private record Told(TableCopy.ColumnStatistics toPlanner, TableCopy.ColumnStatistics toSize) {}

  /** How many kinds a sample stands for. */
  private static double unseen(Seen sample, double rows) {
    double n = sample.present();
    if (sample.different() >= n) {
      return Math.sqrt(n * Math.max(n, rows));
    }
    return n * sample.different() / (n - sample.once() + sample.once() * n / Math.max(n, rows));
  }

  private static TableCopy.ColumnStatistics statistics(
      IndexSpec index, String attribute, double nulls, double different, double width) {
    int bytes = (int) Math.max(1, Math.round(width));
    return new TableCopy.ColumnStatistics(
        index.name(),
        attribute,
        false,
        "",
        bytes,
        (float) different,
        Map.of(
            "null_frac", number(nulls),
            "avg_width", Integer.toString(bytes),
            "n_distinct", number(different)));
  }

  private static double nulls(TableCopy.ColumnStatistics column, double present) {
    return 1 - (1 - column.nulls()) * present;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }

  /** What PostgreSQL has called the index's only column. */
  private String attribute(long oid) throws SQLException {
    try (PreparedStatement query =
        admin.prepareStatement(
            "SELECT attname FROM pg_attribute WHERE attrelid = ? AND attnum = 1")) {
      query.setLong(1, oid);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private static Seen seen(
      Connection connection, String expression, TableCopy.Column column, @Nullable String values)
      throws SQLException {
    if (values == null) {
      return new Seen(0, 0, 0, 0, 0);
    }
    String of =
        "SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (WHERE e IS NOT NULL), 0),"
            + " count(e), count(e) FILTER (WHERE n = 1),"
            + " coalesce(sum(w) / nullif(sum(n), 0), 0)"
            + " FROM (SELECT ("
            + expression
            + ")::text AS e, count(*) AS n, sum(pg_column_size(("
            + expression
            + "))) AS w FROM unnest("
            + Sql.literal(values)
            + "::text::"
            + column.type()
            + "[]) AS v("
            + column.quoted()
            + ") GROUP BY 1) g";
    // An operator may be spelled `?`, so that nothing in the text may count as a parameter.
    try (Statement query = connection.createStatement()) {
      query.setEscapeProcessing(false);
      try (ResultSet row = query.executeQuery(of)) {
        row.next();
        return new Seen(
            row.getDouble(1),
            row.getDouble(2),
            row.getDouble(3),
            row.getDouble(4),
            row.getDouble(5));
      }
    }
  }
}
