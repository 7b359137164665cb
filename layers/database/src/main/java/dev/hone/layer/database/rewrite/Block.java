package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.twin.TableCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.AllColumns;
import net.sf.jsqlparser.statement.select.AllTableColumns;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.SelectItem;
import org.jspecify.annotations.Nullable;

/** One SELECT of a statement with what it reads from. */
final class Block {
  /** Where it stands. */
  enum Use {
    TOP,
    /** In parentheses of FROM. */
    FROM,
    WITH,
    EXISTS,
    IN,
    /** After a comparison with ANY or ALL. */
    ANY,
    SCALAR,
    BRANCH
  }

  private final Tree tree;
  private final PlainSelect select;
  private final Use use;
  private final @Nullable Block outer;
  private final List<Source> sources = new ArrayList<>();

  Block(Tree tree, PlainSelect select, Use use, @Nullable Block outer) {
    this.tree = tree;
    this.select = select;
    this.use = use;
    this.outer = outer;
  }

  void add(Source source) {
    sources.add(source);
  }

  Tree tree() {
    return tree;
  }

  PlainSelect select() {
    return select;
  }

  Use use() {
    return use;
  }

  @Nullable Block outer() {
    return outer;
  }

  List<Source> sources() {
    return sources;
  }

  /** The joins after the first item of FROM. */
  List<Join> joins() {
    return Objects.requireNonNullElse(select.getJoins(), List.of());
  }

  List<SelectItem<?>> items() {
    return Objects.requireNonNullElse(select.getSelectItems(), List.of());
  }

  /**
   * What is made of rows and groups: results, conditions on groups, and what they are sorted by.
   */
  List<Expression> made() {
    var all = new ArrayList<Expression>();
    items().forEach(item -> all.add(item.getExpression()));
    if (select.getHaving() != null) {
      all.add(select.getHaving());
    }
    if (ordered()) {
      select.getOrderByElements().forEach(each -> all.add(each.getExpression()));
    }
    return all;
  }

  List<Expression> conditions() {
    return Terms.conjuncts(select.getWhere());
  }

  /** Puts other conditions, which AND connects, after WHERE. */
  void where(List<Expression> conditions) {
    select.setWhere(Terms.and(conditions));
  }

  /** The conditions that every row of the result fulfils: of WHERE and of inner joins. */
  List<Expression> fulfilled() {
    var all = new ArrayList<>(conditions());
    if (onlyInnerAndLeft()) {
      for (Join join : joins()) {
        if (isInner(join)) {
          join.getOnExpressions().forEach(on -> all.addAll(Terms.conjuncts(on)));
        }
      }
    }
    return all;
  }

  static boolean isInner(Join join) {
    return !join.isLeft() && !join.isRight() && !join.isFull() && !join.isNatural();
  }

  /** Whether all joins say with ON what they join by, and no RIGHT or FULL is among them. */
  boolean onlyInnerAndLeft() {
    return joins().stream()
        .allMatch(
            join ->
                (isInner(join) || join.isLeft())
                    && !join.isNatural()
                    && (join.getUsingColumns() == null || join.getUsingColumns().isEmpty()));
  }

  boolean distinct() {
    return select.getDistinct() != null;
  }

  boolean distinctOn() {
    return select.getDistinct() != null && select.getDistinct().getOnSelectItems() != null;
  }

  boolean limited() {
    return select.getLimit() != null || select.getOffset() != null || select.getFetch() != null;
  }

  boolean ordered() {
    return select.getOrderByElements() != null;
  }

  boolean locks() {
    return select.getForMode() != null || select.getForUpdate() != null;
  }

  boolean grouped() {
    return select.getGroupBy() != null || select.getHaving() != null;
  }

  /** Whether aggregates, windows or functions that return sets stand in the list of results. */
  boolean aggregates() {
    return items().stream().anyMatch(item -> hasAggregate(item.getExpression()))
        || (ordered()
            && select.getOrderByElements().stream()
                .anyMatch(each -> hasAggregate(each.getExpression())));
  }

  private boolean hasAggregate(Expression expression) {
    return expression instanceof AnalyticExpression
        || tree.catalog().makesSetsOrAggregates(Terms.function(expression))
        || Parts.of(expression).stream().anyMatch(slot -> hasAggregate(slot.value()));
  }

  /** Whether it is a plain list of rows: neither grouped nor made distinct nor cut off. */
  boolean plain() {
    return !grouped() && !aggregates() && !distinct() && !limited() && !locks();
  }

  /** Whether {@code *} stands in the list of results. */
  boolean hasStar() {
    return items().stream().anyMatch(item -> item.getExpression() instanceof AllColumns);
  }

  /** What a column stands for; null when it cannot be told. */
  @Nullable Ref resolve(Column column) {
    String qualifier = column.getTable() == null ? "" : Terms.folded(column.getTable().getName());
    String name = Terms.folded(column.getColumnName());
    for (Block block = this; block != null; block = block.outer) {
      Source found = null;
      for (Source source : block.sources) {
        if (qualifier.isEmpty()) {
          if (source.columns() == null) {
            return null;
          }
          if (source.columns().contains(name)) {
            if (found != null) {
              return null;
            }
            found = source;
          }
        } else if (source.alias().equals(qualifier)) {
          found = source;
        }
      }
      if (found != null) {
        return new Ref(block, found, name);
      }
    }
    return null;
  }

  /** What an expression stands for when it is a column. */
  @Nullable Ref ref(Expression expression) {
    return Terms.bare(expression) instanceof Column column ? resolve(column) : null;
  }

  /** As {@link #ref}, when the column is of this SELECT and not of one around it. */
  @Nullable Ref own(Expression expression) {
    Ref ref = ref(expression);
    return ref != null && ref.block() == this ? ref : null;
  }

  /** All columns at or below an expression, with those in subqueries. */
  List<Column> columns(Expression expression) {
    return tree.columns(expression);
  }

  /**
   * Whether an expression only needs columns of this SELECT's sources that are in the list; false
   * when something cannot be told.
   */
  boolean only(Expression expression, List<Source> allowed) {
    for (Column column : columns(expression)) {
      Ref ref = tree.resolve(column);
      if (ref == null || (sources.contains(ref.source()) && !allowed.contains(ref.source()))) {
        return false;
      }
    }
    return true;
  }

  /** Whether an expression names no column of this SELECT. */
  boolean constant(Expression expression) {
    return only(expression, List.of());
  }

  /** Whether a source's columns are needed anywhere but in the given expressions. */
  boolean usedElsewhere(Source source, List<? extends Expression> except) {
    for (SelectItem<?> item : items()) {
      if (item.getExpression() instanceof AllTableColumns all) {
        if (Terms.folded(all.getTable().getName()).equals(source.alias())) {
          return true;
        }
      } else if (item.getExpression() instanceof AllColumns) {
        return true;
      }
    }
    var excepted = new ArrayList<Column>();
    except.forEach(each -> excepted.addAll(columns(each)));
    for (Column column : tree.columnsIn(this)) {
      if (excepted.stream().anyMatch(each -> each == column)) {
        continue;
      }
      Ref ref = tree.resolve(column);
      if (ref == null || ref.source().equals(source)) {
        return true;
      }
    }
    return false;
  }

  /** The table of its only source, or null. */
  @Nullable TableCopy onlyTable() {
    return sources.size() == 1 ? sources.getFirst().table() : null;
  }

  /** Joins that are written with a comma become CROSS JOIN, which binds as tightly as others. */
  void commasToCrossJoins() {
    for (Join join : joins()) {
      if (join.isSimple()) {
        join.setSimple(false);
        join.setCross(true);
      }
    }
  }
}
