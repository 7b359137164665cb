package dev.hone.layer.database.upkeep;

import dev.hone.layer.database.twin.LockedRelations;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads catalogues and counters of a PostgreSQL 13 or later. */
public final class UpkeepReader {
  private static final int COUNTS_LOG = 140000;
  private static final int CHECKPOINTER_HAS_A_VIEW = 170000;
  private static final int COUNTS_JIT = 150000;

  private static final String SETTINGS =
      """
      SELECT /* hone */ name, setting FROM pg_settings WHERE name IN ('autovacuum', 'track_counts',
        'autovacuum_vacuum_scale_factor', 'autovacuum_vacuum_threshold',
        'autovacuum_freeze_max_age', 'autovacuum_vacuum_max_threshold', 'random_page_cost',
        'seq_page_cost', 'work_mem', 'jit', 'effective_cache_size', 'shared_buffers',
        'max_wal_size', 'idle_in_transaction_session_timeout')
      UNION ALL
      SELECT 'database:' || split_part(entry, '=', 1), substr(entry, strpos(entry, '=') + 1)
      FROM pg_db_role_setting, unnest(setconfig) AS entry
      WHERE setrole = 0 AND setdatabase = (SELECT oid FROM pg_database
          WHERE datname = current_database())
        AND split_part(entry, '=', 1) IN ('random_page_cost', 'jit', 'effective_cache_size',
          'idle_in_transaction_session_timeout')
      """;

  /**
   * A session's inserts are counted after its ANALYZE when both follow each other; when the table
   * has not grown since, they were seen.
   */
  private static final String TABLES =
      """
      SELECT /* hone */ n.nspname, c.relname, format('%I.%I', n.nspname, c.relname), c.reltuples,
        c.relpages, coalesce(array_to_string(c.reloptions, E'\\n'), ''), age(c.relfrozenxid),
        s.n_dead_tup,
        CASE WHEN coalesce(s.last_analyze, s.last_autoanalyze) IS NOT NULL
            AND s.n_tup_upd + s.n_tup_del = 0
            AND BYTES <= 1.05 * c.relpages * current_setting('block_size')::int
          THEN 0 ELSE s.n_mod_since_analyze END,
        s.n_tup_upd + s.n_tup_del
      FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_stat_user_tables s ON s.relid = c.oid
      WHERE c.relkind IN ('r', 'm')
      ORDER BY s.n_dead_tup::float8 + s.n_mod_since_analyze + c.relpages DESC, c.oid LIMIT 1000
      """
          .replace("BYTES", LockedRelations.bytes("c"));

  private static final String EXTENDED =
      """
      SELECT /* hone */ n.nspname || '.' || c.relname, a.names
      FROM pg_statistic_ext s
        JOIN pg_class c ON c.oid = s.stxrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace,
        LATERAL (SELECT array_agg(attname::text) AS names FROM pg_attribute
          WHERE attrelid = s.stxrelid AND attnum = ANY (s.stxkeys::int2[])) a
      WHERE a.names IS NOT NULL
      """;

  private static final String BLOCKS =
      """
      SELECT /* hone */ blks_hit, blks_read, quote_ident(datname) FROM pg_stat_database
      WHERE datname = current_database()
      """;

  private static final String CHECKPOINTS =
      """
      SELECT /* hone */ num_timed, num_requested, extract(epoch FROM now() - coalesce(stats_reset,
        pg_postmaster_start_time())) FROM pg_stat_checkpointer
      """;

  private static final String CHECKPOINTS_BEFORE_17 =
      """
      SELECT /* hone */ checkpoints_timed, checkpoints_req, extract(epoch FROM now() -
        coalesce(stats_reset, pg_postmaster_start_time())) FROM pg_stat_bgwriter
      """;

  private static final String LOG =
      """
      SELECT /* hone */ wal_bytes FROM pg_stat_wal
      """;

  /** Shorter transactions without a statement are part of the work. */
  private static final String PATIENCE = "5 minutes";

  private static final String HOLDERS =
      """
      SELECT /* hone */ h.* FROM (
        (SELECT 'IDLE_SESSION', pid::text, concat_ws(', ', 'role ' || usename,
            'application ' || nullif(application_name, '')),
          extract(epoch FROM clock_timestamp() - xact_start), 0
        FROM pg_stat_activity WHERE datname = current_database()
          AND state IN ('idle in transaction', 'idle in transaction (aborted)')
          AND clock_timestamp() - xact_start > interval 'PATIENCE'
        ORDER BY xact_start LIMIT 3)
        UNION ALL
        (SELECT 'PREPARED', gid, 'owner ' || owner,
          extract(epoch FROM clock_timestamp() - prepared), 0
        FROM pg_prepared_xacts WHERE database = current_database()
          AND clock_timestamp() - prepared > interval 'PATIENCE'
        ORDER BY prepared LIMIT 3)
        UNION ALL
        (SELECT 'SLOT', slot_name, '', NULL, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)
        FROM pg_replication_slots WHERE NOT active AND NOT temporary
          AND pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) > 1 << 30
        ORDER BY restart_lsn LIMIT 3)) h (hold, name, who, seconds, bytes)
      """;

