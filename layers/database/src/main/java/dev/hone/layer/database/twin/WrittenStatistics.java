package dev.hone.layer.database.twin;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Statistics for PostgreSQL 13 to 17, which have no functions to import them: rows of pg_statistic
 * (src/include/catalog/pg_statistic.h) as ANALYZE would write them, by the superuser. Of the kinds
 * of statistics it knows most common values, histogram and correlation.
 */
final class WrittenStatistics implements Statistics {
  private static final int SLOTS = 5;
  private static final int MOST_COMMON = 1;
  private static final int HISTOGRAM = 2;
  private static final int CORRELATION = 3;
  private static final int EQUAL = 3;
  private static final int LESS = 1;
  private static final int AT_ONCE = 50;

  /**
   * Values are read by the superuser, and a domain or a range of somebody's own could have a
   * function executed by that. Base types are made by superusers alone.
   */
  private static final String TRUSTED_TYPES =
      " AND EXISTS (SELECT FROM pg_type e WHERE e.oid = CASE WHEN t.typcategory = 'A'"
          + " AND t.typelem <> 0 THEN t.typelem ELSE t.oid END AND (e.typtype IN ('b', 'e')"
          + " OR (e.typtype IN ('r', 'm') AND e.typnamespace = 'pg_catalog'::regnamespace)))";

  private final Connection admin;

  WrittenStatistics(Connection admin) {
    this.admin = admin;
  }

  /** One of the five slots of a row. */
  private record Slot(int kind, int strategy, String numbers, String values) {
    static final Slot EMPTY = new Slot(0, 0, "NULL", "NULL");

    /** The operator that the type is ordered by, as its default operator class has it. */
    String operator() {
      return kind == 0
          ? "0"
          : "(SELECT o.amopopr FROM pg_opclass c JOIN pg_amop o ON o.amopfamily = c.opcfamily"
              + " AND o.amoplefttype = c.opcintype AND o.amoprighttype = c.opcintype"
              + " WHERE c.opcmethod = 403 AND c.opcdefault AND o.amopstrategy = "
              + strategy
              + " AND c.opcintype = ordered.type)";
    }
  }

  @Override
  public void importAll(SchemaCopy schema, Set<String> made) throws SQLException {
    var rows = new ArrayList<String>();
    for (TableCopy table : schema.tables()) {
      if (!made.contains(Sql.quoted(table.schema(), table.table()))) {
        continue;
      }
      if (table.kind() != 'p') {
        rows.add(update(table.schema(), table.table(), table.size()));
      }
      for (TableCopy.Index index : table.indexes()) {
        if (made.contains(Sql.quoted(table.schema(), index.name()))) {
          rows.add(update(table.schema(), index.name(), index.size()));
        }
      }
      for (TableCopy.ColumnStatistics column : table.statistics().values()) {
        if (made.contains(Sql.quoted(table.schema(), column.relation()))) {
          rows.add(insert(table.schema(), column));
        }
      }
    }
    try (Statement sql = admin.createStatement()) {
      sql.setEscapeProcessing(false);
      for (int from = 0; from < rows.size(); from += AT_ONCE) {
        List<String> some = rows.subList(from, Math.min(rows.size(), from + AT_ONCE));
        sql.execute(String.join(";\n", some));
      }
    }
  }

  @Override
  public void size(String of, String relation, TableCopy.Size size) throws SQLException {
    try (Statement sql = admin.createStatement()) {
      sql.execute(update(of, relation, size));
    }
  }

  @Override
  public void expression(String of, TableCopy.ColumnStatistics column) throws SQLException {
    try (Statement sql = admin.createStatement()) {
      sql.setEscapeProcessing(false);
      sql.execute(insert(of, column));
    }
  }

  private static String update(String of, String relation, TableCopy.Size size) {
    return "UPDATE pg_class SET relpages = "
        + size.pages()
        + ", reltuples = "
        + Sql.literal(Float.toString(size.rows()))
        + "::real, relallvisible = "
        + size.allVisible()
        + " WHERE oid = "
        + Sql.literal(Sql.quoted(of, relation))
        + "::regclass";
  }

  private static String insert(String of, TableCopy.ColumnStatistics column) {
    List<Slot> slots = slots(column);
    var row = new StringBuilder("INSERT INTO pg_statistic SELECT a.attrelid, a.attnum, ");
    row.append(column.inherited());
    row.append(", ").append(number(column.values().get("null_frac"))).append("::real, ");
    row.append(column.width()).append(", ").append(column.distinct()).append("::real");
    slots.forEach(slot -> row.append(", ").append(slot.kind()));
    slots.forEach(slot -> row.append(", coalesce(").append(slot.operator()).append(", 0)"));
    slots.forEach(slot -> row.append(", ").append(slot.kind() == 0 ? "0" : "a.attcollation"));
    slots.forEach(slot -> row.append(", ").append(slot.numbers()).append("::real[]"));
    slots.forEach(
        slot ->
            row.append(", ")
                .append(
                    slot.values().equals("NULL")
                        ? "NULL::anyarray"
                        : "array_in(" + slot.values() + "::cstring, a.atttypid, -1)"));
    return row.append(" FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid,")
        .append(" LATERAL (SELECT CASE WHEN t.typtype = 'e' THEN 'anyenum'::regtype")
        .append(" WHEN t.typcategory = 'A' THEN 'anyarray'::regtype")
        .append(" WHEN t.typtype = 'r' THEN 'anyrange'::regtype")
        .append(" WHEN t.oid = 'varchar'::regtype THEN 'text'::regtype ELSE t.oid END AS type)")
        .append(" ordered WHERE a.attrelid = ")
        .append(Sql.literal(Sql.quoted(of, column.relation())))
        .append("::regclass AND a.attname = ")
        .append(Sql.literal(column.column()))
        .append(TRUSTED_TYPES)
        .toString();
  }

  private static List<Slot> slots(TableCopy.ColumnStatistics column) {
    var slots = new ArrayList<Slot>();
    String common = column.values().get("most_common_vals");
    String shares = column.values().get("most_common_freqs");
    if (common != null && shares != null) {
      slots.add(new Slot(MOST_COMMON, EQUAL, Sql.literal(shares), Sql.literal(common)));
    }
    String bounds = column.values().get("histogram_bounds");
    if (bounds != null) {
      slots.add(new Slot(HISTOGRAM, LESS, "NULL", Sql.literal(bounds)));
    }
    String correlation = column.values().get("correlation");
    if (correlation != null) {
      slots.add(new Slot(CORRELATION, LESS, Sql.literal("{" + correlation + "}"), "NULL"));
    }
    while (slots.size() < SLOTS) {
      slots.add(Slot.EMPTY);
    }
    return slots;
  }

  private static String number(@Nullable String text) {
    return text == null ? "0" : Sql.literal(text);
  }
}
