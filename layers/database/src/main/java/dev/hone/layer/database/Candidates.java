package dev.hone.layer.database;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which indexes a plan could wish for: columns that rows are filtered, joined or sorted by, alone
 * and in pairs of equality before range before order. Conditions are read from the plan's text, so
 * a candidate may turn out useless; the what-if test decides.
 */
final class Candidates {
  /** More are not tested for one statement. */
  private static final int MOST = 12;

  private static final String NAME = "(\"(?:[^\"]|\"\")+\"|[\\w$]+)";
  private static final Pattern COMPARED =
      Pattern.compile(
          "(?<![\\w$\".])" + NAME + "\\." + NAME + "\\)*(?:::[\\w ]+)?\\)* (=|<=|>=|<|>) ");
  private static final Pattern COMPARED_TO =
      Pattern.compile(" (=|<=|>=|<|>) \\(*" + NAME + "\\." + NAME);
  private static final Pattern SORTED = Pattern.compile("^\\(?" + NAME + "\\." + NAME);

  private final Map<String, Scan> scans = new LinkedHashMap<>();

  /** What is known of one scanned table, by the name the conditions use. */
  private record Scan(
      PlanNode node,
      LinkedHashSet<String> equal,
      LinkedHashSet<String> range,
      LinkedHashSet<String> joined,
      LinkedHashSet<String> sorted) {
    Scan(PlanNode node) {
      this(
          node,
          new LinkedHashSet<>(),
          new LinkedHashSet<>(),
          new LinkedHashSet<>(),
          new LinkedHashSet<>());
    }
  }

  private Candidates(PlanNode plan) {
    plan.nodes()
        .filter(node -> node.type().endsWith("Scan") && !node.relation().isEmpty())
        .forEach(node -> scans.putIfAbsent(node.alias(), new Scan(node)));
    plan.nodes().forEach(this::read);
  }

  /** The candidates of a plan made with VERBOSE, the most promising first. */
  static List<Candidate> of(PlanNode plan) {
    var found = new LinkedHashSet<Candidate>();
    for (Scan scan : new Candidates(plan).scans.values()) {
      if (!scan.node().schema().startsWith("pg_")) {
        propose(scan, found);
      }
    }
    return found.stream().limit(MOST).toList();
  }

  private void read(PlanNode node) {
    if (!node.filter().contains(" OR ")) {
      compare(node.filter(), false);
    }
    compare(node.indexCondition(), false);
    compare(node.joinCondition(), true);
    for (String key : node.sortKeys()) {
      Matcher column = SORTED.matcher(key);
      if (column.find()) {
        Scan scan = scans.get(plain(column.group(1)));
        if (scan != null) {
          scan.sorted().add(plain(column.group(2)));
        }
      }
    }
  }

  private void compare(String condition, boolean join) {
    Matcher left = COMPARED.matcher(condition);
    while (left.find()) {
      note(left.group(1), left.group(2), left.group(3), join);
    }
    Matcher right = COMPARED_TO.matcher(condition);
    while (right.find()) {
      note(right.group(2), right.group(3), right.group(1), join);
    }
  }

  private void note(String alias, String column, String operator, boolean join) {
    Scan scan = scans.get(plain(alias));
    if (scan == null) {
      return;
    }
    if (join) {
      scan.joined().add(plain(column));
    } else {
      (operator.equals("=") ? scan.equal() : scan.range()).add(plain(column));
    }
  }

  private static String plain(String name) {
    return name.startsWith("\"")
        ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
        : name;
  }

  private static void propose(Scan scan, Set<Candidate> found) {
    var first = new ArrayList<>(scan.equal());
    scan.joined().stream().filter(column -> !first.contains(column)).forEach(first::add);
    first.forEach(column -> add(scan, found, column));
    scan.range().forEach(column -> add(scan, found, column));
    for (String leading : first) {
      first.forEach(column -> add(scan, found, leading, column));
      scan.range().forEach(column -> add(scan, found, leading, column));
      scan.sorted().stream().limit(1).forEach(column -> add(scan, found, leading, column));
    }
    if (first.isEmpty()) {
      scan.sorted().stream().limit(1).forEach(column -> add(scan, found, column));
    }
  }

  private static void add(Scan scan, Set<Candidate> found, String... columns) {
    List<String> key = List.of(columns);
    if (key.stream().distinct().count() == key.size()) {
      found.add(new Candidate(scan.node().schema(), scan.node().relation(), key));
    }
  }
}
