package dev.hone.layer.database.view;

import dev.hone.layer.database.advisor.DropRules;
import dev.hone.layer.database.advisor.ExistingIndex;
import dev.hone.layer.database.advisor.ExistingIndexReader;
import dev.hone.layer.database.advisor.WriteCost;
import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.twin.LockedRelations;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads tables and indexes, and what they were used for, from catalogues and statistics. */
public final class IndexMapReader {
  private static final int MOST_TABLES = 2_000;
  private static final double SECONDS_PER_DAY = 86_400;

  /** One in five minutes, PostgreSQL's default. */
  private static final double CHECKPOINTS_PER_DAY = 288;

  /** Live rows are counted from nothing after a crash; the last ANALYZE knows better then. */
  private static final String TABLES =
      """
      SELECT /* hone */ s.schemaname, s.relname,
        CASE WHEN s.n_live_tup > 0 THEN s.n_live_tup ELSE (SELECT greatest(c.reltuples, 0)
          FROM pg_class c WHERE c.oid = s.relid)::bigint END, s.n_dead_tup,
        CASE WHEN s.relid NOT IN LOCKED THEN pg_table_size(s.relid) END,
        CASE WHEN s.relid NOT IN LOCKED THEN pg_indexes_size(s.relid) END, coalesce(s.seq_scan, 0),
        coalesce(s.idx_scan, 0), s.n_tup_ins, s.n_tup_upd, s.n_tup_hot_upd, s.n_tup_del
      FROM pg_stat_user_tables s
      ORDER BY CASE WHEN s.relid NOT IN LOCKED THEN pg_total_relation_size(s.relid) END
        DESC NULLS LAST, s.relid LIMIT %d
      """
          .formatted(MOST_TABLES)
          .replace("LOCKED", LockedRelations.OIDS);

  private static final String LEADING =
      """
      SELECT /* hone */ i.indexrelid, format_type(a.atttypid, NULL), s.correlation,
        CASE WHEN s.n_distinct < 0 THEN -s.n_distinct * greatest(t.reltuples, 1)
          ELSE s.n_distinct END
      FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        LEFT JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = t.relname
          AND s.attname = a.attname AND NOT s.inherited
      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND i.indkey[0] > 0
      """;

  private final Instant now;
  private final DropRules.Observation observation;
  private final Map<Long, WriteCost.Leading> leading;
  private final Map<Long, DropRules.Drop> drops = new HashMap<>();
  private final Map<String, List<ExistingIndex>> byTable = new HashMap<>();

  private IndexMapReader(
      Instant now,
      DropRules.Observation observation,
      Map<Long, WriteCost.Leading> leading,
      List<ExistingIndex> indexes) {
    this.now = now;
    this.observation = observation;
    this.leading = leading;
    DropRules.of(indexes, observation).forEach(drop -> drops.put(drop.index().oid(), drop));
    for (ExistingIndex index : indexes) {
      byTable
          .computeIfAbsent(
              Identifiers.quoted(index.schema(), index.table()), key -> new ArrayList<>())
          .add(index);
    }
  }

  /**
   * Reads the map.
   *
   * @param version of the server
   */
  public static IndexMap read(Connection connection, int version, Instant now) throws SQLException {
    DropRules.Observation observation = ExistingIndexReader.observation(connection, 0);
    var reader =
        new IndexMapReader(
            now,
            observation,
            leading(connection),
            ExistingIndexReader.read(connection, version, Map.of()));
    return new IndexMap(
        now,
        now.minus(days(observation.days())),
        observation.days(),
        DropRules.blindness(observation),
        reader.tables(connection));
  }

  private static Duration days(double days) {
    return Duration.ofMillis(Math.round(days * SECONDS_PER_DAY * 1000));
  }

