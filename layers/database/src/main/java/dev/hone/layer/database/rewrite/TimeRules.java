package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.rewrite.Moments.Period;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.sf.jsqlparser.expression.BinaryExpression;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExtractExpression;
import net.sf.jsqlparser.expression.JdbcParameter;
import net.sf.jsqlparser.expression.operators.arithmetic.Addition;
import net.sf.jsqlparser.expression.operators.arithmetic.Subtraction;
import net.sf.jsqlparser.expression.operators.relational.Between;
import org.jspecify.annotations.Nullable;

/** Days and times compared so that an index on the column and its statistics can be used. */
final class TimeRules {
  private static final String RANGE =
      "A range over the column itself can be looked up in an index, and the planner knows how many"
          + " rows it holds.";

  private TimeRules() {}

  static List<Rule> all() {
    return List.of(
        Rule.ofConditions(
            "date-trunc-to-range",
            RANGE,
            "Only for the unit's first moment, and zones whose clocks do not change at midnight.",
            (block, condition, filters) -> dateTrunc(block, condition)),
        Rule.ofConditions(
            "date-cast-to-range",
            RANGE,
            "Rows or parameters with the value infinity are treated otherwise, and so is midnight"
                + " in a zone whose clocks are put back across it.",
            (block, condition, filters) -> dateCast(block, condition)),
        Rule.ofConditions(
            "extract-to-range",
            RANGE,
            "Only for whole years from 1000 on, and for seconds since 1970.",
            (block, condition, filters) -> extract(block, condition)),
        Rule.ofConditions(
            "to-char-to-range",
            RANGE,
            "Years before Christ, which to_char writes without a sign, are no longer found.",
            (block, condition, filters) -> toChar(block, condition)),
        Rule.ofConditions(
            "age-to-range",
            RANGE,
            "Only for intervals of weeks, days and less, where a day has 24 hours.",
            (block, condition, filters) -> age(block, condition)),
        Rule.ofConditions(
            "time-arithmetic",
            RANGE,
            "Only for lengths that the calendar and the clocks do not change.",
            (block, condition, filters) -> arithmetic(block, condition)));
  }

  static boolean zoned(Ref ref) {
    return ref.type().equals("timestamp with time zone");
  }

  static boolean local(Ref ref) {
    return ref.type().equals("timestamp without time zone");
  }

  private static boolean day(Ref ref) {
    return ref.type().equals("date");
  }

  private static Optional<String> dateTrunc(Block block, Expression condition) {
    for (Compared compared : Compared.of(condition)) {
      Expression call = compared.side();
      if (!Terms.function(call).equals("date_trunc") || Terms.parameters(call) != 2) {
        continue;
      }
      String unit = Terms.text(Terms.parameter(call, 0));
      Ref ref = block.ref(Terms.parameter(call, 1));
      if (unit != null
          && ref != null
          && (local(ref) || ((zoned(ref) || day(ref)) && !unit.equals("hour")))) {
        LocalDateTime start = Moments.of(compared.other());
        Period period =
            start == null
                ? PeriodFromNow.of(unit.toLowerCase(Locale.ROOT), ref, compared.other())
                : Moments.period(unit.toLowerCase(Locale.ROOT), start);
        if (period != null) {
          return Optional.of(period.compared(ref.spelled(), compared.operator()));
        }
      }
    }
    return Optional.empty();
  }

  /** The timestamp whose day an expression is, or null. */
  private static @Nullable Ref day(Block block, Expression expression) {
    Expression of =
        switch (Terms.bare(expression)) {
          case CastExpression cast when cast.getColDataType().toString().equalsIgnoreCase("date") ->
              cast.getLeftExpression();
          case Expression e when Terms.function(e).equals("date") && Terms.parameters(e) == 1 ->
              Terms.parameter(e, 0);
          default -> null;
        };
    Ref ref = of == null ? null : block.ref(of);
    return ref != null && (zoned(ref) || local(ref)) ? ref : null;
  }

  /** The day that an expression is, and the next; null when it is not known to be a day. */
  private static @Nullable Period dayOf(Expression expression) {
    LocalDateTime start = Moments.of(expression);
    if (start != null) {
      return Moments.period("day", start);
    }
    String text = simpleDay(expression);
    return text == null ? null : new Period(text, text + " + 1");
  }

