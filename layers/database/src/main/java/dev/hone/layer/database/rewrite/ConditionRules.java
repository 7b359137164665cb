package dev.hone.layer.database.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import net.sf.jsqlparser.expression.BinaryExpression;
import net.sf.jsqlparser.expression.CaseExpression;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.operators.arithmetic.Addition;
import net.sf.jsqlparser.expression.operators.arithmetic.Multiplication;
import net.sf.jsqlparser.expression.operators.arithmetic.Subtraction;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.expression.operators.relational.IsBooleanExpression;
import net.sf.jsqlparser.expression.operators.relational.IsDistinctExpression;
import org.jspecify.annotations.Nullable;

/** Conditions whose column stands by itself afterwards, so that an index on it can be used. */
final class ConditionRules {
  private static final String BY_ITSELF =
      "The column stands by itself, so that an index on it and its statistics can be used.";
  private static final Pattern WHOLE = Pattern.compile("0|-?[1-9]\\d{0,8}");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private ConditionRules() {}

  static List<Rule> all() {
    return List.of(
        Rule.ofConditions(
            "arithmetic-to-constant",
            BY_ITSELF,
            "Where the sum exceeded the type, there was an error before and a row now.",
            (block, condition, filters) -> arithmetic(block, condition)),
        Rule.ofConditions(
            "coalesce-split",
            BY_ITSELF,
            "Only for a constant in place of null.",
            ConditionRules::coalesce),
        Rule.ofConditions(
            "text-cast-to-value",
            BY_ITSELF,
            "Only for literals in the form that the type itself is written in.",
            (block, condition, filters) -> textCast(block, condition)),
        Rule.ofConditions(
            "widening-cast",
            BY_ITSELF,
            "Only for casts to a wider type of whole numbers.",
            (block, condition, filters) -> wideningCast(block, condition)),
        Rule.ofConditions(
            "beginning-to-like",
            "LIKE with a fixed beginning can be looked up in an index with text_pattern_ops or the"
                + " collation C.",
            "Only for texts that are equal when their characters are.",
            (block, condition, filters) -> beginning(block, condition)),
        Rule.ofConditions(
            "not-distinct-to-equal",
            "Equality can be looked up in an index and joined by hashing.",
            "Only where a null cannot meet a null.",
            ConditionRules::notDistinct),
        Rule.ofConditions(
            "is-true",
            "The condition stands by itself, so that an index can be used.",
            "Only where rows are filtered, so that null and false are the same.",
            ConditionRules::isTrue),
        Rule.ofConditions(
            "case-to-condition",
            "The condition stands by itself, so that an index and statistics can be used.",
            "Only for CASE with one condition and two literals.",
            ConditionRules::caseComparison));
  }

  private static Optional<String> arithmetic(Block block, Expression condition) {
    for (Compared compared : Compared.of(condition)) {
      if (!(compared.side() instanceof BinaryExpression side)
          || !(side instanceof Addition
              || side instanceof Subtraction
              || side instanceof Multiplication)) {
        continue;
      }
      Ref ref = block.ref(side.getLeftExpression());
      Long number = Terms.integer(side.getRightExpression());
      if (ref == null && !(side instanceof Subtraction)) {
        ref = block.ref(side.getRightExpression());
        number = Terms.integer(side.getLeftExpression());
      }
      Long limit = Terms.integer(compared.other());
      if (ref == null
          || number == null
          || limit == null
          || !(ref.integer() || ref.type().equals("numeric"))) {
        continue;
      }
      Long moved =
          switch (side) {
            case Addition e -> Long.valueOf(limit - number);
            case Subtraction e -> Long.valueOf(limit + number);
            default -> number > 0 && limit % number == 0 ? Long.valueOf(limit / number) : null;
          };
      if (moved != null) {
        return Optional.of(ref.spelled() + " " + compared.operator() + " " + moved);
      }
    }
    return Optional.empty();
  }

  /** Whether one literal compares with another as the operator says; null when it is not known. */
  private static @Nullable Boolean holds(
      Ref ref, Expression left, String operator, Expression right) {
    Long first = Terms.integer(left);
    Long second = Terms.integer(right);
    if (first != null && second != null && (ref.integer() || ref.type().equals("numeric"))) {
      int order = Long.compare(first, second);
      return switch (operator) {
        case "=" -> order == 0;
        case "<>" -> order != 0;
        case "<" -> order < 0;
        case "<=" -> order <= 0;
        case ">" -> order > 0;
        default -> order >= 0;
      };
    }
    String one = Terms.text(left);
    String other = Terms.text(right);
    if (one == null || other == null || !ref.plainText()) {
      return null;
    }
    return switch (operator) {
      case "=" -> one.equals(other);
      case "<>" -> !one.equals(other);
      default -> null;
    };
  }

  private static Optional<String> coalesce(Block block, Expression condition, boolean filters) {
    for (Compared compared : Compared.of(condition)) {
      if (!Terms.function(compared.side()).equals("coalesce")
          || Terms.parameters(compared.side()) != 2) {
        continue;
      }
      Ref ref = block.ref(Terms.parameter(compared.side(), 0));
      if (ref == null) {
        continue;
      }
      Boolean ofNull =
          holds(ref, Terms.parameter(compared.side(), 1), compared.operator(), compared.other());
      String plain = ref.spelled() + " " + compared.operator() + " " + compared.other();
      if (ofNull != null && (ref.notNull() || (!ofNull && filters))) {
        return Optional.of(plain);
      }
      if (ofNull != null && ofNull) {
        return Optional.of(plain + " OR " + ref.spelled() + " IS NULL");
      }
    }
    return Optional.empty();
  }

