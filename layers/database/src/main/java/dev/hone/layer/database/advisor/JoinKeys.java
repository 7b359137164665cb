package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.TableCopy;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What joins by several columns tell of how these go together. Rows of the larger table are taken
 * to belong to rows of the smaller one, as with a foreign key that nobody declared, where none of
 * its columns has more values than the other table's: then they have no more combinations than that
 * has rows, where columns that are independent would have many times as many.
 */
final class JoinKeys {
  private static final String COLUMN = "\\(?" + Conditions.NAME + "\\." + Conditions.NAME + "\\)?";
  private static final Pattern EQUAL = Pattern.compile(COLUMN + " = " + COLUMN);

  /** Numbers of values are estimates. */
  private static final double ABOUT = 1.25;

  private JoinKeys() {}

  /**
   * Reads the joins of a plan that was made with VERBOSE.
   *
   * @param found takes a table and what is known of its columns
   */
  static void of(
      PlanNode plan, SchemaCopy schema, BiConsumer<TableCopy, TableCopy.Together> found) {
    Map<String, TableCopy> tables = new HashMap<>();
    plan.nodes()
        .filter(node -> !node.relation().isEmpty())
        .forEach(
            node ->
                schema
                    .table(node.schema(), node.relation())
                    .ifPresent(table -> tables.putIfAbsent(node.alias(), table)));
    plan.nodes().forEach(node -> read(node, tables, found));
  }

  private static void read(
      PlanNode node,
      Map<String, TableCopy> tables,
      BiConsumer<TableCopy, TableCopy.Together> found) {
    Map<List<String>, Map<String, String>> joins = new LinkedHashMap<>();
    Stream.of(node.filter(), node.indexCondition(), node.joinCondition())
        .flatMap(condition -> Conditions.conjuncts(condition).stream())
        .map(EQUAL::matcher)
        .filter(Matcher::matches)
        .forEach(
            equal -> {
              note(joins, equal, 1, 3);
              note(joins, equal, 3, 1);
            });
    joins.forEach(
        (aliases, columns) -> {
          TableCopy table = tables.get(aliases.getFirst());
          TableCopy other = tables.get(aliases.getLast());
          if (table != null && other != null && belongs(table, other, columns)) {
            found.accept(table, new TableCopy.Together(columns.keySet(), other.rows()));
          }
        });
  }

  private static void note(
      Map<List<String>, Map<String, String>> joins, Matcher equal, int one, int other) {
    joins
        .computeIfAbsent(
            List.of(Conditions.plain(equal.group(one)), Conditions.plain(equal.group(other))),
            aliases -> new LinkedHashMap<>())
        .put(Conditions.plain(equal.group(one + 1)), Conditions.plain(equal.group(other + 1)));
  }

  /**
   * Whether rows of a table belong to those of another.
   *
   * @param columns the other's, by the table's own
   */
  private static boolean belongs(TableCopy table, TableCopy other, Map<String, String> columns) {
    return columns.size() > 1
        && other.rows() < table.rows()
        && columns.entrySet().stream()
            .allMatch(
                pair -> table.distinct(pair.getKey()) <= ABOUT * other.distinct(pair.getValue()));
  }
}
