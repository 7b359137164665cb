package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.TableCopy;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Statistics for columns whose rows come otherwise than the planner expects. Only statements that
 * read one table and hand on all they find can be compared: the server counts how many rows they
 * returned, and the generic plan tells how many were expected.
 *
 * <p>Conditions on several columns are multiplied as if they were independent. Where far more rows
 * come than that, and about as many as the most selective column alone would let through, the
 * columns depend on each other, and extended statistics tell the planner so. Where far fewer rows
 * come than one column's number of values lets expect, that number was underestimated, and a larger
 * sample helps.
 */
public final class RowEstimates {
  private static final double FACTOR = 10;
  private static final double FEW_ROWS = 100;
  private static final double FEW_CALLS = 10;

  /** So much may popular values exceed what an average one lets through. */
  private static final double POPULAR = 3;

  private static final int LARGE_SAMPLE = 1000;

  /** With fewer the sample holds them all, and one of them is asked for that is rare. */
  private static final double MANY_VALUES = 100;

  /** A name is cut by the server after 63 bytes. */
  private static final int LONGEST_NAME = 60;

  private static final List<String> HAND_ON =
      List.of("Sort", "Incremental Sort", "Gather", "Gather Merge");

  private RowEstimates() {}

  /** Columns of a table. */
  private record Columns(String table, Set<String> names) {
    boolean areAmong(String title, Set<String> known) {
      return names.size() > 1 && table.equals(title) && known.containsAll(names);
    }
  }

  /**
   * The recommendations, one for a set of columns; none on tables whose statistics are not known
   * here, as the server may expect other rows there.
   *
   * @param plans generic plans of the workload's statements
   * @param extended columns that have statistics together already, by {@code schema.table}
   */
  public static List<Advice.Recommended> advise(
      SchemaCopy schema,
      Map<Workload.Statement, PlanNode> plans,
      Map<String, List<Set<String>>> extended) {
    Map<Columns, Advice.Recommended> recommended = new LinkedHashMap<>();
    plans.forEach(
        (statement, plan) -> {
          PlanNode scan = onlyScan(plan);
          TableCopy table = schema.table(scan.schema(), scan.relation()).orElse(null);
          if (table != null
              && !table.statistics().isEmpty()
              && statement.calls() >= FEW_CALLS
              && statement.rows() >= 0) {
            look(statement, plan, scan, table, recommended);
          }
        });
    extended.forEach(
        (title, sets) ->
            sets.forEach(set -> recommended.keySet().removeIf(key -> key.areAmong(title, set))));
    return recommended.values().stream().toList();
  }

  /** What is below the nodes that hand on all rows. */
  private static PlanNode onlyScan(PlanNode plan) {
    PlanNode node = plan;
    while (HAND_ON.contains(node.type()) && node.children().size() == 1) {
      node = node.children().getFirst();
    }
    return node;
  }

  private static void look(
      Workload.Statement statement,
      PlanNode plan,
      PlanNode node,
      TableCopy table,
      Map<Columns, Advice.Recommended> recommended) {
    Scan scan =
        Scan.of(plan).stream()
            .filter(each -> each.alias().equals(node.alias()))
            .findFirst()
            .orElse(null);
    if (scan == null
        || !scan.range().isEmpty()
        || !scan.alternatives().isEmpty()
        || !scan.computed().isEmpty()) {
      return;
    }
    boolean onlyEqual =
        scan.comparisons().stream().allMatch(each -> each.equality() && each.function().isEmpty());
    Set<String> columns = new LinkedHashSet<>(scan.equal());
    columns.removeIf(name -> table.column(name).isEmpty());
    if (!onlyEqual || columns.isEmpty()) {
      return;
    }
    double expected = Math.max(1, plan.rows());
    double actual = statement.rows() / statement.calls();
    double alone =
        columns.stream()
            .mapToDouble(name -> table.rows() / table.distinct(name))
            .min()
            .orElse(table.rows());
    boolean dependent =
        columns.size() > 1
            && actual >= FEW_ROWS
            && actual >= FACTOR * expected
            && actual <= POPULAR * alone;
    boolean coarse =
        columns.size() == 1
            && table.distinct(columns.iterator().next()) >= MANY_VALUES
            && expected >= FEW_ROWS
            && actual >= 1
            && actual * FACTOR <= expected;
    if (dependent) {
      recommended.putIfAbsent(
          new Columns(table.title(), columns),
          dependence(statement, table, columns, expected, actual));
    } else if (coarse) {
      String name = columns.iterator().next();
      recommended.putIfAbsent(
          new Columns(table.title(), Set.of(name)),
          sample(statement, table, name, expected, actual));
    }
  }

  private static Advice.Recommended dependence(
      Workload.Statement statement,
      TableCopy table,
      Set<String> columns,
      double expected,
      double actual) {
    String name = table.table() + "_" + String.join("_", columns) + "_stx";
    name = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
    String qualified = Identifiers.quoted(table.schema(), name);
    String relation = Identifiers.quoted(table.schema(), table.table());
    return recommended(
        table,
        "Statistics of " + table.table() + " (" + String.join(", ", columns) + ") together",
        "CREATE STATISTICS "
            + qualified
            + " (ndistinct, dependencies, mcv) ON "
            + String.join(", ", columns.stream().map(column -> quoted(table, column)).toList())
            + " FROM "
            + relation
            + "; ANALYZE "
            + relation,
        "DROP STATISTICS IF EXISTS " + qualified,
        text(expected, actual) + " Its columns depend on each other, which the planner cannot see.",
        statement);
  }

  private static Advice.Recommended sample(
      Workload.Statement statement,
      TableCopy table,
      String column,
      double expected,
      double actual) {
    String relation = Identifiers.quoted(table.schema(), table.table());
    String alter =
        "ALTER TABLE " + relation + " ALTER COLUMN " + quoted(table, column) + " SET STATISTICS ";
    int before = table.column(column).map(TableCopy.Column::statisticsTarget).orElse(-1);
    return recommended(
        table,
        "A larger sample of " + table.table() + " (" + column + ")",
        alter + LARGE_SAMPLE + "; ANALYZE " + relation + " (" + quoted(table, column) + ")",
        alter + before,
        text(expected, actual)
            + String.format(
                Locale.ROOT,
                " The sample found %.0f different values; there are more.",
                table.distinct(column)),
        statement);
  }

  private static String text(double expected, double actual) {
    return String.format(
        Locale.ROOT, "The planner expects %.0f rows, and %.0f come in the mean.", expected, actual);
  }

  private static Advice.Recommended recommended(
      TableCopy table,
      String title,
      String ddl,
      String undo,
      String why,
      Workload.Statement statement) {
    return Advice.Recommended.of(
            Advice.Kind.STATISTICS, title, ddl, undo, List.of(why, "Of: " + statement.title()))
        .on(table.schema(), table.table());
  }

  private static String quoted(TableCopy table, String column) {
    return table.column(column).map(TableCopy.Column::quoted).orElse(Identifiers.quoted(column));
  }
}
