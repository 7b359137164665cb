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

  /** The least or greatest value, which stands at an end of an index. */
  private static final Pattern EXTREME = Pattern.compile("^(?:min|max)\\((.*)\\)$");

  private static final Pattern BARE = Pattern.compile("^" + Conditions.NAME + "$");

  /** How a plan calls the parts of a table {@code t}: {@code t_1}, {@code t_2} … */
  private static final Pattern PART = Pattern.compile("^(.*)_\\d+$");

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
        for (Scan scan : called(found.alias(), scans)) {
          if (!scan.computed.contains(found)) {
            scan.computed.add(found);
          }
        }
      }
    }
    sorted(node.sortKeys(), scans);
    sorted(node.groupKeys(), scans);
    if (node.type().equals("Aggregate") && node.groupKeys().isEmpty()) {
      node.output().forEach(output -> extreme(output, scans));
    }
    for (Scan scan : scans.values()) {
      Stream.of(node.filter(), node.indexCondition(), node.joinCondition())
          .forEach(text -> scan.needed.addAll(mentioned(text, scan, scans)));
      boolean leaf = node.children().isEmpty();
      String output = String.join(" ", node.output());
      Set<String> handedOn = mentioned(output, scan, scans);
      Set<String> keys =
          Stream.concat(node.sortKeys().stream(), node.groupKeys().stream())
              .flatMap(key -> mentioned(key, scan, scans).stream())
              .collect(Collectors.toSet());
      scan.needed.addAll(keys);
      if (!leaf) {
        scan.needed.addAll(handedOn);
      }
    }
  }

  /** The scans of what is called so above them; of all its parts where it is a parted table. */
  private static List<Scan> called(String alias, Map<String, Scan> scans) {
    Scan one = scans.get(alias);
    return one != null
        ? List.of(one)
        : scans.values().stream().filter(scan -> alias.equals(whole(scan, scans))).toList();
  }

  /** How nodes above call what a scan may be a part of. */
  private static String whole(Scan scan, Map<String, Scan> scans) {
    Matcher part = PART.matcher(scan.alias);
    return part.matches() && !scans.containsKey(part.group(1)) ? part.group(1) : scan.alias;
  }

  private static Set<String> mentioned(String text, Scan scan, Map<String, Scan> scans) {
    Set<String> columns = new LinkedHashSet<>(Conditions.mentioned(text, scan.alias));
    String whole = whole(scan, scans);
    if (!whole.equals(scan.alias)) {
      columns.addAll(Conditions.mentioned(text, whole));
    }
    return columns;
  }

  /** Whether an index is looked up by what another table gives. */
  private static boolean refersElsewhere(
      String condition, Conditions.Comparison found, Map<String, Scan> scans) {
    return scans.keySet().stream()
        .filter(alias -> !alias.equals(found.alias()))
        .anyMatch(alias -> !Conditions.mentioned(condition, alias).isEmpty());
  }

  private static void note(Conditions.Comparison found, boolean join, Map<String, Scan> scans) {
    called(found.alias(), scans).forEach(scan -> scan.note(found, join));
  }

  private void note(Conditions.Comparison found, boolean join) {
    comparisons.add(found);
    if (!found.function().isEmpty()) {
      return;
    }
    if (found.alternative()) {
      alternatives.add(found.column());
    } else if (join && found.equality()) {
      joined.add(found.column());
    } else if (found.equality()) {
      equal.add(found.column());
    } else if (found.range()) {
      range.add(found.column());
    }
  }

  /** A plan of one table writes the columns of what it hands on without the table. */
  private static void extreme(String output, Map<String, Scan> scans) {
    Matcher extreme = EXTREME.matcher(output);
    if (extreme.matches()) {
      boolean bare = BARE.matcher(extreme.group(1)).matches() && scans.size() == 1;
      String alias = bare ? "\"" + scans.keySet().iterator().next() + "\"." : "";
      sorted(List.of(alias + extreme.group(1)), scans);
    }
  }

  private static void sorted(List<String> keys, Map<String, Scan> scans) {
    for (String key : keys) {
      Matcher column = KEY.matcher(key);
      if (!column.matches()) {
        return;
      }
      String name = Conditions.plain(column.group(2));
      called(Conditions.plain(column.group(1)), scans).forEach(scan -> scan.sorted.add(name));
    }
  }
}
