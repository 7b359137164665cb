package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.Plans;
import dev.hone.layer.database.twin.TableCopy;
import dev.hone.layer.database.twin.Twin;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a DELETE asks behind its plan: for each row, whether rows of other tables refer to it (the
 * triggers of foreign keys, ri_triggers.c). Where no index begins with the foreign key's columns
 * that reads the whole other table, and no plan shows it. Here these questions become statements
 * beside the DELETE, which take their share of its measured time.
 */
final class ReferenceChecks {
  /** What every question begins with. */
  private static final String MARK = "/* foreign key, for each row deleted */ ";

  /** How far deletions that follow from deletions are followed. */
  private static final int DEEPEST = 4;

  private static final int MOST_CHECKS = 40;

  private final Twin twin;

  /** Plans of questions by their text; none where it cannot be planned. */
  private final Map<String, Optional<PlanNode>> known = new HashMap<>();

  /** A question with how often it is asked. */
  private record Check(String text, double times, PlanNode plan) {
    double cost() {
      return times * PlanRisk.cautiousCost(plan);
    }
  }

  ReferenceChecks(Twin twin) {
    this.twin = twin;
  }

  /** Whether it is such a question. */
  static boolean isOne(Workload.Statement statement) {
    return statement.text().startsWith(MARK);
  }

  /** The statement, and if it deletes rows the questions for which an index is missing. */
  List<WhatIfCosts.Planned> with(WhatIfCosts.Planned planned) {
    Workload.Statement statement = planned.statement();
    PlanNode plan = planned.plan();
    Optional<TableCopy> target =
        plan.type().equals("ModifyTable") && Plans.verb(statement.text()).equals("delete")
            ? twin.schema().table(plan.schema(), plan.relation())
            : Optional.empty();
    if (target.isEmpty()) {
      return List.of(planned);
    }
    double rows =
        Double.isFinite(statement.rows())
            ? statement.rows()
            : statement.calls() * plan.children().stream().mapToDouble(PlanNode::rows).sum();
    var checks = new ArrayList<Check>();
    add(target.get(), rows, 1, checks, new HashSet<>());
    if (checks.isEmpty()) {
      return List.of(planned);
    }
    double own = statement.calls() * PlanRisk.cautiousCost(planned.plan());
    double all = own + checks.stream().mapToDouble(Check::cost).sum();
    var parts = new ArrayList<WhatIfCosts.Planned>();
    parts.add(
        WhatIfCosts.Planned.of(
            statement.counted(statement.calls(), statement.seconds() * own / all, statement.rows()),
            plan));
    for (Check check : checks) {
      parts.add(
          WhatIfCosts.Planned.of(
              new Workload.Statement(
                  statement.queryid(),
                  check.text(),
                  check.times(),
                  statement.seconds() * check.cost() / all,
                  Double.NaN),
              check.plan()));
    }
    return parts;
  }

  /**
   * Adds the questions about rows that refer to a table's.
   *
   * @param asked the questions so far, also those that an index answers; none is asked twice
   */
  private void add(
      TableCopy target, double rows, int depth, List<Check> checks, Set<String> asked) {
    for (TableCopy table : twin.schema().tables()) {
      for (TableCopy.ForeignKey key : table.foreignKeys()) {
        if (key.target() != target.oid() || asked.size() == MOST_CHECKS || rows < 1) {
          continue;
        }
        String text = text(table, key);
        Optional<PlanNode> plan = asked.add(text) ? plan(text) : Optional.empty();
        if (plan.isEmpty()) {
          continue;
        }
        if (!isIndexed(table, key)) {
          checks.add(new Check(text, rows, plan.get()));
        }
        if (key.cascades() && depth < DEEPEST) {
          add(table, rows * plan.get().rows(), depth + 1, checks, asked);
        }
      }
    }
  }

  /** Nothing where the twin does not have the table, or not as it is. */
  private Optional<PlanNode> plan(String text) {
    return known.computeIfAbsent(
        text,
        each -> {
          try {
            return Optional.of(twin.plan(each));
          } catch (SQLException e) {
            return Optional.empty();
          }
        });
  }

  private static boolean isIndexed(TableCopy table, TableCopy.ForeignKey key) {
    return table.indexes().stream()
        .anyMatch(
            index ->
                !index.definition().contains(" WHERE ")
                    && !index.keys().isEmpty()
                    && key.columns().contains(index.keys().getFirst()));
  }

  /** As ri_triggers.c spells it, without the lock. */
  private static String text(TableCopy table, TableCopy.ForeignKey key) {
    return MARK
        + "SELECT 1 FROM "
        + (table.kind() == 'p' ? "" : "ONLY ")
        + Identifiers.quoted(table.schema(), table.table())
        + " x WHERE "
        + IntStream.range(0, key.columns().size())
            .mapToObj(i -> "x." + Identifiers.quoted(key.columns().get(i)) + " = $" + (i + 1))
            .collect(Collectors.joining(" AND "));
  }
}
