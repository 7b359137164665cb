package dev.hone.layer.database.twin;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which indexes of a twin the planner sees: it passes over an index that is marked invalid. At
 * first it sees all that are copied.
 */
final class IndexSight {
  private final SchemaCopy schema;
  private final Connection admin;
  private Set<Long> shown = Set.of();
  private Set<Long> away = Set.of();

  /**
   * The sight of a twin.
   *
   * @param admin a connection as the superuser
   */
  IndexSight(SchemaCopy schema, Connection admin) {
    this.schema = schema;
    this.admin = admin;
  }

  /** Keeps a hypothetical index out of sight until it is shown. */
  void hide(long oid) throws SQLException {
    turn(List.of(oid));
  }

  /** Shows just these hypothetical indexes. */
  void show(Set<Long> oids) throws SQLException {
    turn(differing(oids, shown));
    shown = Set.copyOf(oids);
  }

  /** Takes just these copied indexes away, by their oids on the user's server. */
  void takeAway(Set<Long> oids) throws SQLException {
    turn(copies(differing(oids, away)));
    away = Set.copyOf(oids);
  }

  private static Set<Long> differing(Set<Long> oids, Set<Long> others) {
    var differing = new HashSet<>(oids);
    others.stream().filter(oid -> !differing.remove(oid)).forEach(differing::add);
    return differing;
  }

  /** The twin's oids of indexes of the user's server. */
  private List<Long> copies(Set<Long> oids) throws SQLException {
    var copies = new ArrayList<Long>();
    for (TableCopy table : schema.tables()) {
      for (TableCopy.Index index : table.indexes()) {
        if (oids.contains(index.oid())) {
          try (PreparedStatement query =
              admin.prepareStatement("SELECT to_regclass(?::text)::oid")) {
            query.setString(1, Sql.quoted(table.schema(), index.name()));
            try (ResultSet row = query.executeQuery()) {
              row.next();
              if (row.getLong(1) != 0) {
                copies.add(row.getLong(1));
              }
            }
          }
        }
      }
    }
    return copies;
  }

  private void turn(Collection<Long> oids) throws SQLException {
    if (oids.isEmpty()) {
      return;
    }
    try (PreparedStatement update =
        admin.prepareStatement(
            "UPDATE pg_index SET indisvalid = NOT indisvalid WHERE indexrelid = ANY (?::oid[])")) {
      update.setArray(1, admin.createArrayOf("bigint", oids.toArray()));
      update.executeUpdate();
    }
  }
}
