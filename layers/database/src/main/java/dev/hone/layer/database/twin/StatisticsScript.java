package dev.hone.layer.database.twin;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Imports sizes and statistics into a planner twin. */
final class StatisticsScript {
  /** So many calls are sent at once. */
  private static final int AT_ONCE = 200;

  private final SchemaCopy schema;

  StatisticsScript(SchemaCopy schema) {
    this.schema = schema;
  }

  /**
   * Imports all.
   *
   * @param made relations that the twin has, as {@code schema.relation}
   */
  void run(Statement sql, Set<String> made) throws SQLException {
    var calls = new ArrayList<String>();
    for (TableCopy table : schema.tables()) {
      if (!made.contains(table.title())) {
        continue;
      }
      if (table.kind() != 'p') {
        calls.add(size(table.schema(), table.table(), table.size(), schema));
      }
      for (TableCopy.Index index : table.indexes()) {
        if (made.contains(table.schema() + "." + index.name())) {
          calls.add(size(table.schema(), index.name(), index.size(), schema));
        }
      }
      for (TableCopy.ColumnStatistics column : table.statistics().values()) {
        if (made.contains(table.schema() + "." + column.relation())) {
          calls.add(column(table.schema(), column));
        }
      }
    }
    for (int from = 0; from < calls.size(); from += AT_ONCE) {
      List<String> some = calls.subList(from, Math.min(calls.size(), from + AT_ONCE));
      sql.execute(String.join(";\n", some));
    }
  }

  /** Gives a relation the size that the planner is to see. */
  static String size(String of, String relation, TableCopy.Size size, SchemaCopy schema) {
    return String.format(
        Locale.ROOT,
        "SELECT pg_restore_relation_stats('schemaname', %s, 'relname', %s, 'version', %d,"
            + " 'relpages', %d, 'reltuples', %s::real, 'relallvisible', %d)",
        Sql.literal(of),
        Sql.literal(relation),
        schema.version(),
        size.pages(),
        Sql.literal(Float.toString(size.rows())),
        size.allVisible());
  }

  private String column(String of, TableCopy.ColumnStatistics column) {
    var call =
        new StringBuilder("SELECT pg_restore_attribute_stats('schemaname', ")
            .append(Sql.literal(of))
            .append(", 'relname', ")
            .append(Sql.literal(column.relation()))
            .append(", 'attname', ")
            .append(Sql.literal(column.column()))
            .append(", 'inherited', ")
            .append(column.inherited())
            .append(", 'version', ")
            .append(schema.version());
    for (Map.Entry<String, @Nullable String> value : column.values().entrySet()) {
      String text = value.getValue();
      if (text != null) {
        call.append(", ")
            .append(Sql.literal(value.getKey()))
            .append(", ")
            .append(Sql.literal(text))
            .append("::")
            .append(TableCopy.IMPORTED.get(value.getKey()));
      }
    }
    return call.append(")").toString();
  }
}
