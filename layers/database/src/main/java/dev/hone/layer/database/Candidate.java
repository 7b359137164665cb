package dev.hone.layer.database;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * A B-tree that might help.
 *
 * @param schema of the table
 * @param table the table's name
 * @param columns the key, most significant first
 */
record Candidate(String schema, String table, List<String> columns) {
  /** PostgreSQL cuts longer names: NAMEDATALEN is 64. */
  private static final int LONGEST_NAME = 63;

  Candidate {
    columns = List.copyOf(columns);
  }

  /** The index's name: {@code hone_table_columns}, shortened with a hash where it is too long. */
  String name() {
    String full = "hone_" + table + "_" + String.join("_", columns);
    if (full.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME) {
      return full;
    }
    String hash = String.format("_%08x", full.hashCode());
    String cut = full;
    while (cut.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME - hash.length()) {
      cut = cut.substring(0, cut.length() - 1);
    }
    return cut + hash;
  }

  /** {@code orders (customer_id, created_at)}. */
  String title() {
    return table + " (" + String.join(", ", columns) + ")";
  }

  /** The statement that makes it, spelled as the server spells it back. */
  String ddl(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT /* hone */ format('CREATE INDEX CONCURRENTLY %I ON %I.%I USING btree (%s)',"
                + " ?::text, ?::text, ?::text, (SELECT string_agg(quote_ident(name), ', ' ORDER"
                + " BY n) FROM unnest(?::text[]) WITH ORDINALITY AS key (name, n)))")) {
      query.setString(1, name());
      query.setString(2, schema);
      query.setString(3, table);
      query.setArray(4, connection.createArrayOf("text", columns.toArray()));
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
