package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.Twin;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Recommends the indexes that a workload lacks, tested together on a planner twin. */
public final class IndexAdvisor {
  private static final double LEAST_GAIN = 0.01;

  /** A budget says what bytes are worth, so that smaller gains count. */
  private static final double LEAST_GAIN_IN_BUDGET = 0.003;

  private static final int MOST_CANDIDATES = 1_500;
  private static final int MOST_EFFECTS = 8;

  /** Of what a statement costs without an index. */
  private static final double NOTICEABLE = 0.01;

  private final Twin twin;
  private final Workload workload;
  private final long budget;
  private final double inMemory;
  private final Consumer<String> progress;
  private final List<String> notices = new ArrayList<>();
  private int analysed;

  /**
   * An advisor.
   *
   * @param budget bytes that new indexes may take; {@link Long#MAX_VALUE} for no limit
   * @param inMemory share of the pages that the server finds in its memory, from 0 to 1
   * @param progress takes a line on what is being done
   */
  public IndexAdvisor(
      Twin twin, Workload workload, long budget, double inMemory, Consumer<String> progress) {
    this.inMemory = inMemory;
    this.twin = twin;
    this.workload = workload;
    this.budget = budget;
    this.progress = progress;
  }

  /**
   * Finds the indexes.
   *
   * @throws SQLException when the twin fails
   */
  public Advice advise() throws SQLException, IOException {
    notices.addAll(workload.notices());
    List<WhatIfCosts.Planned> planned = planned();
    var finder = new CandidateFinder(twin.schema());
    Map<IndexSpec, Set<Integer>> proposed = new LinkedHashMap<>();
    for (int i = 0; i < planned.size(); i++) {
      JoinKeys.of(planned.get(i).plan(), twin.schema(), twin::learn);
      for (IndexSpec index : finder.of(planned.get(i).plan())) {
        proposed.computeIfAbsent(index, p -> new TreeSet<>()).add(i);
      }
    }
    List<IndexSpec> tested = proposed.keySet().stream().limit(MOST_CANDIDATES).toList();
    if (tested.size() < proposed.size()) {
      notices.add(
          (proposed.size() - tested.size())
              + " of "
              + proposed.size()
              + " candidates were not tested; advise on fewer statements at a time");
    }
    List<Twin.Defined> defined = twin.define(tested);
    notices.addAll(twin.notices());
    var proposers = new TreeMap<String, Set<Integer>>();
    defined.forEach(
        index -> proposers.put(index.spec().name(), proposed.getOrDefault(index.spec(), Set.of())));
    var costs = new WhatIfCosts(twin, planned, inMemory, progress);
    defined.forEach(index -> costs.add(index, proposed.getOrDefault(index.spec(), Set.of())));
    double least = budget == Long.MAX_VALUE ? LEAST_GAIN : LEAST_GAIN_IN_BUDGET;
    var score =
        new WorkloadScore(
            costs, defined, twin.schema().tables(), budget, workload.period().checkpoints());
    WorkloadScore.State none = score.state(Set.of());
    WorkloadScore.State best = new Selection(costs, score, budget, least).select(proposers);
    var byName = new LinkedHashMap<String, Twin.Defined>();
    defined.forEach(index -> byName.put(index.spec().name(), index));
    List<Advice.Recommended> recommended = new ArrayList<>();
    for (String name : best.indexes()) {
      Twin.Defined index = byName.get(name);
      if (index != null) {
        recommended.add(recommended(index, costs, score, best));
      }
    }
    recommended.sort(
        Comparator.comparingDouble(
            (Advice.Recommended each) -> -(each.gainSeconds() - each.writeSeconds())));
    return new Advice(workload, analysed, none.time(), best.time(), budget, recommended, notices);
  }

  private List<WhatIfCosts.Planned> planned() throws SQLException {
    var planned = new ArrayList<WhatIfCosts.Planned>();
    var checks = new ReferenceChecks(twin);
    var failed = new LinkedHashMap<String, List<Workload.Statement>>();
    for (Workload.Statement statement : workload.statements()) {
      try {
        PlanNode plan = twin.plan(statement.text(), statement.searchPath());
        if (plan.cost() > 0) {
          planned.addAll(checks.with(WhatIfCosts.Planned.of(statement, plan)));
          analysed++;
        }
      } catch (SQLException e) {
        String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        failed
            .computeIfAbsent(why.replaceFirst("^ERROR: ", ""), text -> new ArrayList<>())
            .add(statement);
      }
    }
    failed.forEach(
        (why, statements) ->
            notices.add(
                statements.size()
                    + (statements.size() == 1 ? " statement was" : " statements were")
                    + " left out, because the twin cannot plan "
                    + (statements.size() == 1 ? "it" : "them")
                    + " ("
                    + why
                    + "): "
                    + statements.getFirst().title()));
    return planned;
  }

