package dev.hone.layer.database.advisor;

import java.util.List;

/**
 * An index of the user's, with all that decides whether it may go.
 *
 * @param keys its key columns and expressions with operator class, collation and order, as texts
 *     that are equal when these are
 * @param include columns that it only carries
 * @param predicate of a partial index, else empty
 * @param unique whether it refuses equal keys, and at once
 * @param foreignKeys foreign keys of its table that it makes quick to look up
 * @param constraint whether it enforces a constraint, or a foreign key points to it
 * @param replicaIdentity whether logical replication tells rows apart by it
 * @param clustered whether the table is kept in its order
 * @param partition whether it is part of a partitioned index
 * @param valid whether the planner may use it
 * @param building whether it is being built at present
 * @param scans how often it was used on this server since the statistics began
 * @param replicaScans how often on the replicas that could be asked
 * @param daysSinceScan since it was last used; NaN when never or not known
 */
public record ExistingIndex(
    long oid,
    String schema,
    String table,
    String name,
    String ddl,
    String method,
    List<String> keys,
    List<String> include,
    String predicate,
    boolean unique,
    boolean constraint,
    List<String> foreignKeys,
    boolean replicaIdentity,
    boolean clustered,
    boolean partition,
    boolean valid,
    boolean building,
    long scans,
    long replicaScans,
    double daysSinceScan,
    long bytes) {
  /** Whether something rests on it that no other index could take over. */
  public boolean indispensable() {
    return unique || isBound();
  }

  /** The same but for uniqueness, which a second unique index would see to as well. */
  boolean isBound() {
    return constraint || replicaIdentity || clustered || partition || building;
  }

  /** Whether the other refuses the same keys, if this one does. */
  boolean uniqueness(ExistingIndex other) {
    return !unique || (other.unique && nullsAreEqual() == other.nullsAreEqual());
  }

  private boolean nullsAreEqual() {
    return ddl.substring(0, ddl.length() - predicate.length()).contains(" NULLS NOT DISTINCT");
  }

  boolean sameTable(ExistingIndex other) {
    return schema.equals(other.schema) && table.equals(other.table);
  }

  /** Whether both are the same but for their names. */
  boolean sameAs(ExistingIndex other) {
    return sameTable(other)
        && method.equals(other.method)
        && keys.equals(other.keys)
        && include.equals(other.include)
        && predicate.equals(other.predicate);
  }

  /** Whether the other can do all that this one can. */
  boolean coveredBy(ExistingIndex other) {
    return sameTable(other)
        && method.equals("btree")
        && other.method.equals("btree")
        && predicate.equals(other.predicate)
        && other.keys.size() >= keys.size()
        && other.keys.subList(0, keys.size()).equals(keys)
        && include.stream()
            .allMatch(
                column ->
                    other.include.contains(column)
                        || other.keys.stream().anyMatch(key -> key.split(" ")[0].equals(column)));
  }
}
