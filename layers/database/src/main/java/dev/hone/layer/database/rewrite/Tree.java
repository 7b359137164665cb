package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.twin.TableCopy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.AnyComparisonExpression;
import net.sf.jsqlparser.expression.DateUnitExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.operators.relational.ExistsExpression;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.select.AllColumns;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.LateralSubSelect;
import net.sf.jsqlparser.statement.select.OrderByElement;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.WithItem;
import org.jspecify.annotations.Nullable;

/** A query, parsed, with every SELECT in it and what each column stands for. Can be changed. */
final class Tree {
  private final Catalog catalog;
  private final Select root;
  private final List<Block> blocks = new ArrayList<>();
  private final List<Union> unions = new ArrayList<>();
  private final IdentityHashMap<Column, Block> where = new IdentityHashMap<>();
  private final List<Column> order = new ArrayList<>();
  private final Set<String> functions = new HashSet<>();
  private final Set<TableCopy> tables = new HashSet<>();
  private final Set<String> aliases = new HashSet<>();
  private boolean opaque;
  private @Nullable String replaced;

  /** A set operation and where it stands. */
  record Union(SetOperationList list, Block.Use use) {}

  private Tree(Catalog catalog, Select root) {
    this.catalog = catalog;
    this.root = root;
  }

  /**
   * Reads a query; null when it is something else, has parts that no rule knows, or does not give
   * the same rows each time.
   *
   * @throws JSQLParserException when the parser does not know its syntax
   */
  static @Nullable Tree parse(Catalog catalog, String text) throws JSQLParserException {
    Statement statement = CCJSqlParserUtil.parse(text);
    if (!(statement instanceof Select select)) {
      return null;
    }
    try {
      var tree = new Tree(catalog, select);
      tree.select(select, Block.Use.TOP, null, Set.of());
      return tree.functions.stream().anyMatch(catalog::changes) ? null : tree;
    } catch (Parts.NotUnderstood e) {
      return null;
    }
  }

  String text() {
    return replaced == null ? root.toString() : replaced;
  }

  /** Puts another statement in the place of the whole. */
  void replace(String text) {
    replaced = text;
  }

  Select root() {
    return root;
  }

  Catalog catalog() {
    return catalog;
  }

  List<Block> blocks() {
    return blocks;
  }

  List<Union> unions() {
    return unions;
  }

  /** The tables that it names. */
  Set<TableCopy> tables() {
    return tables;
  }

  /** Whether it also reads from views or functions. */
  boolean opaque() {
    return opaque;
  }

  /** A name that nothing in the statement has. */
  String free(String wanted) {
    String name = wanted;
    for (int i = 2; aliases.contains(name); i++) {
      name = wanted + i;
    }
    aliases.add(name);
    return name;
  }

  @Nullable Ref resolve(Column column) {
    Block block = where.get(column);
    return block == null ? null : block.resolve(column);
  }

  /** All columns at or below an expression, with those in subqueries. */
  List<Column> columns(Expression expression) {
    var found = new ArrayList<Column>();
    collect(expression, found);
    return found;
  }

  /** All columns in a SELECT and in its subqueries. */
  List<Column> columnsIn(Block block) {
    return order.stream().filter(column -> within(where.get(column), block)).toList();
  }

  private static boolean within(@Nullable Block inner, Block block) {
    for (Block each = inner; each != null; each = each.outer()) {
      if (each == block) {
        return true;
      }
    }
    return false;
  }

  /** The SELECT that an object of the parser belongs to, or null. */
  @Nullable Block block(@Nullable Select select) {
    Select inner = select;
    while (inner instanceof ParenthesedSelect parenthesed) {
      inner = parenthesed.getSelect();
    }
    Select plain = inner;
    return blocks.stream().filter(each -> each.select() == plain).findFirst().orElse(null);
  }

  private void collect(Expression expression, List<Column> found) {
    if (expression instanceof Column column) {
      found.add(column);
    }
    for (Select select : selects(expression)) {
      blocksUnder(select).forEach(block -> found.addAll(columnsIn(block)));
    }
    Parts.of(expression).forEach(slot -> collect(slot.value(), found));
  }