  private static Map<Long, WriteCost.Leading> leading(Connection connection) throws SQLException {
    var leading = new HashMap<Long, WriteCost.Leading>();
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(LEADING)) {
      while (row.next()) {
        boolean known = row.getObject(4) != null;
        double correlation = row.getDouble(3);
        leading.put(
            row.getLong(1),
            new WriteCost.Leading(
                row.getString(2), correlation, known ? row.getDouble(4) : Double.NaN));
      }
    }
    return leading;
  }

  private List<IndexMap.Table> tables(Connection connection) throws SQLException {
    var tables = new ArrayList<IndexMap.Table>();
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(TABLES)) {
      while (row.next()) {
        double inserted = row.getDouble(9);
        double updated = row.getDouble(10);
        double deleted = row.getDouble(12);
        double entries = inserted + updated - row.getDouble(11);
        String name = Identifiers.quoted(row.getString(1), row.getString(2));
        tables.add(
            new IndexMap.Table(
                row.getString(1),
                row.getString(2),
                row.getDouble(3),
                row.getDouble(4),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8),
                inserted + updated + deleted,
                byTable.getOrDefault(name, List.of()).stream()
                    .map(index -> index(index, entries))
                    .toList()));
      }
    }
    return tables;
  }

  private IndexMap.Index index(ExistingIndex index, double entries) {
    DropRules.@Nullable Drop drop = drops.get(index.oid());
    double perEntry =
        WriteCost.perEntry(
            new WriteCost.Written(
                index.method(),
                !index.predicate().isEmpty(),
                index.keys().size() + index.include().size(),
                Optional.ofNullable(leading.get(index.oid())),
                index.bytes()),
            entries / Math.max(1, observation.days() * CHECKPOINTS_PER_DAY));
    IndexMap.Standing standing = standing(index, drop);
    return new IndexMap.Index(
        index.name(),
        index.ddl(),
        index.method(),
        index.bytes(),
        index.scans(),
        Double.isNaN(index.daysSinceScan()) ? null : now.minus(days(index.daysSinceScan())),
        index.unique(),
        index.constraint(),
        rests(index),
        standing,
        drop == null ? "" : drop.instead(),
        drop == null ? why(standing) : drop.why(),
        entries,
        perEntry,
        observation.days() > 0 ? entries * perEntry / (observation.days() * SECONDS_PER_DAY) : 0);
  }

  private static IndexMap.Standing standing(ExistingIndex index, DropRules.@Nullable Drop drop) {
    if (drop != null) {
      return switch (drop.reason()) {
        case INVALID -> IndexMap.Standing.INVALID;
        case DUPLICATE -> IndexMap.Standing.DUPLICATE;
        case REDUNDANT -> IndexMap.Standing.REDUNDANT;
        case UNUSED -> IndexMap.Standing.UNUSED;
      };
    }
    if (index.indispensable()) {
      return IndexMap.Standing.REQUIRED;
    }
    return index.scans() > 0 ? IndexMap.Standing.USED : IndexMap.Standing.IDLE;
  }

  private String why(IndexMap.Standing standing) {
    return standing == IndexMap.Standing.IDLE
        ? "No query has used it in the " + counted() + " that the server has counted."
        : "";
  }

  private String counted() {
    double hours = observation.days() * 24;
    if (hours >= 48) {
      return Math.round(observation.days()) + " days";
    }
    long minutes = Math.round(hours * 60);
    return minutes >= 120
        ? Math.round(hours) + " hours"
        : minutes == 1 ? "minute" : minutes + " minutes";
  }

  private static List<String> rests(ExistingIndex index) {
    var rests = new ArrayList<String>();
    if (index.constraint()) {
      rests.add("a constraint");
    } else if (index.unique()) {
      rests.add("uniqueness");
    }
    if (index.replicaIdentity()) {
      rests.add("replica identity");
    }
    if (index.clustered()) {
      rests.add("order of the table");
    }
    if (index.partition()) {
      rests.add("a partitioned index");
    }
    index.foreignKeys().forEach(key -> rests.add("foreign key " + key));
    return rests;
  }
}
