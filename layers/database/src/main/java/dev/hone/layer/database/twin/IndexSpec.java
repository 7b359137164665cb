package dev.hone.layer.database.twin;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An index that might help.
 *
 * @param schema of the table
 * @param table the table's name
 * @param method access method
 * @param keys most significant first
 * @param include further columns, so that the table need not be read
 * @param predicate only rows for which it holds are indexed, as SQL; empty for all
 * @param pagesPerRange of a BRIN index: pages of the table that one entry stands for; else 0
 */
public record IndexSpec(
    String schema,
    String table,
    Method method,
    List<Key> keys,
    List<String> include,
    String predicate,
    int pagesPerRange) {
  /** What all its names begin with. */
  public static final String PREFIX = "hone";

  /** PostgreSQL cuts longer names: NAMEDATALEN is 64. */
  private static final int LONGEST_NAME = 63;

  /** An access method. */
  public enum Method {
    BTREE,
    BRIN,
    GIN,
    GIST
  }

  /**
   * A column or an expression.
   *
   * @param column the column, or empty
   * @param expression SQL, or empty
   * @param operators operator class, or empty for the type's own
   */
  public record Key(String column, String expression, String operators) {
    /** A plain column. */
    public static Key of(String column) {
      return new Key(column, "", "");
    }

    boolean plain() {
      return !column.isEmpty() && operators.isEmpty();
    }
  }

  public IndexSpec {
    keys = List.copyOf(keys);
    include = List.copyOf(include);
  }

  /** An index that is no BRIN index. */
  public IndexSpec(
      String schema,
      String table,
      Method method,
      List<Key> keys,
      List<String> include,
      String predicate) {
    this(schema, table, method, keys, include, predicate, 0);
  }

  /** A BRIN index over a column; new ranges are summarised as they fill. */
  public static IndexSpec blockRanges(
      String schema, String table, String column, int pagesPerRange) {
    return new IndexSpec(
        schema, table, Method.BRIN, List.of(Key.of(column)), List.of(), "", pagesPerRange);
  }

  /** A B-tree over plain columns. */
  public static IndexSpec of(String schema, String table, List<String> columns) {
    return new IndexSpec(
        schema, table, Method.BTREE, columns.stream().map(Key::of).toList(), List.of(), "");
  }

  /** The same with more columns that are only carried along. */
  public IndexSpec including(List<String> columns) {
    return new IndexSpec(schema, table, method, keys, columns, predicate, pagesPerRange);
  }

  /** Names of the key's columns; an expression is left out. */
  public List<String> columns() {
    return keys.stream().map(Key::column).filter(column -> !column.isEmpty()).toList();
  }

  /** Whether a change of the column changes its entries. */
  public boolean mentions(String column) {
    return columns().contains(column) || include.contains(column) || computes(column);
  }

  /** Whether a column occurs in an expression or in the condition of a part. */
  public boolean computes(String column) {
    Pattern word = word(column);
    return word.matcher(predicate).find()
        || keys.stream().anyMatch(key -> word.matcher(key.expression()).find());
  }

  private static Pattern word(String column) {
    String spelled = column.replace("\"", "\"\"");
    return Pattern.compile("(?<![\\w$])" + Pattern.quote(spelled) + "(?![\\w$])");
  }

  /** Whether it is a B-tree over plain columns alone. */
  public boolean isPlain() {
    return method == Method.BTREE
        && keys.stream().allMatch(Key::plain)
        && include.isEmpty()
        && predicate.isEmpty();
  }

  /** Whether its key begins with another's and it carries all that the other does. */
  public boolean extendsKeyOf(IndexSpec other) {
    return method == other.method
        && schema.equals(other.schema)
        && table.equals(other.table)
        && predicate.equals(other.predicate)
        && keys.size() >= other.keys.size()
        && keys.subList(0, other.keys.size()).equals(other.keys)
        && other.include.stream()
            .allMatch(column -> include.contains(column) || columns().contains(column));
  }

  /**
   * The index's name: {@code hone_table_columns}, shortened where it must be; with a hash then, and
   * where that alone does not tell it from others.
   */
  public String name() {
    String full =
        Stream.concat(
                Stream.of(PREFIX, table),
                keys.stream()
                    .map(key -> key.column().isEmpty() ? words(key.expression()) : key.column()))
            .collect(Collectors.joining("_"));
    String hash = String.format("_%08x", hashCode(full));
    boolean cut = full.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME;
    if (!cut && isPlain() && isUsual()) {
      return full;
    }
    String kept = full;
    while (kept.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME - hash.length()) {
      kept = kept.substring(0, kept.length() - 1);
    }
    return kept + hash;
  }

  /** Tables of other schemas may have the same names, and names of indexes tell them apart. */
  private boolean isUsual() {
    return schema.equals("public");
  }

  private int hashCode(String full) {
    String told = isPlain() ? full : body(UnaryOperator.identity());
    return (isUsual() ? told : schema + "." + told).hashCode();
  }

  private static String words(String expression) {
    return expression.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("_$", "");
  }

  /** {@code orders (customer_id, created_at)}. */
  public String title() {
    return table
        + " "
        + (method == Method.BTREE ? "" : method.name().toLowerCase(Locale.ROOT) + " ")
        + "("
        + keys.stream().map(key -> text(key, UnaryOperator.identity())).collect(joined())
        + ")"
        + (include.isEmpty() ? "" : " include (" + String.join(", ", include) + ")")
        + (predicate.isEmpty() ? "" : " where " + predicate);
  }

  private static java.util.stream.Collector<CharSequence, ?, String> joined() {
    return Collectors.joining(", ");
  }

  private static String text(Key key, UnaryOperator<String> quote) {
    String what = key.column().isEmpty() ? key.expression() : quote.apply(key.column());
    return key.operators().isEmpty() ? what : what + " " + key.operators();
  }

  private String body(UnaryOperator<String> quote) {
    return " USING "
        + method.name().toLowerCase(Locale.ROOT)
        + " ("
        + keys.stream().map(key -> text(key, quote)).collect(joined())
        + ")"
        + (include.isEmpty()
            ? ""
            : " INCLUDE (" + include.stream().map(quote).collect(joined()) + ")")
        + (pagesPerRange == 0
            ? ""
            : " WITH (pages_per_range='" + pagesPerRange + "', autosummarize='on')")
        + (predicate.isEmpty() ? "" : " WHERE " + predicate);
  }

  /** The statement that makes it, every name quoted; for the twin. */
  String quotedDdl() {
    UnaryOperator<String> quote = Sql::quoted;
    return "CREATE INDEX "
        + quote.apply(name())
        + " ON "
        + quote.apply(schema)
        + "."
        + quote.apply(table)
        + body(quote);
  }

  /** The statement that makes it, spelled as the server spells it back. */
  public String ddl(Connection connection) throws SQLException {
    var names = new ArrayList<>(List.of(name(), schema, table));
    names.addAll(columns());
    names.addAll(include);
    Map<String, String> quoted = new HashMap<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT /* hone */ name, quote_ident(name) FROM unnest(?::text[]) AS name")) {
      query.setArray(1, connection.createArrayOf("text", names.toArray()));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          quoted.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    UnaryOperator<String> quote = name -> quoted.getOrDefault(name, name);
    return "CREATE INDEX CONCURRENTLY "
        + quote.apply(name())
        + " ON "
        + quote.apply(schema)
        + "."
        + quote.apply(table)
        + body(quote);
  }
}
