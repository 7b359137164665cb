package dev.hone.layer.database.upkeep;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.RowEstimates;
import dev.hone.layer.database.advisor.Workload;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.Twin;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What would let the planner choose better plans, or execute them in memory: statistics where rows
 * come otherwise than it expects, the price of a random page where hardly any is read from disk,
 * memory for statements that write temporary files.
 */
public final class PlannerAdvisor {
  /** What a random page costs when it is in memory nearly always; as cloud providers set it. */
  static final String CHEAP_PAGE = "1.1";

  private static final double DEFAULT_PAGE = 4;
  private static final double CACHED = 0.99;
  private static final double ENOUGH_BLOCKS = 1e6;
  private static final int MOST_EFFECTS = 8;
  private static final int MOST_SPILLS = 5;

  /** Of a cost that an index takes away. */
  private static final double LITTLE_LEFT = 0.2;

  /** A setting for all is not changed for less of the workload's time. */
  private static final double LEAST_SHARE = 0.05;

  private static final Pattern SPILLING =
      Pattern.compile("(?<!Incremental )Sort|Hash|Aggregate|Materialize|WindowAgg");

  private final Twin twin;
  private final Workload workload;
  private final Upkeep upkeep;
  private final List<Advice.Effect> effects;

  /**
   * An advisor that asks a twin of the workload's tables.
   *
   * @param indexes that are recommended for it
   */
  public PlannerAdvisor(
      Twin twin, Workload workload, Upkeep upkeep, List<Advice.Recommended> indexes) {
    this.effects = indexes.stream().flatMap(each -> each.effects().stream()).toList();
    this.twin = twin;
    this.workload = workload;
    this.upkeep = upkeep;
  }

  /**
   * The recommendations.
   *
   * @throws SQLException when the twin fails
   */
  public List<Advice.Recommended> advise() throws SQLException {
    var recommended = new ArrayList<Advice.Recommended>();
    Map<Workload.Statement, PlanNode> plans = new LinkedHashMap<>();
    for (Workload.Statement statement : workload.statements()) {
      plan(statement).ifPresent(plan -> plans.put(statement, plan));
    }
    recommended.addAll(RowEstimates.advise(twin.schema(), plans, upkeep.extended()));
    randomPages(plans, recommended);
    spills(recommended);
    return recommended;
  }

  /** Nothing where it cannot be planned; the advice on indexes says so. */
  private Optional<PlanNode> plan(Workload.Statement statement) {
    try {
      return Optional.of(twin.plan(statement.text(), statement.searchPath()));
    } catch (SQLException e) {
      return Optional.empty();
    }
  }

  private void randomPages(
      Map<Workload.Statement, PlanNode> plans, List<Advice.Recommended> recommended)
      throws SQLException {
    Upkeep.Counters counters = upkeep.counters();
    double blocks = counters.hits() + counters.reads();
    boolean applies =
        upkeep.number("random_page_cost") == DEFAULT_PAGE
            && upkeep.number("seq_page_cost") == 1
            && blocks >= ENOUGH_BLOCKS
            && counters.hits() >= CACHED * blocks;
    if (!applies) {
      return;
    }
    var effects = new ArrayList<Advice.Effect>();
    twin.set(Map.of("random_page_cost", CHEAP_PAGE));
    try {
      for (Map.Entry<Workload.Statement, PlanNode> known : plans.entrySet()) {
        PlanNode before = known.getValue();
        PlanNode after = plan(known.getKey()).orElse(before);
        if (!after.shape().equals(before.shape())) {
          effects.add(
              new Advice.Effect(
                  known.getKey(), before.cost(), after.cost(), before.shape(), after.shape(), 0));
        }
      }
    } finally {
      twin.set(Map.of("random_page_cost", Double.toString(DEFAULT_PAGE)));
    }
    double seconds = effects.stream().mapToDouble(each -> each.statement().seconds()).sum();
    if (effects.isEmpty() || seconds < LEAST_SHARE * workload.seconds()) {
      return;
    }
    recommended.add(
        Advice.Recommended.of(
                Advice.Kind.SETTING,
                "Price random pages as pages in memory",
                upkeep.set("random_page_cost", CHEAP_PAGE),
                upkeep.unset("random_page_cost"),
                List.of(
                    String.format(
                        Locale.ROOT,
                        "%.2f %% of the blocks were found in memory, where a random page costs hardly"
                            + " more than the next one; the planner reckons four times as much.",
                        100 * counters.hits() / blocks),
                    String.format(
                        Locale.ROOT,
                        "%d of %d statements would be planned otherwise; costs before and after are in"
                            + " different prices and cannot be compared. New sessions take it up.",
                        effects.size(),
                        plans.size())))
            .gaining(0, List.copyOf(effects.subList(0, Math.min(MOST_EFFECTS, effects.size())))));
  }

  private void spills(List<Advice.Recommended> recommended) {
    int count = 0;
    for (Upkeep.Spill spill : upkeep.spills()) {
      Workload.Statement statement =
          workload.statements().stream()
              .filter(each -> each.queryid().equals(spill.queryid()))
              .findFirst()
              .orElse(null);
      if (statement == null || !UpkeepRules.isLarge(spill) || count == MOST_SPILLS) {
        continue;
      }
      long memory = UpkeepRules.workMem(spill);
      if (memory <= upkeep.number("work_mem") * 1024 || neverSpillsAfter(statement)) {
        continue;
      }
      count++;
      recommended.add(
          Advice.Recommended.of(
              Advice.Kind.HINT,
              "Give a statement memory for its sorts and hashes",
              "SET LOCAL work_mem = '" + (memory >> 20) + "MB' before it, in its transaction",
              "leave it out again",
              List.of(
                  String.format(
                      Locale.ROOT,
                      "It writes %.1f MiB of temporary files a call; work_mem is %.0f MiB. For this"
                          + " statement alone, so that other sessions do not take as much.",
                      spill.bytesPerCall() / (1 << 20),
                      upkeep.number("work_mem") / 1024),
                  "Of: " + statement.title())));
    }
  }

  /** Whether a recommended index leaves nothing to sort or to hash, and little of the cost. */
  private boolean neverSpillsAfter(Workload.Statement statement) {
    return effects.stream()
        .filter(effect -> effect.statement().equals(statement))
        .filter(effect -> effect.costAfter() <= LITTLE_LEFT * effect.costBefore())
        .anyMatch(effect -> !SPILLING.matcher(effect.planAfter()).find());
  }
}