  /** The SELECTs of a subquery that are not within one another. */
  private List<Block> blocksUnder(Select select) {
    return switch (select) {
      case ParenthesedSelect parenthesed -> blocksUnder(parenthesed.getSelect());
      case SetOperationList list ->
          list.getSelects().stream().flatMap(each -> blocksUnder(each).stream()).toList();
      default -> {
        Block block = block(select);
        yield block == null ? List.of() : List.of(block);
      }
    };
  }

  private static List<Select> selects(Expression expression) {
    return switch (expression) {
      case AnyComparisonExpression any -> List.of(any.getSelect());
      case Select select -> List.of(select);
      default -> List.of();
    };
  }

  private void select(Select select, Block.Use use, @Nullable Block outer, Set<String> with) {
    Set<String> names = with;
    if (select.getWithItemsList() != null) {
      names = new HashSet<>(with);
      for (WithItem<?> item : select.getWithItemsList()) {
        if (!(item.getParenthesedStatement() instanceof ParenthesedSelect inner)
            || item.isRecursive()
            || item.getSearchClause() != null
            || item.getCycleClause() != null) {
          throw new Parts.NotUnderstood(item);
        }
        names.add(Terms.folded(item.getAliasName()));
        aliases.add(Terms.folded(item.getAliasName()));
        select(inner, Block.Use.WITH, outer, names);
      }
    }
    if (select.getLimitBy() != null || select.getPivot() != null || select.getUnPivot() != null) {
      throw new Parts.NotUnderstood(select);
    }
    switch (select) {
      case PlainSelect plain -> plain(plain, use, outer, names);
      case ParenthesedSelect inner -> {
        if (inner.getOrderByElements() != null || inner.getLimit() != null) {
          throw new Parts.NotUnderstood(select);
        }
        select(inner.getSelect(), use, outer, names);
      }
      case SetOperationList list -> {
        unions.add(new Union(list, use));
        for (Select each : list.getSelects()) {
          select(each, Block.Use.BRANCH, outer, names);
        }
      }
      default -> throw new Parts.NotUnderstood(select);
    }
  }

  private void plain(PlainSelect select, Block.Use use, @Nullable Block outer, Set<String> with) {
    if (select.getIntoTables() != null
        || select.getQualify() != null
        || select.getTop() != null
        || select.getFirst() != null
        || select.getSkip() != null
        || select.getLateralViews() != null
        || select.getOracleHierarchical() != null
        || select.getPreWhere() != null
        || select.getWindowDefinitions() != null
        || (select.getGroupBy() != null
            && select.getGroupBy().getGroupingSets() != null
            && !select.getGroupBy().getGroupingSets().isEmpty())) {
      throw new Parts.NotUnderstood(select);
    }
    var block = new Block(this, select, use, outer);
    blocks.add(block);
    if (select.getFromItem() != null) {
      from(block, select.getFromItem(), -1, with);
    }
    int number = 0;
    for (Join join : block.joins()) {
      from(block, join.getFromItem(), number++, with);
    }
    for (SelectItem<?> item : block.items()) {
      expression(item.getExpression(), block, with);
    }
    for (Join join : block.joins()) {
      join.getOnExpressions().forEach(on -> expression(on, block, with));
    }
    expression(select.getWhere(), block, with);
    expression(select.getHaving(), block, with);
    if (select.getGroupBy() != null) {
      for (Expression each : select.getGroupBy().getGroupByExpressionList()) {
        if (!(names(block, each) && block.ref(each) == null)) {
          expression(each, block, with);
        }
      }
    }
    if (select.getOrderByElements() != null) {
      for (OrderByElement each : select.getOrderByElements()) {
        if (!names(block, each.getExpression())) {
          expression(each.getExpression(), block, with);
        }
      }
    }
    if (select.getLimit() != null) {
      expression(select.getLimit().getRowCount(), block, with);
    }
    if (select.getOffset() != null) {
      expression(select.getOffset().getOffset(), block, with);
    }
  }