  private static final String OWN_STATEMENTS =
      " FROM VIEW(false) WHERE dbid = (SELECT oid FROM pg_database WHERE datname ="
          + " current_database())";

  private static final String TIMES =
      "SELECT /* hone */ coalesce(sum(JIT), 0) / 1000, coalesce(sum(total_exec_time), 0) / 1000"
          + OWN_STATEMENTS;

  private static final String JIT =
      "jit_generation_time + jit_inlining_time + jit_optimization_time + jit_emission_time";

  private static final String SPILLS =
      "SELECT /* hone */ queryid, sum(calls), sum(temp_blks_written)"
          + OWN_STATEMENTS
          + " AND queryid IS NOT NULL AND temp_blks_written > 0"
          + " GROUP BY queryid ORDER BY 3 DESC LIMIT 50";

  private UpkeepReader() {}

  /**
   * Reads all of it.
   *
   * @param version of the server, as in {@code server_version_num}
   * @param view the qualified function pg_stat_statements, or empty
   */
  public static Upkeep read(Connection connection, int version, String view) throws SQLException {
    try (Statement sql = connection.createStatement()) {
      double[] times = {0, 0};
      if (!view.isEmpty()) {
        String jit = version >= COUNTS_JIT ? JIT : "0";
        times = numbers(sql, TIMES.replace("VIEW", view).replace("JIT", jit), 2);
      }
      double[] checkpoints =
          numbers(sql, version >= CHECKPOINTER_HAS_A_VIEW ? CHECKPOINTS : CHECKPOINTS_BEFORE_17, 3);
      double[] log = version >= COUNTS_LOG ? numbers(sql, LOG, 1) : new double[1];
      double[] blocks = numbers(sql, BLOCKS, 2);
      return new Upkeep(
          text(
              sql,
              "SELECT /* hone */ quote_ident(datname) FROM pg_database"
                  + " WHERE datname = current_database()"),
          settings(sql),
          tables(sql),
          new Upkeep.Counters(
              blocks[0],
              blocks[1],
              checkpoints[0],
              checkpoints[1],
              checkpoints[2],
              log[0],
              times[0],
              times[1]),
          view.isEmpty() ? List.of() : spills(sql, SPILLS.replace("VIEW", view)),
          extended(sql),
          holders(sql, PATIENCE));
    }
  }

  private static double[] numbers(Statement sql, String query, int count) throws SQLException {
    var numbers = new double[count];
    try (ResultSet row = sql.executeQuery(query)) {
      if (row.next()) {
        for (int i = 0; i < count; i++) {
          numbers[i] = row.getDouble(i + 1);
        }
      }
    }
    return numbers;
  }

  private static String text(Statement sql, String query) throws SQLException {
    try (ResultSet row = sql.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  private static Map<String, String> settings(Statement sql) throws SQLException {
    var settings = new HashMap<String, String>();
    try (ResultSet rows = sql.executeQuery(SETTINGS)) {
      while (rows.next()) {
        settings.put(rows.getString(1), rows.getString(2));
      }
    }
    return settings;
  }

  private static List<Upkeep.Table> tables(Statement sql) throws SQLException {
    var tables = new ArrayList<Upkeep.Table>();
    try (ResultSet row = sql.executeQuery(TABLES)) {
      while (row.next()) {
        tables.add(
            new Upkeep.Table(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getDouble(4),
                row.getLong(5),
                options(row.getString(6)),
                row.getDouble(7),
                row.getDouble(8),
                row.getDouble(9),
                row.getDouble(10)));
      }
    }
    return tables;
  }

  private static Map<String, String> options(String lines) {
    var options = new HashMap<String, String>();
    for (String line : lines.lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        options.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return options;
  }

  private static Map<String, List<Set<String>>> extended(Statement sql) throws SQLException {
    var extended = new HashMap<String, List<Set<String>>>();
    try (ResultSet row = sql.executeQuery(EXTENDED)) {
      while (row.next()) {
        extended
            .computeIfAbsent(row.getString(1), table -> new ArrayList<>())
            .add(Set.of((String[]) row.getArray(2).getArray()));
      }
    }
    return extended;
  }

  /**
   * What holds on to the past.
   *
   * @param patience for how long at least, as an interval
   */
  static List<Upkeep.Holder> holders(Statement sql, String patience) throws SQLException {
    var holders = new ArrayList<Upkeep.Holder>();
    try (ResultSet row = sql.executeQuery(HOLDERS.replace("PATIENCE", patience))) {
      while (row.next()) {
        holders.add(
            new Upkeep.Holder(
                Upkeep.Hold.valueOf(row.getString(1)),
                row.getString(2),
                row.getString(3),
                row.getObject(4) == null ? Double.NaN : row.getDouble(4),
                row.getDouble(5)));
      }
    }
    return holders;
  }

  private static List<Upkeep.Spill> spills(Statement sql, String query) throws SQLException {
    var spills = new ArrayList<Upkeep.Spill>();
    try (ResultSet row = sql.executeQuery(query)) {
      while (row.next()) {
        spills.add(new Upkeep.Spill(row.getString(1), row.getDouble(2), row.getDouble(3)));
      }
    }
    return spills;
  }
}
