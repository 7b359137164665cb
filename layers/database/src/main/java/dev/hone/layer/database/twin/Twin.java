package dev.hone.layer.database.twin;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A planner twin: a database of Hone's own PostgreSQL that holds the user's definitions and
 * statistics, but no row. Each relation's file is extended, without taking room on the disk, to the
 * size it has on the user's server, because the planner asks the file system for it; B-trees get
 * the height they have there. Hypothetical indexes are real but empty ones of the size they would
 * have; which of them the planner sees is switched by marking the others invalid.
 *
 * <p>What comes from the user's server is executed by a role without rights. What decides about
 * files, and every text that is executed on the user's server, is asked for by the superuser, who
 * looks names up in the system's catalogue alone. The twin knows no extended statistics. Not for
 * several threads at a time.
 */
public final class Twin implements AutoCloseable {
  private static final int PER_MAJOR = 10_000;
  private static final int RESTORES_STATISTICS = 18;

  /** Planning executes functions that call themselves immutable. */
  private static final int LONGEST_PLANNING_SECONDS = 2;

  private static final String DUPLICATE_TABLE = "42P07";

  private final TwinServer server;
  private final SchemaCopy schema;
  private final TwinServer.Database database;
  private final PlannerSession planner;
  private final Connection admin;
  private final Statistics statistics;
  private final RelationFiles files;
  private final IndexSight sight;
  private final List<String> notices = new ArrayList<>();
  private final Patience patience;
  private final TwinPlanner planning;
  private final Room room;
  private long firstOid;
  private final Map<String, Defined> defined = new LinkedHashMap<>();
  private final Combinations combinations;

  /**
   * A hypothetical index.
   *
   * @param oid in the twin
   * @param ddl as the server spells it, with CONCURRENTLY
   * @param bytes the size it would have
   */
  public record Defined(IndexSpec spec, long oid, String ddl, long bytes) {}

  private Twin(TwinServer server, SchemaCopy schema, TwinServer.Database made) throws IOException {
    this.server = server;
    this.schema = schema;
    this.combinations = new Combinations(schema);
    this.database = made;
    this.planner = made.planner();
    this.admin = made.admin();
    this.patience = new Patience(server.clock());
    this.planning = new TwinPlanner(planner, patience, made.major() * PER_MAJOR);
    this.room = new Room(made.data());
    this.files = new RelationFiles(made.data(), admin);
    this.sight = new IndexSight(schema, admin);
    this.statistics =
        made.major() >= RESTORES_STATISTICS
            ? new RestoredStatistics(planner, schema.version())
            : new WrittenStatistics(admin);
    this.notices.addAll(schema.notices());
    if (made.major() != schema.version() / PER_MAJOR) {
      notices.add(
          "the planner twin is PostgreSQL "
              + made.major()
              + " and plans some statements otherwise than the server's "
              + schema.version() / PER_MAJOR
              + "; with the packages of that release on Hone's machine it is the same");
    }
  }

