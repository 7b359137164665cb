package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.twin.TableCopy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.expression.operators.relational.IsNullExpression;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.SelectItem;
import org.jspecify.annotations.Nullable;

/** Joins that are not needed, or not as joins. */
final class JoinRules {
  private JoinRules() {}

  static List<Rule> all() {
    return List.of(
        new Rule(
            "join-by-foreign-key",
            "The foreign key promises exactly one row of the other table, of which nothing is used.",
            "Only while the foreign key is there and checked, and row security hides no row.",
            JoinRules::promised),
        new Rule(
            "left-join-unused",
            "The join only repeats rows, which are made distinct afterwards.",
            "Only as long as nothing of the joined table is used.",
            JoinRules::unused),
        new Rule(
            "left-join-to-not-exists",
            "NOT EXISTS can be joined so that rows with a partner are left out at once.",
            "Only as long as the column that is tested for null cannot be null in a row.",
            JoinRules::antiJoin),
        new Rule(
            "distinct-join-to-exists",
            "EXISTS stops at the first partner, so that no rows are repeated and made distinct.",
            "Only as long as a key of each other table is among the results.",
            JoinRules::semiJoin),
        new Rule(
            "or-to-union",
            "Each side of OR gets a plan of its own, with its own index.",
            "Rows come in another order unless ORDER BY says one.",
            JoinRules::union));
  }

  private static boolean keyOf(TableCopy.ForeignKey key, List<String> own, List<String> target) {
    List<String> referenced = Keys.referenced(key);
    if (own.size() != key.columns().size() || referenced.size() != own.size()) {
      return false;
    }
    var pairs = new HashSet<String>();
    for (int i = 0; i < own.size(); i++) {
      pairs.add(own.get(i) + "=" + target.get(i));
    }
    var wanted = new HashSet<String>();
    for (int i = 0; i < referenced.size(); i++) {
      wanted.add(key.columns().get(i) + "=" + referenced.get(i));
    }
    return pairs.equals(wanted);
  }

  /** Conditions by which a source is joined, of WHERE and of the ON that would go with it. */
  private static List<Expression> near(Block block, Source source) {
    var conditions = new ArrayList<>(block.conditions());
    int join = Math.max(0, source.join());
    if (join < block.joins().size() && Block.isInner(block.joins().get(join))) {
      block
          .joins()
          .get(join)
          .getOnExpressions()
          .forEach(on -> conditions.addAll(Terms.conjuncts(on)));
    }
    return conditions;
  }

  /** Whether a source can be taken out of FROM by {@link #remove}. */
  private static boolean removable(Block block, Source source) {
    int join = Math.max(0, source.join());
    return block.onlyInnerAndLeft()
        && !block.joins().isEmpty()
        && !source.nullable()
        && source.table() != null
        && Block.isInner(block.joins().get(join));
  }

  /** Takes a source out of FROM; the conditions of its join go with it. */
  private static void remove(Block block, Source source) {
    var joins = new ArrayList<>(block.joins());
    Join join = joins.remove(Math.max(0, source.join()));
    if (source.join() < 0) {
      block.select().setFromItem(join.getFromItem());
    }
    block.select().setJoins(joins.isEmpty() ? null : joins);
  }

  private static boolean promised(Block block) {
    if (block.locks()) {
      return false;
    }
    for (Source parent : block.sources()) {
      if (!removable(block, parent)) {
        continue;
      }
      for (Source child : block.sources()) {
        if (child.equals(parent) || child.table() == null || child.nullable()) {
          continue;
        }
        var used = new ArrayList<EqualsTo>();
        var own = new ArrayList<String>();
        var target = new ArrayList<String>();
        List<Expression> near = near(block, parent);
        for (Expression condition : near) {
          pair(block, condition, child, parent, used, own, target);
        }
        TableCopy table = parent.table();
        TableCopy from = child.table();
        boolean holds =
            table != null
                && from != null
                && from.foreignKeys().stream()
                    .anyMatch(
                        key ->
                            Keys.holds(key)
                                && key.target() == table.oid()
                                && keyOf(key, own, target));
        if (!holds || own.isEmpty() || block.usedElsewhere(parent, used)) {
          continue;
        }
        near.removeAll(used);
        for (String name : own) {
          var ref = new Ref(block, child, name);
          if (!ref.notNull()) {
            near.add(Terms.parse(ref.spelled() + " IS NOT NULL"));
          }
        }
        remove(block, parent);
        block.where(near);
        return true;
      }
    }
    return false;
  }

  private static void pair(
      Block block,
      Expression condition,
      Source child,
      Source parent,
      List<EqualsTo> used,
      List<String> own,
      List<String> target) {
    EqualsTo equality = Terms.equality(condition);
    Ref left = equality == null ? null : block.own(equality.getLeftExpression());
    Ref right = equality == null ? null : block.own(equality.getRightExpression());
    if (equality == null || left == null || right == null) {
      return;
    }
    Ref first = left.source().equals(child) ? left : right;
    Ref second = left.source().equals(child) ? right : left;
    if (first.source().equals(child) && second.source().equals(parent)) {
      used.add(equality);
      own.add(first.name());
      target.add(second.name());
    }
  }

  private static boolean unused(Block block) {
    boolean repeated =
        switch (block.use()) {
          case EXISTS, IN, ANY -> !block.limited();
          default -> block.distinct() && !block.distinctOn();
        };
    if (!repeated || block.grouped() || block.aggregates() || block.locks()) {
      return false;
    }
    for (Source source : block.sources()) {
      if (source.join() < 0) {
        continue;
      }
      Join join = block.joins().get(source.join());
      if (join.isLeft()
          && block.onlyInnerAndLeft()
          && !block.usedElsewhere(source, List.copyOf(join.getOnExpressions()))) {
        var joins = new ArrayList<>(block.joins());
        joins.remove(source.join());
        block.select().setJoins(joins.isEmpty() ? null : joins);
        return true;
      }
    }
    return false;
  }