  private static @Nullable String simpleDay(Expression expression) {
    return switch (Terms.bare(expression)) {
      case JdbcParameter parameter -> parameter + "::date";
      case CastExpression cast
          when cast.getLeftExpression() instanceof JdbcParameter parameter
              && cast.getColDataType().toString().equalsIgnoreCase("date") ->
          parameter + "::date";
      case BinaryExpression sum
          when (sum instanceof Addition || sum instanceof Subtraction)
              && Moments.today(sum.getLeftExpression())
              && PeriodFromNow.isCount(sum.getRightExpression()) ->
          sum.toString();
      case Expression e -> Moments.today(e) ? "current_date" : null;
    };
  }

  private static Optional<String> dateCast(Block block, Expression condition) {
    if (Terms.bare(condition) instanceof Between between
        && !between.isNot()
        && !between.isUsingSymmetric()) {
      Ref ref = day(block, between.getLeftExpression());
      Period first = dayOf(between.getBetweenExpressionStart());
      Period last = dayOf(between.getBetweenExpressionEnd());
      return ref == null || first == null || last == null
          ? Optional.empty()
          : Optional.of(
              first.compared(ref.spelled(), ">=") + " AND " + last.compared(ref.spelled(), "<="));
    }
    for (Compared compared : Compared.of(condition)) {
      Ref ref = day(block, compared.side());
      Period period = dayOf(compared.other());
      if (ref != null && period != null) {
        return Optional.of(period.compared(ref.spelled(), compared.operator()));
      }
    }
    return Optional.empty();
  }

  /** What is extracted from which column. */
  private record Extracted(String field, Ref ref) {}

  private static @Nullable Extracted extracted(Block block, Expression expression) {
    if (Terms.bare(expression) instanceof ExtractExpression extract) {
      Ref ref = block.ref(extract.getExpression());
      return ref == null ? null : new Extracted(Terms.folded(extract.getName()), ref);
    }
    if (Terms.function(expression).equals("date_part") && Terms.parameters(expression) == 2) {
      String field = Terms.text(Terms.parameter(expression, 0));
      Ref ref = block.ref(Terms.parameter(expression, 1));
      return ref == null || field == null
          ? null
          : new Extracted(field.toLowerCase(Locale.ROOT), ref);
    }
    return null;
  }

  private static @Nullable Period year(@Nullable Long number) {
    if (number == null || number < 1000 || number > 9998) {
      return null;
    }
    LocalDateTime start = LocalDate.of(number.intValue(), 1, 1).atStartOfDay();
    return Period.of(start, start.plusYears(1));
  }

