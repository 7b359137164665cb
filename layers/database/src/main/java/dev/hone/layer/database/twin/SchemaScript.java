package dev.hone.layer.database.twin;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** The statements that make a copied schema, empty, in an order in which they can be executed. */
final class SchemaScript {
  /** Tries for views and functions, which rest on each other in any order. */
  private static final int ROUNDS = 6;

  private final SchemaCopy schema;

  /** A statement and what it makes. */
  private record Step(String what, String sql) {}

  SchemaScript(SchemaCopy schema) {
    this.schema = schema;
  }

  /** Executes all; what cannot be made is named. */
  List<String> run(Statement sql) throws SQLException {
    var passedOver = new ArrayList<String>();
    run(sql, schemas(), new ArrayList<>());
    run(sql, extensions(), new ArrayList<>());
    run(sql, List.of(searchPath()), new ArrayList<>());
    run(sql, steps(schema.enumerations()), passedOver);
    run(sql, tables(), passedOver);
    run(sql, List.of(new Step("", "SET check_function_bodies = off")), passedOver);
    run(sql, steps(schema.functions()), new ArrayList<>());
    run(sql, indexes(), passedOver);
    run(sql, foreignKeys(), new ArrayList<>());
    List<Step> left = steps(schema.views());
    for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
      left = tried(sql, left);
    }
    left.forEach(step -> passedOver.add(step.what()));
    return passedOver;
  }

  private Step searchPath() {
    return new Step(
        "", "SELECT set_config('search_path', " + Sql.literal(schema.searchPath()) + ", false)");
  }

  /** All at once, and one by one where that fails. */
  private static void run(Statement sql, List<Step> steps, List<String> passedOver)
      throws SQLException {
    if (steps.isEmpty()) {
      return;
    }
    try {
      sql.execute(String.join(";\n", steps.stream().map(Step::sql).toList()));
    } catch (SQLException e) {
      requireAlive(sql, e);
      tried(sql, steps).forEach(step -> passedOver.add(step.what()));
    }
  }

  /** Executes each by itself; gives back those that failed. */
  private static List<Step> tried(Statement sql, List<Step> steps) throws SQLException {
    var failed = new ArrayList<Step>();
    for (Step step : steps) {
      try {
        sql.execute(step.sql());
      } catch (SQLException e) {
        requireAlive(sql, e);
        failed.add(step);
      }
    }
    return failed;
  }

  private static void requireAlive(Statement sql, SQLException e) throws SQLException {
    if (!sql.getConnection().isValid(5)) {
      throw e;
    }
  }

  private List<Step> schemas() {
    var names = new LinkedHashSet<String>();
    schema.tables().forEach(table -> names.add(table.schema()));
    schema.enumerations().forEach(made -> names.add(made.schema()));
    schema.views().forEach(made -> names.add(made.schema()));
    schema.functions().forEach(made -> names.add(made.schema()));
    names.addAll(schema.extensions().values());
    return names.stream()
        .map(name -> new Step(name, "CREATE SCHEMA IF NOT EXISTS " + Sql.quoted(name)))
        .toList();
  }

  private List<Step> extensions() {
    var steps = new ArrayList<Step>();
    schema
        .extensions()
        .forEach(
            (name, where) ->
                steps.add(
                    new Step(
                        name,
                        "CREATE EXTENSION IF NOT EXISTS "
                            + Sql.quoted(name)
                            + " SCHEMA "
                            + Sql.quoted(where))));
    return steps;
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
