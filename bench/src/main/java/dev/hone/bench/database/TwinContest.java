package dev.hone.bench.database;

import dev.hone.bench.database.Scores.Rival;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.layer.database.twin.Unavailable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The planner twin beside the server itself: the same statements with the same indexes, empty in
 * the twin and really built on the server. Nothing but catalogues may be read on the server.
 */
final class TwinContest {
  private static final String DATABASE = "fidelity";
  private static final String MANY = "many";
  private static final int TABLES = 200;
  private static final int SETS = 15;
  private static final int MOST_IN_SET = 6;
  private static final double CLOSE = 0.02;
  private static final Pattern WORD = Pattern.compile("\\w+");

  /** Table and columns of the indexes of which sets are drawn. */
  private static final List<String> POOL =
      List.of(
          "lineitem l_orderkey",
          "lineitem l_partkey",
          "lineitem l_suppkey",
          "lineitem l_shipdate",
          "lineitem l_receiptdate",
          "lineitem l_quantity",
          "lineitem l_shipmode",
          "lineitem l_partkey l_suppkey",
          "lineitem l_suppkey l_partkey",
          "lineitem l_orderkey l_suppkey",
          "lineitem l_shipdate l_discount",
          "lineitem l_returnflag l_orderkey",
          "orders o_orderkey",
          "orders o_custkey",
          "orders o_orderdate",
          "orders o_orderstatus o_orderkey",
          "orders o_custkey o_orderdate",
          "part p_partkey",
          "part p_name",
          "part p_type",
          "part p_size",
          "part p_size p_type",
          "part p_brand p_container",
          "partsupp ps_partkey",
          "partsupp ps_suppkey",
          "partsupp ps_partkey ps_suppkey",
          "partsupp ps_supplycost",
          "supplier s_suppkey",
          "supplier s_nationkey",
          "customer c_custkey",
          "customer c_nationkey",
          "customer c_mktsegment",
          "customer c_acctbal");

  private final ScratchServer server;
  private final Workload queries;
  private final Scores scores;
  private final PrintStream log;

  TwinContest(ScratchServer server, Workload queries, Scores scores, PrintStream log) {
    this.server = server;
    this.queries = queries;
    this.scores = scores;
    this.log = log;
  }

  void run() throws IOException, SQLException {
    server.copy(Contest.PLAIN, DATABASE);
    Path place = Files.createTempDirectory("hone-bench-twin-");
    try (var twins = new TwinServer(place, InstantSource.system())) {
      String before = server.ask(Contest.PLAIN, SCANS);
      compare(twins);
      double scans =
          Double.parseDouble(server.ask(Contest.PLAIN, SCANS)) - Double.parseDouble(before);
      scores.bounded("database.twin-scans-of-tables", scans, "scans", "<=0");
      scores.bounded(
          "database.twin-other-statements",
          Double.parseDouble(server.ask(Contest.PLAIN, OTHER)),
          "statements",
          "<=0");
      many(twins);
    } catch (Unavailable e) {
      scores.skipped("database.twin", String.valueOf(e.getMessage()));
    } finally {
      try (Stream<Path> all = Files.walk(place)) {
        for (Path one : all.sorted(Collections.reverseOrder()).toList()) {
          Files.deleteIfExists(one);
        }
      }
    }
  }

  private static final String SCANS =
      "SELECT coalesce(sum(seq_scan + coalesce(idx_scan, 0) + n_tup_ins + n_tup_upd + n_tup_del),"
          + " 0) FROM pg_stat_user_tables";

  /** What the reader executed and is neither a look at a catalogue nor a setting. */
  private static final String OTHER =
      "SELECT count(*) FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE"
          + " rolname = '"
          + ScratchServer.READER
          + "' AND query !~* '\\mpg_|information_schema|current_setting|^\\s*(set|show|begin|commit|rollback)\\M'";

