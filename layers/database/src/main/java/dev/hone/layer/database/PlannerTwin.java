package dev.hone.layer.database;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What-if by a planner twin: the tables of the statement are made empty in Hone's own PostgreSQL,
 * the statistics of the user's server are imported (pg_restore_relation_stats and
 * pg_restore_attribute_stats of PostgreSQL 18), and each relation's file is extended, without
 * taking room on the disk, to the size it has on the user's server, because the planner asks the
 * file system for it. Candidates are real but empty indexes of the size they would have. The user's
 * server is only read.
 *
 * <p>An empty B-tree has height 0, so the twin's cost is lower by 0.125 a level and descent than
 * the real one. The twin plans like PostgreSQL 18 whatever the user's server is.
 */
final class PlannerTwin implements WhatIf {
  /** Size of a file after which PostgreSQL begins the next one, {@code .1}, {@code .2} … */
  private static final long SEGMENT = 1L << 30;

  private final Session session;
  private final TwinServer server;

  PlannerTwin(Session session, TwinServer server) {
    this.session = session;
    this.server = server;
  }

  /** What the user's server contributes. */
  private record Source(
      int version, String searchPath, Map<String, String> settings, List<TableCopy> tables) {}

  @Override
  public Answer ask(Question question) throws Unavailable {
    try {
      Source source = source(question.plan());
      try (Connection twin = server.connect()) {
        return answer(twin, source, question);
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

  private Source source(PlanNode plan) throws SQLException, Unavailable {
    var failure = new ArrayList<Unavailable>();
    Source source =
        session.ask(
            (connection, known) -> {
              var tables = new ArrayList<TableCopy>();
              try {
                for (PlanNode node : plan.nodes().filter(n -> !n.relation().isEmpty()).toList()) {
                  if (tables.stream()
                      .noneMatch(
                          t ->
                              t.schema().equals(node.schema())
                                  && t.table().equals(node.relation()))) {
                    tables.add(TableCopy.read(connection, node.schema(), node.relation()));
                  }
                }
              } catch (Unavailable e) {
                failure.add(e);
              }
              return new Source(
                  known.version(),
                  PlannerSettings.searchPath(connection),
                  PlannerSettings.read(connection),
                  tables);
            });
    if (!failure.isEmpty()) {
      throw failure.getFirst();
    }
    return source;
  }

  private Answer answer(Connection twin, Source source, Question question)
      throws SQLException, IOException, Unavailable {
    try (Statement sql = twin.createStatement()) {
      define(sql, source.tables());
      List<Candidate> candidates = untested(source.tables(), question.candidates());
      for (Candidate candidate : candidates) {
        sql.execute(candidate.ddl(twin).replace(" CONCURRENTLY ", " "));
        hide(twin, candidate, true);
      }
      for (TableCopy table : source.tables()) {
        enlarge(twin, source.version(), table);
        for (Candidate candidate : candidates) {
          if (candidate.table().equals(table.table())
              && candidate.schema().equals(table.schema())) {
            int pages = IndexSize.pages(table, candidate.columns());
            long bytes = (long) pages * IndexSize.PAGE;
            var size = new TableCopy.Size(pages, table.size().rows(), 0, bytes);
            resize(twin, source.version(), table.schema(), candidate.name(), size);
          }
        }
      }
      PlannerSettings.apply(twin, source.settings(), source.searchPath());
      PlanNode without = Plans.explain(twin, 180000, question.statement());
      var trials = new ArrayList<Trial>();
      for (Candidate candidate : candidates) {
        hide(twin, candidate, false);
        PlanNode with = Plans.explain(twin, 180000, question.statement());
        hide(twin, candidate, true);
        trials.add(new Trial(candidate, with, with.uses(candidate.name()), size(twin, candidate)));
      }
      return new Answer("planner twin", without, trials);
    }
  }

  private static List<Candidate> untested(List<TableCopy> tables, List<Candidate> candidates) {
    return candidates.stream()
        .filter(
            candidate ->
                tables.stream()
                    .noneMatch(
                        table ->
                            table.table().equals(candidate.table())
                                && table.schema().equals(candidate.schema())
                                && table.covers(candidate.columns())))
        .toList();
  }

  /** Makes the tables and their indexes, empty. What an earlier question left is dropped. */
  private static void define(Statement sql, List<TableCopy> tables) throws SQLException {
    var old = new ArrayList<String>();
    try (ResultSet rows =
        sql.executeQuery(
            "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^pg_'"
                + " AND nspname <> 'information_schema'")) {
      while (rows.next()) {
        old.add(rows.getString(1));
      }
    }
    for (String schema : old) {
      sql.execute("DROP SCHEMA " + schema + " CASCADE");
    }
    Set<String> made = new HashSet<>();
    for (TableCopy table : tables) {
      if (made.add(table.schema())) {
        sql.execute("CREATE SCHEMA " + quoted(table.schema()));
      }
      for (String type : table.types()) {
        String schema = type.substring("CREATE TYPE ".length(), type.indexOf('.'));
        sql.execute("CREATE SCHEMA IF NOT EXISTS " + schema);
        if (made.add(type)) {
          sql.execute(type);
        }
      }
      sql.execute(
          "CREATE TABLE "
              + quoted(table.schema())
              + "."
              + quoted(table.table())
              + " ("
              + String.join(", ", table.columns())
              + ")");
      for (TableCopy.Index index : table.indexes()) {
        sql.execute(
            index.constraint().isEmpty()
                ? index.definition()
                : "ALTER TABLE "
                    + quoted(table.schema())
                    + "."
                    + quoted(table.table())
                    + " ADD "
                    + index.constraint());
      }
    }
  }

  private static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  private void enlarge(Connection twin, int version, TableCopy table)
      throws SQLException, IOException {
    resize(twin, version, table.schema(), table.table(), table.size());
    for (TableCopy.Index index : table.indexes()) {
      resize(twin, version, table.schema(), index.name(), index.size());
    }
    for (Map.Entry<String, TableCopy.ColumnStatistics> column : table.statistics().entrySet()) {
      restore(twin, version, table, column.getKey(), column.getValue());
    }
  }

  private static void restore(
      Connection twin,
      int version,
      TableCopy table,
      String column,
      TableCopy.ColumnStatistics statistics)
      throws SQLException {
    var call =
        new StringBuilder(
            "SELECT pg_restore_attribute_stats('schemaname', ?::text, 'relname', ?::text,"
                + " 'attname', ?::text, 'inherited', false, 'version', ?::integer");
    var values = new ArrayList<String>();
    statistics
        .values()
        .forEach(
            (name, value) -> {
              if (value != null) {
                call.append(", '").append(name).append("', ?::");
                call.append(TableCopy.IMPORTED.get(name));
                values.add(value);
              }
            });
    try (PreparedStatement restore = twin.prepareStatement(call.append(")").toString())) {
      restore.setString(1, table.schema());
      restore.setString(2, table.table());
      restore.setString(3, column);
      restore.setInt(4, version);
      for (int i = 0; i < values.size(); i++) {
        restore.setString(5 + i, values.get(i));
      }
      restore.execute();
    }
  }

  /** Gives a relation of the twin the size that the planner is to see. */
  private void resize(
      Connection twin, int version, String schema, String relation, TableCopy.Size size)
      throws SQLException, IOException {
    String path;
    try (PreparedStatement restore =
        twin.prepareStatement(
            "SELECT pg_relation_filepath(format('%I.%I', ?::text, ?::text)::regclass),"
                + " pg_restore_relation_stats('schemaname', ?::text, 'relname', ?::text,"
                + " 'version', ?::integer, 'relpages', ?::integer, 'reltuples', ?::real,"
                + " 'relallvisible', ?::integer)")) {
      restore.setString(1, schema);
      restore.setString(2, relation);
      restore.setString(3, schema);
      restore.setString(4, relation);
      restore.setInt(5, version);
      restore.setInt(6, size.pages());
      restore.setFloat(7, size.rows());
      restore.setInt(8, size.allVisible());
      try (ResultSet row = restore.executeQuery()) {
        row.next();
        path = row.getString(1);
      }
    }
    extend(server.dataDirectory().resolve(path), size.bytes());
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

  /** The planner passes over an index that is marked invalid. */
  private static void hide(Connection twin, Candidate candidate, boolean hidden)
      throws SQLException {
    try (PreparedStatement update =
        twin.prepareStatement(
            "UPDATE pg_index SET indisvalid = ? WHERE indexrelid ="
                + " format('%I.%I', ?::text, ?::text)::regclass")) {
      update.setBoolean(1, !hidden);
      update.setString(2, candidate.schema());
      update.setString(3, candidate.name());
      update.executeUpdate();
    }
  }

  private static long size(Connection twin, Candidate candidate) throws SQLException {
    try (PreparedStatement query =
        twin.prepareStatement(
            "SELECT pg_relation_size(format('%I.%I', ?::text, ?::text)::regclass)")) {
      query.setString(1, candidate.schema());
      query.setString(2, candidate.name());
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }
}
