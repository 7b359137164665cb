package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.TableCopy;
import java.sql.Connection;
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
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Fills tables of a scratch database with rows that keep their constraints. */
final class ScratchRows {
  /** Keys are drawn from few values, so that many rows are refused. */
  private static final int TRIES = 4;

  private final SchemaCopy schema;
  private final Connection connection;
  private final Set<TableCopy> tables = new LinkedHashSet<>();

  /** For these tables and those that they refer to. */
  ScratchRows(SchemaCopy schema, Connection connection, Collection<TableCopy> wanted) {
    this.schema = schema;
    this.connection = connection;
    wanted.forEach(table -> add(table, 0));
  }

  /** Tables that others refer to come first. */
  private void add(TableCopy table, int depth) {
    if (tables.contains(table) || depth > 20) {
      return;
    }
    for (TableCopy.ForeignKey key : table.foreignKeys()) {
      if (key.target() != table.oid()) {
        schema.table(key.target()).ifPresent(parent -> add(parent, depth + 1));
      }
    }
    tables.add(table);
  }

  /** Removes all rows and puts so many new ones into each table; fewer where keys are equal. */
  void fill(ScratchValues values, RandomGenerator random, int rows, boolean extremes)
      throws SQLException {
    try (Statement sql = connection.createStatement()) {
      sql.setEscapeProcessing(false);
      sql.execute(
          "TRUNCATE "
              + String.join(", ", tables.stream().map(ScratchRows::quoted).toList())
              + " CASCADE");
      Map<Long, List<Map<String, @Nullable String>>> filled = new HashMap<>();
      for (TableCopy table : tables) {
        int count = rows <= 1 ? rows : 1 + random.nextInt(rows);
        var made = new ArrayList<Map<String, @Nullable String>>();
        for (int i = 0; i < count * TRIES && made.size() < count; i++) {
          Map<String, @Nullable String> row = row(table, values, random, extremes, filled);
          if (insert(sql, table, row)) {
            made.add(row);
          }
        }
        filled.put(table.oid(), made);
      }
    }
  }

  private static String quoted(TableCopy table) {
    return Terms.quoted(table.schema()) + "." + Terms.quoted(table.table());
  }

  private Map<String, @Nullable String> row(
      TableCopy table,
      ScratchValues values,
      RandomGenerator random,
      boolean extremes,
      Map<Long, List<Map<String, @Nullable String>>> filled)
      throws SQLException {
    Map<String, @Nullable String> row = new LinkedHashMap<>();
    for (TableCopy.Column column : table.columns()) {
      row.put(column.name(), values.value(column, random, extremes));
    }
    for (TableCopy.ForeignKey key : table.foreignKeys()) {
      List<Map<String, @Nullable String>> parents = filled.getOrDefault(key.target(), List.of());
      List<String> referenced = Keys.referenced(key);
      if (parents.isEmpty() || referenced.size() != key.columns().size()) {
        continue;
      }
      Map<String, @Nullable String> parent = parents.get(random.nextInt(parents.size()));
      for (int i = 0; i < referenced.size(); i++) {
        if (row.get(key.columns().get(i)) != null) {
          row.put(key.columns().get(i), parent.get(referenced.get(i)));
        }
      }
    }
    return row;
  }

  /** Whether a row was taken; one that breaks a constraint is left out. */
  private boolean insert(Statement sql, TableCopy table, Map<String, @Nullable String> row)
      throws SQLException {
    var names = new ArrayList<String>();
    var literals = new ArrayList<String>();
    row.forEach(
        (name, value) -> {
          names.add(Terms.quoted(name));
          literals.add(value == null ? "NULL" : literal(value));
        });
    try {
      return sql.executeUpdate(
              "INSERT INTO "
                  + quoted(table)
                  + " ("
                  + String.join(", ", names)
                  + ") VALUES ("
                  + String.join(", ", literals)
                  + ")")
          == 1;
    } catch (SQLException e) {
      if (!connection.isValid(5)) {
        throw e;
      }
      return false;
    }
  }

  static String literal(String value) {
    return value.indexOf('\\') < 0
        ? Terms.literal(value)
        : "E" + Terms.literal(value.replace("\\", "\\\\"));
  }
}
