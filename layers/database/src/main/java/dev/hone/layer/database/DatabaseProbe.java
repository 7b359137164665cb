package dev.hone.layer.database;

import dev.hone.layer.database.twin.LockedRelations;
import dev.hone.loop.Probe;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Samples a PostgreSQL 13 or later: statements, tables, indexes, sessions, the database, and the
 * server as a whole. A view's columns become metrics: {@code l_name} a label, {@code m_name} the
 * metric {@code prefix_name}.
 *
 * <p>Statements and sessions are read every round, everything else every fifth, as it costs more
 * the more tables there are.
 */
final class DatabaseProbe implements Probe {
  /** Rounds from one reading of tables and indexes to the next. */
  private static final int SLOW_ROUNDS = 5;

  private static final String STATEMENTS =
      """
      SELECT /* hone */ queryid AS l_queryid, sum(calls) AS m_calls_total,
        sum(total_exec_time) / 1000 AS m_seconds_total, sum(rows) AS m_rows_total,
        sum(shared_blks_hit + shared_blks_read) AS m_buffers_total,
        sum(shared_blks_read) AS m_buffers_read_total
      FROM STATEMENTS_VIEW(false)
      WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND queryid IS NOT NULL
      GROUP BY queryid ORDER BY sum(total_exec_time) DESC LIMIT 100
      """;

  private static final String TABLES =
      """
      SELECT /* hone */ schemaname AS l_schema, relname AS l_table, seq_scan AS m_seq_scans_total,
        seq_tup_read AS m_seq_rows_total, coalesce(idx_scan, 0) AS m_index_scans_total,
        n_tup_ins AS m_rows_inserted_total, n_tup_upd AS m_rows_updated_total,
        n_tup_del AS m_rows_deleted_total, n_live_tup AS m_live_rows, n_dead_tup AS m_dead_rows,
        CASE WHEN relid NOT IN LOCKED THEN pg_relation_size(relid) END AS m_bytes
      FROM pg_stat_user_tables
      ORDER BY coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)
        + n_tup_ins + n_tup_upd + n_tup_del DESC
      LIMIT 50
      """;

  private static final String INDEXES =
      """
      SELECT /* hone */ schemaname AS l_schema, relname AS l_table, indexrelname AS l_index,
        idx_scan AS m_scans_total, idx_tup_read AS m_rows_read_total,
        CASE WHEN indexrelid NOT IN LOCKED THEN pg_relation_size(indexrelid) END AS m_bytes
      FROM pg_stat_user_indexes ORDER BY idx_scan DESC, indexrelid LIMIT 100
      """;

  private static final String SESSIONS =
      """
      SELECT /* hone */ coalesce(state, 'unknown') AS l_state,
        coalesce(wait_event_type, 'none') AS l_wait, count(*) AS m_sessions,
        coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)
          AS m_oldest_transaction_seconds
      FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND application_name NOT LIKE 'hone%'
      GROUP BY 1, 2
      """;

  private static final String DATABASE =
      """
      SELECT /* hone */ xact_commit AS m_commits_total, xact_rollback AS m_rollbacks_total,
        blks_hit AS m_blocks_hit_total, blks_read AS m_blocks_read_total,
        tup_returned AS m_rows_returned_total, tup_fetched AS m_rows_fetched_total,
        tup_inserted AS m_rows_inserted_total, tup_updated AS m_rows_updated_total,
        tup_deleted AS m_rows_deleted_total, conflicts AS m_conflicts_total,
        temp_files AS m_temp_files_total, temp_bytes AS m_temp_bytes_total,
        deadlocks AS m_deadlocks_total, numbackends AS m_backends,
        blk_read_time / 1000 AS m_block_read_seconds_total,
        blk_write_time / 1000 AS m_block_write_seconds_total,
        pg_database_size(datid) AS m_bytes
      FROM pg_stat_database WHERE datname = current_database()
      """;

  private final Session session;
  private final MetricStore store;
  private final Duration interval;
  private final List<Companion> companions;
  private long round;

  /** Something of the layer that lives as long as the probe. */
  interface Companion extends AutoCloseable {
    /** Called every round: gives back what has not been used for long. */
    default void rest(Instant now) {}

    @Override
    void close();
  }

  /**
   * A probe with a connection of its own.
   *
   * @param interval how often it wants to be called
   * @param companions closed together with the probe
   */
  DatabaseProbe(
      DatabaseConnection target, MetricStore store, Duration interval, List<Companion> companions) {
    this.companions = List.copyOf(companions);
    this.session = new Session(target);
    this.store = store;
    this.interval = interval;
  }

  @Override
  public String name() {
    return "database " + session.target().name();
  }

  @Override
  public Duration interval() {
    return interval;
  }

  @Override
  public void sample(Instant now) throws ProbeException {
    companions.forEach(companion -> companion.rest(now));
    try {
      boolean hasStatements =
          session.ask(
              (connection, server) -> {
                if (server.hasStatements()) {
                  read(
                      connection,
                      "pg_statement",
                      STATEMENTS.replace("STATEMENTS_VIEW", server.statementsView()),
                      now);
                }
                read(connection, "pg_activity", SESSIONS, now);
                if (round % SLOW_ROUNDS == 0) {
                  read(connection, "pg_database", DATABASE, now);
                  read(connection, "pg_table", TABLES.replace("LOCKED", LockedRelations.OIDS), now);
                  read(
                      connection, "pg_index", INDEXES.replace("LOCKED", LockedRelations.OIDS), now);
                  for (ServerViews.View view : ServerViews.of(server.version())) {
                    read(connection, view.prefix(), view.query(), now);
                  }
                }
                return server.hasStatements();
              });
      round++;
      if (!hasStatements && round == 1) {
        throw new ProbeException(Server.missingStatements(session.target().name()));
      }
    } catch (SQLException e) {
      throw new ProbeException(session.target().sentence(e), e);
    } catch (MetricStore.LimitException e) {
      throw new ProbeException(name() + ": " + e.getMessage(), e);
    }
  }

  private void read(Connection connection, String prefix, String query, Instant now)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      ResultSetMetaData columns = rows.getMetaData();
      while (rows.next()) {
        keep(rows, columns, prefix, now.toEpochMilli());
      }
    }
  }

  private void keep(ResultSet row, ResultSetMetaData columns, String prefix, long millis)
      throws SQLException {
    var labels = new String[] {"database", session.target().name()};
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String column = columns.getColumnLabel(i);
      String name = column.substring(2);
      if (column.startsWith("l_")) {
        labels = java.util.Arrays.copyOf(labels, labels.length + 2);
        labels[labels.length - 2] = name;
        labels[labels.length - 1] = row.getString(i);
      } else {
        double value = row.getDouble(i);
        if (!row.wasNull()) {
          store.append(Labels.of(prefix + "_" + name, labels), millis, value);
        }
      }
    }
  }

  @Override
  public void close() {
    session.close();
    companions.forEach(Companion::close);
  }
}
