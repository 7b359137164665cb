package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.Twin;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The planner's cautious cost of each statement of a workload under sets of hypothetical indexes.
 * An answer is asked for once: it holds for every set that lies between the indexes that the plan
 * uses and those it could have used.
 */
final class WhatIfCosts {
  private static final int REMEMBERED = 400;

  /** SQLSTATE query_canceled. */
  private static final String QUERY_CANCELED = "57014";

  private final Twin twin;
  private final List<Planned> statements;
  private final Map<String, Set<Integer>> byTable = new HashMap<>();
  private final List<List<Answer>> answers = new ArrayList<>();
  private final Map<String, Twin.Defined> candidates = new HashMap<>();
  private final List<Set<String>> leading = new ArrayList<>();
  private int asked;

  /** A statement that the twin can plan. */
  record Planned(Workload.Statement statement, PlanNode plan, Set<String> tables) {
    double cost() {
      return plan.cautiousCost();
    }

    static Planned of(Workload.Statement statement, PlanNode plan) {
      return new Planned(
          statement,
          plan,
          plan.nodes()
              .filter(node -> !node.relation().isEmpty())
              .map(node -> Identifiers.quoted(node.schema(), node.relation()))
              .collect(Collectors.toSet()));
    }
  }

  /** What the planner would do. */
  record Answer(Set<String> visible, Set<String> used, PlanNode plan) {
    double cost() {
      return plan.cautiousCost();
    }

    boolean answers(Set<String> shown) {
      return shown.containsAll(used) && visible.containsAll(shown);
    }
  }

  WhatIfCosts(Twin twin, List<Planned> statements) {
    this.twin = twin;
    this.statements = List.copyOf(statements);
    for (int i = 0; i < statements.size(); i++) {
      int index = i;
      statements
          .get(i)
          .tables()
          .forEach(table -> byTable.computeIfAbsent(table, t -> new TreeSet<>()).add(index));
      leading.add(new HashSet<>());
      answers.add(
          new ArrayList<>(List.of(new Answer(Set.of(), Set.of(), statements.get(i).plan()))));
    }
  }

  List<Planned> statements() {
    return statements;
  }

  /**
   * Makes a candidate known.
   *
   * @param proposers numbers of the statements it was proposed for
   */
  void add(Twin.Defined index, Set<Integer> proposers) {
    candidates.put(index.spec().name(), index);
    proposers.forEach(statement -> leading.get(statement).add(beginning(index.spec())));
  }

  /** Table and leading key. */
  private static String beginning(IndexSpec spec) {
    IndexSpec.Key first = spec.keys().getFirst();
    return Identifiers.quoted(spec.schema(), spec.table())
        + "."
        + first.column()
        + first.expression();
  }

  /** Whether an index begins with something that the statement compares or sorts by. */
  private boolean matters(int statement, String name) {
    Twin.Defined index = candidates.get(name);
    return index != null && leading.get(statement).contains(beginning(index.spec()));
  }

  /** Numbers of the statements that read or change a table. */
  Set<Integer> on(String table) {
    return byTable.getOrDefault(table, Set.of());
  }

  /** How often the planner was asked. */
  int asked() {
    return asked;
  }

  /** The plan; as it is without any candidate where planning takes too long with them. */
  private PlanNode plan(Planned planned) throws SQLException {
    try {
      return twin.plan(planned.statement().text());
    } catch (SQLException e) {
      if (QUERY_CANCELED.equals(e.getSQLState())) {
        return planned.plan();
      }
      throw e;
    }
  }

  /** The answer for a statement when just these indexes are there. */
  Answer of(int statement, Set<String> indexes) throws SQLException {
    Planned planned = statements.get(statement);
    Set<String> shown =
        indexes.stream().filter(name -> matters(statement, name)).collect(Collectors.toSet());
    List<Answer> known = answers.get(statement);
    for (Answer answer : known) {
      if (answer.answers(shown)) {
        return answer;
      }
    }
    twin.show(shown);
    PlanNode plan = plan(planned);
    asked++;
    Set<String> used = plan.indexes().stream().filter(shown::contains).collect(Collectors.toSet());
    var answer = new Answer(shown, used, plan);
    if (known.size() == REMEMBERED) {
      known.remove(1);
    }
    known.add(answer);
    return answer;
  }
}
