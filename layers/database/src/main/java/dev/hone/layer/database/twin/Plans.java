package dev.hone.layer.database.twin;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a server how it would execute a statement with parameters. Executes nothing. */
public final class Plans {
  /** Stands in every statement of Hone's own. */
  public static final String MARK = "/* hone */";

  /** pg_stat_statements writes {@code date $1}, which is no SQL. */
  private static final Pattern TYPED_PARAMETER =
      Pattern.compile(
          "\\b(date|timestamptz|timestamp|timetz|time|interval|numeric|bytea|uuid|inet)\\s+(\\$\\d+)",
          Pattern.CASE_INSENSITIVE);

  /** Up to 15 it keeps a parameter for the field, too: {@code extract($1 from …)}. */
  private static final Pattern EXTRACTED =
      Pattern.compile("\\bextract\\s*\\(\\s*(\\$\\d+)\\s+from\\s+", Pattern.CASE_INSENSITIVE);

  /**
   * A day and a number of days, of which the number became a parameter; without a type it would be
   * taken for a day.
   */
  private static final Pattern DAYS =
      Pattern.compile(
          "\\b(current_date\\s*[-+]\\s*)(\\$\\d+)(?![\\d\\s]*::)", Pattern.CASE_INSENSITIVE);

  /** Two numbers that are added, of which both became parameters. */
  private static final Pattern NUMBERS =
      Pattern.compile("(\\$\\d+)(\\s*[-+*]\\s*)(\\$\\d+)(?![\\d\\s]*::)");

  /** What the server says of a parameter that could be of any type; it is taken for a text then. */
  private static final Pattern ANY_TYPE = Pattern.compile("data type of parameter (\\$\\d+)");

  /** SQLSTATE indeterminate_datatype. */
  private static final String INDETERMINATE = "42P18";

  private static final int MOST_OF_ANY_TYPE = 16;

  private static final Pattern PARAMETER = Pattern.compile("\\$(\\d+)");
  private static final Set<String> VERBS =
      Set.of("select", "insert", "update", "delete", "merge", "with", "values");
  private static final String OPTIONS = "VERBOSE, FORMAT JSON";

  /** SQLSTATE statement_too_complex. */
  private static final String TOO_COMPLEX = "54001";

  /** SQLSTATE syntax_error. */
  private static final String SYNTAX_ERROR = "42601";

  /** Characters; what is longer was not written to be read, and takes long to plan. */
  private static final int LONGEST = 50_000;

  /** PostgreSQL numbers them with 16 bits. */
  private static final int MOST_PARAMETERS = 65_535;

  private Plans() {}

  /**
   * Whether it reads or changes rows and is not one of Hone's own. A text with a semicolon outside
   * of quotes and comments, or where that cannot be told for certain, is left alone: what follows
   * it might be executed instead of explained.
   */
  public static boolean explainable(String statement) {
    return statement.length() <= LONGEST
        && !verb(statement).isEmpty()
        && !statement.contains(MARK)
        && isOne(statement)
        && parameters(statement) <= MOST_PARAMETERS;
  }

  /** Makes what pg_stat_statements keeps SQL again. */
  public static String repaired(String text) {
    String typed = TYPED_PARAMETER.matcher(text).replaceAll("($2::$1)");
    String days = DAYS.matcher(typed).replaceAll("$1($2::integer)");
    String numbers = NUMBERS.matcher(days).replaceAll("($1::integer)$2($3::integer)");
    return EXTRACTED.matcher(numbers).replaceAll("date_part($1::text, ");
  }

  /** The word that says what a statement does, in lower case; empty when it cannot be explained. */
  public static String verb(String statement) {
    int at = 0;
    while (at < statement.length()) {
      char c = statement.charAt(at);
      if (statement.startsWith("/*", at) || statement.startsWith("--", at)) {
        at = afterComment(statement, at);
      } else if (c == '(' || Character.isWhitespace(c)) {
        at++;
      } else {
        break;
      }
    }
    int end = at;
    while (end < statement.length() && Character.isJavaIdentifierPart(statement.charAt(end))) {
      end++;
    }
    String word = statement.substring(at, end).toLowerCase(Locale.ROOT);
    return VERBS.contains(word) ? word : "";
  }

