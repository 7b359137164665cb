package dev.hone.layer.database.twin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How many combinations columns of a table can have, as foreign keys and joins tell. */
final class Combinations {
  private final SchemaCopy schema;
  private final Map<Long, Set<TableCopy.Together>> learnt = new HashMap<>();

  Combinations(SchemaCopy schema) {
    this.schema = schema;
  }

  void learn(TableCopy table, TableCopy.Together together) {
    learnt.computeIfAbsent(table.oid(), oid -> new LinkedHashSet<>()).add(together);
  }

  List<TableCopy.Together> of(TableCopy table) {
    var all = new ArrayList<>(learnt.getOrDefault(table.oid(), Set.of()));
    for (TableCopy.ForeignKey key : table.foreignKeys()) {
      schema
          .table(key.target())
          .filter(target -> key.columns().size() > 1 && target.size().rows() > 0)
          .map(target -> new TableCopy.Together(Set.copyOf(key.columns()), target.rows()))
          .ifPresent(all::add);
    }
    return all;
  }
}
