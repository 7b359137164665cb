package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.twin.TableCopy;
import org.jspecify.annotations.Nullable;

/**
 * The column that a name stands for.
 *
 * @param block the SELECT whose FROM has it
 * @param name of the column, folded
 */
record Ref(Block block, Source source, String name) {
  /** Its definition, or null when it belongs to no table. */
  TableCopy.@Nullable Column column() {
    TableCopy table = source.table();
    return table == null ? null : table.column(name).orElse(null);
  }

  /** Whether it can never be null where it stands. */
  boolean notNull() {
    TableCopy.Column column = column();
    return column != null && column.notNull() && !source.nullable();
  }

  /** The type, without its length; empty when it is not known. */
  String type() {
    TableCopy.Column column = column();
    return column == null ? "" : column.type().replaceFirst("\\(.*?\\)", "");
  }

  /** Whether it is a text that is equal to another only when both have the same characters. */
  boolean plainText() {
    TableCopy.Column column = column();
    return column != null
        && column.collation().isEmpty()
        && (type().equals("text") || type().equals("character varying"));
  }

  boolean integer() {
    return type().equals("integer") || type().equals("bigint") || type().equals("smallint");
  }

  /** The column with the name of what it belongs to. */
  String spelled() {
    return source.spelled() + "." + Terms.quoted(name);
  }
}
