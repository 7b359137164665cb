package dev.hone.layer.database.advisor;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the conditions of a plan that was made with VERBOSE, where each column stands with the
 * alias of its table. A text may be misread; what comes of it is tested by the planner.
 */
final class Conditions {
  static final String NAME = "(\"[^\"]*+(?:\"\"[^\"]*+)*+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)";
  private static final String OPERATOR =
      "(=|<=|>=|<|>|~~\\*?|\\^@|@>|<@|&&|@@|@\\?|\\?[|&]?|IS NULL)";
  private static final String CAST = "\\)*(?:::[\\w ]+(?:\\(\\d+\\))?)?\\)*";
  private static final String NO_CALL = "(?<![\\w$]\\()(?<![\\w$]\\(\\()";
  private static final String COLUMN = "(?<![\\p{L}\\p{N}_$\".])" + NAME + "\\." + NAME;
  private static final Pattern COMPARED =
      Pattern.compile(NO_CALL + COLUMN + CAST + " " + OPERATOR + "(?: |\\)|$)");
  private static final Pattern COMPARED_TO =
      Pattern.compile(" (=|<=|>=|<|>) \\(*" + NAME + "\\." + NAME);
  private static final Pattern CALLED =
      Pattern.compile(
          "(?<![\\p{L}\\p{N}_$\".])(\\w+)\\(\\(?"
              + NAME
              + "\\."
              + NAME
              + "\\)?(?:::[\\w ]+)?\\) (=|<=|>=|<|>) ");
  private static final Pattern COLUMN_OR_TEXT =
      Pattern.compile("'[^']*+(?:''[^']*+)*+'|" + COLUMN + "(?!\\()");
  private static final Pattern LITERAL =
      Pattern.compile(
          "\\s*('[^']*+(?:''[^']*+)*+'(?:::[\\w ]+)?|-?\\d+(?:\\.\\d+)?(?:::[\\w ]+)?|true|false)\\)*");
  private static final Pattern TOP_OPERATOR =
      Pattern.compile(" (=|<=|>=|<|>|~~\\*?|@>|<@|&&|@@|@\\?|\\?[|&]?) ");
  private static final Pattern PLAIN_COLUMN = Pattern.compile("\\(*" + NAME + "\\." + NAME + CAST);
  private static final Pattern ONE_CALL = Pattern.compile("\\w+\\([^()]*\\)");
  private static final Set<String> RANGES = Set.of("<", "<=", ">", ">=");
  private static final Pattern FLAG =
      Pattern.compile("^\\(?(NOT )?" + NAME + "\\." + NAME + "\\)?$");

  private Conditions() {}

  /**
   * A column that is compared.
   *
   * @param function that is applied to it first, or empty
   * @param operator as the plan spells it
   * @param literal what it is compared with, if that is a constant; else empty
   * @param alternative whether the comparison stands in an OR
   */
  record Comparison(
      String alias,
      String column,
      String function,
      String operator,
      String literal,
      boolean alternative) {
    boolean equality() {
      return operator.equals("=") || operator.equals("IS NULL");
    }

    /** Whether a B-tree finds a range by it. */
    boolean range() {
      return RANGES.contains(operator);
    }
  }

  /**
   * An expression over columns of one table that is compared.
   *
   * @param sql without the alias, as an index takes it
   */
  record Computed(String alias, String sql, String operator) {}

  /** Compared expressions of a condition that are more than a column; not those within an OR. */
  static List<Computed> computed(String condition) {
    var found = new ArrayList<Computed>();
    for (String conjunct : conjuncts(condition)) {
      Matcher operator = TOP_OPERATOR.matcher(conjunct);
      while (operator.find()) {
        if (atTop(conjunct, operator.start())) {
          String left = conjunct.substring(0, operator.start()).strip();
          String right = conjunct.substring(operator.end()).strip();
          computed(left, right, operator.group(1)).ifPresent(found::add);
          break;
        }
      }
    }
    return found;
  }