  /**
   * Makes the twin of a schema.
   *
   * @throws Unavailable when Hone's own server cannot be used
   */
  public static Twin of(TwinServer server, SchemaCopy schema) throws Unavailable {
    try {
      var twin = new Twin(server, schema, server.create(schema.version(), schema.collation()));
      try {
        twin.fill();
        return twin;
      } catch (SQLException | IOException | RuntimeException e) {
        twin.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new Unavailable("the planner twin could not copy the tables: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new Unavailable(
          "the planner twin's files under "
              + server.dataDirectory()
              + " could not be extended: "
              + e.getMessage(),
          e);
    }
  }

  /** What the twin lacks, a sentence each. */
  public List<String> notices() {
    return List.copyOf(notices);
  }

  /** What it is a copy of. */
  public SchemaCopy schema() {
    return schema;
  }

  private void fill() throws SQLException, IOException {
    var script = new SchemaScript(schema, room);
    List<String> passedOver = script.run(planner, admin);
    firstOid = script.firstOid();
    if (!passedOver.isEmpty()) {
      notices.add(
          "the planner twin has no " + SchemaReader.listed(passedOver) + ", which it cannot make");
    }
    Map<String, Path> known = files.all();
    for (TableCopy table : schema.tables()) {
      extend(known.get(Sql.quoted(table.schema(), table.table())), table.size().bytes());
      for (TableCopy.Index index : table.indexes()) {
        Path file = known.get(Sql.quoted(table.schema(), index.name()));
        if (file != null && index.method().equals("btree")) {
          BtreeFile.raise(file, IndexSize.height(table, index));
        }
        extend(file, index.size().bytes());
      }
    }
    statistics.importAll(schema, known.keySet());
    planner.set(schema.settings());
    planner.set(
        Map.of(
            "statement_timeout",
            LONGEST_PLANNING_SECONDS + "s",
            "search_path",
            schema.searchPath()));
  }

  private static void extend(@Nullable Path file, long bytes) throws IOException {
    if (file != null) {
      RelationFiles.extend(file, bytes);
    }
  }

  /**
   * The plan of a statement with the indexes that exist, without those taken away, and the
   * hypothetical ones in sight.
   *
   * @throws SQLException when the statement cannot be planned
   */
  public PlanNode plan(String statement) throws SQLException {
    return plan(statement, "");
  }

  /**
   * The same for one that looks names up elsewhere.
   *
   * @param searchPath as in the setting; empty where the application does
   */
  public PlanNode plan(String statement, String searchPath) throws SQLException {
    return planning.plan(statement, searchPath);
  }

  /**
   * The same with other prices of the planner's.
   *
   * @param prices by the name of their setting; they hold for this plan alone
   */
  public PlanNode plan(String statement, String searchPath, Map<String, Double> prices)
      throws SQLException {
    return planning.plan(statement, searchPath, prices);
  }

  /**
   * Changes settings of the planner; they hold until they are set again.
   *
   * @param settings by name, each in the setting's own unit
   */
  public void set(Map<String, String> settings) throws SQLException {
    planner.set(settings);
  }

  /** Takes what is known of columns that are not independent, for the sizes of indexes. */
  public void learn(TableCopy table, TableCopy.Together together) {
    combinations.learn(table, together);
  }

  /** Makes hypothetical indexes, out of sight. One that cannot be made is left out. */
  public List<Defined> define(Collection<IndexSpec> indexes) throws SQLException, IOException {
    var made = new ArrayList<Defined>();
    Map<String, List<IndexSpec>> byTable = new LinkedHashMap<>();
    for (IndexSpec index : indexes) {
      Defined known = defined.get(index.name());
      if (known != null) {
        made.add(known);
      } else {
        byTable
            .computeIfAbsent(Sql.quoted(index.schema(), index.table()), t -> new ArrayList<>())
            .add(index);
      }
    }
    for (List<IndexSpec> ofTable : byTable.values()) {
      IndexSpec first = ofTable.getFirst();
      Optional<TableCopy> table = schema.table(first.schema(), first.table());
      if (table.isPresent()) {
        made.addAll(define(table.get(), ofTable));
      }
    }
    return made;
  }

  private List<Defined> define(TableCopy table, List<IndexSpec> indexes)
      throws SQLException, IOException {
    var made = new ArrayList<Defined>();
    var shares = new HashMap<IndexSpec, Double>();
    for (IndexSpec index : indexes) {
      shares.put(index, share(table, index));
    }
    Path file = files.of(table.schema(), table.table());
    long bytes = RelationFiles.shrink(file);
    try {
      for (IndexSpec index : indexes) {
        define(table, index, shares.getOrDefault(index, 1.0)).ifPresent(made::add);
      }
    } finally {
      RelationFiles.extend(file, bytes);
      statistics.size(table.schema(), table.table(), table.size());
    }
    made.forEach(index -> defined.put(index.spec().name(), index));
    return made;
  }

  private Optional<Defined> define(TableCopy table, IndexSpec index, double share)
      throws SQLException, IOException {
    String name = Sql.quoted(index.schema(), index.name());
    Optional<TableCopy.Column> unknown =
        table.columns().stream()
            .filter(
                column ->
                    (!column.known() && index.mentions(column.name()))
                        || (column.domain() && index.computes(column.name())))
            .findFirst();
    if (!index.isPlain() && room.isTaken()) {
      return Optional.empty();
    }
    if (unknown.isPresent()) {
      notices.add(
          "an index on column `"
              + unknown.get().name()
              + "` of "
              + table.title()
              + (unknown.get().known()
                  ? " with an expression was not tested, because its type is a domain, for which"
                      + " the server may choose other functions than the twin"
                  : " was not tested, because the twin does not know its type, and what an index on"
                      + " it would execute"));
      return Optional.empty();
    }
    try {
      planner.execute(index.quotedDdl(), false);
    } catch (SQLException e) {
      boolean itself = table.indexes().stream().anyMatch(there -> isSame(there, index));
      if (planner.survived() && DUPLICATE_TABLE.equals(e.getSQLState()) && !itself) {
        notices.add(
            "index "
                + index.title()
                + " was not tested, because something else has its name, `"
                + index.name()
                + "`; rename that");
      }
      return Optional.empty();
    }
    long oid;
    String ddl;
    try (PreparedStatement query =
        admin.prepareStatement(
            "SELECT oid, pg_get_indexdef(oid) FROM pg_class WHERE oid = ?::text::regclass")) {
      query.setString(1, name);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next() || !isMeant(row.getString(2), index)) {
          notices.add(
              "an index on "
                  + Identifiers.quoted(index.schema(), index.table())
                  + " was not tested, because something that the planner executes changes it");
          return Optional.empty();
        }
        oid = row.getLong(1);
        ddl = row.getString(2).replaceFirst("^CREATE INDEX ", "CREATE INDEX CONCURRENTLY ");
      }
    }
    String foreign = ForeignCode.of(admin, oid, firstOid);
    if (!foreign.isEmpty()) {
      planner.execute("DROP INDEX " + name, false);
      notices.add(
          "an index on "
              + Identifiers.quoted(index.schema(), index.table())
              + " was not tested, because every write would execute "
              + foreign
              + " with the rights of whoever writes; if you trust that, build it by hand: "
              + ddl);
      return Optional.empty();
    }
    sight.hide(oid);
    TableCopy.ColumnStatistics told;
    try {
      told = new ExpressionStatistics(planner, admin, statistics, patience).give(table, index, oid);
    } catch (ExpressionStatistics.Unfit e) {
      planner.execute("DROP INDEX " + name, false);
      notices.add("an index on " + index.title() + " was not tested, because " + e.getMessage());
      return Optional.empty();
    }
    Path file = files.of(index.schema(), index.name());
    boolean tree = index.method() == IndexSpec.Method.BTREE;
    boolean merged = tree && BtreeFile.merges(file);
    IndexSize.Estimate size =
        IndexSize.of(table, index, share, told, merged, combinations.of(table));
    if (tree) {
      BtreeFile.raise(file, size.height());
    }
    RelationFiles.extend(file, size.bytes());
    var copied = new TableCopy.Size(size.pages(), (float) size.rows(), 0, size.bytes());
    statistics.size(index.schema(), index.name(), copied);
    return Optional.of(new Defined(index, oid, ddl, size.bytes()));
  }

  /** Whether it is there already under the name that Hone gives it. */
  private static boolean isSame(TableCopy.Index there, IndexSpec index) {
    return there.name().equals(index.name())
        && there.method().equalsIgnoreCase(index.method().name())
        && there.keys().equals(index.columns());
  }

  /** Whether a definition is of a plain index of that name, on that table, of that method. */
  private static boolean isMeant(String definition, IndexSpec index) {
    return head(definition).equals(head(index.quotedDdl()));
  }

  private static String head(String definition) {
    int using = definition.indexOf(" USING ");
    int end = using < 0 ? -1 : definition.indexOf('(', using);
    return definition
        .substring(0, Math.max(0, end))
        .replace("\"", "")
        .replaceFirst(" ON ONLY ", " ON ")
        .strip();
  }

  /** Share of the rows that a partial index holds, as the planner expects it. */
  private double share(TableCopy table, IndexSpec index) throws SQLException {
    if (index.predicate().isEmpty()) {
      return 1;
    }
    String rows =
        "SELECT 1 FROM "
            + Sql.quoted(index.schema(), index.table())
            + " WHERE "
            + index.predicate();
    try {
      return Math.clamp(plan(rows).rows() / table.rows(), 0, 1);
    } catch (SQLException e) {
      planner.survived();
      return 1;
    }
  }

  /** Lets the planner see just these hypothetical indexes. */
  public void show(Set<String> names) throws SQLException {
    var oids = new HashSet<Long>();
    for (String name : names) {
      oids.add(known(name).oid());
    }
    sight.show(oids);
  }

  private Defined known(String name) {
    Defined index = defined.get(name);
    if (index == null) {
      throw new IllegalArgumentException("the twin has no hypothetical index `" + name + "`");
    }
    return index;
  }

  /** Lets the planner do without these indexes, by their oids on the user's server. */
  public void takeAway(Set<Long> indexes) throws SQLException {
    sight.takeAway(indexes);
  }

  /** Drops the twin's database. */
  @Override
  public void close() {
    server.drop(database);
  }
}
