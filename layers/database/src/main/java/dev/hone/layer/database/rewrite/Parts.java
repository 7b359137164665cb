package dev.hone.layer.database.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.AnyComparisonExpression;
import net.sf.jsqlparser.expression.ArrayConstructor;
import net.sf.jsqlparser.expression.BinaryExpression;
import net.sf.jsqlparser.expression.BooleanValue;
import net.sf.jsqlparser.expression.CaseExpression;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.CollateExpression;
import net.sf.jsqlparser.expression.DateTimeLiteralExpression;
import net.sf.jsqlparser.expression.DoubleValue;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExtractExpression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.IntervalExpression;
import net.sf.jsqlparser.expression.JdbcParameter;
import net.sf.jsqlparser.expression.JsonExpression;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.NotExpression;
import net.sf.jsqlparser.expression.NullValue;
import net.sf.jsqlparser.expression.SignedExpression;
import net.sf.jsqlparser.expression.StringValue;
import net.sf.jsqlparser.expression.TimeKeyExpression;
import net.sf.jsqlparser.expression.TimezoneExpression;
import net.sf.jsqlparser.expression.TrimFunction;
import net.sf.jsqlparser.expression.WhenClause;
import net.sf.jsqlparser.expression.operators.relational.Between;
import net.sf.jsqlparser.expression.operators.relational.ExistsExpression;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.expression.operators.relational.IsBooleanExpression;
import net.sf.jsqlparser.expression.operators.relational.IsNullExpression;
import net.sf.jsqlparser.expression.operators.relational.IsUnknownExpression;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.AllColumns;
import net.sf.jsqlparser.statement.select.OrderByElement;
import net.sf.jsqlparser.statement.select.Select;

/**
 * What an expression is made of. Only kinds of expressions that are listed here are understood, so
 * that no rule overlooks a column in one that is not.
 */
final class Parts {
  private Parts() {}

  /** A place that holds an expression, and how another is put there. */
  record Slot(Expression value, Consumer<Expression> put) {}

  /** A statement has something in it that the rules do not know. */
  static final class NotUnderstood extends RuntimeException {
    NotUnderstood(Object what) {
      super(what.getClass().getSimpleName());
    }
  }

