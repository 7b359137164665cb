package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.twin.TableCopy;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values for rows and parameters: few different ones, so that conditions hold and joins meet, with
 * the statement's own constants and their neighbours, and now and then an extreme one.
 */
final class ScratchValues {
  private static final Pattern TEXT = Pattern.compile("'([^']*+(?:''[^']*+)*+)'");
  private static final Pattern NUMBER = Pattern.compile("(?<![\\w$.'])\\d{1,9}(?:\\.\\d{1,6})?\\b");
  private static final Pattern DATE = Pattern.compile("(\\d{4})-(\\d{2})(?:-(\\d{2}))?");

  private static final Pattern NOW =
      Pattern.compile(
          "\\b(now\\s*\\(|current_date|current_timestamp|localtimestamp)",
          Pattern.CASE_INSENSITIVE);

  /** What is compared with now is mostly about the last days. */
  private static final int LATELY_DAYS = 8;

  private final Connection connection;
  private final Map<String, List<String>> enumerations = new HashMap<>();
  private final Set<String> texts = new LinkedHashSet<>(List.of("a", "b", "ab", "A", ""));
  private final Set<String> integers = new LinkedHashSet<>(List.of("0", "1", "2", "3", "4"));
  private final Set<String> numbers = new LinkedHashSet<>(List.of("0", "1", "2.5", "4", "40"));
  private final Set<LocalDate> dates = new LinkedHashSet<>();

  /** Those that the statement names. */
  private final Set<LocalDate> named = new LinkedHashSet<>();

  ScratchValues(Connection connection, String statement) throws SQLException {
    this.connection = connection;
    if (NOW.matcher(statement).find()) {
      LocalDate today = today();
      for (int back = -1; back <= LATELY_DAYS; back++) {
        named.add(today.minusDays(back));
      }
      dates.addAll(named);
    }
    Matcher text = TEXT.matcher(statement);
    while (text.find()) {
      String value = text.group(1).replace("''", "'");
      texts.add(value.replaceAll("[%_]", ""));
      texts.add(value.replace("%", "x").replace("_", "y"));
      Matcher date = DATE.matcher(value);
      if (date.find()) {
        add(
            date.group(1)
                + "-"
                + date.group(2)
                + "-"
                + (date.group(3) == null ? "01" : date.group(3)));
      } else if (value.matches("\\d{4}")) {
        add(value + "-01-01");
      }
      if (value.matches("\\d{1,9}")) {
        integers.add(value);
      }
    }
    Matcher number = NUMBER.matcher(TEXT.matcher(statement).replaceAll("''"));
    while (number.find()) {
      var value = new BigDecimal(number.group());
      for (BigDecimal each :
          List.of(value, value.subtract(BigDecimal.ONE), value.add(BigDecimal.ONE))) {
        numbers.add(each.toPlainString());
        if (each.scale() <= 0) {
          integers.add(each.toPlainString());
        }
      }
      if (number.group().matches("(19|20)\\d\\d")) {
        add(number.group() + "-01-01");
      }
    }
    for (int day = 1; day <= 3; day++) {
      dates.add(LocalDate.of(2024, 2, 27 + (day > 2 ? 2 : day)));
    }
  }

