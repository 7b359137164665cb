package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.Workload;
import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.twin.TableCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.statement.select.OrderByElement;
import net.sf.jsqlparser.statement.select.PlainSelect;

/** What only the application can decide: other rows or other parameters may come of it. */
final class Hints {
  private static final long LARGE_OFFSET = 1000;
  private static final int LONG_LIST = 500;
  private static final int WIDE_ROW = 400;

  private Hints() {}

  static Optional<Advice.Recommended> of(Workload.Statement statement, Tree tree) {
    Block top = tree.blocks().isEmpty() ? null : tree.blocks().getFirst();
    if (top == null || top.use() != Block.Use.TOP) {
      return Optional.empty();
    }
    return offset(statement, top)
        .or(() -> longList(statement, top))
        .or(() -> allColumns(statement, top));
  }

  private static Advice.Recommended hint(
      Workload.Statement statement, Block top, String title, String text, String... why) {
    List<String> table = List.of("", "");
    for (Source source : top.sources()) {
      TableCopy copy = source.table();
      if (copy != null) {
        table = RewriteAdvisor.table(copy);
        break;
      }
    }
    var reasons = new ArrayList<>(List.of(why));
    reasons.add("Of: " + statement.title());
    return RewriteAdvisor.text(Advice.Kind.HINT, table, title, text, 0, List.of(), reasons);
  }

  private static Optional<Advice.Recommended> offset(Workload.Statement statement, Block top) {
    PlainSelect select = top.select();
    if (select.getOffset() == null
        || !top.ordered()
        || top.grouped()
        || top.distinct()
        || top.aggregates()
        || !isEditable(select.toString())) {
      return Optional.empty();
    }
    Long offset = Terms.integer(select.getOffset().getOffset());
    if (offset == null || offset < LARGE_OFFSET) {
      return Optional.empty();
    }
    var columns = new ArrayList<String>();
    var last = new ArrayList<String>();
    var signs = new ArrayList<String>();
    boolean ascending = select.getOrderByElements().getFirst().isAsc();
    for (OrderByElement each : select.getOrderByElements()) {
      Ref ref = top.own(each.getExpression());
      if (ref == null || !ref.notNull() || isRenamed(top, each.getExpression(), ref)) {
        return Optional.empty();
      }
      columns.add(each.getExpression().toString());
      signs.add(each.isAsc() ? " > " : " < ");
      last.add(":last_" + ref.name());
    }
    if (last.stream().distinct().count() < last.size()) {
      return Optional.empty();
    }
    List<String> ties = ties(top, columns);
    String order = select.getOrderByElements().getLast().toString();
    String further =
        ties.stream()
            .map(key -> ", " + key + (ascending ? "" : " DESC"))
            .reduce("", String::concat);
    for (String key : ties) {
      columns.add(key);
      signs.add(ascending ? " > " : " < ");
      last.add(":last_" + Terms.folded(key.substring(key.lastIndexOf('.') + 1)));
    }
    List<Expression> conditions = top.conditions();
    String after = after(columns, signs, last);
    String where = select.getWhere() == null ? "" : Terms.and(conditions) + " AND ";
    String text =
        select
            .toString()
            .replaceFirst(" OFFSET \\d+( ROWS?\\b)?", "")
            .replaceFirst(
                "( ORDER BY .*" + java.util.regex.Pattern.quote(order) + ")",
                "$1" + java.util.regex.Matcher.quoteReplacement(further))
            .replaceFirst(
                select.getWhere() == null
                    ? " ORDER BY "
                    : java.util.regex.Pattern.quote(" WHERE " + select.getWhere() + " ORDER BY "),
                java.util.regex.Matcher.quoteReplacement(" WHERE " + where + after + " ORDER BY "));
    return Optional.of(
        hint(
            statement,
            top,
            "Continue after the last row instead of OFFSET " + offset,
            text,
            "All " + offset + " rows before are read and thrown away each time.",
            "The application must keep the last row's values; pages can no longer be jumped to.",
            ties.isEmpty()
                ? "The columns after ORDER BY must be a key together, or rows with equal ones are lost"
                    + " between two pages."
                : "Rows with equal values are told apart by the primary key, so that none is lost"
                    + " between two pages; it has to be among what is selected."));
  }

  /** Whether the words at which a text is edited come once, and not within others of it. */
  private static boolean isEditable(String text) {
    return count(text, " ORDER BY ") == 1
        && count(text, " OFFSET ") == 1
        && count(text, " WHERE ") <= 1
        && count(text, " WITH TIES") == 0;
  }

