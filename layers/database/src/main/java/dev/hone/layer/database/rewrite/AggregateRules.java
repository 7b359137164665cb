package dev.hone.layer.database.rewrite;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.BinaryExpression;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.DoubleValue;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.SignedExpression;
import net.sf.jsqlparser.expression.operators.arithmetic.Addition;
import net.sf.jsqlparser.expression.operators.arithmetic.Division;
import net.sf.jsqlparser.expression.operators.arithmetic.Multiplication;
import net.sf.jsqlparser.expression.operators.arithmetic.Subtraction;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import org.jspecify.annotations.Nullable;

/** Subqueries that compute one value. */
final class AggregateRules {
  private static final Set<String> NULL_OF_NOTHING = Set.of("sum", "avg", "min", "max");
  private static final Set<String> FILTERED =
      Set.of("count", "sum", "avg", "min", "max", "bool_and", "bool_or");

  private AggregateRules() {}

  static List<Rule> all() {
    return List.of(
        new Rule(
            "aggregate-to-join",
            "The aggregate is computed once for all groups instead of once for each row.",
            "Where an index finds the few rows of each group and few rows ask, the subquery can be"
                + " faster.",
            AggregateRules::toJoin),
        new Rule(
            "result-subquery-to-join",
            "The aggregate is computed once for all groups instead of once for each row.",
            "Where an index finds the few rows of each group and few rows ask, the subquery can be"
                + " faster.",
            AggregateRules::resultToJoin),
        new Rule(
            "repeated-subquery-once",
            "The same subquery is computed once instead of each time it is written.",
            "Only for subqueries that do not depend on the row.",
            AggregateRules::once),
        new Rule(
            "aggregates-in-one-scan",
            "The table is read once for all aggregates.",
            "Where an index finds the rows of each aggregate by itself, separate subqueries can be"
                + " faster.",
            AggregateRules::oneScan));
  }

  /**
   * A subquery that aggregates the rows with the same keys as a row of the SELECT around it.
   *
   * @param keys own columns by what they are equal to
   */
  private record Correlated(Block inner, Map<Ref, Ref> keys, List<Expression> local) {}

  private static @Nullable Correlated correlated(Block block, Expression expression) {
    Block inner = expression instanceof Select select ? block.tree().block(select) : null;
    if (inner == null
        || inner.use() != Block.Use.SCALAR
        || inner.outer() != block
        || inner.grouped()
        || inner.distinct()
        || inner.limited()
        || inner.locks()
        || inner.ordered()
        || inner.sources().isEmpty()
        || inner.items().size() != 1
        || inner.select().getWithItemsList() != null) {
      return null;
    }
    Map<Ref, Ref> keys = new LinkedHashMap<>();
    var local = new ArrayList<Expression>();
    int outside = 0;
    for (Expression condition : inner.conditions()) {
      List<Column> columns = SubqueryRules.outside(inner, condition);
      if (columns == null) {
        return null;
      }
      if (columns.isEmpty()) {
        local.add(condition);
        continue;
      }
      EqualsTo equality = Terms.equality(condition);
      if (equality == null) {
        return null;
      }
      Ref left = inner.ref(equality.getLeftExpression());
      Ref right = inner.ref(equality.getRightExpression());
      if (left == null || right == null) {
        return null;
      }
      Ref own = left.block() == inner ? left : right;
      Ref other = left.block() == inner ? right : left;
      if (own.block() != inner || other.block() != block || !groupsLikeEqual(own, other)) {
        return null;
      }
      outside++;
      keys.put(own, other);
    }
    long all = 0;
    for (Column column : inner.tree().columnsIn(inner)) {
      Ref ref = inner.tree().resolve(column);
      if (ref == null) {
        return null;
      }
      all += isAround(ref.block(), inner) ? 1 : 0;
    }
    return keys.isEmpty() || keys.size() != outside || all != outside
        ? null
        : new Correlated(inner, keys, local);
  }

  private static boolean isAround(Block block, Block inner) {
    for (Block each = inner.outer(); each != null; each = each.outer()) {
      if (each == block) {
        return true;
      }
    }
    return false;
  }

  /** Whether GROUP BY puts together what the operator {@code =} finds equal. */
  private static boolean groupsLikeEqual(Ref own, Ref other) {
    return (own.integer() && other.integer())
        || (!own.type().isEmpty()
            && own.type().equals(other.type())
            && own.column() != null
            && own.column().collation().isEmpty());
  }