  private static Optional<String> extract(Block block, Expression condition) {
    if (Terms.bare(condition) instanceof Between between
        && !between.isNot()
        && !between.isUsingSymmetric()) {
      Extracted extracted = extracted(block, between.getLeftExpression());
      Period first = year(Terms.integer(between.getBetweenExpressionStart()));
      Period last = year(Terms.integer(between.getBetweenExpressionEnd()));
      return extracted == null
              || first == null
              || last == null
              || !extracted.field().equals("year")
              || !(zoned(extracted.ref()) || local(extracted.ref()) || day(extracted.ref()))
          ? Optional.empty()
          : Optional.of(
              first.compared(extracted.ref().spelled(), ">=")
                  + " AND "
                  + last.compared(extracted.ref().spelled(), "<="));
    }
    for (Compared compared : Compared.of(condition)) {
      Extracted extracted = extracted(block, compared.side());
      Long number = Terms.integer(compared.other());
      if (extracted == null || number == null) {
        continue;
      }
      Ref ref = extracted.ref();
      Period year = year(number);
      if (extracted.field().equals("year")
          && year != null
          && (zoned(ref) || local(ref) || day(ref))) {
        return Optional.of(year.compared(ref.spelled(), compared.operator()));
      }
      if (extracted.field().equals("epoch") && zoned(ref)) {
        return Optional.of(
            ref.spelled() + " " + compared.operator() + " to_timestamp(" + number + ")");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> toChar(Block block, Expression condition) {
    for (Compared compared : Compared.of(condition)) {
      if (!Terms.function(compared.side()).equals("to_char")
          || Terms.parameters(compared.side()) != 2
          || !compared.operator().equals("=")) {
        continue;
      }
      Ref ref = block.ref(Terms.parameter(compared.side(), 0));
      String format = Terms.text(Terms.parameter(compared.side(), 1));
      String text = Terms.text(compared.other());
      if (ref == null
          || format == null
          || text == null
          || !(zoned(ref) || local(ref) || day(ref))) {
        continue;
      }
      Period period =
          switch (format) {
            case "YYYY" -> written(text, "[1-9]\\d{3}", text + "-01-01", "year");
            case "YYYY-MM" -> written(text, "[1-9]\\d{3}-\\d\\d", text + "-01", "month");
            case "YYYY-MM-DD" -> written(text, "[1-9]\\d{3}-\\d\\d-\\d\\d", text, "day");
            default -> null;
          };
      if (period != null) {
        return Optional.of(period.compared(ref.spelled(), "="));
      }
    }
    return Optional.empty();
  }

  private static @Nullable Period written(String text, String form, String day, String unit) {
    if (!text.matches(form)) {
      return null;
    }
    try {
      LocalDate date = LocalDate.parse(day);
      return date.getYear() > 9998 ? null : Moments.period(unit, date.atStartOfDay());
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** {@code now() - c < interval '2 days'}. */
  private static Optional<String> age(Block block, Expression condition) {
    for (Compared compared : Compared.of(condition)) {
      if (!(compared.side() instanceof Subtraction difference)) {
        continue;
      }
      Expression from = difference.getLeftExpression();
      Ref ref = block.ref(difference.getRightExpression());
      if (ref == null || compared.operator().equals("<>")) {
        continue;
      }
      String operator = Terms.mirrored(compared.operator());
      Duration length = Moments.length(compared.other());
      if (length != null
          && ((zoned(ref) && Moments.now(from)) || (local(ref) && Moments.localNow(from)))) {
        return Optional.of(ref.spelled() + " " + operator + " " + from + " - " + interval(length));
      }
      Long days = Terms.integer(compared.other());
      if (days != null && day(ref) && Moments.today(from)) {
        return Optional.of(ref.spelled() + " " + operator + " current_date - " + days);
      }
    }
    return Optional.empty();
  }

  private static String interval(Duration length) {
    return length.toSeconds() % 3600 == 0
        ? "interval '" + length.toHours() + " hours'"
        : "interval '" + length.toSeconds() + " seconds'";
  }

  /** {@code c + interval '2 hours' > now()}. */
  private static Optional<String> arithmetic(Block block, Expression condition) {
    for (Compared compared : Compared.of(condition)) {
      boolean plus = compared.side() instanceof Addition;
      if (!(plus || compared.side() instanceof Subtraction)) {
        continue;
      }
      var sum = (BinaryExpression) compared.side();
      Ref ref = block.ref(sum.getLeftExpression());
      if (ref == null) {
        continue;
      }
      String back = plus ? " - " : " + ";
      Expression other = compared.other();
      Duration length = Moments.length(sum.getRightExpression());
      boolean literal = Moments.of(other) != null;
      if (length != null) {
        boolean clock = length.toSeconds() % 86_400 != 0 || literalHours(sum.getRightExpression());
        if (zoned(ref) && clock && Moments.now(other)) {
          return Optional.of(
              ref.spelled() + " " + compared.operator() + " " + other + back + interval(length));
        }
        if (local(ref) && (literal || Moments.localNow(other))) {
          return Optional.of(
              ref.spelled()
                  + " "
                  + compared.operator()
                  + " "
                  + (literal ? "TIMESTAMP '" + Moments.of(other) + "'" : other)
                  + back
                  + interval(length));
        }
      }
      Long days = Terms.integer(sum.getRightExpression());
      if (days != null && day(ref) && (Moments.today(other) || literal)) {
        LocalDateTime moment = Moments.of(other);
        String day = moment == null ? "current_date" : "DATE '" + moment.toLocalDate() + "'";
        if (moment == null || Moments.period("day", moment) != null) {
          return Optional.of(ref.spelled() + " " + compared.operator() + " " + day + back + days);
        }
      }
    }
    return Optional.empty();
  }

  /** Whether an interval counts hours or less, which do not depend on the calendar. */
  private static boolean literalHours(Expression interval) {
    return interval.toString().toLowerCase(Locale.ROOT).matches(".*\\b(hour|min|sec).*");
  }
}