  private Advice.Recommended recommended(
      Twin.Defined index, WhatIfCosts costs, WorkloadScore score, WorkloadScore.State best)
      throws SQLException {
    IndexSpec spec = index.spec();
    var others = new HashSet<>(best.indexes());
    others.remove(spec.name());
    WorkloadScore.State without = score.state(others);
    var effects = new ArrayList<Advice.Effect>();
    double gain = 0;
    for (int i = 0; i < costs.statements().size(); i++) {
      double saved = score.seconds(i) * (without.left(i) - best.left(i));
      gain += saved;
      if (Math.abs(without.left(i) - best.left(i)) > NOTICEABLE * without.left(i)) {
        PlanNode before = costs.statements().get(i).plan();
        PlanNode after = costs.of(i, best.indexes()).plan();
        effects.add(
            new Advice.Effect(
                costs.statements().get(i).statement(),
                before.cost(),
                after.cost(),
                before.shape(),
                after.shape(),
                saved));
      }
    }
    effects.sort(Comparator.comparingDouble(effect -> -effect.gainSeconds()));
    return new Advice.Recommended(
        Advice.Kind.CREATE_INDEX,
        spec.schema(),
        spec.table(),
        spec.name(),
        "Index " + spec.title(),
        index.ddl(),
        "DROP INDEX CONCURRENTLY IF EXISTS " + qualified(index.ddl(), spec.name()),
        index.bytes(),
        gain,
        score.writing(spec.name()),
        List.copyOf(effects.subList(0, Math.min(MOST_EFFECTS, effects.size()))),
        why(effects, spec));
  }

  /** {@code schema.index}, quoted as the statement that makes it has them. */
  private static String qualified(String ddl, String name) {
    int on = ddl.indexOf(" ON ");
    String table = ddl.substring(on + 4, ddl.indexOf(" USING "));
    String index = ddl.substring("CREATE INDEX CONCURRENTLY ".length(), on);
    int dot = table.startsWith("\"") ? table.indexOf("\".") + 1 : table.indexOf('.');
    return (dot > 0 ? table.substring(0, dot) + "." : "") + (index.isEmpty() ? name : index);
  }

  private static String table(IndexSpec spec) {
    return Identifiers.quoted(spec.schema(), spec.table());
  }

  private List<String> why(List<Advice.Effect> effects, IndexSpec spec) {
    var why = new ArrayList<String>();
    long better = effects.stream().filter(effect -> effect.gainSeconds() > 0).count();
    why.add(
        String.format(
            Locale.ROOT,
            "With everything that is recommended, %d %s faster by it.",
            better,
            better == 1 ? "statement is" : "statements are"));
    long namesakes =
        twin.schema().tables().stream().filter(t -> t.table().equals(spec.table())).count();
    boolean named =
        effects.stream()
            .allMatch(effect -> effect.statement().text().contains(spec.schema() + "."));
    if (namesakes > 1 && !named) {
      why.add(
          namesakes
              + " schemas have a table `"
              + spec.table()
              + "`. Which one a statement means that names no schema is taken from the search_path"
              + " that the server has set for its role; a session may have another.");
    }
    effects.stream()
        .filter(effect -> ReferenceChecks.isOne(effect.statement()))
        .findFirst()
        .ifPresent(
            check ->
                why.add(
                    "Whoever deletes a row that "
                        + table(spec)
                        + " refers to has all of "
                        + table(spec)
                        + " read for it: no index begins with the foreign key's columns. Plans do"
                        + " not show it, because a trigger asks."));
    long guessed =
        effects.stream()
            .filter(effect -> effect.gainSeconds() > 0 && effect.statement().guessed())
            .count();
    if (guessed > 0) {
      why.add(
          "Of "
              + (better == guessed && guessed == 1
                  ? "it"
                  : guessed == 1 ? "one of them" : guessed + " of them")
              + " no values were seen (a pattern, a bound, a path …), so that its costs are a"
              + " guess; building the index on trial tells.");
    }
    if (!spec.isPlain() && spec.keys().stream().anyMatch(key -> !key.expression().isEmpty())) {
      why.add(
          "An expression has statistics only after: ANALYZE "
              + table(spec)
              + ", which --apply and a loop see to.");
    }
    return why;
  }
}