  private static boolean antiJoin(Block block) {
    for (Source source : block.sources()) {
      if (source.join() < 0 || source.table() == null || !block.onlyInnerAndLeft()) {
        continue;
      }
      Join join = block.joins().get(source.join());
      if (!join.isLeft() || join.getOnExpressions().size() != 1 || block.locks()) {
        continue;
      }
      List<Expression> conditions = block.conditions();
      var tests = new ArrayList<Expression>();
      for (Expression condition : conditions) {
        Ref ref =
            condition instanceof IsNullExpression test && !test.isNot()
                ? block.own(test.getLeftExpression())
                : null;
        TableCopy.Column column = ref == null ? null : ref.column();
        if (ref != null && ref.source().equals(source) && column != null && column.notNull()) {
          tests.add(condition);
        }
      }
      var except = new ArrayList<Expression>(tests);
      except.addAll(join.getOnExpressions());
      if (tests.isEmpty() || block.usedElsewhere(source, except)) {
        continue;
      }
      conditions.removeAll(tests);
      conditions.add(
          Terms.parse(
              "NOT EXISTS (SELECT 1 FROM "
                  + source.item()
                  + " WHERE "
                  + join.getOnExpressions().iterator().next()
                  + ")"));
      var joins = new ArrayList<>(block.joins());
      joins.remove(source.join());
      block.select().setJoins(joins.isEmpty() ? null : joins);
      block.where(conditions);
      return true;
    }
    return false;
  }

  private static boolean mentions(Block block, Expression condition, Source source) {
    for (Column column : block.columns(condition)) {
      Ref ref = block.tree().resolve(column);
      if (ref == null || ref.source().equals(source)) {
        return true;
      }
    }
    return false;
  }

  private static boolean semiJoin(Block block) {
    if (!block.distinct()
        || block.distinctOn()
        || block.grouped()
        || block.aggregates()
        || block.locks()
        || block.sources().size() < 2) {
      return false;
    }
    var results = new ArrayList<Expression>();
    block.items().forEach((SelectItem<?> item) -> results.add(item.getExpression()));
    for (Source source : block.sources()) {
      if (!removable(block, source)) {
        continue;
      }
      List<Expression> near = near(block, source);
      List<Expression> about =
          near.stream().filter(condition -> mentions(block, condition, source)).toList();
      Set<Source> known = Keys.determined(block, results, List.of(source));
      if (about.isEmpty()
          || known.size() < block.sources().size() - 1
          || block.usedElsewhere(source, about)) {
        continue;
      }
      near.removeAll(about);
      near.add(
          Terms.parse(
              "EXISTS (SELECT 1 FROM " + source.item() + " WHERE " + Terms.and(about) + ")"));
      remove(block, source);
      block.where(near);
      block.select().setDistinct(null);
      return true;
    }
    return false;
  }

  private static boolean union(Block block) {
    if (block.use() != Block.Use.TOP
        || block.select() != block.tree().root()
        || block.select().getWithItemsList() != null
        || block.grouped()
        || block.distinct()
        || block.aggregates()
        || block.locks()
        || block.sources().isEmpty()
        || !ordersByResults(block)) {
      return false;
    }
    List<Expression> conditions = block.conditions();
    Expression or = null;
    for (Expression condition : conditions) {
      if (Terms.disjuncts(condition).size() > 1) {
        if (or != null) {
          return false;
        }
        or = condition;
      }
    }
    if (or == null || Terms.disjuncts(or).size() > 4 || sameColumn(block, or)) {
      return false;
    }
    conditions.remove(or);
    String end = end(block);
    var branches = new ArrayList<String>();
    var before = new ArrayList<Expression>();
    for (Expression each : Terms.disjuncts(or)) {
      var all = new ArrayList<>(conditions);
      all.add(each);
      all.addAll(before);
      block.where(all);
      branches.add(block.select().toString());
      before.add(Terms.parse("(" + each + ") IS NOT TRUE"));
    }
    block.tree().replace(String.join(" UNION ALL ", branches) + end);
    return true;
  }

  private static boolean sameColumn(Block block, Expression or) {
    var names = new HashSet<String>();
    for (Expression each : Terms.disjuncts(or)) {
      for (Column column : block.columns(each)) {
        @Nullable Ref ref = block.tree().resolve(column);
        names.add(ref == null ? column.toString() : ref.spelled());
      }
    }
    return names.size() < 2;
  }

  /** Whether ORDER BY only names results, so that it can stand after a union. */
  private static boolean ordersByResults(Block block) {
    if (!block.ordered()) {
      return !block.limited();
    }
    return !block.hasStar()
        && block.select().getOrderByElements().stream()
            .allMatch(
                each ->
                    each.getExpression() instanceof Column column
                        && column.getTable() == null
                        && block.items().stream()
                            .anyMatch(item -> named(item, Terms.folded(column.getColumnName()))));
  }

  private static boolean named(SelectItem<?> item, String name) {
    return item.getAlias() != null
        ? Terms.folded(item.getAlias().getName()).equals(name)
        : item.getExpression() instanceof Column column
            && Terms.folded(column.getColumnName()).equals(name);
  }

  /** Takes ORDER BY and LIMIT away and gives them back as a text. */
  private static String end(Block block) {
    String whole = block.select().toString();
    block.select().setOrderByElements(null);
    block.select().setLimit(null);
    block.select().setOffset(null);
    block.select().setFetch(null);
    return whole.substring(block.select().toString().length());
  }
}