  private SchemaCopy read(String database, List<String> statements) throws SQLException {
    try (Connection reader =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database,
            ScratchServer.READER,
            server.password())) {
      int version =
          Integer.parseInt(server.ask(database, "SELECT current_setting('server_version_num')"));
      return SchemaReader.read(reader, version, statements);
    }
  }

  private void compare(TwinServer twins) throws SQLException, IOException, Unavailable {
    List<String> statements = queries.entries().stream().map(Workload.Entry::sql).toList();
    SchemaCopy schema = read(Contest.PLAIN, statements);
    try (Twin twin = Twin.of(twins, schema);
        Connection connection = server.connect(DATABASE)) {
      var built = new Indexes(connection);
      var made = new HashMap<String, Twin.Defined>();
      var errors = new ArrayList<Double>();
      for (String each : POOL) {
        long real = built.bytes(List.of(definition(each)));
        for (Twin.Defined index : twin.define(List.of(spec(each)))) {
          made.put(each, index);
          errors.add(Math.abs(100.0 * index.bytes() / real - 100));
          log.printf("twin: %s %d bytes, really %d%n", each, index.bytes(), real);
        }
      }
      double[] sizes = errors.stream().mapToDouble(e -> e).sorted().toArray();
      scores.bounded("database.twin-size-error", sizes[sizes.length / 2], "%", "<=8");
      new Comparison(twin, built, made, names(connection)).run(connection);
    }
  }

  /** Of the built indexes, what stands after ON. */
  private static Map<String, String> names(Connection connection) throws SQLException {
    var names = new HashMap<String, String>();
    try (Statement sql = connection.createStatement();
        ResultSet rows =
            sql.executeQuery(
                "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")) {
      while (rows.next()) {
        names.put(rows.getString(1), IndexDefinition.of(rows.getString(2)).target());
      }
    }
    return names;
  }

  private static IndexDefinition definition(String each) {
    List<String> words = List.of(each.split(" "));
    return IndexDefinition.of(words.getFirst(), words.subList(1, words.size()));
  }

  private static IndexSpec spec(String each) {
    List<String> words = List.of(each.split(" "));
    return IndexSpec.of("public", words.getFirst(), words.subList(1, words.size()));
  }

  /** Every statement with every set, in the twin and on the server. */
  private final class Comparison {
    private final Twin twin;
    private final Indexes built;
    private final Map<String, Twin.Defined> made;
    private final Map<String, String> names;
    private int pairs;
    private int same;
    private int close;

    Comparison(
        Twin twin, Indexes built, Map<String, Twin.Defined> made, Map<String, String> names) {
      this.twin = twin;
      this.built = built;
      this.made = made;
      this.names = new HashMap<>(names);
      made.forEach((each, index) -> this.names.put(index.spec().name(), definition(each).target()));
    }

    void run(Connection connection) throws SQLException, IOException {
      var random = new SplittableRandom(1);
      for (int i = 0; i < SETS; i++) {
        Set<String> set = draw(random);
        twin.show(set.stream().map(this::twinName).collect(Collectors.toSet()));
        built.use(set.stream().map(TwinContest::definition).toList());
        for (Workload.Entry entry : queries.entries()) {
          pair(entry, set, twin.plan(entry.sql()), real(connection, entry.sql()));
        }
      }
      var rival = new Rival("postgresql " + server.version(), pairs);
      scores.beside("database.twin-pairs", pairs, "plans", rival, null);
      scores.bounded("database.twin-same-shape", 100.0 * same / pairs, "%", ">=98");
      scores.bounded("database.twin-cost-within-2", 100.0 * close / pairs, "%", ">=98");
    }

    private Set<String> draw(SplittableRandom random) {
      var pool = new ArrayList<>(made.keySet());
      Collections.sort(pool);
      int size = 1 + random.nextInt(MOST_IN_SET);
      for (int i = 0; i < size; i++) {
        Collections.swap(pool, i, i + random.nextInt(pool.size() - i));
      }
      return Set.copyOf(pool.subList(0, size));
    }

    private String twinName(String each) {
      Twin.Defined index = made.get(each);
      return index == null ? "" : index.spec().name();
    }

    private void pair(Workload.Entry entry, Set<String> set, PlanNode twin, PlanNode real) {
      pairs++;
      String shape = named(twin.shape());
      String realShape = named(real.shape());
      boolean near = Math.abs(twin.cost() / real.cost() - 1) <= CLOSE;
      same += shape.equals(realShape) ? 1 : 0;
      close += near ? 1 : 0;
      if (!shape.equals(realShape) || !near) {
        log.printf(
            "twin: %s with %s: cost %.2f, really %.2f%n    %s%n    %s%n",
            entry.name(), set, twin.cost(), real.cost(), shape, realShape);
      }
    }

    /** The shape with definitions in place of names. */
    private String named(String shape) {
      return WORD.matcher(shape)
          .replaceAll(
              word -> Matcher.quoteReplacement(names.getOrDefault(word.group(), word.group())));
    }

    private static PlanNode real(Connection connection, String statement) throws SQLException {
      try (Statement sql = connection.createStatement();
          ResultSet row = sql.executeQuery("EXPLAIN (VERBOSE, FORMAT JSON) " + statement)) {
        row.next();
        return PlanNode.parse(row.getString(1));
      }
    }
  }

  /** How long a schema of many tables takes. */
  private void many(TwinServer twins) throws IOException, SQLException, Unavailable {
    server.execute("postgres", "CREATE DATABASE " + MANY);
    var statements = new ArrayList<String>();
    for (int i = 0; i < TABLES; i++) {
      String table = "t" + i;
      server.execute(
          MANY,
          "CREATE TABLE "
              + table
              + " AS SELECT i AS id, i % 7 AS a, i::text AS b, now() + i * interval '1 minute' AS c"
              + " FROM generate_series(1, 1000) i",
          "ALTER TABLE " + table + " ADD PRIMARY KEY (id)");
      statements.add("SELECT * FROM " + table + " WHERE a = 1");
    }
    server.execute(MANY, "VACUUM ANALYZE");
    long began = System.nanoTime();
    SchemaCopy schema = read(MANY, statements);
    try (Twin twin = Twin.of(twins, schema)) {
      double seconds = (System.nanoTime() - began) / 1e9;
      scores.report("database.twin-tables", twin.schema().tables().size(), "tables");
      scores.bounded("database.twin-made-in", seconds, "s", "<=5");
    }
  }
}
