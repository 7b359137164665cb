package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.twin.TableCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.sf.jsqlparser.expression.AnyComparisonExpression;
import net.sf.jsqlparser.expression.AnyType;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.NotExpression;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.expression.operators.relational.ExistsExpression;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.AllColumns;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import org.jspecify.annotations.Nullable;

/** Subqueries in conditions. */
final class SubqueryRules {
  private static final Set<String> ORDERED_TYPES =
      Set.of(
          "integer",
          "bigint",
          "smallint",
          "numeric",
          "date",
          "text",
          "timestamp without time zone",
          "timestamp with time zone");

  private SubqueryRules() {}

  static List<Rule> all() {
    return List.of(
        Rule.ofConditions(
            "not-in-to-not-exists",
            "NOT IN tests each row by itself; NOT EXISTS can be joined by hashing or an index.",
            "Only as long as neither side can be null.",
            (block, condition, filters) -> notIn(block, condition)),
        Rule.ofConditions(
            "count-to-exists",
            "EXISTS stops at the first row, and can be joined.",
            "Only for comparisons that ask whether there is any row.",
            (block, condition, filters) -> count(block, condition)),
        Rule.ofConditions(
            "any-all-to-extreme",
            "The least or greatest value is found once instead of comparing with every row.",
            "With ALL only as long as neither side can be null.",
            SubqueryRules::extreme),
        Rule.ofConditions(
            "exists-by-foreign-key",
            "The foreign key promises the row, so that the other table need not be read.",
            "Only while the foreign key is there and checked, and row security hides no row.",
            SubqueryRules::promised));
  }

  /** The SELECT of a subquery that is a plain list of one column, or null. */
  private static @Nullable Block list(Block block, @Nullable Expression subquery) {
    Block inner = subquery instanceof Select select ? block.tree().block(select) : null;
    return inner == null
            || !(inner.use() == Block.Use.IN
                || inner.use() == Block.Use.ANY
                || inner.use() == Block.Use.EXISTS
                || inner.use() == Block.Use.SCALAR)
            || inner.grouped()
            || inner.aggregates()
            || inner.distinctOn()
            || inner.limited()
            || inner.locks()
            || inner.items().size() != 1
            || inner.select().getWithItemsList() != null
        ? null
        : inner;
  }

  private static Optional<String> notIn(Block block, Expression condition) {
    Expression left;
    Expression subquery;
    Expression bare = Terms.bare(condition);
    if (bare instanceof InExpression in && in.isNot()) {
      left = in.getLeftExpression();
      subquery = in.getRightExpression();
    } else if (bare instanceof NotExpression not
        && Terms.bare(not.getExpression()) instanceof InExpression in
        && !in.isNot()) {
      left = in.getLeftExpression();
      subquery = in.getRightExpression();
    } else if (Terms.operator(bare).equals("<>")
        && Compared.of(bare).getFirst().other() instanceof AnyComparisonExpression all
        && all.getAnyType() == AnyType.ALL) {
      left = Compared.of(bare).getFirst().side();
      subquery = all.getSelect();
    } else {
      return Optional.empty();
    }
    Ref tested = block.ref(left);
    Block inner = list(block, subquery);
    if (tested == null || !tested.notNull() || inner == null) {
      return Optional.empty();
    }
    Ref value = inner.own(inner.items().getFirst().getExpression());
    if (value == null
        || !value.notNull()
        || inner.sources().stream().anyMatch(s -> s.alias().equals(tested.source().alias()))) {
      return Optional.empty();
    }
    List<Expression> conditions = inner.conditions();
    conditions.add(Terms.parse(tested.spelled() + " = " + value.spelled()));
    return Optional.of("NOT EXISTS (" + existence(inner, conditions) + ")");
  }

  /** The text of a subquery that only tells whether there is a row. */
  private static String existence(Block inner, List<Expression> conditions) {
    inner.where(conditions);
    inner.select().setDistinct(null);
    inner.select().setOrderByElements(null);
    inner.select().setSelectItems(List.of(new SelectItem<>(new LongValue(1))));
    return inner.select().toString();
  }

  private static Optional<String> count(Block block, Expression condition) {
    for (Compared compared : Compared.of(condition)) {
      Long number = Terms.integer(compared.other());
      Block inner = compared.side() instanceof Select select ? block.tree().block(select) : null;
      if (number == null
          || inner == null
          || inner.use() != Block.Use.SCALAR
          || inner.grouped()
          || inner.distinct()
          || inner.limited()
          || inner.locks()
          || inner.sources().isEmpty()
          || inner.items().size() != 1
          || !countsRows(inner, inner.items().getFirst().getExpression())) {
        continue;
      }
      String asked = compared.operator() + number;
      boolean any = Set.of(">0", ">=1", "<>0").contains(asked);
      if (any || Set.of("=0", "<1", "<=0").contains(asked)) {
        return Optional.of(
            (any ? "" : "NOT ") + "EXISTS (" + existence(inner, inner.conditions()) + ")");
      }
    }
    return Optional.empty();
  }

