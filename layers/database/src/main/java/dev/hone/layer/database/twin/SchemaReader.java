package dev.hone.layer.database.twin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Copies from the user's server what a planner knows. Reads catalogues only, a dozen times. */
public final class SchemaReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** In 32 TB, the largest table there is. */
  private static final float MOST_ROWS = 1e12f;

  private final Connection connection;
  private final int version;
  private final List<String> notices = new ArrayList<>();

  private SchemaReader(Connection connection, int version) {
    this.connection = connection;
    this.version = version;
  }

  /**
   * Copies the relations that the statements name, and what these rest on.
   *
   * @param version of the server
   * @param statements texts; any word in them that is the name of a relation counts
   */
  public static SchemaCopy read(Connection connection, int version, Collection<String> statements)
      throws SQLException {
    return new SchemaReader(connection, version).read(statements);
  }

  private SchemaCopy read(Collection<String> statements) throws SQLException {
    RelationNames names = RelationNames.read(connection, statements);
    if (!names.cut().isEmpty()) {
      notices.add(
          "of "
              + listed(names.cut())
              + " only the 400 oldest partitions are looked at; advice on the others follows from"
              + " theirs");
    }
    if (!names.locked().isEmpty()) {
      notices.add(
          listed(names.locked())
              + " could not be read, because another session has locked it exclusively, or something"
              + " it rests on; statements that need it are passed over");
    }
    List<SchemaCopy.Defined> needed = Collations.read(connection);
    List<TableCopy> tables = tables(names.tables(), needed);
    return new SchemaCopy(
        version,
        collation(),
        PlannerSettings.searchPath(connection),
        PlannerSettings.read(connection),
        extensions(),
        needed,
        tables,
        names.views(),
        names.functions(),
        List.copyOf(notices));
  }

  private SchemaCopy.Collation collation() throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery(
                "SELECT /* hone */ to_jsonb(d) FROM pg_database d WHERE datname ="
                    + " current_database()")) {
      row.next();
      JsonNode database = JSON.readTree(row.getString(1));
      String provider = database.path("datlocprovider").asText("c");
      String locale =
          provider.equals("c")
              ? database.path("datcollate").asText("C")
              : database.path("datlocale").asText(database.path("daticulocale").asText("und"));
      return new SchemaCopy.Collation(provider, locale);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("pg_database is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private Map<String, String> extensions() throws SQLException {
    var extensions = new LinkedHashMap<String, String>();
    try (Statement sql = connection.createStatement();
        ResultSet rows =
            sql.executeQuery(
                "SELECT /* hone */ extname, nspname FROM pg_extension e JOIN pg_namespace n"
                    + " ON n.oid = extnamespace WHERE extname <> 'plpgsql' ORDER BY e.oid")) {
      while (rows.next()) {
        extensions.put(rows.getString(1), rows.getString(2));
      }
    }
    return extensions;
  }

  /** Reads rows about the relations of the given oids, which the query takes as its parameter. */
  private interface Row {
    void take(ResultSet row) throws SQLException;
  }

  private void each(String query, Collection<Long> oids, Row reader) throws SQLException {
    try (PreparedStatement prepared = connection.prepareStatement(query)) {
      prepared.setArray(1, connection.createArrayOf("bigint", oids.toArray()));
      try (ResultSet rows = prepared.executeQuery()) {
        while (rows.next()) {
          reader.take(rows);
        }
      }
    }
  }

  private List<TableCopy> tables(Set<Long> oids, List<SchemaCopy.Defined> enumerations)
      throws SQLException {
    Map<Long, List<TableCopy.Column>> columns = columns(oids, enumerations);
    Map<Long, List<TableCopy.Index>> indexes = indexes(oids);
    Map<Long, List<TableCopy.ForeignKey>> keys = foreignKeys(oids);
    var statistics = new HashMap<String, Map<String, TableCopy.ColumnStatistics>>();
    for (TableStatistics.Row row : TableStatistics.read(connection, oids)) {
      var known = statistics.computeIfAbsent(row.owner(), owner -> new LinkedHashMap<>());
      if (known.putIfAbsent(row.key(), row.statistics()) != null) {
        known.put("only " + row.key(), row.statistics());
      }
    }
    var tables = new ArrayList<TableCopy>();
    each(
        """
        SELECT /* hone */ c.oid, n.nspname, c.relname, c.relkind, c.relpages, c.reltuples,
          c.relallvisible, pg_relation_size(c.oid),
          CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
          (SELECT inhparent::bigint FROM pg_inherits WHERE inhrelid = c.oid
            ORDER BY inhseqno LIMIT 1),
          CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
          300 * greatest((SELECT setting::int FROM pg_settings
              WHERE name = 'default_statistics_target'),
            (SELECT max(attstattarget) FROM pg_attribute WHERE attrelid = c.oid)),
          c.relkind <> 'p' AND EXISTS (SELECT 1 FROM pg_inherits WHERE inhparent = c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = ANY (?::oid[]) ORDER BY c.oid
        """,
        oids,
        row -> {
          long oid = row.getLong(1);
          long parent = row.getLong(10);
          boolean kept = oids.contains(parent);
          String owner = Sql.quoted(row.getString(2), row.getString(3));
          tables.add(
              new TableCopy(
                  oid,
                  row.getString(2),
                  row.getString(3),
                  row.getString(4).charAt(0),
                  text(row.getString(9)),
                  kept ? parent : 0,
                  kept ? text(row.getString(11)) : "",
                  columns.getOrDefault(oid, List.of()),
                  row.getBoolean(13),
                  new TableCopy.Size(
                      row.getInt(5), rows(row.getFloat(6)), row.getInt(7), row.getLong(8)),
                  row.getInt(12),
                  indexes.getOrDefault(oid, List.of()),
                  keys.getOrDefault(oid, List.of()),
                  statistics.getOrDefault(owner, Map.of())));
        });
    notice(tables);
    return tables;
  }

  /** As the server says; no more than a table can have, as anything can be written there. */
  private static float rows(float reltuples) {
    return Float.isNaN(reltuples) ? -1 : Math.clamp(reltuples, -1, MOST_ROWS);
  }

  private void notice(List<TableCopy> tables) {
    List<String> unknown =
        tables.stream()
            .filter(table -> table.statistics().isEmpty() && table.size().bytes() > 0)
            .map(TableCopy::title)
            .toList();
    if (!unknown.isEmpty()) {
      notices.add(
          "the statistics of "
              + listed(unknown)
              + " cannot be read, so that what is said of them is a guess; run ANALYZE, and grant"
              + " Hone's role SELECT on the tables or pg_read_all_data");
    }
  }

  static String listed(List<String> names) {
    int shown = Math.min(5, names.size());
    String list = "`" + String.join("`, `", names.subList(0, shown)) + "`";
    return names.size() > shown ? list + " and " + (names.size() - shown) + " more" : list;
  }

  private static String text(@org.jspecify.annotations.Nullable String value) {
    return value == null ? "" : value;
  }

  private Map<Long, List<TableCopy.Column>> columns(
      Set<Long> oids, List<SchemaCopy.Defined> enumerations) throws SQLException {
    var columns = new HashMap<Long, List<TableCopy.Column>>();
    var made = new LinkedHashSet<String>();
    var unknown = new LinkedHashSet<String>();
    each(
        """
        SELECT /* hone */ a.attrelid, a.attname, quote_ident(a.attname), a.attnotnull,
          d.typtype = 'd', n.nspname, t.typname,
          format_type(t.oid, CASE WHEN d.typtype = 'd' THEN base.modifier ELSE a.atttypmod END),
          (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder)
            FROM pg_enum WHERE enumtypid = coalesce(nullif(t.typelem, 0), t.oid)),
          EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_type'::regclass AND objid = t.oid
            AND deptype = 'e'),
          (SELECT format('%I.%I', cn.nspname, co.collname) FROM pg_collation co
            JOIN pg_namespace cn ON cn.oid = co.collnamespace
            WHERE co.oid = a.attcollation AND a.attcollation <> t.typcollation),
          coalesce(a.attstattarget, -1), e.typname, t.typcategory
        FROM pg_attribute a JOIN pg_type d ON d.oid = a.atttypid
          LEFT JOIN LATERAL (
            WITH RECURSIVE down AS (
              SELECT d.typbasetype AS oid, d.typtypmod AS modifier WHERE d.typtype = 'd'
              UNION ALL
              SELECT o.typbasetype, o.typtypmod FROM down JOIN pg_type o ON o.oid = down.oid
                WHERE o.typtype = 'd')
            SELECT down.oid, modifier FROM down JOIN pg_type o ON o.oid = down.oid
              WHERE o.typtype <> 'd') base ON true
          JOIN pg_type t ON t.oid = coalesce(base.oid, d.oid)
          JOIN pg_namespace n ON n.oid = t.typnamespace
          LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
        WHERE a.attrelid = ANY (?::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attrelid, a.attnum
        """,
        oids,
        row -> {
          String schema = row.getString(6);
          String labels = row.getString(9);
          boolean array = row.getString(14).equals("A");
          String type = row.getString(8);
          boolean known = true;
          if (labels != null) {
            String name = array ? row.getString(13) : row.getString(7);
            String quoted = Sql.quoted(schema, name);
            if (made.add(quoted)) {
              enumerations.add(
                  new SchemaCopy.Defined(
                      schema, name, "CREATE TYPE " + quoted + " AS ENUM (" + labels + ")"));
            }
            type = quoted + (array ? "[]" : "");
          } else if (!schema.equals("pg_catalog") && !row.getBoolean(10)) {
            unknown.add(type);
            type = "text";
            known = false;
          }
          columns
              .computeIfAbsent(row.getLong(1), oid -> new ArrayList<>())
              .add(
                  new TableCopy.Column(
                      row.getString(2),
                      row.getString(3),
                      type,
                      row.getBoolean(4),
                      text(row.getString(11)),
                      row.getInt(12),
                      known,
                      row.getBoolean(5)));
        });
    if (!unknown.isEmpty()) {
      notices.add(
          "the planner twin does not know the types "
              + listed(List.copyOf(unknown))
              + " and takes their columns for text; statements that need them are passed over");
    }
    return columns;
  }

  private Map<Long, List<TableCopy.Index>> indexes(Set<Long> oids) throws SQLException {
    var indexes = new HashMap<Long, List<TableCopy.Index>>();
    each(
        """
        SELECT /* hone */ i.indrelid, c.oid, c.relname, pg_get_indexdef(c.oid),
          coalesce(k.def, ''), m.amname, i.indisunique, c.relpages, c.reltuples,
          pg_relation_size(c.oid),
          (SELECT array_agg(a.attname::text ORDER BY key.n)
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS key (attnum, n)
            LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = key.attnum
              AND key.attnum > 0 WHERE key.n <= i.indnkeyatts)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
          LEFT JOIN LATERAL (SELECT format('CONSTRAINT %I %s', conname,
            pg_get_constraintdef(oid)) AS def
            FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x')
              AND conrelid = i.indrelid) k ON true
        WHERE i.indrelid = ANY (?::oid[]) AND i.indisvalid AND c.relkind = 'i' ORDER BY c.oid
        """,
        oids,
        row -> {
          var keys = new ArrayList<String>();
          for (Object key : (Object[]) row.getArray(11).getArray()) {
            if (key == null) {
              break;
            }
            keys.add((String) key);
          }
          indexes
              .computeIfAbsent(row.getLong(1), oid -> new ArrayList<>())
              .add(
                  new TableCopy.Index(
                      row.getLong(2),
                      row.getString(3),
                      row.getString(4),
                      row.getString(5),
                      row.getString(6),
                      row.getBoolean(7),
                      keys,
                      new TableCopy.Size(
                          row.getInt(8), rows(row.getFloat(9)), 0, row.getLong(10))));
        });
    return indexes;
  }

  private Map<Long, List<TableCopy.ForeignKey>> foreignKeys(Set<Long> oids) throws SQLException {
    var keys = new HashMap<Long, List<TableCopy.ForeignKey>>();
    each(
        """
        SELECT /* hone */ conrelid, confrelid::bigint, format('CONSTRAINT %I %s', conname,
          pg_get_constraintdef(oid)),
          (SELECT array_agg(a.attname::text ORDER BY key.n)
            FROM unnest(conkey) WITH ORDINALITY AS key (attnum, n)
            JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = key.attnum),
          convalidated, confdeltype = 'c'
        FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND conrelid = ANY (?::oid[])
        ORDER BY oid
        """,
        oids,
        row -> {
          var columns = new ArrayList<String>();
          for (Object column : (Object[]) row.getArray(4).getArray()) {
            columns.add((String) column);
          }
          String definition = row.getString(3).replace(" NOT VALID", "");
          keys.computeIfAbsent(row.getLong(1), oid -> new ArrayList<>())
              .add(
                  new TableCopy.ForeignKey(
                      definition, row.getLong(2), columns, row.getBoolean(5), row.getBoolean(6)));
        });
    return keys;
  }
}
