package dev.hone.bench.database;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An index without its name, so that the same one asked for by two advisors is built once.
 *
 * @param target the table and what follows, for example {@code lineitem (l_partkey, l_suppkey)}
 */
record IndexDefinition(String target) implements Comparable<IndexDefinition> {
  private static final Pattern CREATE =
      Pattern.compile(
          "\\s*create\\s+index\\s+(?:concurrently\\s+)?(?:if\\s+not\\s+exists\\s+)?"
              + "(?:(?:\"[^\"]+\"|[\\w.$]+)\\s+)?on\\s+(?:only\\s+)?(\\S.*?)\\s*;?\\s*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** Of a {@code CREATE INDEX} statement. */
  static IndexDefinition of(String ddl) {
    Matcher create = CREATE.matcher(ddl);
    if (!create.matches()) {
      throw new IllegalArgumentException("`" + ddl + "` creates no index that can be built here");
    }
    return new IndexDefinition(normal(create.group(1)));
  }

  static IndexDefinition of(String table, List<String> columns) {
    return new IndexDefinition(normal(table + " (" + String.join(", ", columns) + ")"));
  }

  private static String normal(String target) {
    return target
        .replaceAll("\"([a-z_][a-z0-9_]*)\"", "$1")
        .replaceFirst("^public\\.", "")
        .replaceFirst("(?i)^(\\S+?)\\s+using\\s+btree\\s*", "$1 ")
        .replaceAll("\\s+", " ")
        .replaceAll(" ?, ?", ", ")
        .replaceFirst("^([^\\s(]+) ?\\( ?", "$1 (")
        .strip();
  }

  String ddl(String name) {
    return "CREATE INDEX " + name + " ON " + target;
  }

  @Override
  public int compareTo(IndexDefinition other) {
    return target.compareTo(other.target);
  }
}
