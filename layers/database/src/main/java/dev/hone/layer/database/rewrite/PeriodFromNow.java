package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.rewrite.Moments.Period;
import java.util.Map;
import net.sf.jsqlparser.expression.BinaryExpression;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.IntervalExpression;
import net.sf.jsqlparser.expression.JdbcParameter;
import net.sf.jsqlparser.expression.operators.arithmetic.Addition;
import net.sf.jsqlparser.expression.operators.arithmetic.Multiplication;
import net.sf.jsqlparser.expression.operators.arithmetic.Subtraction;
import org.jspecify.annotations.Nullable;

/** The day, week, month or other period of the calendar that is counted from now. */
final class PeriodFromNow {
  private static final Map<String, String> LENGTHS =
      Map.of(
          "minute", "1 minute",
          "hour", "1 hour",
          "day", "1 day",
          "week", "1 week",
          "month", "1 month",
          "quarter", "3 months",
          "year", "1 year");

  private PeriodFromNow() {}

  /**
   * A period that {@code date_trunc} begins at a time that is counted from now, or whole periods
   * before or after one, or null.
   */
  static @Nullable Period of(String unit, Ref ref, Expression expression) {
    String length = LENGTHS.get(unit);
    Expression begin =
        Terms.bare(expression) instanceof BinaryExpression sum
                && (sum instanceof Addition || sum instanceof Subtraction)
                && isWhole(unit, sum.getRightExpression())
            ? sum.getLeftExpression()
            : expression;
    if (length == null
        || !Terms.function(begin).equals("date_trunc")
        || Terms.parameters(begin) != 2
        || !unit.equalsIgnoreCase(Terms.text(Terms.parameter(begin, 0)))) {
      return null;
    }
    Expression from = Terms.bare(Terms.parameter(begin, 1));
    if (from instanceof BinaryExpression sum
        && (sum instanceof Addition || sum instanceof Subtraction)
        && isLength(sum.getRightExpression())) {
      from = sum.getLeftExpression();
    }
    boolean fits =
        TimeRules.zoned(ref)
            ? Moments.now(from) || Moments.today(from)
            : TimeRules.local(ref) && Moments.localNow(from);
    return fits
        ? new Period(expression.toString(), expression + " + interval '" + length + "'")
        : null;
  }

  /** Whether an expression is an interval, or a number of times as long as one. */
  private static boolean isLength(Expression expression) {
    return switch (Terms.bare(expression)) {
      case IntervalExpression interval -> true;
      case Multiplication product ->
          (isNumber(product.getLeftExpression()) && isLength(product.getRightExpression()))
              || (isLength(product.getLeftExpression()) && isNumber(product.getRightExpression()));
      default -> false;
    };
  }

  /** Whether an expression is a whole number of days, weeks, months or years. */
  private static boolean isWhole(String unit, Expression expression) {
    return switch (Terms.bare(expression)) {
      case IntervalExpression interval ->
          interval.toString().matches("(?i)interval '\\d{1,6} " + unit + "s?'")
              && unit.matches("day|week|month|year");
      case Multiplication product ->
          (isCount(product.getLeftExpression()) && isWhole(unit, product.getRightExpression()))
              || (isWhole(unit, product.getLeftExpression())
                  && isCount(product.getRightExpression()));
      default -> false;
    };
  }

  private static boolean isNumber(Expression expression) {
    return Terms.bare(expression) instanceof JdbcParameter || isCount(expression);
  }

  /** Whether an expression is a whole number: a literal, or a parameter of that type. */
  static boolean isCount(Expression expression) {
    return Terms.integer(expression) != null
        || (Terms.bare(expression) instanceof CastExpression cast
            && cast.getLeftExpression() instanceof JdbcParameter
            && cast.getColDataType().toString().matches("(?i)int|integer"));
  }
}