  /** Whether it is count over all rows, and not over some that have a value. */
  private static boolean countsRows(Block inner, Expression expression) {
    if (!(expression instanceof Function function)
        || !Terms.function(function).equals("count")
        || Terms.parameters(function) != 1) {
      return false;
    }
    Expression counted = Terms.parameter(function, 0);
    Ref ref = inner.ref(counted);
    return counted instanceof AllColumns
        || Terms.integer(counted) != null
        || (ref != null && ref.notNull());
  }

  private static Optional<String> extreme(Block block, Expression condition, boolean filters) {
    String operator = Terms.operator(condition);
    if (!(operator.startsWith("<") || operator.startsWith(">"))
        || operator.equals("<>")
        || !(Compared.of(condition).getFirst().other() instanceof AnyComparisonExpression any)) {
      return Optional.empty();
    }
    Expression left = Compared.of(condition).getFirst().side();
    Block inner = list(block, any.getSelect());
    if (inner == null) {
      return Optional.empty();
    }
    Expression value = inner.items().getFirst().getExpression();
    Ref ref = inner.own(value);
    Ref tested = block.ref(left);
    if (ref == null
        || tested == null
        || !ref.type().equals(tested.type())
        || !ORDERED_TYPES.contains(ref.type())
        || ref.column() == null
        || !ref.column().collation().isEmpty()) {
      return Optional.empty();
    }
    boolean all = any.getAnyType() == AnyType.ALL;
    if (all ? !(tested.notNull() && ref.notNull()) : !filters) {
      return Optional.empty();
    }
    String function = operator.startsWith(">") == all ? "max" : "min";
    inner.select().setDistinct(null);
    inner.select().setOrderByElements(null);
    inner
        .select()
        .setSelectItems(List.of(new SelectItem<>(Terms.parse(function + "(" + value + ")"))));
    String compared = left + " " + operator + " (" + inner.select() + ")";
    // Without any row ALL is true and the greatest value null.
    return Optional.of(all ? "(" + compared + ") IS NOT FALSE" : compared);
  }

  private static Optional<String> promised(Block block, Expression condition, boolean filters) {
    Expression bare = Terms.bare(condition);
    Block inner;
    Expression one;
    Expression other;
    if (bare instanceof ExistsExpression exists && !exists.isNot()) {
      inner = list(block, exists.getRightExpression());
      List<Expression> conditions = inner == null ? List.of() : inner.conditions();
      EqualsTo equality = conditions.size() == 1 ? Terms.equality(conditions.getFirst()) : null;
      if (inner == null || equality == null) {
        return Optional.empty();
      }
      boolean ownFirst = inner.own(equality.getLeftExpression()) != null;
      one = ownFirst ? equality.getLeftExpression() : equality.getRightExpression();
      other = ownFirst ? equality.getRightExpression() : equality.getLeftExpression();
    } else if (filters && bare instanceof InExpression in && !in.isNot()) {
      inner = list(block, in.getRightExpression());
      if (inner == null || !inner.conditions().isEmpty()) {
        return Optional.empty();
      }
      one = inner.items().getFirst().getExpression();
      other = in.getLeftExpression();
    } else {
      return Optional.empty();
    }
    Ref parent = inner.own(one);
    Ref child = inner.ref(other);
    child = child == null ? block.ref(other) : child;
    TableCopy target = inner.onlyTable();
    TableCopy from = child == null ? null : child.source().table();
    if (parent == null
        || child == null
        || target == null
        || from == null
        || child.block() == inner) {
      return Optional.empty();
    }
    for (TableCopy.ForeignKey key : from.foreignKeys()) {
      if (Keys.holds(key)
          && key.target() == target.oid()
          && key.columns().equals(List.of(child.name()))
          && Keys.referenced(key).equals(List.of(parent.name()))) {
        return Optional.of(child.spelled() + " IS NOT NULL");
      }
    }
    return Optional.empty();
  }

  /** Columns in an expression that belong to a SELECT around the given one; null when unknown. */
  static @Nullable List<Column> outside(Block inner, Expression expression) {
    var outside = new ArrayList<Column>();
    for (Column column : inner.columns(expression)) {
      Ref ref = inner.tree().resolve(column);
      if (ref == null) {
        return null;
      }
      for (Block each = inner.outer(); each != null; each = each.outer()) {
        if (ref.block() == each) {
          outside.add(column);
        }
      }
    }
    return outside;
  }
}
