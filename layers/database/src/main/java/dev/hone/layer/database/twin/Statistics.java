package dev.hone.layer.database.twin;

import java.sql.SQLException;
import java.util.Set;

/** Brings sizes and statistics into a planner twin. */
interface Statistics {
  /**
   * Imports all of a schema.
   *
   * @param made relations that the twin has, as {@code schema.relation}
   */
  void importAll(SchemaCopy schema, Set<String> made) throws SQLException;

  /** Gives the column of an index on an expression its statistics. */
  void expression(String of, TableCopy.ColumnStatistics column) throws SQLException;

  /** Gives a relation the size that the planner is to see. */
  void size(String of, String relation, TableCopy.Size size) throws SQLException;
}
