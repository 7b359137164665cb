package dev.hone.layer.database.twin;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * All that a planner knows of a table: its definition, its size and its statistics, but no row.
 *
 * @param oid on the user's server
 * @param kind as pg_class.relkind: {@code r} table, {@code p} partitioned table, {@code m}
 *     materialized view
 * @param partitionKey of a partitioned table, or empty
 * @param parent oid of the partitioned table it belongs to, or 0
 * @param bound of a partition, as {@code FOR VALUES …}, or empty
 * @param inherited whether other tables inherit from it; a query of it reads their rows too, for
 *     which its keys need not hold
 * @param size of the table
 * @param sampled rows that ANALYZE looks at, if there are as many
 * @param indexes the valid ones
 * @param foreignKeys constraints as {@code ALTER TABLE … ADD …}, with the table they point to
 * @param statistics by column; as in pg_stats
 */
public record TableCopy(
    long oid,
    String schema,
    String table,
    char kind,
    String partitionKey,
    long parent,
    String bound,
    List<Column> columns,
    boolean inherited,
    Size size,
    int sampled,
    List<Index> indexes,
    List<ForeignKey> foreignKeys,
    Map<String, ColumnStatistics> statistics) {
  /** Rows and pages as in pg_class (−1 rows: never analysed), and the bytes there at present. */
  public record Size(int pages, float rows, int allVisible, long bytes) {}

  /**
   * A column.
   *
   * @param quoted its name as it stands in SQL
   * @param type as it is declared in the twin
   * @param collation quoted, where it is not the type's own; else empty
   * @param statisticsTarget −1 for the default
   * @param known whether the type is the server's; the twin takes others for text, and what it
   *     knows of their operators, casts and functions is not what holds there
   * @param domain whether the server has a domain over the type; it may choose another function for
   *     an expression over it than the twin does
   */
  public record Column(
      String name,
      String quoted,
      String type,
      boolean notNull,
      String collation,
      int statisticsTarget,
      boolean known,
      boolean domain) {
    Column orNull() {
      return new Column(name, quoted, type, false, collation, statisticsTarget, known, domain);
    }

    String definition() {
      return quoted
          + " "
          + type
          + (collation.isEmpty() ? "" : " COLLATE " + collation)
          + (notNull ? " NOT NULL" : "");
    }
  }

  /**
   * An index.
   *
   * @param definition the statement that makes it
   * @param constraint the primary key, unique or exclusion constraint it serves, or empty
   * @param method access method, for example {@code btree}
   * @param unique whether it refuses equal keys
   * @param keys its leading plain columns
   */
  public record Index(
      long oid,
      String name,
      String definition,
      String constraint,
      String method,
      boolean unique,
      List<String> keys,
      Size size) {
    Index withoutKey() {
      return new Index(oid, name, definition, "", method, false, keys, size);
    }
  }

  /**
   * Columns that are not independent.
   *
   * @param most how many combinations of their values there can be
   */
  public record Together(Set<String> columns, double most) {
    public Together {
      columns = Set.copyOf(columns);
    }
  }

  /**
   * A foreign key.
   *
   * @param definition as {@code ALTER TABLE … ADD} takes it
   * @param target oid of the table it refers to
   * @param valid whether the server has checked it for all rows
   * @param cascades whether rows go with the row that they refer to
   */
  public record ForeignKey(
      String definition, long target, List<String> columns, boolean valid, boolean cascades) {}

  /**
   * A column of pg_stats.
   *
   * @param relation the table, or the index whose expression it is
   * @param inherited whether it is about a table with its partitions
   * @param type as the server spells it
   * @param width average bytes of a value
   * @param distinct as pg_stats.n_distinct: negative is a share of the rows
   * @param values the statistics by their names in pg_stats, as texts
   */
  public record ColumnStatistics(
      String relation,
      String column,
      boolean inherited,
      String type,
      int width,
      float distinct,
      Map<String, @Nullable String> values) {
    /** How closely the rows' order follows the values', from −1 to 1; 0 when unknown. */
    public double correlation() {
      String text = values.get("correlation");
      return text == null ? 0 : Double.parseDouble(text);
    }

    /** Share of rows without a value. */
    public double nulls() {
      String text = values.get("null_frac");
      return text == null ? 0 : Double.parseDouble(text);
    }
  }

  /** Names in pg_stats that pg_restore_attribute_stats takes, with their types. */
  static final Map<String, String> IMPORTED =
      Map.ofEntries(
          Map.entry("null_frac", "real"),
          Map.entry("avg_width", "integer"),
          Map.entry("n_distinct", "real"),
          Map.entry("most_common_vals", "text"),
          Map.entry("most_common_freqs", "real[]"),
          Map.entry("histogram_bounds", "text"),
          Map.entry("correlation", "real"),
          Map.entry("most_common_elems", "text"),
          Map.entry("most_common_elem_freqs", "real[]"),
          Map.entry("elem_count_histogram", "real[]"));

  /** {@code schema.table}. */
  public String title() {
    return Identifiers.quoted(schema, table);
  }

  /** Its rows, at least one. */
  public double rows() {
    return Math.max(1, size.rows());
  }

  /**
   * What holds for all rows that a query of it reads.
   *
   * @param hasChildren whether tables inherit from the one with an oid
   */
  public TableCopy asRead(LongPredicate hasChildren) {
    List<ForeignKey> kept =
        inherited
            ? List.of()
            : foreignKeys.stream().filter(key -> !hasChildren.test(key.target())).toList();
    if (!inherited && kept.size() == foreignKeys.size()) {
      return this;
    }
    return new TableCopy(
        oid,
        schema,
        table,
        kind,
        partitionKey,
        parent,
        bound,
        inherited ? columns.stream().map(Column::orNull).toList() : columns,
        inherited,
        size,
        sampled,
        inherited ? indexes.stream().map(Index::withoutKey).toList() : indexes,
        kept,
        statistics);
  }

  /** A column by its name. */
  public Optional<Column> column(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }

  /** How many different values the server takes a column to have; its rows when unknown. */
  public double distinct(String column) {
    ColumnStatistics known = statistics.get(column);
    double rows = rows();
    if (known == null || known.distinct() == 0) {
      return rows;
    }
    double distinct = known.distinct() < 0 ? -known.distinct() * rows : known.distinct();
    return Math.clamp(distinct, 1, rows);
  }

  /** How many it likely has, see {@link SampledDistinct}. */
  double likelyDistinct(String column) {
    ColumnStatistics known = statistics.get(column);
    return known == null || known.distinct() == 0
        ? rows()
        : SampledDistinct.of(distinct(column), rows(), size.pages(), sampled, known.correlation());
  }

  /** Whether a whole B-tree with these leading columns exists already. */
  public boolean covers(List<String> key) {
    return indexes.stream()
        .anyMatch(
            index ->
                index.method().equals("btree")
                    && !index.definition().contains(" WHERE ")
                    && index.keys().size() >= key.size()
                    && index.keys().subList(0, key.size()).equals(key));
  }
}
