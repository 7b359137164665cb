package dev.hone.layer.database.rewrite;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.DateTimeLiteralExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.IntervalExpression;
import net.sf.jsqlparser.expression.TimeKeyExpression;
import org.jspecify.annotations.Nullable;

/** Constants of days and times, read from literals without a time zone. */
final class Moments {
  private static final Pattern LENGTH =
      Pattern.compile("(\\d{1,6}) ?(second|sec|minute|min|hour|day|week)s?");

  private Moments() {}

  /**
   * From {@code start} up to but not including {@code end}.
   *
   * @param start as a literal
   * @param end as a literal
   */
  record Period(String start, String end) {
    static Period of(LocalDateTime start, LocalDateTime end) {
      return new Period(literal(start), literal(end));
    }

    private static String literal(LocalDateTime moment) {
      return moment.toLocalTime().equals(LocalTime.MIDNIGHT)
          ? "'" + moment.toLocalDate() + "'"
          : "'"
              + moment.toLocalDate()
              + " "
              + moment.format(java.time.format.DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT))
              + "'";
    }

    /** What compares a column so that it lies as the operator says about the period. */
    String compared(String column, String operator) {
      return switch (operator) {
        case "=" -> column + " >= " + start + " AND " + column + " < " + end;
        case "<>" -> column + " < " + start + " OR " + column + " >= " + end;
        case "<" -> column + " < " + start;
        case "<=" -> column + " < " + end;
        case ">" -> column + " >= " + end;
        case ">=" -> column + " >= " + start;
        default -> throw new IllegalArgumentException("`" + operator + "` does not compare");
      };
    }
  }

  /** The moment of a literal of the years 1000 to 9998, or null. */
  static @Nullable LocalDateTime of(Expression expression) {
    String text =
        switch (Terms.bare(expression)) {
          case DateTimeLiteralExpression literal -> literal.getValue().replace("'", "");
          case CastExpression cast
              when cast.getColDataType().toString().matches("(?i)date|timestamp") ->
              Terms.text(cast.getLeftExpression());
          case Expression e -> Terms.text(e);
        };
    if (text == null || !text.matches("[1-9]\\d{3}-\\d\\d-\\d\\d([ T]\\d\\d:\\d\\d(:\\d\\d)?)?")) {
      return null;
    }
    try {
      LocalDateTime moment =
          text.length() == 10
              ? LocalDate.parse(text).atStartOfDay()
              : LocalDateTime.parse(text.replace(' ', 'T'));
      return moment.getYear() < 9999 ? moment : null;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** The unit of date_trunc that begins at a moment, or null when none does. */
  static @Nullable Period period(String unit, LocalDateTime start) {
    LocalDate day = start.toLocalDate();
    boolean midnight = start.toLocalTime().equals(LocalTime.MIDNIGHT);
    LocalDateTime end =
        switch (unit) {
          case "hour" ->
              start.truncatedTo(ChronoUnit.HOURS).equals(start) ? start.plusHours(1) : null;
          case "day" -> midnight ? start.plusDays(1) : null;
          case "week" ->
              midnight && day.getDayOfWeek() == java.time.DayOfWeek.MONDAY
                  ? start.plusWeeks(1)
                  : null;
          case "month" -> midnight && day.getDayOfMonth() == 1 ? start.plusMonths(1) : null;
          case "quarter" ->
              midnight && day.get(IsoFields.DAY_OF_QUARTER) == 1 ? start.plusMonths(3) : null;
          case "year" -> midnight && day.getDayOfYear() == 1 ? start.plusYears(1) : null;
          default -> null;
        };
    return end == null ? null : Period.of(start, end);
  }

  /** The length of an interval's literal that has only weeks, days or less, or null. */
  static @Nullable Duration length(Expression expression) {
    String text =
        switch (Terms.bare(expression)) {
          case IntervalExpression interval when interval.getParameter() != null ->
              interval.toString().replaceFirst("(?i)^interval ", "").replace("'", "");
          case CastExpression cast
              when cast.getColDataType().toString().equalsIgnoreCase("interval") ->
              Terms.text(cast.getLeftExpression());
          default -> null;
        };
    if (text == null) {
      return null;
    }
    Matcher matcher = LENGTH.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return null;
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "week" -> Duration.ofDays(7 * count);
      case "day" -> Duration.ofDays(count);
      case "hour" -> Duration.ofHours(count);
      case "minute", "min" -> Duration.ofMinutes(count);
      default -> Duration.ofSeconds(count);
    };
  }

  /** Whether it is the present moment, as a timestamp with time zone. */
  static boolean now(Expression expression) {
    return (Terms.function(expression).equals("now") && Terms.parameters(expression) == 0)
        || key(expression).equals("current_timestamp");
  }

  /** Whether it is the present day. */
  static boolean today(Expression expression) {
    return key(expression).equals("current_date");
  }

  /** Whether it is the present moment, as a timestamp without time zone. */
  static boolean localNow(Expression expression) {
    return key(expression).equals("localtimestamp");
  }

  private static String key(Expression expression) {
    return Terms.bare(expression) instanceof TimeKeyExpression key
        ? key.getStringValue().toLowerCase(Locale.ROOT).replace("()", "")
        : Terms.bare(expression) instanceof net.sf.jsqlparser.schema.Column column
                && column.getTable() == null
            ? Terms.folded(column.getColumnName())
            : "";
  }
}