  /** The expressions right below one, except those inside of a subquery. */
  static List<Slot> of(Expression expression) {
    var slots = new ArrayList<Slot>();
    switch (expression) {
      case BinaryExpression e -> {
        slots.add(new Slot(e.getLeftExpression(), e::setLeftExpression));
        slots.add(new Slot(e.getRightExpression(), e::setRightExpression));
      }
      case Between e -> {
        slots.add(new Slot(e.getLeftExpression(), e::setLeftExpression));
        slots.add(new Slot(e.getBetweenExpressionStart(), e::setBetweenExpressionStart));
        slots.add(new Slot(e.getBetweenExpressionEnd(), e::setBetweenExpressionEnd));
      }
      case InExpression e -> {
        slots.add(new Slot(e.getLeftExpression(), e::setLeftExpression));
        slots.add(new Slot(e.getRightExpression(), e::setRightExpression));
      }
      case IsNullExpression e -> slots.add(new Slot(e.getLeftExpression(), e::setLeftExpression));
      case IsBooleanExpression e ->
          slots.add(new Slot(e.getLeftExpression(), e::setLeftExpression));
      case IsUnknownExpression e ->
          slots.add(new Slot(e.getLeftExpression(), e::setLeftExpression));
      case ExistsExpression e -> slots.add(new Slot(e.getRightExpression(), e::setRightExpression));
      case NotExpression e -> slots.add(new Slot(e.getExpression(), e::setExpression));
      case SignedExpression e -> slots.add(new Slot(e.getExpression(), e::setExpression));
      case CastExpression e -> slots.add(new Slot(e.getLeftExpression(), e::setLeftExpression));
      case CollateExpression e -> slots.add(new Slot(e.getLeftExpression(), e::setLeftExpression));
      case ExtractExpression e -> slots.add(new Slot(e.getExpression(), e::setExpression));
      case JsonExpression e -> {
        slots.add(fixed(e.getExpression()));
        e.getIdentList().forEach(each -> slots.add(fixed(each.getKey())));
      }
      case TimezoneExpression e -> {
        slots.add(new Slot(e.getLeftExpression(), e::setLeftExpression));
        e.getTimezoneExpressions().forEach(each -> slots.add(fixed(each)));
      }
      case TrimFunction e -> {
        add(slots, e.getExpression());
        add(slots, e.getFromExpression());
      }
      case ArrayConstructor e -> list(slots, e.getExpressions());
      case ExpressionList<?> e -> list(slots, e);
      case CaseExpression e -> {
        if (e.getSwitchExpression() != null) {
          slots.add(new Slot(e.getSwitchExpression(), e::setSwitchExpression));
        }
        for (WhenClause when : e.getWhenClauses()) {
          slots.add(new Slot(when.getWhenExpression(), when::setWhenExpression));
          slots.add(new Slot(when.getThenExpression(), when::setThenExpression));
        }
        if (e.getElseExpression() != null) {
          slots.add(new Slot(e.getElseExpression(), e::setElseExpression));
        }
      }
      case Function e -> function(slots, e);
      case AnalyticExpression e -> analytic(slots, e);
      case IntervalExpression e -> {
        if (e.getExpression() != null) {
          slots.add(fixed(e.getExpression()));
        }
      }
      case AnyComparisonExpression e -> {}
      case Select e -> {}
      case Column e -> {
        if (e.getArrayConstructor() != null) {
          throw new NotUnderstood(e.getArrayConstructor());
        }
      }
      case AllColumns e -> {}
      case JdbcParameter e -> {}
      case LongValue e -> {}
      case DoubleValue e -> {}
      case StringValue e -> {}
      case NullValue e -> {}
      case BooleanValue e -> {}
      case TimeKeyExpression e -> {}
      case DateTimeLiteralExpression e -> {}
      default -> throw new NotUnderstood(expression);
    }
    return slots;
  }

  private static void function(List<Slot> slots, Function function) {
    if (function.getKeep() != null
        || function.getAttribute() != null
        || function.getHavingClause() != null
        || function.getChainedParameters() != null) {
      throw new NotUnderstood(function);
    }
    if (function.getParameters() != null) {
      list(slots, function.getParameters());
    }
    if (function.getNamedParameters() != null) {
      list(slots, function.getNamedParameters());
    }
    order(slots, function.getOrderByElements());
  }

  private static void analytic(List<Slot> slots, AnalyticExpression window) {
    if (window.getWindowName() != null
        || window.getKeep() != null
        || window.getWindowElement() != null) {
      throw new NotUnderstood(window);
    }
    add(slots, window.getExpression());
    add(slots, window.getOffset());
    add(slots, window.getDefaultValue());
    add(slots, window.getFilterExpression());
    if (window.getPartitionExpressionList() != null) {
      list(slots, window.getPartitionExpressionList());
    }
    order(slots, window.getOrderByElements());
    order(slots, window.getFuncOrderBy());
  }

  private static void order(
      List<Slot> slots, @org.jspecify.annotations.Nullable List<OrderByElement> elements) {
    if (elements != null) {
      elements.forEach(each -> slots.add(new Slot(each.getExpression(), each::setExpression)));
    }
  }

  private static void add(
      List<Slot> slots, @org.jspecify.annotations.Nullable Expression expression) {
    if (expression != null) {
      slots.add(fixed(expression));
    }
  }

  private static Slot fixed(Expression expression) {
    return new Slot(
        expression,
        other -> {
          throw new IllegalStateException("`" + expression + "` cannot be replaced");
        });
  }

  @SuppressWarnings("unchecked")
  private static void list(List<Slot> slots, ExpressionList<?> list) {
    var writable = (ExpressionList<Expression>) list;
    for (int i = 0; i < writable.size(); i++) {
      int at = i;
      slots.add(new Slot(writable.get(i), other -> writable.set(at, other)));
    }
  }
}