  /** As the server sees it, which compares with its own clock. */
  private LocalDate today() throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery("SELECT current_date")) {
      row.next();
      return row.getDate(1).toLocalDate();
    }
  }

  private void add(String text) {
    try {
      LocalDate date = LocalDate.parse(text);
      named.add(date);
      for (LocalDate each :
          List.of(
              date,
              date.minusDays(1),
              date.plusDays(1),
              date.plusMonths(1),
              date.plusYears(1),
              date.plusYears(1).minusDays(1))) {
        dates.add(each);
      }
    } catch (DateTimeParseException e) {
      // A text that only looks like a date.
    }
  }

  /**
   * A value of a type as a text, or null when there is none.
   *
   * @param type as format_type spells it
   * @param extremes whether the least and greatest values may come
   */
  @org.jspecify.annotations.Nullable
  String value(String type, RandomGenerator random, boolean extremes) throws SQLException {
    String base = type.replaceFirst("\\(.*?\\)", "");
    boolean extreme = extremes && random.nextInt(12) == 0;
    return switch (base) {
      case "smallint" -> extreme ? one(random, "-32768", "32767") : small(random);
      case "integer" -> extreme ? one(random, "-2147483648", "2147483647") : small(random);
      case "bigint" -> extreme ? one(random, "-9000000000", "9000000000") : small(random);
      case "numeric" -> extreme ? one(random, "-1", "999999999", "0.01") : any(numbers, random);
      case "real", "double precision" -> any(numbers, random);
      case "text", "character varying", "character", "bpchar", "\"char\"" ->
          fitting(any(texts, random), type);
      case "boolean" -> random.nextBoolean() ? "true" : "false";
      case "date" -> date(random, extreme).toString();
      case "timestamp without time zone", "timestamp with time zone" ->
          date(random, extreme)
              + one(random, " 00:00:00", " 00:00:00", " 12:34:56.789", " 23:59:59.999999");
      case "time without time zone", "time with time zone" ->
          one(random, "00:00:00", "12:34:56", "23:59:59.999999");
      case "interval" -> one(random, "1 day", "24 hours", "0", "-3 hours", "1 month");
      case "uuid" -> "00000000-0000-0000-0000-00000000000" + random.nextInt(6);
      case "json", "jsonb" -> one(random, "{}", "{\"a\": 1}", "{\"a\": \"b\"}", "[1, 2]", "null");
      case "bytea" -> one(random, "\\x", "\\x00", "\\x6162");
      case "inet", "cidr" -> one(random, "10.0.0.1", "10.0.0.2", "192.168.1.1");
      default -> type.endsWith("[]") ? one(random, "{}", "{1}", "{1,2}") : label(type, random);
    };
  }

  private String small(RandomGenerator random) {
    return random.nextInt(3) == 0 ? any(integers, random) : Integer.toString(random.nextInt(8));
  }

  private LocalDate date(RandomGenerator random, boolean extreme) {
    if (extreme) {
      return LocalDate.of(random.nextBoolean() ? 1 : 9999, 12, 31);
    }
    Set<LocalDate> from = named.isEmpty() || random.nextInt(3) > 0 ? dates : named;
    return List.copyOf(from).get(random.nextInt(from.size()));
  }

  private static String fitting(String text, String type) {
    Matcher length = Pattern.compile("\\((\\d+)\\)").matcher(type);
    return length.find() && text.length() > Integer.parseInt(length.group(1))
        ? text.substring(0, Integer.parseInt(length.group(1)))
        : text;
  }

  private @org.jspecify.annotations.Nullable String label(String type, RandomGenerator random)
      throws SQLException {
    List<String> labels = enumerations.get(type);
    if (labels == null) {
      labels = new ArrayList<>();
      try (PreparedStatement query =
          connection.prepareStatement(
              "SELECT enumlabel FROM pg_enum WHERE enumtypid = to_regtype(?)::oid"
                  + " ORDER BY enumsortorder")) {
        query.setString(1, type);
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            labels.add(rows.getString(1));
          }
        }
      }
      enumerations.put(type, labels);
    }
    return labels.isEmpty() ? null : labels.get(random.nextInt(labels.size()));
  }

  private static String any(Set<String> values, RandomGenerator random) {
    return List.copyOf(values).get(random.nextInt(values.size()));
  }

  private static String one(RandomGenerator random, String... values) {
    return values[random.nextInt(values.length)];
  }

  /** The value for a column that a foreign key or a default does not give. */
  @org.jspecify.annotations.Nullable
  String value(TableCopy.Column column, RandomGenerator random, boolean extremes)
      throws SQLException {
    return !column.notNull() && random.nextInt(4) == 0
        ? null
        : value(column.type(), random, extremes);
  }
}
