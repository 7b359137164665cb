package dev.hone.layer.database.twin;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the user's server contributes to a planner twin.
 *
 * @param version as in {@code server_version_num}
 * @param collation of the database
 * @param searchPath how names without a schema are looked up
 * @param settings the planner's, by name
 * @param extensions by name, with their schema
 * @param needed statements that make the collations and enumerations which columns need
 * @param tables the tables
 * @param views statements that make views, in no order
 * @param functions statements that make functions
 * @param notices what could not be copied, a sentence each
 */
public record SchemaCopy(
    int version,
    Collation collation,
    String searchPath,
    Map<String, String> settings,
    Map<String, String> extensions,
    List<Defined> needed,
    List<TableCopy> tables,
    List<Defined> views,
    List<Defined> functions,
    List<String> notices) {
  /**
   * How a database sorts texts.
   *
   * @param provider as in pg_database: {@code c} the system's, {@code i} ICU, {@code b} built in
   * @param locale its name
   */
  public record Collation(String provider, String locale) {}

  /** A named thing and the statement that makes it. */
  public record Defined(String schema, String name, String ddl) {}

  /** A table by its oid. */
  public Optional<TableCopy> table(long oid) {
    return tables.stream().filter(table -> table.oid() == oid).findFirst();
  }

  /** A table by its name. */
  public Optional<TableCopy> table(String schema, String table) {
    return tables.stream()
        .filter(t -> t.schema().equals(schema) && t.table().equals(table))
        .findFirst();
  }
}