  private static int count(String text, String word) {
    return text.split(Pattern.quote(word), -1).length - 1;
  }

  /** Whether a name means something else after ORDER BY, as a result is called so. */
  private static boolean isRenamed(Block top, Expression sorted, Ref ref) {
    return top.items().stream()
        .filter(item -> item.getAlias() != null)
        .filter(
            item -> Terms.folded(item.getAlias().getName()).equals(Terms.folded(sorted.toString())))
        .anyMatch(
            item -> {
              Ref own = top.own(item.getExpression());
              return own == null || !own.spelled().equals(ref.spelled());
            });
  }

  /**
   * That a row comes after the last one: a comparison of rows where all columns are sorted in one
   * direction, else one of each column, with a range of the first that an index can be entered by.
   */
  private static String after(List<String> columns, List<String> signs, List<String> last) {
    if (signs.stream().distinct().count() == 1) {
      return "("
          + String.join(", ", columns)
          + ")"
          + signs.getFirst()
          + "("
          + String.join(", ", last)
          + ")";
    }
    int end = columns.size() - 1;
    String after = columns.get(end) + signs.get(end) + last.get(end);
    for (int i = end - 1; i >= 0; i--) {
      String column = columns.get(i);
      String value = last.get(i);
      after =
          "(%s%s%s OR (%s = %s AND %s))"
              .formatted(column, signs.get(i), value, column, value, after);
    }
    return columns.getFirst()
        + signs.getFirst().stripTrailing()
        + "= "
        + last.getFirst()
        + " AND "
        + after;
  }

  /** Columns of the primary key that a sort needs so that no two rows are equal in it. */
  private static List<String> ties(Block top, List<String> sorted) {
    TableCopy table = top.onlyTable();
    if (table == null) {
      return List.of();
    }
    String first = sorted.getFirst();
    String alias = first.substring(0, first.lastIndexOf('.') + 1);
    List<String> names =
        sorted.stream()
            .map(column -> Terms.folded(column.substring(column.lastIndexOf('.') + 1)))
            .toList();
    List<TableCopy.Index> keys =
        table.indexes().stream().filter(index -> !index.constraint().isEmpty()).toList();
    if (keys.stream().anyMatch(key -> key.unique() && names.containsAll(key.keys()))) {
      return List.of();
    }
    return keys.stream()
        .filter(key -> key.constraint().contains(" PRIMARY KEY "))
        .flatMap(key -> key.keys().stream())
        .filter(column -> !names.contains(column))
        .map(column -> alias + Identifiers.quoted(column))
        .toList();
  }

  private static Optional<Advice.Recommended> longList(Workload.Statement statement, Block top) {
    for (Expression condition : top.conditions()) {
      if (condition instanceof InExpression in
          && !in.isNot()
          && in.getRightExpression() instanceof ExpressionList<?> list
          && list.size() >= LONG_LIST) {
        Ref ref = top.ref(in.getLeftExpression());
        String type = ref == null || ref.type().isEmpty() ? "" : "::" + ref.type() + "[]";
        return Optional.of(
            hint(
                statement,
                top,
                "Send " + list.size() + " values as one array",
                "… WHERE " + in.getLeftExpression() + " = ANY ($1" + type + ") …",
                "Each length of the list is a statement of its own to parse and to remember; with"
                    + " one parameter it is always the same."));
      }
    }
    return Optional.empty();
  }

  private static Optional<Advice.Recommended> allColumns(Workload.Statement statement, Block top) {
    TableCopy table = top.onlyTable();
    if (!top.hasStar() || table == null || top.items().size() != 1) {
      return Optional.empty();
    }
    int width = 0;
    for (TableCopy.Column column : table.columns()) {
      TableCopy.ColumnStatistics known = table.statistics().get(column.name());
      width += known == null ? 0 : known.width();
    }
    if (width < WIDE_ROW || !(statement.rows() / statement.calls() >= 10)) {
      return Optional.empty();
    }
    return Optional.of(
        hint(
            statement,
            top,
            "Name the columns that are needed of " + table.table(),
            "SELECT <columns> FROM " + table.title() + " …",
            String.format(
                Locale.ROOT,
                "A row of all %d columns takes %d bytes, and no index can hold them.",
                table.columns().size(),
                width)));
  }
}
