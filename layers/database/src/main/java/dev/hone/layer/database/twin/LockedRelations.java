package dev.hone.layer.database.twin;

/** Relations that a session has locked exclusively: to ask for their size is to wait for it. */
public final class LockedRelations {
  /** Their oids, as a subquery. */
  public static final String OIDS =
      "(SELECT relation FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL)";

  private LockedRelations() {}

  /**
   * Bytes of a relation's main file as an expression of SQL; of a locked one what VACUUM or ANALYZE
   * counted last.
   *
   * @param relation the name that the query has for a row of pg_class
   */
  public static String bytes(String relation) {
    return ("CASE WHEN REL.oid NOT IN "
            + OIDS
            + " THEN pg_relation_size(REL.oid)"
            + " ELSE REL.relpages * current_setting('block_size')::bigint END")
        .replace("REL", relation);
  }
}
