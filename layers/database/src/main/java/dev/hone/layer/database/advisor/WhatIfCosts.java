package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.Twin;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The planner's cautious cost of each statement of a workload under sets of hypothetical indexes.
 * An answer is asked for once: it holds for every set that lies between the indexes that the plan
 * uses and those it could have used.
 */
final class WhatIfCosts {
  private static final int REMEMBERED = 400;
  private static final int MOST_EXACT = 2_000;

  /** After so many plans a line tells how far it is: some ten seconds. */
  private static final int TOLD_EVERY = 2_000;

  private final Twin twin;
  private final PlanPrice prices;
  private final Consumer<String> progress;
  private final List<Planned> statements;
  private final Map<String, Set<Integer>> byTable = new HashMap<>();
  private final List<Answers> answers = new ArrayList<>();

  /** Candidates by name, numbered as they came. */
  private final Map<String, Integer> numbers = new HashMap<>();

  private final List<String> beginnings = new ArrayList<>();
  private final List<Set<String>> leading = new ArrayList<>();
  private int asked;

  /** A statement that the twin can plan. */
  record Planned(Workload.Statement statement, PlanNode plan, Set<String> tables) {
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

  /** What the planner would do, and which of the candidates it would use. */
  record Answer(Set<String> used, PlanNode plan, double cost) {}

  /** The answers known for one statement, with the numbers of the candidates they hold for. */
  private static final class Answers {
    private record Known(BitSet visible, BitSet used, Answer answer) {
      boolean holdsFor(BitSet shown) {
        return isIn(used, shown) && isIn(shown, visible);
      }

      private static boolean isIn(BitSet part, BitSet whole) {
        for (int i = part.nextSetBit(0); i >= 0; i = part.nextSetBit(i + 1)) {
          if (!whole.get(i)) {
            return false;
          }
        }
        return true;
      }
    }

    private final List<Known> known = new ArrayList<>();
    private final Map<BitSet, Answer> exact = new HashMap<>();

    Optional<Answer> find(BitSet shown) {
      Answer same = exact.get(shown);
      if (same != null) {
        return Optional.of(same);
      }
      for (Known each : known) {
        if (each.holdsFor(shown)) {
          remember(shown, each.answer());
          return Optional.of(each.answer());
        }
      }
      return Optional.empty();
    }

    void add(BitSet shown, BitSet used, Answer answer) {
      if (known.size() == REMEMBERED) {
        known.remove(1);
      }
      known.add(new Known(shown, used, answer));
      remember(shown, answer);
    }

    private void remember(BitSet shown, Answer answer) {
      if (exact.size() == MOST_EXACT) {
        exact.clear();
      }
      exact.put(shown, answer);
    }
  }

  /**
   * Costs of a workload.
   *
   * @param inMemory share of the pages that the server finds in its memory
   */
  WhatIfCosts(Twin twin, List<Planned> statements, double inMemory, Consumer<String> progress) {
    this.twin = twin;
    this.prices = new PlanPrice(twin, inMemory, statements.size());
    this.progress = progress;
    this.statements = List.copyOf(statements);
    for (int i = 0; i < statements.size(); i++) {
      int index = i;
      statements
          .get(i)
          .tables()
          .forEach(table -> byTable.computeIfAbsent(table, t -> new TreeSet<>()).add(index));
      leading.add(new HashSet<>());
      answers.add(new Answers());
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
    String beginning = beginning(index.spec());
    numbers.put(index.spec().name(), beginnings.size());
    beginnings.add(beginning);
    proposers.forEach(statement -> leading.get(statement).add(beginning));
  }

  /** Table and leading key. */
  private static String beginning(IndexSpec spec) {
    IndexSpec.Key first = spec.keys().getFirst();
    return Identifiers.quoted(spec.schema(), spec.table())
        + "."
        + first.column()
        + first.expression();
  }

  /** Those that begin with something that the statement compares or sorts by. */
  private BitSet mattering(int statement, Set<String> indexes) {
    var mattering = new BitSet(beginnings.size());
    Set<String> compared = leading.get(statement);
    for (String name : indexes) {
      Integer number = numbers.get(name);
      if (number != null && compared.contains(beginnings.get(number))) {
        mattering.set(number);
      }
    }
    return mattering;
  }

  private BitSet numbered(Set<String> names) {
    var set = new BitSet(beginnings.size());
    names.forEach(name -> set.set(numbers.getOrDefault(name, 0)));
    return set;
  }

  /** Numbers of the statements that read or change a table. */
  Set<Integer> on(String table) {
    return byTable.getOrDefault(table, Set.of());
  }

  /** How often the planner was asked. */
  int asked() {
    return asked;
  }

  /**
   * The plan; as it is without any candidate where it cannot be planned with them: what the planner
   * executes may take too long then, or refuse.
   */
  private PlanNode plan(Planned planned) {
    try {
      return twin.plan(planned.statement().text(), planned.statement().searchPath());
    } catch (SQLException e) {
      return planned.plan();
    }
  }

  /** The cost without any candidate. */
  double base(int statement) throws SQLException {
    return of(statement, Set.of()).cost();
  }

  /** The answer for a statement when just these indexes are there. */
  Answer of(int statement, Set<String> indexes) throws SQLException {
    BitSet mattering = mattering(statement, indexes);
    Optional<Answer> known = answers.get(statement).find(mattering);
    if (known.isPresent()) {
      return known.get();
    }
    Set<String> shown =
        indexes.stream()
            .filter(name -> numbers.containsKey(name) && mattering.get(numbers.get(name)))
            .collect(Collectors.toSet());
    twin.show(shown);
    Planned planned = statements.get(statement);
    PlanNode plan = plan(planned);
    asked++;
    if (asked % TOLD_EVERY == 0) {
      progress.accept(String.format(Locale.ROOT, "%,d plans compared", asked));
    }
    Set<String> used = plan.indexes().stream().filter(shown::contains).collect(Collectors.toSet());
    // How long the present plan takes is known, if it stops early itself.
    double stops = PlanRisk.earlyStop(planned.plan()) > 0 ? 0 : PlanRisk.earlyStop(plan);
    double price = prices.of(statement, planned.statement(), plan, stops);
    var answer = new Answer(used, plan, price);
    answers.get(statement).add(mattering, numbered(used), answer);
    return answer;
  }
}
