package dev.hone.layer.database.advisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is left of a statement without its constants: the same for a text with values and for the
 * text that pg_stat_statements keeps of it. Two texts that differ in white space, letter case or
 * the length of a list of values have the same shape.
 */
final class StatementShape {
  private static final Pattern TOKEN =
      Pattern.compile(
          "--[^\\n]*|/\\*.*?\\*/" // comments
              + "|[eEbBxXnN]?'[^']*+(?:''[^']*+)*+'|\\$(\\w*)\\$.*?\\$\\1\\$" // texts
              + "|\\$\\d+" // parameters
              + "|(?<![\\w$.])(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?" // numbers
              + "|\"[^\"]*+(?:\"\"[^\"]*+)*+\"|[\\p{L}_][\\p{L}\\p{N}_$]*|\\s+|.",
          Pattern.DOTALL);
  private static final Pattern LIST = Pattern.compile("\\( ?\\?(?: ?, ?\\?)* ?\\)");

  private StatementShape() {}

  static String of(String statement) {
    var shape = new StringBuilder();
    for (String text : tokens(statement.strip())) {
      char first = text.charAt(0);
      boolean comment = text.startsWith("--") || text.startsWith("/*");
      if (comment || Character.isWhitespace(first)) {
        separate(shape);
      } else if (isConstant(text)) {
        shape.append("?");
      } else if (first == '"') {
        shape.append(text);
      } else if (Character.isLetter(first) || first == '_') {
        shape.append(text.toLowerCase(Locale.ROOT));
      } else if (first != ';') {
        shape.append(text);
      }
    }
    return LIST.matcher(shape.toString().strip().replaceAll(" *, *", ", ")).replaceAll("(?)");
  }

  /** The words, constants, comments, signs and white space of a statement; together all of it. */
  static List<String> tokens(String statement) {
    var tokens = new ArrayList<String>();
    Matcher token = TOKEN.matcher(statement);
    while (token.find()) {
      tokens.add(token.group());
    }
    return tokens;
  }

  /** Whether a token is a value or a parameter. */
  static boolean isConstant(String text) {
    char first = text.charAt(0);
    return first == '\''
        || (first == '$' && text.length() > 1)
        || Character.isDigit(first)
        || (first == '.' && text.length() > 1)
        || (text.length() > 1 && text.charAt(1) == '\'' && "eEbBxXnN".indexOf(first) >= 0);
  }

  private static void separate(StringBuilder shape) {
    if (!shape.isEmpty() && shape.charAt(shape.length() - 1) != ' ') {
      shape.append(' ');
    }
  }
}
