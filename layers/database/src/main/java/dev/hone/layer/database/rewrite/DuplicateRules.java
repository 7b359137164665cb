package dev.hone.layer.database.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.SetOperation;
import net.sf.jsqlparser.statement.select.UnionOp;
import net.sf.jsqlparser.statement.select.WithItem;
import org.jspecify.annotations.Nullable;

/** Sorting and removing of equal rows that changes nothing. */
final class DuplicateRules {
  private static final Set<String> ANY_ORDER =
      Set.of("count", "sum", "min", "max", "avg", "bool_and", "bool_or", "every");
  private static final String KEYS = "Only as long as the keys that make rows different are there.";

  private DuplicateRules() {}

  static List<Rule> all() {
    return List.of(
        new Rule(
            "distinct-on-key",
            "A key is among the results, so that they are different without sorting or hashing.",
            KEYS,
            DuplicateRules::distinctOnKey),
        new Rule(
            "distinct-over-groups",
            "Groups are different already.",
            "Only as long as all that GROUP BY names is among the results.",
            DuplicateRules::distinctOverGroups),
        new Rule(
            "count-distinct-key",
            "The values are different already, so that they need not be sorted.",
            KEYS,
            DuplicateRules::countDistinct),
        new Rule(
            "subquery-without-distinct",
            "Whether a value is in a list does not depend on its order or on repetitions.",
            "None.",
            DuplicateRules::subquery),
        new Rule(
            "subquery-without-order",
            "The order of a subquery is lost in the statement around it.",
            "Among rows that ORDER BY finds equal, the order may change.",
            DuplicateRules::order),
        new Rule(
            "union-all-when-disjoint",
            "No row can come twice, so that nothing has to be sorted or hashed.",
            KEYS,
            DuplicateRules::unionAll),
        new Rule(
            "union-all-in-list",
            "Whether a value is in a list does not depend on repetitions.",
            "None.",
            DuplicateRules::unionInList),
        new Rule(
            "with-not-materialized",
            "Conditions on the common table reach its tables and their indexes.",
            "What it computes may be computed again for each mention.",
            DuplicateRules::inline));
  }

  private static boolean distinctOnKey(Block block) {
    if (!block.distinct() || block.distinctOn() || !Keys.resultsDiffer(block)) {
      return false;
    }
    block.select().setDistinct(null);
    return true;
  }

  private static boolean distinctOverGroups(Block block) {
    if (!block.distinct() || block.distinctOn() || block.select().getGroupBy() == null) {
      return false;
    }
    var results = new ArrayList<String>();
    for (SelectItem<?> item : block.items()) {
      results.add(item.getExpression().toString());
    }
    List<String> groups = new ArrayList<>();
    for (Expression each : block.select().getGroupBy().getGroupByExpressionList()) {
      groups.add(each.toString());
    }
    boolean known =
        block.items().stream()
            .allMatch(
                item ->
                    groups.contains(item.getExpression().toString())
                        || ANY_ORDER.contains(Terms.function(item.getExpression())));
    if (groups.isEmpty() || !known || !results.containsAll(groups)) {
      return false;
    }
    block.select().setDistinct(null);
    return true;
  }

  private static boolean countDistinct(Block block) {
    boolean changed = false;
    for (SelectItem<?> item : block.items()) {
      if (item.getExpression() instanceof Function function
          && Terms.function(function).equals("count")
          && function.isDistinct()
          && Terms.parameters(function) == 1
          && !block.sources().isEmpty()
          && Keys.determined(block, List.of(Terms.parameter(function, 0)), List.of())
              .containsAll(block.sources())) {
        function.setDistinct(false);
        changed = true;
      }
    }
    return changed;
  }

  private static boolean inList(Block.Use use) {
    return use == Block.Use.IN || use == Block.Use.EXISTS || use == Block.Use.ANY;
  }

  private static boolean subquery(Block block) {
    if (!inList(block.use())
        || block.limited()
        || !(block.distinct() || block.ordered())
        || (block.distinctOn() && block.use() != Block.Use.EXISTS)) {
      return false;
    }
    block.select().setDistinct(null);
    block.select().setOrderByElements(null);
    return true;
  }

  /** The SELECT in whose FROM another stands. */
  private static @Nullable Block around(Block inner) {
    for (Block block : inner.tree().blocks()) {
      for (Source source : block.sources()) {
        if (source.item() instanceof ParenthesedSelect select
            && select.getSelect() == inner.select()) {
          return block;
        }
      }
    }
    return null;
  }

