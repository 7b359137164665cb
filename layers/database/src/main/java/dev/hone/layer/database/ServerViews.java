package dev.hone.layer.database;

import java.util.ArrayList;
import java.util.List;

/**
 * What the server as a whole tells of locks, replication, checkpoints, its log and its I/O, for
 * {@link DatabaseProbe}. All of it is open to pg_monitor; without that role the sums are the same
 * and the names of standbys are missing.
 */
final class ServerViews {
  private static final int HAS_WAL = 140000;
  private static final int HAS_IO = 160000;
  private static final int HAS_CHECKPOINTER = 170000;
  private static final int IO_COUNTS_BYTES = 180000;

  private static final String LOCKS =
      """
      SELECT /* hone */ mode AS l_mode, granted::text AS l_granted, count(*) AS m_count,
        coalesce(max(extract(epoch FROM clock_timestamp() - a.query_start))
          FILTER (WHERE NOT granted), 0) AS m_longest_wait_seconds
      FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.pid <> pg_backend_pid()
      GROUP BY 1, 2
      """;

  private static final String REPLICATION =
      """
      SELECT /* hone */ coalesce(application_name, 'unknown') AS l_standby,
        max(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
          ELSE pg_current_wal_lsn() END, replay_lsn)) AS m_lag_bytes,
        max(extract(epoch FROM replay_lag)) AS m_lag_seconds
      FROM pg_stat_replication GROUP BY 1
      """;

  private static final String STANDBY =
      """
      SELECT /* hone */ pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
          AS m_replay_lag_bytes,
        CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
          ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END
          AS m_replay_lag_seconds
      WHERE pg_is_in_recovery()
      """;

  private static final String SLOTS =
      """
      SELECT /* hone */ slot_name AS l_slot, active::int AS m_active,
        pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
          ELSE pg_current_wal_lsn() END, restart_lsn) AS m_retained_bytes
      FROM pg_replication_slots ORDER BY slot_name LIMIT 50
      """;

  private static final String CHECKPOINTS =
      """
      SELECT /* hone */ num_timed AS m_timed_total, num_requested AS m_requested_total,
        buffers_written AS m_buffers_total, write_time / 1000 AS m_write_seconds_total,
        sync_time / 1000 AS m_sync_seconds_total
      FROM pg_stat_checkpointer
      """;

  private static final String CHECKPOINTS_BEFORE_17 =
      """
      SELECT /* hone */ checkpoints_timed AS m_timed_total, checkpoints_req AS m_requested_total,
        buffers_checkpoint AS m_buffers_total,
        checkpoint_write_time / 1000 AS m_write_seconds_total,
        checkpoint_sync_time / 1000 AS m_sync_seconds_total
      FROM pg_stat_bgwriter
      """;

  private static final String WAL =
      """
      SELECT /* hone */ wal_records AS m_records_total, wal_fpi AS m_full_page_images_total,
        wal_bytes AS m_bytes_total, wal_buffers_full AS m_buffers_full_total
      FROM pg_stat_wal
      """;

  private static final String IO =
      """
      SELECT /* hone */ backend_type AS l_backend, context AS l_context,
        sum(READ_BYTES) AS m_read_bytes_total, sum(read_time) / 1000 AS m_read_seconds_total,
        sum(WRITE_BYTES) AS m_written_bytes_total, sum(write_time) / 1000 AS m_write_seconds_total,
        sum(hits) AS m_hits_total, sum(evictions) AS m_evictions_total,
        sum(fsyncs) AS m_fsyncs_total
      FROM pg_stat_io WHERE object = 'relation'
        AND coalesce(reads, 0) + coalesce(writes, 0) + coalesce(hits, 0) > 0
      GROUP BY 1, 2
      """;

  private ServerViews() {}

  /**
   * A view to read.
   *
   * @param prefix of its metrics
   * @param query with columns as {@link DatabaseProbe} takes them
   */
  record View(String prefix, String query) {}

  /** The views that a release has. */
  static List<View> of(int version) {
    var views = new ArrayList<View>();
    views.add(new View("pg_locks", LOCKS));
    views.add(new View("pg_replication", REPLICATION));
    views.add(new View("pg_standby", STANDBY));
    views.add(new View("pg_slot", SLOTS));
    views.add(
        new View(
            "pg_checkpoints", version >= HAS_CHECKPOINTER ? CHECKPOINTS : CHECKPOINTS_BEFORE_17));
    if (version >= HAS_WAL) {
      views.add(new View("pg_wal", WAL));
    }
    if (version >= HAS_IO) {
      boolean bytes = version >= IO_COUNTS_BYTES;
      views.add(
          new View(
              "pg_io",
              IO.replace("READ_BYTES", bytes ? "read_bytes" : "reads * op_bytes")
                  .replace("WRITE_BYTES", bytes ? "write_bytes" : "writes * op_bytes")));
    }
    return views;
  }
}
