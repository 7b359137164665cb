package dev.hone.layer.database.twin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
