package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.TableCopy;
import dev.hone.layer.database.twin.Twin;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recommends to drop indexes, after the twin was asked which statements would miss them. */
public final class DropAdvisor {
  /** A statement misses an index when its cost grows by more. */
  private static final double TOLERATED = 1.05;

  /**
   * The same when it would be read in the same way through the index that takes over: the planner
   * takes rows to be in less order behind an index of more columns, whether they are or not.
   */
  private static final double TOLERATED_ALIKE = 1.5;

  /** With a choice less no plan gets cheaper, unless other numbers of rows are expected. */
  private static final double CHEAPER = 0.999;

  private final Twin twin;
  private final Workload workload;

  /** An advisor that tests on a twin of the workload's tables. */
  public DropAdvisor(Twin twin, Workload workload) {
    this.twin = twin;
    this.workload = workload;
  }

  /**
   * The drops that no statement of the workload would notice.
   *
   * @param notices takes a sentence on each that was left out
   */
  public List<Advice.Recommended> advise(List<DropRules.Drop> drops, List<String> notices)
      throws SQLException {
    List<WhatIfCosts.Planned> planned = planned();
    Set<Long> away = new HashSet<>();
    var recommended = new ArrayList<Advice.Recommended>();
    for (DropRules.Drop drop : drops) {
      if (drop.reason() != DropRules.Reason.INVALID) {
        away.add(drop.index().oid());
        twin.takeAway(away);
        String missed = missed(drop, planned);
        if (!missed.isEmpty()) {
          away.remove(drop.index().oid());
          notices.add(
              "index `"
                  + drop.index().name()
                  + "` stays, though "
                  + drop.why()
                  + " This statement would miss it: "
                  + missed);
          continue;
        }
      }
      recommended.add(recommended(drop, planned));
    }
    twin.takeAway(Set.of());
    return recommended;
  }

  private List<WhatIfCosts.Planned> planned() {
    var planned = new ArrayList<WhatIfCosts.Planned>();
    for (Workload.Statement statement : workload.statements()) {
      try {
        planned.add(
            WhatIfCosts.Planned.of(statement, twin.plan(statement.text(), statement.searchPath())));
      } catch (SQLException e) {
        // The advice on new indexes says which statements cannot be planned.
      }
    }
    return planned;
  }

  private String missed(DropRules.Drop drop, List<WhatIfCosts.Planned> planned) {
    String table = Identifiers.quoted(drop.index().schema(), drop.index().table());
    for (WhatIfCosts.Planned each : planned) {
      if (each.tables().contains(table)) {
        PlanNode plan;
        try {
          plan = twin.plan(each.statement().text(), each.statement().searchPath());
        } catch (SQLException e) {
          return each.statement().title() + " (it cannot be planned without)";
        }
        boolean alike = shape(plan, drop).equals(shape(each.plan(), drop));
        double tolerated = alike ? TOLERATED_ALIKE : TOLERATED;
        if (plan.cost() > each.plan().cost() * tolerated) {
          return each.statement().title();
        }
        if (plan.cost() < each.plan().cost() * CHEAPER) {
          return each.statement().title() + " (its rows are estimated by the index's statistics)";
        }
      }
    }
    return "";
  }

  /** A plan's shape with the one index for the other. */
  private static String shape(PlanNode plan, DropRules.Drop drop) {
    return drop.instead().isEmpty()
        ? plan.shape()
        : plan.shape()
            .replaceAll(
                "(?<= using )" + Pattern.quote(drop.index().name()) + "(?=[ ,)]|$)",
                Matcher.quoteReplacement(drop.instead()));
  }

  private Advice.Recommended recommended(DropRules.Drop drop, List<WhatIfCosts.Planned> planned) {
    ExistingIndex index = drop.index();
    var why = new ArrayList<>(List.of(drop.why()));
    double saved = 0;
    List<String> columns =
        index.keys().stream().map(key -> key.split(" ")[0]).filter(c -> c.matches("\\w+")).toList();
    TableCopy table = twin.schema().table(index.schema(), index.table()).orElse(null);
    if (table != null && !columns.isEmpty() && index.method().equals("btree")) {
      var spec = IndexSpec.of(index.schema(), index.table(), columns);
      saved =
          planned.stream()
              .mapToDouble(
                  each ->
                      WriteCost.of(
                          each, table, spec, index.bytes(), workload.period().checkpoints()))
              .sum();
      why.add("No statement of the workload would be planned noticeably worse without it.");
    }
    return new Advice.Recommended(
        Advice.Kind.DROP_INDEX,
        index.schema(),
        index.table(),
        index.name(),
        "Drop index " + index.name() + " on " + index.table(),
        "DROP INDEX CONCURRENTLY " + Identifiers.quoted(index.schema(), index.name()),
        index.ddl().replaceFirst("^CREATE (UNIQUE )?INDEX ", "CREATE $1INDEX CONCURRENTLY "),
        -index.bytes(),
        0,
        -saved,
        List.of(),
        why);
  }
}
