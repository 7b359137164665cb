package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.twin.LockedRelations;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the user's indexes and how they were used. */
public final class ExistingIndexReader {
  private static final int SINCE_LAST_SCAN = 160000;
  private static final int MOST = 20_000;

  private static final String INDEXES =
      """
      SELECT /* hone */ c.oid, n.nspname, t.relname, c.relname, DEFINITION, m.amname,
        (SELECT array_agg(pg_get_indexdef(c.oid, k, true) || ' ' || i.indclass[k - 1] || ' '
          || coalesce(i.indcollation[k - 1], 0) || ' ' || i.indoption[k - 1]
          || coalesce(' ' || (SELECT array_to_string(a.attoptions, ',') FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum = k), '')
          || CASE WHEN m.amname = 'btree' THEN ''
            ELSE coalesce(' ' || array_to_string(c.reloptions, ','), '') END ORDER BY k)
          FROM generate_series(1, i.indnkeyatts) k),
        (SELECT array_agg(pg_get_indexdef(c.oid, k, true) ORDER BY k)
          FROM generate_series(i.indnkeyatts + 1, i.indnatts) k),
        coalesce(pg_get_expr(i.indpred, i.indrelid), ''), i.indisunique AND i.indimmediate,
        i.indisprimary OR i.indisexclusion
          OR EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = c.oid)
          OR EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_class'::regclass
            AND objid IN (c.oid, t.oid) AND deptype = 'e'),
        (SELECT array_agg(f.conname::text) FROM pg_constraint f WHERE f.contype = 'f'
          AND f.conrelid = i.indrelid AND i.indpred IS NULL AND i.indisvalid
          AND m.amname IN ('btree', 'hash')
          AND f.conkey <@ (i.indkey::int2[])[0:cardinality(f.conkey) - 1]),
        i.indisreplident, i.indisclustered, c.relispartition, i.indisvalid AND i.indisready,
        EXISTS (SELECT 1 FROM pg_stat_progress_create_index p
            WHERE p.relid = i.indrelid OR (p.relid IS NULL AND NOT i.indisvalid))
          OR (NOT i.indisvalid AND EXISTS (SELECT 1 FROM pg_locks l WHERE l.relation = i.indrelid
            AND l.locktype = 'relation' AND l.mode = 'ShareUpdateExclusiveLock'
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))),
        coalesce(s.idx_scan, 0), LAST_SCAN, BYTES
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am m ON m.oid = c.relam
        LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = c.oid
      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind = 'i'
        AND t.relpersistence <> 't' AND t.oid NOT IN LOCKED AND c.oid NOT IN LOCKED
      ORDER BY c.oid LIMIT %d
      """
          .formatted(MOST)
          .replace("DEFINITION", definition("c.oid", "c.reltablespace"))
          .replace("BYTES", LockedRelations.bytes("c"))
          .replace("LOCKED", LockedRelations.OIDS);

  private ExistingIndexReader() {}

  /**
   * An expression for the statement that makes an index, with its tablespace, which PostgreSQL's
   * own function leaves out. Only the predicate of a partial index comes after it.
   */
  public static String definition(String oid, String tablespace) {
    return """
        (SELECT CASE WHEN s.spcname IS NULL THEN d.text
            WHEN p.text IS NULL THEN d.text || ' TABLESPACE ' || quote_ident(s.spcname)
            WHEN right(d.text, length(p.text)) = p.text
              THEN left(d.text, -length(p.text)) || ' TABLESPACE ' || quote_ident(s.spcname) || p.text
            ELSE d.text END
          FROM (SELECT pg_get_indexdef(OID) AS text) d
            LEFT JOIN pg_tablespace s ON s.oid = TABLESPACE_OF
            LEFT JOIN LATERAL (SELECT ' WHERE ' || pg_get_expr(indpred, indrelid) AS text
              FROM pg_index WHERE indexrelid = OID) p ON true)
        """
        .replace("TABLESPACE_OF", tablespace)
        .replace("OID", oid);
  }

  /**
   * All indexes, but for those of tables that are locked exclusively.
   *
   * @param version of the server
   * @param replicaScans uses on replicas, by {@code schema.index} as {@link Identifiers} spells it
   */
  public static List<ExistingIndex> read(
      Connection connection, int version, Map<String, Long> replicaScans) throws SQLException {
    var indexes = new ArrayList<ExistingIndex>();
    String since =
        version >= SINCE_LAST_SCAN
            ? "extract(epoch FROM clock_timestamp() - s.last_idx_scan) / 86400"
            : "NULL::float8";
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(INDEXES.replace("LAST_SCAN", since))) {
      while (row.next()) {
        Object days = row.getObject(19);
        indexes.add(
            new ExistingIndex(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                texts(row, 7),
                texts(row, 8),
                row.getString(9),
                row.getBoolean(10),
                row.getBoolean(11),
                texts(row, 12),
                row.getBoolean(13),
                row.getBoolean(14),
                row.getBoolean(15),
                row.getBoolean(16),
                row.getBoolean(17),
                row.getLong(18),
                replicaScans.getOrDefault(
                    Identifiers.quoted(row.getString(2), row.getString(4)), 0L),
                days instanceof Number number ? number.doubleValue() : Double.NaN,
                row.getLong(20)));
      }
    }
    return indexes;
  }

  private static List<String> texts(ResultSet row, int column) throws SQLException {
    var array = row.getArray(column);
    return array == null
        ? List.of()
        : Arrays.stream((Object[]) array.getArray()).map(String::valueOf).toList();
  }

  /** Which of these valid indexes there are; each as {@code schema.index}, without quotes. */
  public static Set<String> valid(Connection connection, Set<String> names) throws SQLException {
    var found = new HashSet<String>();
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT /* hone */ n.nspname || '.' || c.relname
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              JOIN pg_index i ON i.indexrelid = c.oid
            WHERE i.indisvalid AND n.nspname || '.' || c.relname = ANY(?)
            """)) {
      query.setArray(1, connection.createArrayOf("text", names.toArray()));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          found.add(row.getString(1));
        }
      }
    }
    return found;
  }

  /** How often each index was used, by {@code schema.index} as {@link Identifiers} spells it. */
  public static Map<String, Long> scans(Connection connection) throws SQLException {
    var scans = new HashMap<String, Long>();
    try (Statement sql = connection.createStatement();
        ResultSet rows =
            sql.executeQuery(
                "SELECT /* hone */ schemaname, indexrelname, idx_scan FROM pg_stat_user_indexes")) {
      while (rows.next()) {
        scans.put(Identifiers.quoted(rows.getString(1), rows.getString(2)), rows.getLong(3));
      }
    }
    return scans;
  }

  /**
   * How long the statistics have been kept and who else may use the indexes. Statistics without a
   * beginning have lasted at least since the server started.
   *
   * @param askedReplicas how many replicas were asked
   */
  public static DropRules.Observation observation(Connection connection, int askedReplicas)
      throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery(
                """
                SELECT /* hone */ extract(epoch FROM clock_timestamp() - coalesce(
                    (SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()),
                    pg_postmaster_start_time())) / 86400,
                  (SELECT count(*) FROM pg_stat_replication WHERE application_name
                    NOT IN (SELECT slot_name::text FROM pg_replication_slots
                      WHERE slot_type = 'logical')),
                  pg_is_in_recovery(), NOT pg_has_role(current_user, 'pg_monitor', 'USAGE')
                """)) {
      row.next();
      int replicas = (int) Math.max(0, row.getLong(2) - askedReplicas);
      return new DropRules.Observation(
          row.getDouble(1), replicas, row.getBoolean(3), row.getBoolean(4));
    }
  }
}
