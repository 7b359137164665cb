package dev.hone.layer.database.twin;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a server how it would execute a statement with parameters. Executes nothing. */
public final class Plans {
  /** Stands in every statement of Hone's own. */
  public static final String MARK = "/* hone */";

  private static final Pattern PARAMETER = Pattern.compile("\\$(\\d+)");
  private static final Pattern EXPLAINABLE =
      Pattern.compile(
          "(?:\\s|\\(|/\\*.*?\\*/|--[^\\n\\r]*[\\n\\r])*+"
              + "(select|insert|update|delete|merge|with|values)\\b.*",
          Pattern.DOTALL);

  /** Texts, names and comments, wherever nothing is {@link #UNCERTAIN}. */
  private static final Pattern QUOTED =
      Pattern.compile(
          "'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\\n\\r]*|/\\*.*?\\*/", Pattern.DOTALL);

  /** A backslash, the beginning of a dollar quote, or a comment within a comment. */
  private static final Pattern UNCERTAIN =
      Pattern.compile("\\\\|\\$(?!\\d)|/\\*(?:(?!\\*/).)*?/\\*", Pattern.DOTALL);

  private static final String OPTIONS = "VERBOSE, FORMAT JSON";

  private Plans() {}

  /**
   * Whether it reads or changes rows and is not one of Hone's own. A text with a semicolon outside
   * of quotes and comments, or where that cannot be told for certain, is left alone: what follows
   * it might be executed instead of explained.
   */
  public static boolean explainable(String statement) {
    return EXPLAINABLE.matcher(statement.toLowerCase(Locale.ROOT)).matches()
        && !statement.contains(MARK)
        && isOne(statement);
  }

  /** The word that says what a statement does, in lower case; empty when it cannot be explained. */
  public static String verb(String statement) {
    Matcher matcher = EXPLAINABLE.matcher(statement.toLowerCase(Locale.ROOT));
    return matcher.matches() ? matcher.group(1) : "";
  }

  private static boolean isOne(String statement) {
    return statement.indexOf(';') < 0
        || (!UNCERTAIN.matcher(statement).find()
            && QUOTED.matcher(statement).replaceAll(" ").indexOf(';') < 0);
  }

  /**
   * The generic plan: with {@code GENERIC_PLAN} where the server knows it (16 and later), otherwise
   * through a prepared statement under {@code plan_cache_mode = force_generic_plan}.
   *
   * @throws SQLException when the server cannot parse or plan it
   */
  public static PlanNode explain(Connection connection, int version, String statement)
      throws SQLException {
    try (Statement sql = connection.createStatement()) {
      sql.setEscapeProcessing(false);
      if (version >= 160000 || !PARAMETER.matcher(statement).find()) {
        String generic = version >= 160000 ? "GENERIC_PLAN, " : "";
        return first(sql, "EXPLAIN (" + generic + OPTIONS + ") " + statement);
      }
      sql.execute("SET plan_cache_mode = force_generic_plan");
      sql.execute("PREPARE hone_plan AS " + statement);
      PlanNode plan;
      try {
        plan = first(sql, "EXPLAIN (" + OPTIONS + ") EXECUTE hone_plan" + nulls(statement));
      } catch (SQLException e) {
        try {
          sql.execute("DEALLOCATE hone_plan");
        } catch (SQLException aborted) {
          e.addSuppressed(aborted);
        }
        throw e;
      }
      sql.execute("DEALLOCATE hone_plan");
      return plan;
    }
  }

  private static PlanNode first(Statement sql, String explain) throws SQLException {
    try (ResultSet rows = sql.executeQuery(explain)) {
      rows.next();
      return PlanNode.parse(rows.getString(1));
    }
  }

  private static String nulls(String statement) {
    int highest = 0;
    Matcher parameters = PARAMETER.matcher(statement);
    while (parameters.find()) {
      highest = Math.max(highest, Integer.parseInt(parameters.group(1)));
    }
    return highest == 0 ? "" : "(" + "NULL, ".repeat(highest - 1) + "NULL)";
  }
}
