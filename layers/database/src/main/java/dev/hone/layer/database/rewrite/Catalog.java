package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.TableCopy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.sf.jsqlparser.schema.Table;
import org.jspecify.annotations.Nullable;

/** What names stand for: tables of the schema's copy, and functions of a server that has it. */
final class Catalog {
  private final SchemaCopy schema;
  private final List<String> path = new ArrayList<>();
  private final Set<String> shadowed = new HashSet<>();
  private final Set<String> changing = new HashSet<>();
  private final Set<String> manyRows = new HashSet<>();
  private final Set<Long> inherited = new HashSet<>();

  private Catalog(SchemaCopy schema) {
    this.schema = schema;
    for (String each : schema.searchPath().split(",")) {
      path.add(Terms.folded(each.strip()));
    }
    schema.tables().stream()
        .filter(TableCopy::inherited)
        .forEach(table -> inherited.add(table.oid()));
    schema.views().forEach(view -> shadowed.add(view.schema() + "." + view.name()));
  }

  /**
   * Reads the functions of a server.
   *
   * @param connection to a database that holds the schema
   */
  static Catalog of(SchemaCopy schema, Connection connection) throws SQLException {
    var catalog = new Catalog(schema);
    try (Statement sql = connection.createStatement();
        ResultSet rows =
            sql.executeQuery(
                "SELECT proname, bool_or(provolatile = 'v' AND prokind = 'f'),"
                    + " bool_or(proretset OR prokind IN ('a', 'w')) FROM pg_proc GROUP BY 1"
                    + " HAVING bool_or(provolatile = 'v' AND prokind = 'f') OR"
                    + " bool_or(proretset OR prokind IN ('a', 'w'))")) {
      while (rows.next()) {
        (rows.getBoolean(2) ? catalog.changing : catalog.manyRows).add(rows.getString(1));
        if (rows.getBoolean(3)) {
          catalog.manyRows.add(rows.getString(1));
        }
      }
    }
    return catalog;
  }

  SchemaCopy schema() {
    return schema;
  }

  /** The table that a name stands for; null when it is a view or not known. */
  @Nullable TableCopy table(Table name) {
    String table = Terms.folded(name.getName());
    String qualifier = Terms.folded(name.getSchemaName());
    for (String each : qualifier.isEmpty() ? path : List.of(qualifier)) {
      if (shadowed.contains(each + "." + table)) {
        return null;
      }
      TableCopy found = schema.table(each, table).orElse(null);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** What holds for the rows that a query of a table reads, those of its children included. */
  TableCopy asRead(TableCopy table) {
    return table.asRead(inherited::contains);
  }

  /** Whether a function may give something else, or do something, each time it is called. */
  boolean changes(String function) {
    return changing.contains(last(function));
  }

  /** Whether it is an aggregate or window function, or returns a set. */
  boolean makesSetsOrAggregates(String function) {
    return manyRows.contains(last(function));
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
