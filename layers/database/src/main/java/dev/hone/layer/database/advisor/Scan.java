package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.PlanNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one statement wants of one table, whichever way it is read at present.
 *
 * @param alias how the plan calls it
 * @param equal columns that are compared with a value by equality
 * @param joined columns that are compared with another table's
 * @param range columns that are compared with a value otherwise
 * @param sorted columns that rows are sorted or grouped by, in that order
 * @param needed all columns that the statement wants
 * @param comparisons all there are
 * @param computed expressions over its columns that are compared
 */
record Scan(
    String schema,
    String table,
    String alias,
    Set<String> equal,
    Set<String> joined,
    Set<String> range,
    Set<String> alternatives,
    Set<String> sorted,
    Set<String> needed,
    List<Conditions.Comparison> comparisons,
    List<Conditions.Computed> computed) {
  private static final Pattern KEY =
      Pattern.compile(
          "^\\(?" + Conditions.NAME + "\\." + Conditions.NAME + "\\)?(?: DESC)?(?: NULLS \\w+)?$");

  /** The scans of a plan that was made with VERBOSE. */
  static List<Scan> of(PlanNode plan) {
    Map<String, Scan> scans = new LinkedHashMap<>();
    plan.nodes()
        .filter(node -> node.type().endsWith("Scan") && !node.relation().isEmpty())
        .filter(node -> !node.schema().startsWith("pg_"))
        .forEach(node -> scans.putIfAbsent(node.alias(), empty(node)));
    plan.nodes().forEach(node -> read(node, scans));
    return List.copyOf(scans.values());
  }

  private static Scan empty(PlanNode node) {
    return new Scan(
        node.schema(),
        node.relation(),
        node.alias(),
        new LinkedHashSet<>(),
        new LinkedHashSet<>(),
        new LinkedHashSet<>(),
        new LinkedHashSet<>(),
        new LinkedHashSet<>(),
        new LinkedHashSet<>(),
        new ArrayList<>(),
        new ArrayList<>());
  }

  private static void read(PlanNode node, Map<String, Scan> scans) {
    Conditions.of(node.filter()).forEach(found -> note(found, false, scans));
    Conditions.of(node.indexCondition())
        .forEach(found -> note(found, refersElsewhere(node.indexCondition(), found, scans), scans));
    Conditions.of(node.joinCondition()).forEach(found -> note(found, true, scans));
    for (String condition : List.of(node.filter(), node.indexCondition())) {
      for (Conditions.Computed found : Conditions.computed(condition)) {
        Scan scan = scans.get(found.alias());
        if (scan != null && !scan.computed.contains(found)) {
          scan.computed.add(found);
        }
      }
    }
    sorted(node.sortKeys(), scans);
    sorted(node.groupKeys(), scans);
    for (Scan scan : scans.values()) {
      Stream.of(node.filter(), node.indexCondition(), node.joinCondition())
          .forEach(text -> scan.needed.addAll(Conditions.mentioned(text, scan.alias)));
      boolean leaf = node.children().isEmpty();
      String output = String.join(" ", node.output());
      Set<String> handedOn = Conditions.mentioned(output, scan.alias);
      Set<String> keys =
          Stream.concat(node.sortKeys().stream(), node.groupKeys().stream())
              .flatMap(key -> Conditions.mentioned(key, scan.alias).stream())
              .collect(Collectors.toSet());
      scan.needed.addAll(keys);
      if (!leaf) {
        scan.needed.addAll(handedOn);
      }
    }
  }

  /** Whether an index is looked up by what another table gives. */
  private static boolean refersElsewhere(
      String condition, Conditions.Comparison found, Map<String, Scan> scans) {
    return scans.keySet().stream()
        .filter(alias -> !alias.equals(found.alias()))
        .anyMatch(alias -> !Conditions.mentioned(condition, alias).isEmpty());
  }

  private static void note(Conditions.Comparison found, boolean join, Map<String, Scan> scans) {
    Scan scan = scans.get(found.alias());
    if (scan == null) {
      return;
    }
    scan.comparisons.add(found);
    if (!found.function().isEmpty()) {
      return;
    }
    if (found.alternative()) {
      scan.alternatives.add(found.column());
    } else if (join && found.equality()) {
      scan.joined.add(found.column());
    } else if (found.equality()) {
      scan.equal.add(found.column());
    } else if (found.range()) {
      scan.range.add(found.column());
    }
  }

  private static void sorted(List<String> keys, Map<String, Scan> scans) {
    for (String key : keys) {
      Matcher column = KEY.matcher(key);
      if (!column.matches()) {
        return;
      }
      Scan scan = scans.get(Conditions.plain(column.group(1)));
      if (scan != null) {
        scan.sorted.add(Conditions.plain(column.group(2)));
      }
    }
  }
}
