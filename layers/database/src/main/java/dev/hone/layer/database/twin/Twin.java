package dev.hone.layer.database.twin;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A planner twin: a database of Hone's own PostgreSQL that holds the user's definitions and
 * statistics, but no row. Each relation's file is extended, without taking room on the disk, to the
 * size it has on the user's server, because the planner asks the file system for it; B-trees get
 * the height they have there. Hypothetical indexes are real but empty ones of the size they would
 * have; which of them the planner sees is switched by marking the others invalid.
 *
 * <p>What comes from the user's server is executed by a role without rights. What decides about
 * files, and every text that is executed on the user's server, is asked for by the superuser, who
 * looks names up in the system's catalogue alone. The twin plans like PostgreSQL 18 whatever the
 * user's server is, and knows no extended statistics. Not for several threads at a time.
 */
public final class Twin implements AutoCloseable {
  /** Size of a file after which PostgreSQL begins the next one, {@code .1}, {@code .2} … */
  private static final long SEGMENT = 1L << 30;

  private static final Pattern RELATION_FILE = Pattern.compile("base/\\d+/\\d+");
  private static final int PER_MAJOR = 10_000;
  private static final int RESTORES_STATISTICS = 18;

  /** Planning executes functions that call themselves immutable. */
  private static final int LONGEST_PLANNING_SECONDS = 5;

  private static final String DUPLICATE_TABLE = "42P07";

  private final TwinServer server;
  private final SchemaCopy schema;
  private final TwinServer.Database database;
  private final Connection planner;
  private final Connection admin;
  private final Statistics statistics;
  private final List<String> notices = new ArrayList<>();
  private final Map<String, Defined> defined = new LinkedHashMap<>();
  private Set<String> visible = Set.of();
  private Set<Long> dropped = Set.of();

  /**
   * A hypothetical index.
   *
   * @param oid in the twin
   * @param ddl as the server spells it, with CONCURRENTLY
   * @param bytes the size it would have
   */
  public record Defined(IndexSpec spec, long oid, String ddl, long bytes) {}

  private Twin(TwinServer server, SchemaCopy schema, TwinServer.Database made) {
    this.server = server;
    this.schema = schema;
    this.database = made;
    this.planner = made.planner();
    this.admin = made.admin();
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
    try (Statement sql = planner.createStatement()) {
      sql.setEscapeProcessing(false);
      List<String> passedOver = new SchemaScript(schema).run(sql);
      if (!passedOver.isEmpty()) {
        notices.add(
            "the planner twin has no "
                + SchemaReader.listed(passedOver)
                + ", which it cannot make");
      }
      Map<String, String> files = files();
      for (TableCopy table : schema.tables()) {
        extend(files, table.schema(), table.table(), table.size().bytes());
        for (TableCopy.Index index : table.indexes()) {
          String file = files.get(Sql.quoted(table.schema(), index.name()));
          if (file != null && index.method().equals("btree")) {
            BtreeFile.raise(path(file), IndexSize.height(table, index));
          }
          extend(files, table.schema(), index.name(), index.size().bytes());
        }
      }
      statistics.importAll(schema, files.keySet());
    }
    PlannerSettings.apply(planner, schema.settings());
    try (Statement sql = planner.createStatement()) {
      sql.execute("SET statement_timeout = '" + LONGEST_PLANNING_SECONDS + "s'");
    }
    PlannerSettings.apply(planner, Map.of("search_path", schema.searchPath()));
  }

