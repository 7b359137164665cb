package dev.hone.layer.database.twin;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads pg_stats for tables and for the expressions of their indexes. */
final class TableStatistics {
  /** Characters; with a statistics target of 10,000 values of a hundred characters. */
  private static final int LONGEST = 1_000_000;

  /** Tables whose values cannot be read; those of more are not asked for. */
  private static final int MOST_FAILED = 3;

  private static final Set<String> VALUES =
      Set.of("most_common_vals", "histogram_bounds", "most_common_elems");

  /** Who can write statistics can have these in them. */
  private static final Pattern NO_NUMBER = Pattern.compile("(?i)nan|inf");

  private static final List<String> NAMES = List.copyOf(TableCopy.IMPORTED.keySet());

  private TableStatistics() {}

  /**
   * A row of pg_stats.
   *
   * @param owner the table it belongs to, {@code "schema"."table"}
   * @param key the column's name, or something that is no column's for an expression of an index
   */
  record Row(String owner, String key, TableCopy.ColumnStatistics statistics) {}

  /** The text of one value; nothing where it is longer than a planner needs it. */
  private static String bounded(String name) {
    return "(SELECT CASE WHEN length(v) <= "
        + LONGEST
        + " THEN v END FROM (SELECT s."
        + name
        + "::text AS v OFFSET 0) x)";
  }

  /**
   * All of them; those about a table with what inherits from it come first. Where values cannot be
   * read, because they are too many bytes for the server, the rest is.
   */
  static List<Row> read(Connection connection, Collection<Long> oids) throws SQLException {
    try {
      return read(connection, oids, true);
    } catch (SQLException e) {
      if (!connection.isValid(5)) {
        throw e;
      }
    }
    var rows = new ArrayList<Row>();
    int failed = 0;
    for (Long oid : oids) {
      boolean values = failed < MOST_FAILED;
      try {
        rows.addAll(read(connection, List.of(oid), values));
      } catch (SQLException e) {
        if (!values || !connection.isValid(5)) {
          throw e;
        }
        failed++;
        rows.addAll(read(connection, List.of(oid), false));
      }
    }
    return rows;
  }

  private static List<Row> read(Connection connection, Collection<Long> oids, boolean withValues)
      throws SQLException {
    var rows = new ArrayList<Row>();
    String values =
        String.join(
            ", ",
            NAMES.stream()
                .map(name -> withValues || !VALUES.contains(name) ? bounded(name) : "NULL")
                .toList());
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            WITH wanted AS MATERIALIZED (
              SELECT c.oid, c.relname, n.nspname, c.relname AS owner FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY (?::oid[])
              UNION ALL
              SELECT x.oid, x.relname, n.nspname, c.relname FROM pg_index i
                JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
                JOIN pg_namespace n ON n.oid = x.relnamespace
                WHERE i.indrelid = ANY (?::oid[]) AND i.indexprs IS NOT NULL)
            SELECT /* hone */ w.nspname, w.owner, s.tablename, s.attname, s.inherited,
              format_type(a.atttypid, NULL), s.avg_width, s.n_distinct, w.relname = w.owner, VALUES
            FROM pg_stats s JOIN wanted w ON w.relname = s.tablename AND w.nspname = s.schemaname
              JOIN pg_attribute a ON a.attrelid = w.oid AND a.attname = s.attname
            WHERE s.tablename = ANY (ARRAY(SELECT relname FROM wanted))
            ORDER BY s.inherited DESC
            """
                .replace("VALUES", values))) {
      var array = connection.createArrayOf("bigint", oids.toArray());
      query.setArray(1, array);
      query.setArray(2, array);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          rows.add(row(row));
        }
      }
    }
    return rows;
  }

  private static Row row(ResultSet row) throws SQLException {
    var texts = new LinkedHashMap<String, @Nullable String>();
    for (int i = 0; i < NAMES.size(); i++) {
      String text = row.getString(10 + i);
      boolean number = !VALUES.contains(NAMES.get(i));
      texts.put(
          NAMES.get(i), number && text != null && NO_NUMBER.matcher(text).find() ? null : text);
    }
    together(texts, "most_common_vals", "most_common_freqs");
    together(texts, "most_common_elems", "most_common_elem_freqs");
    String column = row.getString(4);
    float distinct = row.getFloat(8);
    return new Row(
        Sql.quoted(row.getString(1), row.getString(2)),
        row.getBoolean(9) ? column : row.getString(3) + "." + column,
        new TableCopy.ColumnStatistics(
            row.getString(3),
            column,
            row.getBoolean(5),
            row.getString(6),
            row.getInt(7),
            Float.isFinite(distinct) ? distinct : 0,
            texts));
  }

  /** One says nothing without the other. */
  private static void together(Map<String, @Nullable String> texts, String one, String other) {
    if (texts.get(one) == null || texts.get(other) == null) {
      texts.put(one, null);
      texts.put(other, null);
    }
  }
}
