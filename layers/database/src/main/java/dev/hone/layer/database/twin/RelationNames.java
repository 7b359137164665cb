package dev.hone.layer.database.twin;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which relations and functions statements name. Every word that is the name of one counts, so that
 * rather too many are found than too few; nothing has to be parsed. Tables come with those that a
 * deletion looks into, because their rows may refer to the deleted ones.
 *
 * @param tables oids of tables, materialized views, partitions and tables that inherit
 * @param locked what cannot be read, because another session has locked it exclusively, or
 *     something that it rests on
 * @param cut tables of whose many partitions only {@value #MOST_PARTITIONS} are among the tables
 */
record RelationNames(
    Set<Long> tables,
    List<SchemaCopy.Defined> views,
    List<SchemaCopy.Defined> functions,
    List<String> locked,
    List<String> cut) {
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private static final Pattern WORD =
      Pattern.compile("\"([^\"]*+(?:\"\"[^\"]*+)*+)\"|([\\p{L}_][\\p{L}\\p{N}_$]*)");

  /** Of a table with more partitions, or more that inherit from it, only so many are copied. */
  private static final int MOST_PARTITIONS = 400;

  /** More tables that refer to deleted rows are not looked at. */
  private static final int MOST_REFERRING = 400;

  /** A relation of the user's, once for each that it inherits from. */
  private record Relation(
      long oid, String schema, String name, char kind, long parent, boolean locked) {}

  /** The words of a text, as PostgreSQL folds them. */
  static Set<String> words(String text) {
    var words = new HashSet<String>();
    Matcher word = WORD.matcher(text);
    while (word.find()) {
      words.add(
          word.group(1) != null
              ? word.group(1).replace("\"\"", "\"")
              : word.group(2).toLowerCase(Locale.ROOT));
    }
    return words;
  }

  static RelationNames read(Connection connection, Collection<String> texts) throws SQLException {
    var byName = new HashMap<String, List<Relation>>();
    var children = new HashMap<Long, List<Relation>>();
    for (Relation relation : relations(connection)) {
      byName.computeIfAbsent(relation.name(), name -> new ArrayList<>()).add(relation);
      if (relation.parent() != 0) {
        children.computeIfAbsent(relation.parent(), parent -> new ArrayList<>()).add(relation);
      }
    }
    var tables = new LinkedHashSet<Long>();
    var views = new ArrayList<SchemaCopy.Defined>();
    var locked = new ArrayList<String>();
    var words = new HashSet<String>();
    texts.forEach(text -> words.addAll(words(text)));
    var open = new ArrayDeque<>(words);
    var seen = new HashSet<>(words);
    while (!open.isEmpty()) {
      for (Relation relation : byName.getOrDefault(open.remove(), List.of())) {
        if (relation.locked()) {
          locked.add(Identifiers.quoted(relation.schema(), relation.name()));
        } else if (relation.kind() == 'v') {
          try {
            SchemaCopy.Defined view = view(connection, relation);
            views.add(view);
            words(view.ddl()).stream().filter(seen::add).forEach(open::add);
          } catch (SQLException e) {
            noteLocked(e, relation.schema(), relation.name(), locked);
          }
        } else if (tables.add(relation.oid())) {
          addPartitions(relation, children, tables);
        }
      }
    }
    var deleting = new HashSet<String>();
    texts.stream()
        .filter(text -> Plans.verb(text).equals("delete"))
        .forEach(text -> deleting.addAll(words(text)));
    Set<Long> referring = referring(connection, oids(byName, deleting));
    byName.values().stream()
        .flatMap(List::stream)
        .filter(relation -> referring.contains(relation.oid()) && !relation.locked())
        .filter(relation -> tables.add(relation.oid()))
        .forEach(relation -> addPartitions(relation, children, tables));
    List<String> cut =
        byName.values().stream()
            .flatMap(List::stream)
            .filter(relation -> tables.contains(relation.oid()))
            .filter(
                relation ->
                    children.getOrDefault(relation.oid(), List.of()).size() > MOST_PARTITIONS)
            .map(relation -> Identifiers.quoted(relation.schema(), relation.name()))
            .distinct()
            .toList();
    return new RelationNames(tables, views, functions(connection, seen, locked), locked, cut);
  }

  private static Set<Long> oids(Map<String, List<Relation>> byName, Set<String> names) {
    return names.stream()
        .flatMap(name -> byName.getOrDefault(name, List.of()).stream())
        .map(Relation::oid)
        .collect(Collectors.toSet());
  }

  /** Tables with foreign keys to these, and to those whose rows go with them. */
  private static Set<Long> referring(Connection connection, Set<Long> targets) throws SQLException {
    var referring = new HashSet<Long>();
    if (targets.isEmpty()) {
      return referring;
    }
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            WITH RECURSIVE k AS (
              SELECT conrelid, confrelid, confdeltype FROM pg_constraint
              WHERE contype = 'f' AND conparentid = 0),
            asked AS (
              SELECT conrelid, confdeltype FROM k WHERE confrelid = ANY (?::oid[])
              UNION SELECT k.conrelid, k.confdeltype FROM k
                JOIN asked ON k.confrelid = asked.conrelid WHERE asked.confdeltype = 'c')
            SELECT /* hone */ DISTINCT conrelid::bigint FROM asked ORDER BY 1 LIMIT
            """
                + MOST_REFERRING)) {
      query.setArray(1, connection.createArrayOf("bigint", targets.toArray()));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          referring.add(rows.getLong(1));
        }
      }
    }
    return referring;
  }

  private static void addPartitions(
      Relation parent, Map<Long, List<Relation>> children, Set<Long> tables) {
    children.getOrDefault(parent.oid(), List.of()).stream()
        .filter(child -> !child.locked())
        .limit(MOST_PARTITIONS)
        .filter(child -> tables.add(child.oid()))
        .forEach(child -> addPartitions(child, children, tables));
  }

  private static List<Relation> relations(Connection connection) throws SQLException {
    var relations = new ArrayList<Relation>();
    try (Statement sql = connection.createStatement();
        ResultSet rows =
            sql.executeQuery(
                """
                SELECT /* hone */ c.oid, n.nspname, c.relname, c.relkind, i.inhparent::bigint,
                  c.oid IN LOCKED OR EXISTS (SELECT FROM pg_index x WHERE x.indrelid = c.oid
                    AND x.indexrelid IN LOCKED)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
                WHERE c.relkind IN ('r', 'p', 'm', 'v') AND n.nspname !~ '^pg_'
                  AND n.nspname <> 'information_schema' ORDER BY c.oid
                """
                    .replace("LOCKED", LockedRelations.OIDS))) {
      while (rows.next()) {
        relations.add(
            new Relation(
                rows.getLong(1),
                rows.getString(2),
                rows.getString(3),
                rows.getString(4).charAt(0),
                rows.getLong(5),
                rows.getBoolean(6)));
      }
    }
    return relations;
  }

  private static SchemaCopy.Defined view(Connection connection, Relation view) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT /* hone */ pg_get_viewdef(?::oid)")) {
      query.setLong(1, view.oid());
      try (ResultSet row = query.executeQuery()) {
        row.next();
        String ddl =
            "CREATE VIEW " + Sql.quoted(view.schema(), view.name()) + " AS " + row.getString(1);
        return new SchemaCopy.Defined(view.schema(), view.name(), ddl.replaceFirst(";\\s*$", ""));
      }
    }
  }

  private static List<SchemaCopy.Defined> functions(
      Connection connection, Set<String> words, List<String> locked) throws SQLException {
    var functions = new ArrayList<SchemaCopy.Defined>();
    try (PreparedStatement query =
            connection.prepareStatement(
                """
                SELECT /* hone */ n.nspname, p.proname, p.oid
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                  JOIN pg_language l ON l.oid = p.prolang
                WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                  AND p.prokind = 'f' AND l.lanname IN ('sql', 'plpgsql') AND p.proname = ANY (?)
                  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                    AND d.objid = p.oid AND d.deptype = 'e')
                ORDER BY p.oid LIMIT 200
                """);
        PreparedStatement definition =
            connection.prepareStatement("SELECT /* hone */ pg_get_functiondef(?::oid)")) {
      query.setArray(1, connection.createArrayOf("text", words.toArray()));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          definition.setLong(1, rows.getLong(3));
          try (ResultSet row = definition.executeQuery()) {
            if (row.next() && row.getString(1) != null) {
              functions.add(
                  new SchemaCopy.Defined(rows.getString(1), rows.getString(2), row.getString(1)));
            }
          } catch (SQLException e) {
            noteLocked(e, rows.getString(1), rows.getString(2), locked);
          }
        }
      }
    }
    return functions;
  }

  private static void noteLocked(SQLException e, String schema, String name, List<String> locked)
      throws SQLException {
    if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
      throw e;
    }
    locked.add(Identifiers.quoted(schema, name));
  }
}