  private static int afterComment(String statement, int at) {
    if (statement.startsWith("/*", at)) {
      int end = statement.indexOf("*/", at + 2);
      return end < 0 ? statement.length() : end + 2;
    }
    int end = at;
    while (end < statement.length() && "\n\r".indexOf(statement.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  /**
   * Whether no semicolon stands outside of texts, names and comments; not where a backslash
   * anywhere, a dollar quote or a comment within a comment makes that uncertain. What a backslash
   * means in a text depends on the session, and in another one the text may end elsewhere.
   */
  private static boolean isOne(String statement) {
    if (statement.indexOf(';') < 0) {
      return true;
    }
    if (statement.indexOf('\\') >= 0) {
      return false;
    }
    int at = 0;
    while (at < statement.length()) {
      char c = statement.charAt(at);
      if (c == '\'' || c == '"') {
        at = statement.indexOf(c, at + 1) + 1;
        if (at == 0) {
          return false;
        }
      } else if (statement.startsWith("/*", at) || statement.startsWith("--", at)) {
        int end = afterComment(statement, at);
        if (c == '/' && statement.substring(at + 2, end).contains("/*")) {
          return false;
        }
        at = end;
      } else if (c == ';' || (c == '$' && !isDigitAt(statement, at + 1))) {
        return false;
      } else {
        at++;
      }
    }
    return true;
  }

  private static boolean isDigitAt(String statement, int at) {
    return at < statement.length() && "0123456789".indexOf(statement.charAt(at)) >= 0;
  }

  /**
   * The generic plan: with {@code GENERIC_PLAN} where the server knows it (16 and later), otherwise
   * through a prepared statement under {@code plan_cache_mode = force_generic_plan}.
   *
   * @throws SQLException when the server cannot parse or plan it, or when it may be more than one
   */
  public static PlanNode explain(Connection connection, int version, String statement)
      throws SQLException {
    if (!isOne(statement)) {
      throw new SQLException("it may be more than one statement", SYNTAX_ERROR);
    }
    String text = statement;
    SQLException first = null;
    for (int tries = 1; ; tries++) {
      Savepoint before = connection.getAutoCommit() ? null : connection.setSavepoint();
      try {
        return explained(connection, version, text);
      } catch (SQLException e) {
        first = first == null ? e : first;
        Matcher any = ANY_TYPE.matcher(String.valueOf(e.getMessage()));
        if (!INDETERMINATE.equals(e.getSQLState()) || !any.find() || tries == MOST_OF_ANY_TYPE) {
          throw first;
        }
        if (before != null) {
          connection.rollback(before);
        }
        text = text.replaceAll(Pattern.quote(any.group(1)) + "(?!\\d)", "($0::text)");
      }
    }
  }

  private static PlanNode explained(Connection connection, int version, String statement)
      throws SQLException {
    try (Statement sql = connection.createStatement()) {
      sql.setEscapeProcessing(false);
      if (version >= 160000 || !PARAMETER.matcher(statement).find()) {
        String generic = version >= 160000 ? "GENERIC_PLAN, " : "";
        return first(sql, "EXPLAIN (" + generic + OPTIONS + ") " + statement);
      }
      sql.execute("SET plan_cache_mode = force_generic_plan; DEALLOCATE ALL");
      sql.execute("PREPARE hone_plan AS " + statement);
      return first(sql, "EXPLAIN (" + OPTIONS + ") EXECUTE hone_plan" + nulls(statement));
    }
  }

  private static PlanNode first(Statement sql, String explain) throws SQLException {
    try (ResultSet rows = sql.executeQuery(explain)) {
      rows.next();
      return PlanNode.parse(rows.getString(1));
    } catch (IllegalArgumentException e) {
      throw new SQLException("its plan cannot be read: " + e.getMessage(), TOO_COMPLEX, e);
    }
  }

  private static String nulls(String statement) {
    int highest = parameters(statement);
    return highest == 0 ? "" : "(" + "NULL, ".repeat(highest - 1) + "NULL)";
  }

  /** The highest number of a parameter; one that is no number is higher than any. */
  private static int parameters(String statement) {
    int highest = 0;
    Matcher parameters = PARAMETER.matcher(statement);
    while (parameters.find()) {
      String number = parameters.group(1);
      highest =
          Math.max(highest, number.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(number));
    }
    return highest;
  }
}
