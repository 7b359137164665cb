package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.PlanNode;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What plans may cost on top of what the planner thinks, where it errs most. */
final class PlanRisk {
  /** Nested loops are taken to go through a whole scan so often at the least. */
  private static final double CAUTIOUS_ROWS = 100;

  /** Nodes that read all that is below them before the first row comes. */
  private static final Set<String> GATHERING =
      Set.of("Sort", "Hash", "Hash Join", "Aggregate", "Group", "WindowAgg", "SetOp");

  private static final Set<String> STREAMED = Set.of("Outer", "Member", "Subquery");

  /** Where rows pass a filter less evenly than the planner thinks, so many times more are read. */
  private static final double UNEVEN = 10;

  private static final Pattern PARAMETER = Pattern.compile("\\$\\d");

  /** A comparison whose share of the rows follows from the number of values. */
  private static final Pattern EQUALITY = Pattern.compile(" = (ANY )?\\(*\\$\\d+");

  private PlanRisk() {}

  /**
   * The cost if no nested loop could rely on going through whole scans fewer than {@value
   * #CAUTIOUS_ROWS} times. Planners expect single rows where there are thousands, above all behind
   * several conditions and anti-joins, and then read a whole table for each; a plan that looks
   * things up in an index stands such an error.
   */
  static double cautiousCost(PlanNode plan) {
    return plan.cost() + plan.nodes().mapToDouble(PlanRisk::scansAgain).sum();
  }

  /**
   * What could come on top where rows are read in an order until enough of them pass a filter. The
   * planner expects those that pass to lie evenly among the others; when they do not, {@value
   * #UNEVEN} times as much is read. Where it does not know what is looked for, and nothing else
   * bounds what is read, it may be all.
   */
  static double earlyStop(PlanNode plan) {
    return plan.nodes()
        .filter(node -> node.type().equals("Limit") && node.children().size() == 1)
        .mapToDouble(
            limit -> {
              PlanNode below = limit.children().getFirst();
              double times = streamed(below).mapToDouble(PlanRisk::uneven).max().orElse(1);
              return Math.max(0, Math.min(below.cost(), times * limit.cost()) - limit.cost());
            })
        .sum();
  }

  /** The scans whose rows come one by one through this node. */
  private static Stream<PlanNode> streamed(PlanNode node) {
    if (!node.relation().isEmpty()) {
      return Stream.of(node);
    }
    return GATHERING.contains(node.type())
        ? Stream.empty()
        : node.children().stream()
            .filter(child -> STREAMED.contains(child.relationship()))
            .flatMap(PlanRisk::streamed);
  }

  /** How many times as many rows as the planner thinks a scan may read before enough pass. */
  private static double uneven(PlanNode scan) {
    if (scan.filter().isEmpty()) {
      return 1;
    }
    boolean guessed = PARAMETER.matcher(EQUALITY.matcher(scan.filter()).replaceAll("")).find();
    return guessed && !scan.indexCondition().contains(" = ") ? Double.MAX_VALUE : UNEVEN;
  }

  private static double scansAgain(PlanNode loop) {
    if (!loop.type().equals("Nested Loop")) {
      return 0;
    }
    double outer = CAUTIOUS_ROWS;
    double again = 0;
    for (PlanNode child : loop.children()) {
      switch (child.relationship()) {
        case "Outer" -> outer = child.rows();
        case "Inner" ->
            again =
                child.type().equals("Materialize") || child.type().equals("Memoize")
                    ? 0
                    : wholeScans(child);
        default -> {}
      }
    }
    return Math.max(0, CAUTIOUS_ROWS - outer) * again;
  }

  private static double wholeScans(PlanNode node) {
    return node.type().equals("Seq Scan")
        ? node.cost()
        : node.children().stream()
            .filter(child -> !child.relationship().equals("InitPlan"))
            .mapToDouble(PlanRisk::wholeScans)
            .sum();
  }
}
