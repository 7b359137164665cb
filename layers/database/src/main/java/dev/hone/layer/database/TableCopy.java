package dev.hone.layer.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a planner knows of a table: its definition, its size and its statistics, but no row.
 *
 * @param types statements that make the enumerations its columns need
 * @param columns the definition of each column, {@code name type [NOT NULL]}
 * @param size of the table
 * @param indexes the valid ones
 * @param statistics by column; as in pg_stats
 */
record TableCopy(
    String schema,
    String table,
    List<String> types,
    List<String> columns,
    Size size,
    List<Index> indexes,
    Map<String, ColumnStatistics> statistics) {
  /** Rows and pages as in pg_class, and the bytes that are there at present. */
  record Size(int pages, float rows, int allVisible, long bytes) {}

  /**
   * An index.
   *
   * @param definition the statement that makes it
   * @param constraint the primary key it serves, or empty
   * @param keys its leading plain columns
   */
  record Index(String name, String definition, String constraint, List<String> keys, Size size) {}

  /**
   * A column of pg_stats.
   *
   * @param type as the server spells it
   * @param width average bytes of a value
   * @param distinct as pg_stats.n_distinct: negative is a share of the rows
   * @param values the statistics by their names in pg_stats, as texts
   */
  record ColumnStatistics(
      String type, int width, float distinct, Map<String, @Nullable String> values) {}

  /** Names in pg_stats that pg_restore_attribute_stats takes, with their types. */
  static final Map<String, String> IMPORTED =
      Map.ofEntries(
          Map.entry("null_frac", "real"),
          Map.entry("avg_width", "integer"),
          Map.entry("n_distinct", "real"),
          Map.entry("most_common_vals", "text"),
          Map.entry("most_common_freqs", "real[]"),
          Map.entry("histogram_bounds", "text"),
          Map.entry("correlation", "real"),
          Map.entry("most_common_elems", "text"),
          Map.entry("most_common_elem_freqs", "real[]"),
          Map.entry("elem_count_histogram", "real[]"));

  /** Reads it from the user's server. */
  static TableCopy read(Connection connection, String schema, String table)
      throws SQLException, WhatIf.Unavailable {
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT /* hone */ c.oid, c.relpages, c.reltuples, c.relallvisible,
              pg_relation_size(c.oid), c.relkind
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ?
            """)) {
      query.setString(1, schema);
      query.setString(2, table);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next() || !row.getString(6).equals("r")) {
          throw new WhatIf.Unavailable(
              "`"
                  + schema
                  + "."
                  + table
                  + "` is no plain table, so its planner twin cannot be made");
        }
        if (row.getFloat(3) < 0) {
          throw new WhatIf.Unavailable(
              "`" + schema + "." + table + "` was never analysed; run: ANALYZE " + table);
        }
        long oid = row.getLong(1);
        var size = new Size(row.getInt(2), row.getFloat(3), row.getInt(4), row.getLong(5));
        var types = new ArrayList<String>();
        return new TableCopy(
            schema,
            table,
            types,
            columns(connection, oid, types),
            size,
            indexes(connection, oid),
            statistics(connection, oid, schema, table));
      }
    }
  }

  private static List<String> columns(Connection connection, long oid, List<String> types)
      throws SQLException, WhatIf.Unavailable {
    var columns = new ArrayList<String>();
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT /* hone */ quote_ident(a.attname), a.attnotnull, t.typtype, n.nspname,
              format_type(a.atttypid, a.atttypmod),
              format_type(nullif(t.typbasetype, 0), t.typtypmod),
              quote_ident(n.nspname) || '.' || quote_ident(t.typname),
              (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder)
                FROM pg_enum WHERE enumtypid = t.oid)
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
              JOIN pg_namespace n ON n.oid = t.typnamespace
            WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """)) {
      query.setLong(1, oid);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          String type;
          if (row.getString(3).equals("e")) {
            type = row.getString(7);
            types.add("CREATE TYPE " + type + " AS ENUM (" + row.getString(8) + ")");
          } else if (row.getString(3).equals("d")) {
            type = row.getString(6);
          } else if (row.getString(4).equals("pg_catalog")) {
            type = row.getString(5);
          } else {
            throw new WhatIf.Unavailable(
                "column `"
                    + row.getString(1)
                    + "` has type `"
                    + row.getString(5)
                    + "`, which the planner twin does not know");
          }
          columns.add(row.getString(1) + " " + type + (row.getBoolean(2) ? " NOT NULL" : ""));
        }
      }
    }
    return columns;
  }

  private static List<Index> indexes(Connection connection, long oid) throws SQLException {
    var indexes = new ArrayList<Index>();
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT /* hone */ c.relname, pg_get_indexdef(c.oid), coalesce(k.def, ''), c.relpages,
              c.reltuples, pg_relation_size(c.oid),
              (SELECT array_agg(a.attname::text ORDER BY key.n)
                FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS key (attnum, n)
                LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = key.attnum
                  AND key.attnum > 0)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
              LEFT JOIN LATERAL (SELECT format('CONSTRAINT %I %s', conname,
                pg_get_constraintdef(oid)) AS def
                FROM pg_constraint WHERE conindid = i.indexrelid AND contype = 'p') k ON true
            WHERE i.indrelid = ? AND i.indisvalid ORDER BY c.oid
            """)) {
      query.setLong(1, oid);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          var keys = new ArrayList<String>();
          for (Object key : (Object[]) row.getArray(7).getArray()) {
            if (key == null) {
              break;
            }
            keys.add((String) key);
          }
          indexes.add(
              new Index(
                  row.getString(1),
                  row.getString(2),
                  row.getString(3),
                  keys,
                  new Size(row.getInt(4), row.getFloat(5), 0, row.getLong(6))));
        }
      }
    }
    return indexes;
  }

  private static Map<String, ColumnStatistics> statistics(
      Connection connection, long oid, String schema, String table)
      throws SQLException, WhatIf.Unavailable {
    var names = List.copyOf(IMPORTED.keySet());
    var statistics = new LinkedHashMap<String, ColumnStatistics>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT /* hone */ s.attname, format_type(a.atttypid, NULL), s.avg_width, s.n_distinct, "
                + String.join(", ", names.stream().map(name -> "s." + name + "::text").toList())
                + " FROM pg_stats s JOIN pg_attribute a ON a.attrelid = ? AND a.attname = s.attname"
                + " WHERE s.schemaname = ? AND s.tablename = ? AND NOT s.inherited")) {
      query.setLong(1, oid);
      query.setString(2, schema);
      query.setString(3, table);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          var values = new LinkedHashMap<String, @Nullable String>();
          for (int i = 0; i < names.size(); i++) {
            values.put(names.get(i), row.getString(5 + i));
          }
          statistics.put(
              row.getString(1),
              new ColumnStatistics(row.getString(2), row.getInt(3), row.getFloat(4), values));
        }
      }
    }
    if (statistics.isEmpty()) {
      throw new WhatIf.Unavailable(
          "the statistics of `"
              + schema
              + "."
              + table
              + "` cannot be read; run ANALYZE, and grant Hone's role SELECT on the table or"
              + " pg_read_all_data");
    }
    return statistics;
  }

  /** Whether an index with these leading columns exists already. */
  boolean covers(List<String> key) {
    return indexes.stream()
        .anyMatch(
            index ->
                index.definition().contains(" USING btree ")
                    && !index.definition().contains(" WHERE ")
                    && index.keys().size() >= key.size()
                    && index.keys().subList(0, key.size()).equals(key));
  }
}
