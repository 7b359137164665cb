package dev.hone.layer.database.twin;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads pg_stats for tables and for the expressions of their indexes. */
final class TableStatistics {
  private static final List<String> NAMES = List.copyOf(TableCopy.IMPORTED.keySet());

  private TableStatistics() {}

  /**
   * A row of pg_stats.
   *
   * @param owner the table it belongs to, {@code "schema"."table"}
   * @param key the column's name, or something that is no column's for an expression of an index
   */
  record Row(String owner, String key, TableCopy.ColumnStatistics statistics) {}

  /** All of them; those about a table with what inherits from it come first. */
  static List<Row> read(Connection connection, Collection<Long> oids) throws SQLException {
    var rows = new ArrayList<Row>();
    String values = String.join(", ", NAMES.stream().map(name -> "s." + name + "::text").toList());
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
          var texts = new LinkedHashMap<String, @Nullable String>();
          for (int i = 0; i < NAMES.size(); i++) {
            texts.put(NAMES.get(i), row.getString(10 + i));
          }
          String column = row.getString(4);
          boolean inherited = row.getBoolean(5);
          boolean own = row.getBoolean(9);
          String key = own ? column : row.getString(3) + "." + column;
          rows.add(
              new Row(
                  Sql.quoted(row.getString(1), row.getString(2)),
                  key,
                  new TableCopy.ColumnStatistics(
                      row.getString(3),
                      column,
                      inherited,
                      row.getString(6),
                      row.getInt(7),
                      row.getFloat(8),
                      texts)));
        }
      }
    }
    return rows;
  }
}
