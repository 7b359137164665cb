package dev.hone.bench.database;

import dev.hone.bench.database.Scores.Rival;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Queries and writes together. Within its class each statement has the same share of the time that
 * the class takes without any index, and the classes share it 50 to 50 or 20 to 80; so a weight is
 * calls, and an index that slows an insert down is paid for as often as the insert is called.
 *
 * <p>Every set of indexes has a database of its own, because all indexes of one are kept up to
 * date.
 */
final class MixedContest {
  private static final String BASE = "mixed";
  private static final List<Integer> WRITES = List.of(50, 80);

  /** Orders whose statements are run each round; their mean is the time of the round. */
  private static final int KEYS = 20;

  private final ScratchServer server;
  private final Advisors advisors;
  private final Tpch tpch;
  private final Scores scores;
  private final PrintStream log;

  MixedContest(ScratchServer server, Advisors advisors, Tpch tpch, Scores scores, PrintStream log) {
    this.server = server;
    this.advisors = advisors;
    this.tpch = tpch;
    this.scores = scores;
    this.log = log;
  }

  /** A database with a set of indexes. */
  private record Lane(String name, Connection connection, Runner runner, Timings timings) {}

  void run() throws IOException, InterruptedException, SQLException {
    Dexter dexter = advisors.dexter().orElse(null);
    if (dexter == null) {
      scores.skipped("database.mixed", "Dexter, with whom it is compared, is not given");
      return;
    }
    server.copy(Contest.PLAIN, BASE);
    server.execute(BASE, REFRESH);
    server.copy(BASE, "mixed_peers");
    server.execute("mixed_peers", "CREATE EXTENSION IF NOT EXISTS hypopg");
    List<Map<String, String>> keys = keys();
    Workload workload = tpch.queries().and(Workload.resource("tpch-writes.sql"));
    Workload asked = workload.filled(keys.getFirst());
    Timings none = race(workload, keys, Map.of("none", List.of()), 2).getOrDefault("none", NOTHING);
    var lanes = new LinkedHashMap<String, List<IndexDefinition>>();
    lanes.put("none", List.of());
    Advice peer = dexter.advise(server, "mixed_peers", asked, Dexter.DEFAULT_SAVINGS);
    tell(peer);
    lanes.put("dexter", peer.indexes());
    var weighted = new LinkedHashMap<Integer, Workload>();
    for (int share : WRITES) {
      Workload weights = weighted(asked, none, share / 100.0);
      weighted.put(share, weights);
      advise(weights).ifPresent(advice -> lanes.put("hone" + share, advice.indexes()));
    }
    Map<String, Timings> results = race(workload, keys, lanes, advisors.settings().rounds());
    Race.table(log, workload, results);
    for (var weights : weighted.entrySet()) {
      score(weights.getKey(), weights.getValue(), results, dexter.title());
    }
  }

  private static final Timings NOTHING = new Timings(0, 0, 0);

  /** New orders, as many as refresh function 1 brings, with keys that are not taken. */
  private static final String[] REFRESH = {
    "CREATE TABLE refresh_orders AS SELECT o_orderkey + 8 AS o_orderkey, o_custkey, o_orderstatus,"
        + " o_totalprice, o_orderdate, o_orderpriority, o_clerk, o_shippriority, o_comment"
        + " FROM orders ORDER BY md5(o_orderkey::text)"
        + " LIMIT (SELECT greatest(1, count(*) / 1000) FROM orders)",
    "CREATE TABLE refresh_lineitem AS SELECT lineitem.* FROM lineitem, refresh_orders"
        + " WHERE l_orderkey = o_orderkey - 8",
    "UPDATE refresh_lineitem SET l_orderkey = l_orderkey + 8",
    "VACUUM ANALYZE refresh_orders",
    "VACUUM ANALYZE refresh_lineitem"
  };

