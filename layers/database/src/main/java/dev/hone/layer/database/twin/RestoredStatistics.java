package dev.hone.layer.database.twin;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Statistics by pg_restore_relation_stats and pg_restore_attribute_stats, which PostgreSQL has
 * since 18. They need no rights but the owner's.
 */
final class RestoredStatistics implements Statistics {
  /** So many calls are sent at once. */
  private static final int AT_ONCE = 200;

  private final PlannerSession planner;
  private final int version;

  /**
   * Statistics of a twin.
   *
   * @param version of the user's server
   */
  RestoredStatistics(PlannerSession planner, int version) {
    this.planner = planner;
    this.version = version;
  }

  @Override
  public void importAll(SchemaCopy schema, Set<String> made) throws SQLException {
    var calls = new ArrayList<String>();
    for (TableCopy table : schema.tables()) {
      if (!made.contains(Sql.quoted(table.schema(), table.table()))) {
        continue;
      }
      if (table.kind() != 'p') {
        calls.add(call(table.schema(), table.table(), table.size()));
      }
      for (TableCopy.Index index : table.indexes()) {
        if (made.contains(Sql.quoted(table.schema(), index.name()))) {
          calls.add(call(table.schema(), index.name(), index.size()));
        }
      }
      for (TableCopy.ColumnStatistics column : table.statistics().values()) {
        if (made.contains(Sql.quoted(table.schema(), column.relation()))) {
          calls.add(column(table.schema(), column));
        }
      }
    }
    try (Statement sql = planner.connection().createStatement()) {
      sql.setEscapeProcessing(false);
      for (int from = 0; from < calls.size(); from += AT_ONCE) {
        List<String> some = calls.subList(from, Math.min(calls.size(), from + AT_ONCE));
        sql.execute(String.join(";\n", some));
      }
    }
  }

  @Override
  public void size(String of, String relation, TableCopy.Size size) throws SQLException {
    try (Statement sql = planner.connection().createStatement()) {
      sql.execute(call(of, relation, size));
    }
  }

  @Override
  public void expression(String of, TableCopy.ColumnStatistics column) throws SQLException {
    try (Statement sql = planner.connection().createStatement()) {
      sql.setEscapeProcessing(false);
      sql.execute(column(of, column));
    }
  }

  private String call(String of, String relation, TableCopy.Size size) {
    return String.format(
        Locale.ROOT,
        "SELECT pg_restore_relation_stats('schemaname', %s, 'relname', %s, 'version', %d,"
            + " 'relpages', %d, 'reltuples', %s::real, 'relallvisible', %d)",
        Sql.literal(of),
        Sql.literal(relation),
        version,
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
            .append(version);
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