  private static boolean order(Block block) {
    Block around = block.use() == Block.Use.FROM ? around(block) : null;
    if (around == null
        || !block.ordered()
        || block.limited()
        || block.distinctOn()
        || around.distinctOn()
        || around.limited()) {
      return false;
    }
    boolean aggregated = around.aggregates() || around.grouped();
    if (aggregated) {
      if (around.made().stream().anyMatch(expression -> sensitive(around, expression))) {
        return false;
      }
    } else if (!around.ordered() && !inList(around.use())) {
      return false;
    }
    block.select().setOrderByElements(null);
    return true;
  }

  private static boolean sensitive(Block block, Expression expression) {
    String name = Terms.function(expression);
    return expression instanceof AnalyticExpression
        || (block.tree().catalog().makesSetsOrAggregates(name) && !ANY_ORDER.contains(name))
        || Parts.of(expression).stream().anyMatch(slot -> sensitive(block, slot.value()));
  }

  private static boolean first(Block block) {
    return block == block.tree().blocks().getFirst();
  }

  private static boolean plainUnion(Tree.Union union) {
    return union.list().getOperations().stream()
        .allMatch(op -> op instanceof UnionOp && !op.isAll());
  }

  private static void all(Tree.Union union) {
    List<SetOperation> operations = new ArrayList<>();
    for (int i = 0; i < union.list().getOperations().size(); i++) {
      operations.add(new UnionOp("ALL"));
    }
    union.list().setOperations(operations);
  }

  private static boolean unionInList(Block block) {
    boolean changed = false;
    for (Tree.Union union : first(block) ? block.tree().unions() : List.<Tree.Union>of()) {
      if (inList(union.use()) && plainUnion(union) && union.list().getLimit() == null) {
        all(union);
        changed = true;
      }
    }
    return changed;
  }

  private static boolean unionAll(Block block) {
    boolean changed = false;
    for (Tree.Union union : first(block) ? block.tree().unions() : List.<Tree.Union>of()) {
      if (!plainUnion(union)) {
        continue;
      }
      var branches = new ArrayList<Block>();
      for (Select select : union.list().getSelects()) {
        Block branch = block.tree().block(select);
        if (branch == null || branch.limited() || !Keys.resultsDiffer(branch)) {
          break;
        }
        branches.add(branch);
      }
      if (branches.size() == union.list().getSelects().size() && disjoint(branches)) {
        branches.forEach(branch -> branch.select().setDistinct(null));
        all(union);
        changed = true;
      }
    }
    return changed;
  }

  private static boolean disjoint(List<Block> branches) {
    for (int i = 0; i < branches.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (!differ(branches.get(i), branches.get(j))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether some result has one constant in one branch and another in the other. */
  private static boolean differ(Block one, Block other) {
    for (int i = 0; i < Math.min(one.items().size(), other.items().size()); i++) {
      Object first = constant(one, i);
      Object second = constant(other, i);
      if (first != null
          && second != null
          && first.getClass() == second.getClass()
          && !first.equals(second)) {
        return true;
      }
    }
    return false;
  }

  /** The number or text that a result always is; null when it may be several. */
  private static @Nullable Object constant(Block block, int item) {
    Expression expression = block.items().get(item).getExpression();
    Ref ref = block.own(expression);
    if (ref == null) {
      Object literal = value(expression);
      return literal instanceof String text && !text.matches("[A-Za-z ]+") ? null : literal;
    }
    for (Expression condition : block.fulfilled()) {
      EqualsTo equality = Terms.equality(condition);
      Ref left = equality == null ? null : block.own(equality.getLeftExpression());
      if (equality != null && left != null && left.spelled().equals(ref.spelled())) {
        Object value = value(equality.getRightExpression());
        if ((value instanceof Long && ref.integer())
            || (value instanceof String && ref.plainText())) {
          return value;
        }
      }
    }
    return null;
  }

  private static @Nullable Object value(Expression expression) {
    Long number = Terms.integer(expression);
    return number == null ? Terms.text(expression) : number;
  }

  private static boolean inline(Block block) {
    if (!first(block) || block.tree().root().getWithItemsList() == null) {
      return false;
    }
    boolean changed = false;
    for (WithItem<?> item : block.tree().root().getWithItemsList()) {
      boolean mentioned = mentions(block.tree(), Terms.folded(item.getAliasName())) > 1;
      Block inner = block.tree().block((Select) item.getParenthesedStatement());
      if (inner != null
          && !inner.limited()
          && !inner.locks()
          && !item.isUsingNot()
          && (item.isMaterialized() || mentioned)) {
        item.setMaterialized(true);
        item.setUsingNot(true);
        changed = true;
      }
    }
    return changed;
  }

  private static long mentions(Tree tree, String name) {
    return tree.blocks().stream()
        .flatMap(block -> block.sources().stream())
        .filter(
            source ->
                source.item() instanceof net.sf.jsqlparser.schema.Table table
                    && table.getSchemaName() == null
                    && Terms.folded(table.getName()).equals(name))
        .count();
  }
}
