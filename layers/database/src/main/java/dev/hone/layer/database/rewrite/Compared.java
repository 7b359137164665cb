package dev.hone.layer.database.rewrite;

import java.util.ArrayList;
import java.util.List;
import net.sf.jsqlparser.expression.BinaryExpression;
import net.sf.jsqlparser.expression.Expression;

/**
 * A comparison, read from one of its sides.
 *
 * @param side what is compared
 * @param operator one of {@code = <> < <= > >=}
 * @param other what it is compared with
 */
record Compared(Expression side, String operator, Expression other) {
  /** Both ways to read a condition; none when it is no comparison. */
  static List<Compared> of(Expression condition) {
    var ways = new ArrayList<Compared>();
    String operator = Terms.operator(condition);
    if (!operator.isEmpty() && Terms.bare(condition) instanceof BinaryExpression comparison) {
      Expression left = comparison.getLeftExpression();
      Expression right = comparison.getRightExpression();
      ways.add(new Compared(Terms.bare(left), operator, Terms.bare(right)));
      ways.add(new Compared(Terms.bare(right), Terms.mirrored(operator), Terms.bare(left)));
    }
    return ways;
  }
}
