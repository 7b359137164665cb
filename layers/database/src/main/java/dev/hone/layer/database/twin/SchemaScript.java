package dev.hone.layer.database.twin;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The statements that make a copied schema, empty, in an order in which they can be executed. */
final class SchemaScript {
  /** Tries for views and functions, which rest on each other in any order. */
  private static final int ROUNDS = 6;

  private static final String LONGEST_STEP = "3s";

  /** So many definitions may take too long or end the session before the others are left out. */
  private static final int MOST_LOST = 5;

  /** SQLSTATE query_canceled. */
  private static final String QUERY_CANCELED = "57014";

  private final SchemaCopy schema;
  private final Room room;
  private int lost;
  private long firstOid;

  /** A statement and what it makes. */
  private record Step(String what, String sql) {
    /** Whether it is an index on columns alone, which executes no function. */
    boolean isPlain() {
      return sql.indexOf('(') == sql.lastIndexOf('(') && !sql.contains(" WHERE ");
    }
  }

  SchemaScript(SchemaCopy schema, Room room) {
    this.schema = schema;
    this.room = room;
  }

  /**
   * Executes all; what cannot be made is named.
   *
   * @param planner owns what is made, but for the extensions: who owns an extension may add
   *     functions to it, which would then count as brought along by it
   * @param admin a connection of the superuser
   */
  List<String> run(PlannerSession planner, Connection admin) throws SQLException {
    var passedOver = new ArrayList<String>();
    planner.set(Map.of("statement_timeout", LONGEST_STEP, "check_function_bodies", "off"));
    String role = planner.role();
    try (Statement sql = admin.createStatement()) {
      for (String name : schemas()) {
        sql.execute("CREATE SCHEMA IF NOT EXISTS " + Sql.quoted(name));
        sql.execute("ALTER SCHEMA " + Sql.quoted(name) + " OWNER TO " + Sql.quoted(role));
      }
      extend(admin);
      // What is made from here on has a higher oid.
      sql.execute("CREATE TEMPORARY TABLE mark ()");
      try (ResultSet row = sql.executeQuery("SELECT 'pg_temp.mark'::regclass::oid")) {
        row.next();
        firstOid = row.getLong(1);
      }
      sql.execute("DROP TABLE pg_temp.mark");
    }
    planner.set(Map.of("search_path", schema.searchPath()));
    together(planner, steps(schema.needed()), passedOver);
    together(planner, tables(), passedOver);
    // From here on there are functions, which definitions of indexes and keys may execute.
    together(planner, steps(schema.functions()), new ArrayList<>());
    List<Step> indexes = indexes();
    together(planner, indexes.stream().filter(Step::isPlain).toList(), passedOver);
    passedOver.addAll(
        names(tried(planner, indexes.stream().filter(step -> !step.isPlain()).toList())));
    tried(planner, foreignKeys());
    List<Step> left = steps(schema.views());
    for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
      left = tried(planner, left);
    }
    passedOver.addAll(names(left));
    return passedOver;
  }

  /**
   * Of the first thing that the copied definitions made; what is older, PostgreSQL brought along.
   */
  long firstOid() {
    return firstOid;
  }

  private static List<String> names(List<Step> steps) {
    return steps.stream().map(Step::what).toList();
  }

  /** All at once, and one by one where that fails. */
  private void together(PlannerSession planner, List<Step> steps, List<String> passedOver)
      throws SQLException {
    if (steps.isEmpty()) {
      return;
    }
    try {
      planner.execute(String.join(";\n", steps.stream().map(Step::sql).toList()), true);
    } catch (SQLException e) {
      planner.survived();
      passedOver.addAll(names(tried(planner, steps)));
    }
  }

  /** Executes each by itself; gives back those that failed, and all that come after too many. */
  private List<Step> tried(PlannerSession planner, List<Step> steps) throws SQLException {
    var failed = new ArrayList<Step>();
    for (Step step : steps) {
      if (lost >= MOST_LOST || room.isTaken()) {
        failed.add(step);
        continue;
      }
      try {
        planner.execute(step.sql(), false);
      } catch (SQLException e) {
        if (!planner.survived() || QUERY_CANCELED.equals(e.getSQLState())) {
          lost++;
        }
        failed.add(step);
      }
    }
    return failed;
  }

  /** Extensions that PostgreSQL itself calls trusted; what needs others is passed over. */
  private void extend(Connection admin) throws SQLException {
    try (PreparedStatement trusted =
            admin.prepareStatement(
                "SELECT EXISTS (SELECT FROM pg_available_extension_versions"
                    + " WHERE name = ? AND trusted)");
        Statement sql = admin.createStatement()) {
      for (Map.Entry<String, String> extension : schema.extensions().entrySet()) {
        trusted.setString(1, extension.getKey());
        try (ResultSet row = trusted.executeQuery()) {
          row.next();
          if (row.getBoolean(1)) {
            sql.execute(
                "CREATE EXTENSION IF NOT EXISTS "
                    + Sql.quoted(extension.getKey())
                    + " SCHEMA "
                    + Sql.quoted(extension.getValue()));
          }
        } catch (SQLException e) {
          if (!admin.isValid(5)) {
            throw e;
          }
        }
      }
    }
  }

  private Set<String> schemas() {
    var names = new LinkedHashSet<String>();
    schema.tables().forEach(table -> names.add(table.schema()));
    schema.needed().forEach(made -> names.add(made.schema()));
    schema.views().forEach(made -> names.add(made.schema()));
    schema.functions().forEach(made -> names.add(made.schema()));
    names.addAll(schema.extensions().values());
    return names;
  }

  private static List<Step> steps(List<SchemaCopy.Defined> things) {
    return things.stream()
        .map(thing -> new Step(Identifiers.quoted(thing.schema(), thing.name()), thing.ddl()))
        .toList();
  }

  /** A partitioned table comes before its partitions, as it has the lower oid or is moved up. */
  private List<Step> tables() {
    var steps = new ArrayList<Step>();
    var made = new LinkedHashSet<Long>();
    int before;
    do {
      before = made.size();
      for (TableCopy table : schema.tables()) {
        if (!made.contains(table.oid()) && (table.parent() == 0 || made.contains(table.parent()))) {
          made.add(table.oid());
          steps.add(new Step(table.title(), table(table)));
        }
      }
    } while (made.size() > before);
    return steps;
  }

  private String table(TableCopy table) {
    String name = Sql.quoted(table.schema(), table.table());
    String key = table.partitionKey().isEmpty() ? "" : " PARTITION BY " + table.partitionKey();
    List<String> columns = table.columns().stream().map(TableCopy.Column::definition).toList();
    String plain = "CREATE TABLE " + name + " (" + String.join(", ", columns) + ")";
    if (table.parent() == 0) {
      return plain + key;
    }
    TableCopy parent = schema.table(table.parent()).orElseThrow();
    if (table.bound().isEmpty()) {
      return plain + " INHERITS (" + Sql.quoted(parent.schema(), parent.table()) + ")";
    }
    return "CREATE TABLE "
        + name
        + " PARTITION OF "
        + Sql.quoted(parent.schema(), parent.table())
        + " "
        + table.bound()
        + key;
  }

  private List<Step> indexes() {
    var steps = new ArrayList<Step>();
    for (TableCopy table : schema.tables()) {
      for (TableCopy.Index index : table.indexes()) {
        steps.add(
            new Step(
                Identifiers.quoted(table.schema(), index.name()),
                index.constraint().isEmpty()
                    ? index.definition()
                    : "ALTER TABLE "
                        + Sql.quoted(table.schema(), table.table())
                        + " ADD "
                        + index.constraint()));
      }
    }
    return steps;
  }

  /** The planner takes the size of a join from them. */
  private List<Step> foreignKeys() {
    var steps = new ArrayList<Step>();
    for (TableCopy table : schema.tables()) {
      for (TableCopy.ForeignKey key : table.foreignKeys()) {
        if (schema.table(key.target()).isPresent()) {
          steps.add(
              new Step(
                  table.title(),
                  "ALTER TABLE "
                      + Sql.quoted(table.schema(), table.table())
                      + " ADD "
                      + key.definition()));
        }
      }
    }
    return steps;
  }
}
