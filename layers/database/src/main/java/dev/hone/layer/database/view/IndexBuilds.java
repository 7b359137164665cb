package dev.hone.layer.database.view;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Asks a server which indexes are being built (pg_stat_progress_create_index). */
public final class IndexBuilds {
  private static final String BUILDS =
      """
      SELECT /* hone */ format('%I.%I', n.nspname, c.relname), coalesce(i.relname, ''), p.phase,
        CASE WHEN p.lockers_total > 0 THEN p.lockers_done::float8 / p.lockers_total
          WHEN p.tuples_total > 0 THEN p.tuples_done::float8 / p.tuples_total
          WHEN p.blocks_total > 0 THEN p.blocks_done::float8 / p.blocks_total END,
        coalesce(p.current_locker_pid, 0)
      FROM pg_stat_progress_create_index p JOIN pg_class c ON c.oid = p.relid
        JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class i ON i.oid = p.index_relid
      WHERE p.datname = current_database() ORDER BY p.pid LIMIT 20
      """;

  private IndexBuilds() {}

  /** All that are under way in this database. */
  public static List<IndexBuild> read(Connection connection) throws SQLException {
    var builds = new ArrayList<IndexBuild>();
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(BUILDS)) {
      while (row.next()) {
        double share = row.getDouble(4);
        builds.add(
            new IndexBuild(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.wasNull() ? Double.NaN : share,
                row.getInt(5)));
      }
    }
    return builds;
  }
}