  private Optional<Advice> advise(Workload workload) throws IOException, InterruptedException {
    try {
      Advice advice = advisors.hone().advise(server, BASE, workload, OptionalLong.empty());
      tell(advice);
      return Optional.of(advice);
    } catch (IOException e) {
      scores.skipped("database.hone", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private void tell(Advice advice) {
    log.printf("mixed: %s, advised in %.2f s%n", advice.advisor(), advice.seconds());
    advice.indexes().forEach(index -> log.println("    " + index.target()));
  }

  /** Calls of each statement, so that it takes its share of a second without an index. */
  static Workload weighted(Workload workload, Timings none, double writes) {
    List<Workload.Entry> entries = workload.entries();
    long reading = entries.stream().filter(Workload.Entry::reads).count();
    var weighted = new ArrayList<Workload.Entry>();
    for (int i = 0; i < entries.size(); i++) {
      Workload.Entry entry = entries.get(i);
      double share = entry.reads() ? (1 - writes) / reading : writes / (entries.size() - reading);
      weighted.add(new Workload.Entry(entry.name(), entry.sql(), share / none.median(i)));
    }
    return new Workload(weighted);
  }

  private List<Map<String, String>> keys() throws SQLException {
    var keys = new ArrayList<Map<String, String>>();
    try (Connection connection = server.connect(BASE);
        Statement sql = connection.createStatement();
        ResultSet rows =
            sql.executeQuery(
                "SELECT l_orderkey, l_partkey, l_suppkey, o_custkey FROM lineitem, orders"
                    + " WHERE l_orderkey = o_orderkey AND l_linenumber = 1"
                    + " ORDER BY md5(l_orderkey::text || 'key') LIMIT "
                    + KEYS)) {
      while (rows.next()) {
        keys.add(
            Map.of(
                "order", rows.getString(1),
                "part", rows.getString(2),
                "supplier", rows.getString(3),
                "customer", rows.getString(4)));
      }
    }
    return keys;
  }

  private Map<String, Timings> race(
      Workload workload,
      List<Map<String, String>> keys,
      Map<String, List<IndexDefinition>> sets,
      int rounds)
      throws SQLException {
    var lanes = new ArrayList<Lane>();
    var results = new LinkedHashMap<String, Timings>();
    try {
      for (var set : sets.entrySet()) {
        Lane lane = lane(set.getKey(), set.getValue(), workload.entries().size(), rounds);
        lanes.add(lane);
        results.put(lane.name, lane.timings);
      }
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < workload.entries().size(); i++) {
          for (Lane lane : lanes) {
            run(lane, workload.entries().get(i), keys, i, round);
          }
        }
        for (Lane lane : lanes) {
          clean(lane);
        }
        Collections.rotate(lanes, 1);
        log.printf("mixed: round %d of %d%n", round + 1, rounds);
      }
    } finally {
      for (Lane lane : lanes) {
        lane.runner.close();
        lane.connection.close();
      }
    }
    return results;
  }

  private Lane lane(String name, List<IndexDefinition> set, int statements, int rounds)
      throws SQLException {
    String database = BASE + "_" + name;
    server.copy(BASE, database);
    Connection connection = server.connect(database);
    var indexes = new Indexes(connection);
    log.printf("mixed: %s has %d bytes of indexes%n", name, indexes.bytes(set));
    indexes.settle();
    double cap = advisors.settings().cap();
    return new Lane(
        name, connection, new Runner(connection, cap), new Timings(statements, rounds, cap));
  }

  private static void run(
      Lane lane, Workload.Entry entry, List<Map<String, String>> keys, int statement, int round)
      throws SQLException {
    if (lane.timings.capped(statement)) {
      lane.timings.record(statement, round, lane.timings.best(statement));
    } else if (entry.open()) {
      double seconds = 0;
      for (Map<String, String> key : keys) {
        String sql = entry.filled(key).sql();
        lane.runner.prepare(sql);
        seconds += lane.runner.run(sql).processor();
      }
      lane.timings.record(statement, round, seconds / keys.size());
    } else {
      lane.runner.prepare(entry.sql());
      lane.timings.record(statement, round, lane.runner.run(entry.sql()).processor());
    }
  }

  private static void clean(Lane lane) throws SQLException {
    try (Statement sql = lane.connection.createStatement()) {
      sql.execute("VACUUM");
      sql.execute("CHECKPOINT");
    }
  }

  private void score(int share, Workload weighted, Map<String, Timings> results, String rivalName)
      throws IOException {
    String name = "database.mixed-writes-" + share;
    Timings none = results.getOrDefault("none", NOTHING);
    Timings rival = results.getOrDefault("dexter", NOTHING);
    Timings own = results.get("hone" + share);
    scores.report(name + "-none", none.weighted(weighted), "weighted s");
    if (own == null) {
      scores.skipped(name, "Hone gave no advice");
      return;
    }
    scores.beside(
        name,
        own.weighted(weighted),
        "weighted s",
        new Rival(rivalName, rival.weighted(weighted)),
        "<=0.85");
    scores.beside(
        name + "-median",
        own.medianWeighted(weighted),
        "weighted s",
        new Rival(rivalName, rival.medianWeighted(weighted)),
        null);
  }
}
