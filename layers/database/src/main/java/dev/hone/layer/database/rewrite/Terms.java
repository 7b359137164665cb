package dev.hone.layer.database.rewrite;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.SignedExpression;
import net.sf.jsqlparser.expression.StringValue;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.conditional.OrExpression;
import net.sf.jsqlparser.expression.operators.relational.ComparisonOperator;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import org.jspecify.annotations.Nullable;

/** Expressions taken apart and put together. */
final class Terms {
  private Terms() {}

  /** Without parentheses around it. */
  static Expression bare(Expression expression) {
    Expression inner = expression;
    while (inner instanceof ParenthesedExpressionList<?> list && list.size() == 1) {
      inner = list.getFirst();
    }
    return inner;
  }

  /** The parts that AND connects. */
  static List<Expression> conjuncts(@Nullable Expression condition) {
    var parts = new ArrayList<Expression>();
    if (condition != null) {
      collect(condition, true, parts);
    }
    return parts;
  }

  /** The parts that OR connects. */
  static List<Expression> disjuncts(Expression condition) {
    var parts = new ArrayList<Expression>();
    collect(condition, false, parts);
    return parts;
  }

  private static void collect(Expression condition, boolean and, List<Expression> parts) {
    switch (bare(condition)) {
      case AndExpression e when and && !e.isUseOperator() -> {
        collect(e.getLeftExpression(), true, parts);
        collect(e.getRightExpression(), true, parts);
      }
      case OrExpression e when !and -> {
        collect(e.getLeftExpression(), false, parts);
        collect(e.getRightExpression(), false, parts);
      }
      case Expression e -> parts.add(e);
    }
  }

  /** Connected by AND; null when there are none. */
  static @Nullable Expression and(Collection<? extends Expression> conditions) {
    Expression all = null;
    for (Expression each : conditions) {
      Expression safe = each instanceof OrExpression ? inParentheses(each) : each;
      all = all == null ? safe : new AndExpression(all, safe);
    }
    return all;
  }

  static Expression inParentheses(Expression expression) {
    var list = new ParenthesedExpressionList<Expression>();
    list.add(expression);
    return list;
  }

  /**
   * Reads a condition.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Expression parse(String condition) {
    try {
      return CCJSqlParserUtil.parseCondExpression(condition);
    } catch (JSQLParserException e) {
      throw new IllegalArgumentException("`" + condition + "` is no condition", e);
    }
  }

  /** A name as PostgreSQL folds it. */
  static String folded(@Nullable String name) {
    if (name == null) {
      return "";
    }
    return name.startsWith("\"") && name.endsWith("\"") && name.length() > 1
        ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
        : name.toLowerCase(Locale.ROOT);
  }

  /** A folded name as it stands in SQL. */
  static String quoted(String name) {
    return name.matches("[a-z_][a-z0-9_]*") ? name : "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /** A text as a literal, for texts without backslashes. */
  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** The text of a plain literal, or null. */
  static @Nullable String text(Expression expression) {
    return bare(expression) instanceof StringValue value
            && value.getPrefix() == null
            && value.toString().startsWith("'")
            && value.getValue().indexOf('\\') < 0
        ? value.getNotExcapedValue()
        : null;
  }

  /** The value of an integer literal that fits an integer, or null. */
  static @Nullable Long integer(Expression expression) {
    Expression bare = bare(expression);
    long sign = 1;
    if (bare instanceof SignedExpression signed && "+-".indexOf(signed.getSign()) >= 0) {
      sign = signed.getSign() == '-' ? -1 : 1;
      bare = bare(signed.getExpression());
    }
    if (bare instanceof LongValue value && value.getStringValue().matches("\\d{1,9}")) {
      return sign * Long.parseLong(value.getStringValue());
    }
    return null;
  }

  /** The name of a function, without its schema when that is PostgreSQL's own. */
  static String function(Expression expression) {
    return bare(expression) instanceof Function function
        ? folded(function.getName().replaceFirst("(?i)^pg_catalog\\.", ""))
        : "";
  }

  /** A parameter of a function. */
  static Expression parameter(Expression function, int index) {
    return bare(((Function) bare(function)).getParameters().get(index));
  }

  /** How many parameters a function has. */
  static int parameters(Expression function) {
    var parameters = ((Function) bare(function)).getParameters();
    return parameters == null ? 0 : parameters.size();
  }

  /** The operator of a comparison by one of {@code = <> < <= > >=}, or empty. */
  static String operator(Expression expression) {
    if (bare(expression) instanceof ComparisonOperator comparison) {
      return switch (comparison.getStringExpression()) {
        case "!=" -> "<>";
        case "=", "<>", "<", "<=", ">", ">=" -> comparison.getStringExpression();
        default -> "";
      };
    }
    return "";
  }

  /** The operator with its sides exchanged. */
  static String mirrored(String operator) {
    return switch (operator) {
      case "<" -> ">";
      case "<=" -> ">=";
      case ">" -> "<";
      case ">=" -> "<=";
      default -> operator;
    };
  }

  /** The two sides of an equality, or null. */
  static @Nullable EqualsTo equality(Expression expression) {
    return bare(expression) instanceof EqualsTo equality ? equality : null;
  }
}