  private static Optional<Computed> computed(String left, String right, String operator) {
    if (mentionsColumn(right)) {
      return operator.equals("=") && !mentionsColumn(left)
          ? computed(right, left, operator)
          : Optional.empty();
    }
    if (!mentionsColumn(left) || PLAIN_COLUMN.matcher(left).matches()) {
      return Optional.empty();
    }
    Matcher part = COLUMN_OR_TEXT.matcher(left);
    String alias = "";
    var sql = new StringBuilder();
    while (part.find()) {
      String own = part.group(1);
      if (own == null) {
        part.appendReplacement(sql, Matcher.quoteReplacement(part.group()));
      } else if (alias.isEmpty() || alias.equals(own)) {
        alias = own;
        part.appendReplacement(sql, Matcher.quoteReplacement(part.group(2)));
      } else {
        return Optional.empty();
      }
    }
    part.appendTail(sql);
    String expression = sql.toString();
    if (expression.contains("$") || expression.contains("SubPlan")) {
      return Optional.empty();
    }
    while (enclosed(expression)) {
      expression = expression.substring(1, expression.length() - 1).strip();
    }
    return Optional.of(
        new Computed(
            plain(alias),
            ONE_CALL.matcher(expression).matches() ? expression : "(" + expression + ")",
            operator));
  }

  private static boolean mentionsColumn(String text) {
    Matcher part = COLUMN_OR_TEXT.matcher(text);
    while (part.find()) {
      if (part.group(1) != null) {
        return true;
      }
    }
    return false;
  }

  /** Whether a place lies in no brackets and in no text. */
  private static boolean atTop(String text, int at) {
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < at; i++) {
      char c = text.charAt(i);
      quoted ^= c == '\'';
      depth += quoted ? 0 : c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    return depth == 0 && !quoted;
  }

  /** All comparisons of a condition. */
  static List<Comparison> of(String condition) {
    var found = new ArrayList<Comparison>();
    for (String conjunct : conjuncts(condition)) {
      boolean alternative = conjunct.contains(" OR ");
      read(conjunct, alternative, found::add);
    }
    return found;
  }

  private static void read(String text, boolean alternative, Consumer<Comparison> found) {
    Matcher flag = FLAG.matcher(text);
    if (flag.matches()) {
      String value = flag.group(1) == null ? "true" : "false";
      found.accept(
          new Comparison(plain(flag.group(2)), plain(flag.group(3)), "", "=", value, alternative));
    }
    Matcher left = COMPARED.matcher(text);
    while (left.find()) {
      Matcher literal = LITERAL.matcher(text.substring(left.end()));
      found.accept(
          new Comparison(
              plain(left.group(1)),
              plain(left.group(2)),
              "",
              left.group(3),
              literal.lookingAt() ? literal.group(1) : "",
              alternative));
    }
    Matcher right = COMPARED_TO.matcher(text);
    while (right.find()) {
      found.accept(
          new Comparison(
              plain(right.group(2)), plain(right.group(3)), "", right.group(1), "", alternative));
    }
    Matcher called = CALLED.matcher(text);
    while (called.find()) {
      found.accept(
          new Comparison(
              plain(called.group(2)),
              plain(called.group(3)),
              called.group(1),
              called.group(4),
              "",
              alternative));
    }
  }

  /** The parts of a condition that must all hold. */
  static List<String> conjuncts(String condition) {
    String text = condition.strip();
    if (text.isEmpty()) {
      return List.of();
    }
    if (enclosed(text)) {
      return conjuncts(text.substring(1, text.length() - 1));
    }
    var parts = new ArrayList<String>();
    int from = 0;
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      quoted ^= c == '\'';
      depth += quoted ? 0 : c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0 && !quoted && text.startsWith(" AND ", i)) {
        parts.add(text.substring(from, i).strip());
        from = i + 5;
      }
    }
    String last = text.substring(from).strip();
    if (from == 0) {
      return List.of(last);
    }
    parts.add(last);
    return parts.stream().flatMap(part -> conjuncts(part).stream()).toList();
  }

  /** Whether one pair of brackets holds all of it. */
  private static boolean enclosed(String text) {
    if (!text.startsWith("(") || !text.endsWith(")")) {
      return false;
    }
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      quoted ^= c == '\'';
      depth += quoted ? 0 : c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0 && i < text.length() - 1) {
        return false;
      }
    }
    return true;
  }

  /** The columns of one alias that a text mentions. */
  static Set<String> mentioned(String text, String alias) {
    var columns = new LinkedHashSet<String>();
    Matcher column = COLUMN_OR_TEXT.matcher(text);
    while (column.find()) {
      if (column.group(1) != null && plain(column.group(1)).equals(alias)) {
        columns.add(plain(column.group(2)));
      }
    }
    return columns;
  }

  static String plain(String name) {
    return name.startsWith("\"")
        ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
        : name;
  }
}
