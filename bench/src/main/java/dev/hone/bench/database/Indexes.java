package dev.hone.bench.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Every index that somebody asked for, built once in one database. The planner passes over an index
 * that is marked invalid in {@code pg_index}, so that one set takes the place of another without
 * anything being built or dropped. Writes keep invalid indexes up to date too: this is for reads.
 */
final class Indexes {
  private final Connection connection;
  private final Map<IndexDefinition, Built> built = new LinkedHashMap<>();

  private record Built(long oid, long bytes) {}

  Indexes(Connection connection) {
    this.connection = connection;
  }

  /** Bytes of a set on the disk; builds what is missing. */
  long bytes(Collection<IndexDefinition> set) throws SQLException {
    long bytes = 0;
    for (IndexDefinition index : set) {
      bytes += build(index).bytes;
    }
    return bytes;
  }

  private Built build(IndexDefinition index) throws SQLException {
    Built known = built.get(index);
    if (known != null) {
      return known;
    }
    String name = "contest_" + built.size();
    try (Statement sql = connection.createStatement()) {
      sql.execute(index.ddl(name));
      try (ResultSet row =
          sql.executeQuery(
              "SELECT '" + name + "'::regclass::oid, pg_relation_size('" + name + "')")) {
        row.next();
        var made = new Built(row.getLong(1), row.getLong(2));
        built.put(index, made);
        return made;
      }
    }
  }

  /** After the last one is built: statistics of expressions, and nothing left to write. */
  void settle() throws SQLException {
    try (Statement sql = connection.createStatement()) {
      sql.execute("ANALYZE");
      sql.execute("CHECKPOINT");
    }
  }

  /** From now on the planner sees this set and no other. */
  void use(Collection<IndexDefinition> set) throws SQLException {
    Object[] wanted = set.stream().map(index -> oid(index)).toArray();
    Object[] all = built.values().stream().map(Built::oid).toArray();
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE pg_index SET indisvalid = NOT indisvalid WHERE indexrelid = ANY (?)"
                + " AND indisvalid <> (indexrelid = ANY (?))")) {
      update.setArray(1, connection.createArrayOf("oid", all));
      update.setArray(2, connection.createArrayOf("oid", wanted));
      update.executeUpdate();
    }
  }

  private long oid(IndexDefinition index) {
    Built known = built.get(index);
    if (known == null) {
      throw new IllegalStateException("the index on " + index.target() + " was not built");
    }
    return known.oid;
  }

  /** How many there are. */
  int count() {
    return built.size();
  }
}