  /** The column that is cast to one of the given types, or null. */
  private static @Nullable Ref cast(Block block, Expression expression, String types) {
    return Terms.bare(expression) instanceof CastExpression cast
            && cast.getColDataType().toString().matches("(?i)" + types)
        ? block.ref(cast.getLeftExpression())
        : null;
  }

  private static @Nullable String value(Ref ref, Expression literal) {
    String text = Terms.text(literal);
    if (text == null) {
      return null;
    }
    if (ref.integer() && WHOLE.matcher(text).matches()) {
      return ref.type().equals("smallint") && text.length() > 4 ? null : text;
    }
    return ref.type().equals("uuid") && UUID.matcher(text).matches() ? Terms.literal(text) : null;
  }

  private static Optional<String> textCast(Block block, Expression condition) {
    String texts = "text|varchar|character varying";
    if (Terms.bare(condition) instanceof InExpression in
        && !in.isNot()
        && in.getRightExpression() instanceof ExpressionList<?> list) {
      Ref ref = cast(block, in.getLeftExpression(), texts);
      var values = new ArrayList<String>();
      for (Expression each : list) {
        String value = ref == null ? null : value(ref, each);
        if (value == null) {
          return Optional.empty();
        }
        values.add(value);
      }
      return ref == null
          ? Optional.empty()
          : Optional.of(ref.spelled() + " IN (" + String.join(", ", values) + ")");
    }
    for (Compared compared : Compared.of(condition)) {
      Ref ref = cast(block, compared.side(), texts);
      String value = ref == null ? null : value(ref, compared.other());
      if (ref != null && value != null && compared.operator().equals("=")) {
        return Optional.of(ref.spelled() + " = " + value);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> wideningCast(Block block, Expression condition) {
    for (Compared compared : Compared.of(condition)) {
      Ref ref = cast(block, compared.side(), "bigint|int8|numeric|decimal");
      Long number = Terms.integer(compared.other());
      if (ref != null && number != null && ref.integer()) {
        return Optional.of(ref.spelled() + " " + compared.operator() + " " + number);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> beginning(Block block, Expression condition) {
    for (Compared compared : Compared.of(condition)) {
      Expression call = compared.side();
      if (!compared.operator().equals("=")) {
        continue;
      }
      String function = Terms.function(call);
      int parameters = function.isEmpty() ? 0 : Terms.parameters(call);
      String text;
      Long length;
      if (function.equals("left") && parameters == 2) {
        text = Terms.text(compared.other());
        length = Terms.integer(Terms.parameter(call, 1));
      } else if ((function.equals("substring") || function.equals("substr"))
          && parameters == 3
          && Long.valueOf(1).equals(Terms.integer(Terms.parameter(call, 1)))) {
        text = Terms.text(compared.other());
        length = Terms.integer(Terms.parameter(call, 2));
      } else if (function.equals("strpos")
          && parameters == 2
          && Long.valueOf(1).equals(Terms.integer(compared.other()))) {
        text = Terms.text(Terms.parameter(call, 1));
        length = text == null ? null : Long.valueOf(text.length());
      } else {
        continue;
      }
      Ref ref = block.ref(Terms.parameter(call, 0));
      if (ref != null
          && ref.plainText()
          && text != null
          && length != null
          && length == text.length()
          && text.matches("[ -~&&[^%_\\\\]]+")) {
        return Optional.of(ref.spelled() + " LIKE " + Terms.literal(text + "%"));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> notDistinct(Block block, Expression condition, boolean filters) {
    if (!(Terms.bare(condition) instanceof IsDistinctExpression distinct) || !distinct.isNot()) {
      return Optional.empty();
    }
    Expression left = distinct.getLeftExpression();
    Expression right = distinct.getRightExpression();
    Ref first = block.ref(left);
    Ref second = block.ref(right);
    boolean literal = Terms.integer(right) != null || Terms.text(right) != null;
    if (first == null) {
      return Optional.empty();
    }
    boolean one = literal || (second != null && (first.notNull() || second.notNull()));
    boolean both = first.notNull() && (literal || (second != null && second.notNull()));
    return both || (filters && one) ? Optional.of(left + " = " + right) : Optional.empty();
  }

  private static Optional<String> isTrue(Block block, Expression condition, boolean filters) {
    return filters
            && Terms.bare(condition) instanceof IsBooleanExpression is
            && is.isTrue()
            && !is.isNot()
            && block.ref(is.getLeftExpression()) == null
        ? Optional.of(Terms.bare(is.getLeftExpression()).toString())
        : Optional.empty();
  }

  private static Optional<String> caseComparison(
      Block block, Expression condition, boolean filters) {
    for (Compared compared : Compared.of(condition)) {
      if (!filters
          || !compared.operator().equals("=")
          || !(compared.side() instanceof CaseExpression choice)
          || choice.getSwitchExpression() != null
          || choice.getWhenClauses().size() != 1
          || choice.getElseExpression() == null) {
        continue;
      }
      Boolean ifSo = same(choice.getWhenClauses().getFirst().getThenExpression(), compared.other());
      Boolean ifNot = same(choice.getElseExpression(), compared.other());
      Expression when = choice.getWhenClauses().getFirst().getWhenExpression();
      if (ifSo == null || ifNot == null || ifSo.equals(ifNot)) {
        continue;
      }
      return Optional.of(
          ifSo ? Terms.bare(when).toString() : "(" + Terms.bare(when) + ") IS NOT TRUE");
    }
    return Optional.empty();
  }

  private static @Nullable Boolean same(Expression left, Expression right) {
    Long first = Terms.integer(left);
    Long second = Terms.integer(right);
    if (first != null && second != null) {
      return first.equals(second);
    }
    String one = Terms.text(left);
    String other = Terms.text(right);
    if (one == null || other == null) {
      return null;
    }
    return one.equals(other);
  }
}