  private Map<String, String> files() throws SQLException {
    var files = new HashMap<String, String>();
    try (Statement sql = admin.createStatement();
        ResultSet rows =
            sql.executeQuery(
                "SELECT nspname, relname, coalesce(pg_relation_filepath(c.oid), '') FROM"
                    + " pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                    + " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'")) {
      while (rows.next()) {
        files.put(Sql.quoted(rows.getString(1), rows.getString(2)), rows.getString(3));
      }
    }
    return files;
  }

  /** The file of a relation; nothing but such a file may ever be changed. */
  private Path path(String file) {
    if (!RELATION_FILE.matcher(file).matches()) {
      throw new IllegalStateException("`" + file + "` is no file of a relation");
    }
    return database.data().resolve(file);
  }

  private void extend(Map<String, String> files, String of, String relation, long bytes)
      throws IOException {
    String file = files.getOrDefault(Sql.quoted(of, relation), "");
    if (!file.isEmpty()) {
      extend(path(file), bytes);
    }
  }

  /** Extends a relation's files without writing; a file that is bigger already stays. */
  static void extend(Path file, long bytes) throws IOException {
    long left = bytes;
    for (int segment = 0; left > 0; segment++) {
      String name = file + (segment == 0 ? "" : "." + segment);
      long length = Math.min(left, SEGMENT);
      try (var open = new RandomAccessFile(name, "rw")) {
        if (open.length() < length) {
          open.setLength(length);
        }
      }
      left -= length;
    }
  }

  /**
   * The plan of a statement with the indexes that exist, without those taken away, and the
   * hypothetical ones in sight.
   *
   * @throws SQLException when the statement cannot be planned
   */
  public PlanNode plan(String statement) throws SQLException {
    return Plans.explain(planner, database.major() * PER_MAJOR, statement);
  }

  /**
   * Changes settings of the planner; they hold until they are set again.
   *
   * @param settings by name, each in the setting's own unit
   */
  public void set(Map<String, String> settings) throws SQLException {
    PlannerSettings.apply(planner, settings);
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
    String relation = Sql.quoted(table.schema(), table.table());
    var shares = new HashMap<IndexSpec, Double>();
    for (IndexSpec index : indexes) {
      shares.put(index, share(table, index));
    }
    Path file = path(filePath(relation));
    long bytes = shrink(file);
    try {
      for (IndexSpec index : indexes) {
        define(table, index, shares.getOrDefault(index, 1.0)).ifPresent(made::add);
      }
    } finally {
      extend(file, bytes);
      statistics.size(table.schema(), table.table(), table.size());
    }
    made.forEach(index -> defined.put(index.spec().name(), index));
    return made;
  }

  /** An index is built by reading its table, so that the table must be empty for a moment. */
  private static long shrink(Path file) throws IOException {
    long bytes = 0;
    for (int segment = 0; ; segment++) {
      Path part = segment == 0 ? file : Path.of(file + "." + segment);
      if (!java.nio.file.Files.exists(part)) {
        return bytes;
      }
      try (var open = new RandomAccessFile(part.toFile(), "rw")) {
        bytes += open.length();
        open.setLength(0);
      }
    }
  }

  private Optional<Defined> define(TableCopy table, IndexSpec index, double share)
      throws SQLException, IOException {
    String name = Sql.quoted(index.schema(), index.name());
    try (Statement sql = planner.createStatement()) {
      sql.setEscapeProcessing(false);
      sql.execute(index.quotedDdl());
    } catch (SQLException e) {
      if (!planner.isValid(5)) {
        throw e;
      }
      if (DUPLICATE_TABLE.equals(e.getSQLState())) {
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
    String file;
    try (PreparedStatement query =
        admin.prepareStatement(
            "SELECT oid, pg_get_indexdef(oid), pg_relation_filepath(oid) FROM pg_class WHERE oid ="
                + " ?::text::regclass")) {
      query.setString(1, name);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        oid = row.getLong(1);
        ddl = row.getString(2).replaceFirst("^CREATE INDEX ", "CREATE INDEX CONCURRENTLY ");
        file = row.getString(3);
      }
    }
    mark(List.of(oid), false);
    IndexSize.Estimate size = IndexSize.of(table, index, share);
    if (index.method() == IndexSpec.Method.BTREE) {
      BtreeFile.raise(path(file), size.height());
    }
    extend(path(file), size.bytes());
    var copied = new TableCopy.Size(size.pages(), (float) size.rows(), 0, size.bytes());
    statistics.size(index.schema(), index.name(), copied);
    return Optional.of(new Defined(index, oid, ddl, size.bytes()));
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
      if (!planner.isValid(5)) {
        throw e;
      }
      return 1;
    }
  }

  private String filePath(String relation) throws SQLException {
    try (PreparedStatement query =
        admin.prepareStatement("SELECT pg_relation_filepath(?::text::regclass)")) {
      query.setString(1, relation);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  /** Lets the planner see just these hypothetical indexes. */
  public void show(Set<String> names) throws SQLException {
    var more = new ArrayList<Long>();
    var less = new ArrayList<Long>();
    for (String name : names) {
      if (!visible.contains(name)) {
        more.add(known(name).oid());
      }
    }
    for (String name : visible) {
      if (!names.contains(name)) {
        less.add(known(name).oid());
      }
    }
    mark(more, true);
    mark(less, false);
    visible = Set.copyOf(names);
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
    var back = new HashSet<>(dropped);
    back.removeAll(indexes);
    var away = new HashSet<>(indexes);
    away.removeAll(dropped);
    mark(own(back), true);
    mark(own(away), false);
    dropped = Set.copyOf(indexes);
  }

  private List<Long> own(Set<Long> indexes) throws SQLException {
    var own = new ArrayList<Long>();
    for (TableCopy table : schema.tables()) {
      for (TableCopy.Index index : table.indexes()) {
        if (indexes.contains(index.oid())) {
          try (PreparedStatement query =
              admin.prepareStatement("SELECT to_regclass(?::text)::oid")) {
            query.setString(1, Sql.quoted(table.schema(), index.name()));
            try (ResultSet row = query.executeQuery()) {
              row.next();
              if (row.getLong(1) != 0) {
                own.add(row.getLong(1));
              }
            }
          }
        }
      }
    }
    return own;
  }

  /** The planner passes over an index that is marked invalid. */
  private void mark(Collection<Long> oids, boolean valid) throws SQLException {
    if (oids.isEmpty()) {
      return;
    }
    try (PreparedStatement update =
        admin.prepareStatement(
            "UPDATE pg_index SET indisvalid = ? WHERE indexrelid = ANY (?::oid[])")) {
      update.setBoolean(1, valid);
      update.setArray(2, admin.createArrayOf("bigint", oids.toArray()));
      update.executeUpdate();
    }
  }

  /** Drops the twin's database. */
  @Override
  public void close() {
    server.drop(database);
  }
}
