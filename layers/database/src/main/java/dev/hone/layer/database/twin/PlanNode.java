package dev.hone.layer.database.twin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A node of a plan as {@code EXPLAIN (VERBOSE, FORMAT JSON)} gives it. Texts that a node does not
 * have are empty.
 *
 * @param type for example {@code Seq Scan}
 * @param schema of the relation
 * @param relation the table that is scanned or changed
 * @param alias how the conditions call it
 * @param index the index that is used
 * @param filter the condition that rows are tested against after they were read
 * @param indexCondition the condition that is looked up in the index
 * @param joinCondition the condition of a join
 * @param sortKeys what a Sort sorts by
 * @param groupKeys what an Aggregate groups by
 * @param output what it hands on
 * @param cost the planner's total cost
 * @param rows how many rows the planner expects
 * @param relationship what it is to the node above: {@code Outer}, {@code Inner}, {@code SubPlan} …
 */
public record PlanNode(
    String type,
    String schema,
    String relation,
    String alias,
    String index,
    String filter,
    String indexCondition,
    String joinCondition,
    List<String> sortKeys,
    List<String> groupKeys,
    List<String> output,
    double cost,
    double rows,
    String relationship,
    List<PlanNode> children) {
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

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads the server's JSON.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static PlanNode parse(String json) {
    try {
      return node(JSON.readTree(json).path(0).path("Plan"));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a plan is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static PlanNode node(JsonNode json) {
    var children = new ArrayList<PlanNode>();
    json.path("Plans").forEach(child -> children.add(node(child)));
    return new PlanNode(
        json.path("Node Type").asText(),
        json.path("Schema").asText(),
        json.path("Relation Name").asText(),
        json.path("Alias").asText(),
        json.path("Index Name").asText(),
        json.path("Filter").asText(),
        json.path("Index Cond").asText(),
        Stream.of("Hash Cond", "Merge Cond", "Join Filter")
            .map(name -> json.path(name).asText())
            .filter(text -> !text.isEmpty())
            .reduce("", (a, b) -> a + " " + b)
            .strip(),
        texts(json.path("Sort Key")),
        texts(json.path("Group Key")),
        texts(json.path("Output")),
        json.path("Total Cost").asDouble(),
        json.path("Plan Rows").asDouble(),
        json.path("Parent Relationship").asText(),
        List.copyOf(children));
  }

  private static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(each -> texts.add(each.asText()));
    return List.copyOf(texts);
  }

  /**
   * The cost if no nested loop could rely on going through whole scans fewer than {@value
   * #CAUTIOUS_ROWS} times. Planners expect single rows where there are thousands, above all behind
   * several conditions and anti-joins, and then read a whole table for each; a plan that looks
   * things up in an index stands such an error.
   */
  public double cautiousCost() {
    return cost + nodes().mapToDouble(PlanNode::scansAgain).sum();
  }

  /**
   * What could come on top where rows are read in an order until enough of them pass a filter. The
   * planner expects those that pass to lie evenly among the others; when they do not, {@value
   * #UNEVEN} times as much is read. Where it does not know what is looked for, and nothing else
   * bounds what is read, it may be all.
   */
  public double earlyStopRisk() {
    return nodes()
        .filter(node -> node.type.equals("Limit") && node.children.size() == 1)
        .mapToDouble(
            limit -> {
              PlanNode below = limit.children.getFirst();
              double times = below.streamed().mapToDouble(PlanNode::uneven).max().orElse(1);
              return Math.max(0, Math.min(below.cost, times * limit.cost) - limit.cost);
            })
        .sum();
  }

  /** The scans whose rows come one by one through this node. */
  private Stream<PlanNode> streamed() {
    if (!relation.isEmpty()) {
      return Stream.of(this);
    }
    return GATHERING.contains(type)
        ? Stream.empty()
        : children.stream()
            .filter(child -> STREAMED.contains(child.relationship))
            .flatMap(PlanNode::streamed);
  }

  /** How many times as many rows as the planner thinks a scan may read before enough pass. */
  private double uneven() {
    if (filter.isEmpty()) {
      return 1;
    }
    boolean guessed = PARAMETER.matcher(EQUALITY.matcher(filter).replaceAll("")).find();
    return guessed && !indexCondition.contains(" = ") ? Double.MAX_VALUE : UNEVEN;
  }

  private double scansAgain() {
    if (!type.equals("Nested Loop")) {
      return 0;
    }
    double outer = CAUTIOUS_ROWS;
    double again = 0;
    for (PlanNode child : children) {
      switch (child.relationship) {
        case "Outer" -> outer = child.rows;
        case "Inner" ->
            again =
                child.type.equals("Materialize") || child.type.equals("Memoize")
                    ? 0
                    : child.wholeScans();
        default -> {}
      }
    }
    return Math.max(0, CAUTIOUS_ROWS - outer) * again;
  }

  private double wholeScans() {
    return type.equals("Seq Scan")
        ? cost
        : children.stream()
            .filter(child -> !child.relationship.equals("InitPlan"))
            .mapToDouble(PlanNode::wholeScans)
            .sum();
  }

  /** This node and all below it, top first. */
  public Stream<PlanNode> nodes() {
    return Stream.concat(Stream.of(this), children.stream().flatMap(PlanNode::nodes));
  }

  /** Names of the indexes that the plan reads. */
  public Set<String> indexes() {
    return nodes().map(PlanNode::index).filter(name -> !name.isEmpty()).collect(Collectors.toSet());
  }

  /** Whether the plan reads the index of that name. */
  public boolean uses(String indexName) {
    return nodes().anyMatch(node -> node.index().equals(indexName));
  }

  /** The plan's shape on one line: {@code Sort > Seq Scan on orders}. */
  public String shape() {
    String here =
        type
            + (index.isEmpty() ? "" : " using " + index)
            + (relation.isEmpty() ? "" : " on " + relation);
    if (children.isEmpty()) {
      return here;
    }
    String below = children.stream().map(PlanNode::shape).reduce((a, b) -> a + ", " + b).orElse("");
    return here + (children.size() == 1 ? " > " + below : " > (" + below + ")");
  }
}