  /** Whether an expression is the name of a result. */
  private static boolean names(Block block, Expression expression) {
    return expression instanceof Column column
        && column.getTable() == null
        && block.items().stream()
            .anyMatch(
                item ->
                    item.getAlias() != null
                        && Terms.folded(item.getAlias().getName())
                            .equals(Terms.folded(column.getColumnName())));
  }

  private void from(Block block, FromItem item, int join, Set<String> with) {
    boolean outer = false;
    for (int i = Math.max(join, 0); i < block.joins().size(); i++) {
      Join each = block.joins().get(i);
      boolean own = i == join;
      outer |= own ? each.isLeft() || each.isFull() : each.isRight() || each.isFull();
    }
    Alias alias = item.getAlias();
    boolean renamed = alias != null && alias.getAliasColumns() != null;
    if (item.getPivot() != null || item.getUnPivot() != null || item.getSampleClause() != null) {
      throw new Parts.NotUnderstood(item);
    }
    String name = alias == null ? "" : Terms.folded(alias.getName());
    switch (item) {
      case Table table -> {
        boolean common =
            table.getSchemaName() == null && with.contains(Terms.folded(table.getName()));
        TableCopy copy = common ? null : catalog.table(table);
        opaque |= copy == null && !common;
        if (copy != null) {
          tables.add(copy);
        }
        aliases.add(Terms.folded(table.getName()));
        block.add(
            new Source(
                name.isEmpty() ? Terms.folded(table.getName()) : name,
                item,
                renamed || copy == null ? null : catalog.asRead(copy),
                renamed || copy == null
                    ? null
                    : copy.columns().stream().map(TableCopy.Column::name).toList(),
                join,
                outer));
      }
      case ParenthesedSelect inner -> {
        boolean lateral = inner instanceof LateralSubSelect;
        select(inner.getSelect(), Block.Use.FROM, lateral ? block : block.outer(), with);
        block.add(
            new Source(name, item, null, renamed ? null : results(inner.getSelect()), join, outer));
      }
      default -> throw new Parts.NotUnderstood(item);
    }
    if (!name.isEmpty()) {
      aliases.add(name);
    }
  }

  /** Names of what a SELECT gives; null when they cannot be told. */
  private static @Nullable List<String> results(Select select) {
    if (!(select instanceof PlainSelect plain) || plain.getSelectItems() == null) {
      return null;
    }
    var names = new ArrayList<String>();
    for (SelectItem<?> item : plain.getSelectItems()) {
      if (item.getAlias() != null) {
        names.add(Terms.folded(item.getAlias().getName()));
      } else if (item.getExpression() instanceof Column column) {
        names.add(Terms.folded(column.getColumnName()));
      } else if (item.getExpression() instanceof AllColumns) {
        return null;
      } else {
        names.add("?column?");
      }
    }
    return names;
  }

  private void expression(@Nullable Expression expression, Block block, Set<String> with) {
    if (expression == null) {
      return;
    }
    switch (expression) {
      case Column column -> {
        where.put(column, block);
        order.add(column);
      }
      case ExistsExpression exists when exists.getRightExpression() instanceof Select select -> {
        select(select, Block.Use.EXISTS, block, with);
        return;
      }
      case InExpression in when in.getRightExpression() instanceof Select select -> {
        expression(in.getLeftExpression(), block, with);
        select(select, Block.Use.IN, block, with);
        return;
      }
      case AnyComparisonExpression any -> select(any.getSelect(), Block.Use.ANY, block, with);
      case Select select -> select(select, Block.Use.SCALAR, block, with);
      case Function function -> functions.add(Terms.function(function));
      default -> {}
    }
    for (Parts.Slot slot : Parts.of(expression)) {
      Expression below = slot.value();
      if (below instanceof DateUnitExpression unit) {
        // The parser takes a column for a unit of time when it is named like one.
        below = new Column(Terms.folded(unit.toString()));
        slot.put().accept(below);
      }
      expression(below, block, with);
    }
  }
}