  /** Whether a value over no row at all is null. */
  private static boolean nullOfNothing(Expression expression) {
    Expression bare = Terms.bare(expression);
    return switch (bare) {
      case Function function ->
          NULL_OF_NOTHING.contains(Terms.function(function))
              && function.getOrderByElements() == null;
      case BinaryExpression e
          when e instanceof Addition
              || e instanceof Subtraction
              || e instanceof Multiplication
              || e instanceof Division ->
          (nullOfNothing(e.getLeftExpression()) && harmless(e.getRightExpression()))
              || (nullOfNothing(e.getRightExpression()) && harmless(e.getLeftExpression()));
      case CastExpression e -> nullOfNothing(e.getLeftExpression());
      case SignedExpression e -> nullOfNothing(e.getExpression());
      default -> false;
    };
  }

  private static boolean harmless(Expression expression) {
    Expression bare = Terms.bare(expression);
    return bare instanceof LongValue || bare instanceof DoubleValue || nullOfNothing(bare);
  }

  /** The subquery grouped by its keys, as an item of FROM. */
  private static String grouped(Correlated of, String alias) {
    var results = new ArrayList<String>();
    var groups = new ArrayList<String>();
    int number = 1;
    for (Ref own : of.keys().keySet()) {
      results.add(own.spelled() + " AS key_" + number++);
      groups.add(own.spelled());
    }
    results.add(of.inner().items().getFirst().getExpression() + " AS value");
    PlainSelect select = of.inner().select();
    of.inner().where(of.local());
    select.setSelectItems(parsed("SELECT " + String.join(", ", results)).getSelectItems());
    select.setGroupByElement(
        parsed("SELECT 1 FROM one GROUP BY " + String.join(", ", groups)).getGroupBy());
    return "(" + select + ") AS " + alias;
  }

  private static String joined(Correlated of, String alias) {
    var conditions = new ArrayList<String>();
    int number = 1;
    for (Ref other : of.keys().values()) {
      conditions.add(alias + ".key_" + number++ + " = " + other.spelled());
    }
    return String.join(" AND ", conditions);
  }

  private static PlainSelect parsed(String select) {
    try {
      return (PlainSelect) CCJSqlParserUtil.parse(select);
    } catch (JSQLParserException e) {
      throw new IllegalArgumentException("`" + select + "` is no query", e);
    }
  }

  private static boolean toJoin(Block block) {
    if (block.hasStar() || block.locks()) {
      return false;
    }
    List<Expression> conditions = block.conditions();
    for (int i = 0; i < conditions.size(); i++) {
      if (Terms.operator(conditions.get(i)).isEmpty()) {
        continue;
      }
      var comparison = (BinaryExpression) Terms.bare(conditions.get(i));
      boolean right = correlated(block, Terms.bare(comparison.getRightExpression())) != null;
      Correlated found =
          correlated(
              block,
              Terms.bare(right ? comparison.getRightExpression() : comparison.getLeftExpression()));
      if (found == null || !nullOfNothing(found.inner().items().getFirst().getExpression())) {
        continue;
      }
      String alias = block.tree().free("hone_grouped");
      String joined = joined(found, alias);
      PlainSelect from = parsed("SELECT 1 FROM one, " + grouped(found, alias));
      Expression value = new Column(alias + ".value");
      if (right) {
        comparison.setRightExpression(value);
      } else {
        comparison.setLeftExpression(value);
      }
      conditions.addAll(Terms.conjuncts(Terms.parse(joined)));
      var joins = new ArrayList<>(block.joins());
      joins.add(from.getJoins().getFirst());
      block.select().setJoins(joins);
      block.where(conditions);
      return true;
    }
    return false;
  }

  private static boolean resultToJoin(Block block) {
    if (block.hasStar()
        || block.locks()
        || block.grouped()
        || block.aggregates()
        || block.sources().isEmpty()
        || !block.onlyInnerAndLeft()) {
      return false;
    }
    for (SelectItem<?> item : block.items()) {
      Expression expression = Terms.bare(item.getExpression());
      Correlated found = correlated(block, expression);
      String label = label(item);
      if (found == null || label == null) {
        continue;
      }
      Expression value = found.inner().items().getFirst().getExpression();
      boolean counts = Terms.function(value).equals("count");
      if (!counts && !nullOfNothing(value)) {
        continue;
      }
      String alias = block.tree().free("hone_grouped");
      String joined = joined(found, alias);
      PlainSelect from =
          parsed("SELECT 1 FROM one LEFT JOIN " + grouped(found, alias) + " ON " + joined);
      put(item, Terms.parse(counts ? "coalesce(" + alias + ".value, 0)" : alias + ".value"), label);
      block.commasToCrossJoins();
      var joins = new ArrayList<>(block.joins());
      joins.add(from.getJoins().getFirst());
      block.select().setJoins(joins);
      return true;
    }
    return false;
  }

