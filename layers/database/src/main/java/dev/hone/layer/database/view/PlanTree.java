package dev.hone.layer.database.view;

import dev.hone.layer.database.twin.PlanNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A plan as people read it. Texts that a node does not have are empty.
 *
 * @param condition what is looked up, tested or joined by
 * @param cost the planner's total; NaN when only the plan's shape is known
 * @param rows that the planner expects; NaN when only the plan's shape is known
 */
public record PlanTree(
    String type,
    String relation,
    String index,
    String condition,
    double cost,
    double rows,
    List<PlanTree> children) {
  private static final Pattern NODE =
      Pattern.compile("(?<type>.+?)(?: using (?<index>.+?))?(?: on (?<relation>.+))?");

  /** All that is known of a plan. */
  public static PlanTree of(PlanNode node) {
    var conditions = new ArrayList<>(List.of(node.indexCondition(), node.joinCondition()));
    conditions.add(node.filter().isEmpty() ? "" : "filter " + node.filter());
    conditions.add(node.sortKeys().isEmpty() ? "" : "by " + String.join(", ", node.sortKeys()));
    conditions.add(node.groupKeys().isEmpty() ? "" : "by " + String.join(", ", node.groupKeys()));
    conditions.removeIf(String::isEmpty);
    return new PlanTree(
        node.type(),
        node.relation(),
        node.index(),
        String.join("; ", conditions),
        node.cost(),
        node.rows(),
        node.children().stream().map(PlanTree::of).toList());
  }

  /** What the line says that {@link PlanNode#shape} makes of a plan. */
  public static PlanTree ofShape(String shape) {
    return new Shape(shape).node();
  }

  /** Reads a shape from left to right. */
  private static final class Shape {
    private static final String BELOW = " > ";
    private static final String NEXT = ", ";

    private final String text;
    private int at;

    Shape(String text) {
      this.text = text;
    }

    PlanTree node() {
      int end = end();
      Matcher words = NODE.matcher(text.substring(at, end));
      at = end;
      var children = new ArrayList<PlanTree>();
      if (text.startsWith(BELOW + "(", at)) {
        at += BELOW.length() + 1;
        children.add(node());
        while (text.startsWith(NEXT, at)) {
          at += NEXT.length();
          children.add(node());
        }
        at = Math.min(text.length(), at + 1);
      } else if (text.startsWith(BELOW, at)) {
        at += BELOW.length();
        children.add(node());
      }
      boolean known = words.matches();
      return new PlanTree(
          known ? words.group("type") : "",
          known && words.group("relation") != null ? words.group("relation") : "",
          known && words.group("index") != null ? words.group("index") : "",
          "",
          Double.NaN,
          Double.NaN,
          children);
    }

    private int end() {
      int end = at;
      while (end < text.length()
          && !text.startsWith(BELOW, end)
          && !text.startsWith(NEXT, end)
          && text.charAt(end) != ')') {
        end++;
      }
      return end;
    }
  }
}
