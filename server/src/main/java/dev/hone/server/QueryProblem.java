package dev.hone.server;

import java.util.regex.Pattern;

/**
 * What is wrong with a query, for a terminal.
 *
 * @param text a sentence; before it, when the place is known, the query with a caret below the
 *     place
 */
record QueryProblem(String text) {
  private static final Pattern PLACED =
      Pattern.compile("(\\d{1,9}):(\\d{1,9}): parse error: (.*)", Pattern.DOTALL);

  /**
   * Reads a message of the API.
   *
   * @param query what was asked
   */
  static QueryProblem of(String query, String message) {
    var placed = PLACED.matcher(message);
    if (!placed.matches()) {
      return new QueryProblem(message);
    }
    int line = Integer.parseInt(placed.group(1));
    int column = Integer.parseInt(placed.group(2));
    var out = new StringBuilder("the query cannot be read\n\n");
    String[] lines = query.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      out.append("  ").append(lines[i]).append('\n');
      if (i == line - 1) {
        String before = lines[i].substring(0, Math.min(column - 1, lines[i].length()));
        out.append("  ").append(before.replaceAll("[^\t]", " ")).append("^\n");
      }
    }
    out.append("\nline ").append(line).append(", column ").append(column).append(": ");
    return new QueryProblem(out.append(placed.group(3)).toString());
  }
}
