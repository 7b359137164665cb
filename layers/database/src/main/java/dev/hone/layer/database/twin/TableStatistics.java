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
   * @param owner {@code schema.table} of the table it belongs to
   * @param key the column's name, or something that is no column's for an expression of an index
   */
  record Row(String owner, String key, TableCopy.ColumnStatistics statistics) {}

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
            SELECT /* hone */ w.nspname || '.' || w.owner, s.tablename, s.attname, s.inherited,
              format_type(a.atttypid, NULL), s.avg_width, s.n_distinct, w.relname = w.owner, VALUES
            FROM pg_stats s JOIN wanted w ON w.relname = s.tablename AND w.nspname = s.schemaname
              JOIN pg_attribute a ON a.attrelid = w.oid AND a.attname = s.attname
            WHERE s.tablename = ANY (ARRAY(SELECT relname FROM wanted))
            """
                .replace("VALUES", values))) {
      var array = connection.createArrayOf("bigint", oids.toArray());
      query.setArray(1, array);
      query.setArray(2, array);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          var texts = new LinkedHashMap<String, @Nullable String>();
          for (int i = 0; i < NAMES.size(); i++) {
            texts.put(NAMES.get(i), row.getString(9 + i));
          }
          String column = row.getString(3);
          boolean inherited = row.getBoolean(4);
          String key = row.getBoolean(8) ? column : row.getString(2) + "." + column;
          rows.add(
              new Row(
                  row.getString(1),
                  inherited && row.getBoolean(8) ? column : key,
                  new TableCopy.ColumnStatistics(
                      row.getString(2),
                      column,
                      inherited,
                      row.getString(5),
                      row.getInt(6),
                      row.getFloat(7),
                      texts)));
        }
      }
    }
    return rows;
  }
}
