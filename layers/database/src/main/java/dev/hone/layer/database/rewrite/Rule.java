package dev.hone.layer.database.rewrite;

import java.util.List;
import java.util.Optional;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.NotExpression;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.conditional.OrExpression;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.statement.select.Join;

/**
 * A way to write a statement so that it gives the same rows.
 *
 * @param name for people, {@code like-this}
 * @param why it can be faster, a sentence
 * @param limits when not to use it, a sentence
 * @param change what it does with one SELECT of a statement
 */
record Rule(String name, String why, String limits, Change change) {
  /** Changes a statement where all that it needs is known, and leaves it alone otherwise. */
  @FunctionalInterface
  interface Change {
    /** Whether it has changed the statement. One that says no has not touched it. */
    boolean make(Block block);
  }

  /** Writes one condition anew, without regard to what is around it. */
  @FunctionalInterface
  interface Condition {
    /**
     * The other condition, or empty.
     *
     * @param filters whether only what is true matters, so that false and null are the same
     */
    Optional<String> of(Block block, Expression condition, boolean filters);
  }

  /** A rule about conditions after WHERE and ON. */
  static Rule ofConditions(String name, String why, String limits, Condition condition) {
    return new Rule(name, why, limits, block -> conditions(block, condition));
  }

  private static boolean conditions(Block block, Condition rule) {
    var place = new Walk(block, rule);
    if (block.select().getWhere() != null) {
      block.select().setWhere(place.made(block.select().getWhere(), true));
    }
    for (Join join : block.joins()) {
      if (join.getOnExpressions().size() == 1) {
        Expression on = join.getOnExpressions().iterator().next();
        join.setOnExpressions(List.of(place.made(on, true)));
      }
    }
    return place.changed;
  }

  /** A way through conditions that AND, OR and NOT connect. */
  private static final class Walk {
    private final Block block;
    private final Condition rule;
    private boolean changed;

    Walk(Block block, Condition rule) {
      this.block = block;
      this.rule = rule;
    }

    Expression made(Expression condition, boolean filters) {
      Optional<String> other = rule.of(block, condition, filters);
      if (other.isPresent()) {
        changed = true;
        Expression made = Terms.parse(other.get());
        return made instanceof OrExpression || made instanceof AndExpression
            ? Terms.inParentheses(made)
            : made;
      }
      if (condition instanceof AndExpression
          || condition instanceof OrExpression
          || condition instanceof NotExpression
          || (condition instanceof ParenthesedExpressionList<?> list && list.size() == 1)) {
        boolean stays = filters && !(condition instanceof NotExpression);
        for (Parts.Slot slot : Parts.of(condition)) {
          Expression made = made(slot.value(), stays);
          if (made != slot.value()) {
            slot.put().accept(made);
          }
        }
      }
      return condition;
    }
  }
}