  @SuppressWarnings("unchecked")
  private static void put(SelectItem<?> item, Expression value, String label) {
    ((SelectItem<Expression>) item).setExpression(value);
    item.setAlias(new Alias(Terms.quoted(label), true));
  }

  /** How PostgreSQL names a result; null where that is not known here. */
  private static @Nullable String label(SelectItem<?> item) {
    if (item.getAlias() != null) {
      return Terms.folded(item.getAlias().getName());
    }
    return switch (Terms.bare(item.getExpression())) {
      case Column column -> Terms.folded(column.getColumnName());
      case Function function -> Terms.function(function);
      case BinaryExpression e -> "?column?";
      case net.sf.jsqlparser.statement.select.ParenthesedSelect select
          when select.getSelect() instanceof PlainSelect plain
              && plain.getSelectItems().size() == 1 ->
          label(plain.getSelectItem(0));
      default -> null;
    };
  }

  private static boolean once(Block block) {
    if (block.use() != Block.Use.TOP || block.select() != block.tree().root()) {
      return false;
    }
    Map<String, List<Parts.Slot>> bySql = new LinkedHashMap<>();
    if (block.select().getWhere() != null) {
      collect(block, new Parts.Slot(block.select().getWhere(), block.select()::setWhere), bySql);
    }
    for (SelectItem<?> item : block.items()) {
      String label = label(item);
      if (label != null) {
        collect(
            block, new Parts.Slot(item.getExpression(), other -> put(item, other, label)), bySql);
      }
    }
    for (Map.Entry<String, List<Parts.Slot>> each : bySql.entrySet()) {
      if (each.getValue().size() > 1) {
        String name = block.tree().free("hone_once");
        PlainSelect with =
            parsed(
                "WITH "
                    + name
                    + " AS MATERIALIZED (SELECT "
                    + each.getKey()
                    + " AS value) SELECT 1");
        for (Parts.Slot slot : each.getValue()) {
          slot.put().accept(Terms.parse("(SELECT value FROM " + name + ")"));
        }
        var items = new ArrayList<net.sf.jsqlparser.statement.select.WithItem<?>>();
        if (block.select().getWithItemsList() != null) {
          items.addAll(block.select().getWithItemsList());
        }
        items.addAll(with.getWithItemsList());
        block.select().setWithItemsList(items);
        return true;
      }
    }
    return false;
  }

  private static void collect(Block block, Parts.Slot slot, Map<String, List<Parts.Slot>> bySql) {
    if (slot.value() instanceof Select select) {
      Block inner = block.tree().block(select);
      if (inner != null
          && inner.use() == Block.Use.SCALAR
          && !inner.sources().isEmpty()
          && java.util.Objects.requireNonNullElse(
                  SubqueryRules.outside(inner, slot.value()), List.of(new Column()))
              .isEmpty()) {
        bySql.computeIfAbsent(slot.value().toString(), sql -> new ArrayList<>()).add(slot);
      }
      return;
    }
    for (Parts.Slot below : Parts.of(slot.value())) {
      collect(block, below, bySql);
    }
  }

  private static boolean oneScan(Block block) {
    if (!block.sources().isEmpty() || block.items().size() < 2 || block.limited()) {
      return false;
    }
    String from = "";
    var results = new ArrayList<String>();
    for (SelectItem<?> item : block.items()) {
      Expression expression = Terms.bare(item.getExpression());
      Block inner = expression instanceof Select select ? block.tree().block(select) : null;
      String label = label(item);
      if (inner == null
          || label == null
          || inner.onlyTable() == null
          || inner.grouped()
          || inner.distinct()
          || inner.limited()
          || inner.ordered()
          || inner.locks()
          || inner.items().size() != 1
          || !(inner.items().getFirst().getExpression() instanceof Function function)
          || !FILTERED.contains(Terms.function(function))
          || function.getOrderByElements() != null
          || !(from.isEmpty() || from.equals(inner.select().getFromItem().toString()))) {
        return false;
      }
      from = inner.select().getFromItem().toString();
      Expression where = inner.select().getWhere();
      results.add(
          function
              + (where == null ? "" : " FILTER (WHERE " + where + ")")
              + " AS "
              + Terms.quoted(label));
    }
    if (block.select().getWhere() != null || block.ordered() || block.grouped()) {
      return false;
    }
    PlainSelect made = parsed("SELECT " + String.join(", ", results) + " FROM " + from);
    block.select().setSelectItems(made.getSelectItems());
    block.select().setFromItem(made.getFromItem());
    return true;
  }
}
