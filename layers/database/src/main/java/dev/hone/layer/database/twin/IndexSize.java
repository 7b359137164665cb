package dev.hone.layer.database.twin;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How big and how high a freshly built index is. Leaf pages of a B-tree are filled to 90 % and
 * inner ones to 70 %; since PostgreSQL 13 equal keys share one tuple with a list of 6-byte row
 * addresses (nbtree/README, "Notes about deduplication") where the server thinks that safe. Values
 * count with their mean width, which is some per cent off where widths differ and are rounded up;
 * columns are taken to be independent unless something else is known, which makes an index over
 * correlated ones too large.
 */
final class IndexSize {
  /** Bytes of a page of the user's server; others are not supported. */
  static final int PAGE = 8192;

  /** What a leaf page holds: without header (24), special space (16), at fill factor 90. */
  private static final double LEAF = PAGE * 0.9 - 40;

  /** Bytes of a row's address in a list, and what alignment adds to a list of them in the mean. */
  private static final double ADDRESS = 6;

  private static final double MEAN_PADDING = 3;

  /** Rows a key in the mean. */
  private static final double NEARLY_UNIQUE = 2;

  /** A posting list is split when its tuple reaches a tenth of a page (_bt_load). */
  private static final double MOST_IN_LIST = PAGE / 10.0 / ADDRESS;

  /** What an inner page holds, at fill factor 70. */
  private static final double INNER = PAGE * 0.7 - 40;

  /** Pages of the table that one tuple of a BRIN index stands for, unless it says otherwise. */
  private static final double BRIN_RANGE = 128;

  /** What a tuple takes beside its least and greatest value, with its line pointer. */
  private static final double BRIN_TUPLE = 12;

  /** Ranges on a page of the map from ranges to tuples. */
  private static final double BRIN_MAP = 1360;

  /**
   * Bytes of a GIN index on trigrams for each byte of text, as measured, where the statistics hold
   * no values; from 1 where words come back to 12 where they are drawn.
   */
  private static final double TRIGRAMS_PER_BYTE = 2.2;

  /** The same for each byte of an array or a document, as measured. */
  private static final double PARTS_PER_BYTE = 0.27;

  /** The same for words: measured from 0.4 where they come back to 2.8 where each is unique. */
  private static final double WORDS_PER_BYTE = 1;

  /** What a value of a GiST index takes beside its bytes, and how full a page is when built. */
  private static final double GIST_TUPLE = 12;

  private static final double GIST_FILLED = 0.9;

  /** Types whose values begin at any byte. */
  private static final Set<String> UNALIGNED =
      Set.of("text", "character varying", "character", "numeric", "bpchar", "boolean", "jsonb");

  /** ANALYZE cuts the mean width of texts and numerics off to whole bytes. */
  private static final double CUT_OFF = 0.5;

  /** No index is larger than so many times its table … */
  private static final double MOST_TIMES_TABLE = 20;

  /** … and so many pages. */
  private static final double LEAST_BOUND = 8192;

  /** Bytes of an expression of which nothing is known. */
  private static final double EXPRESSION = 16;

  private IndexSize() {}

  /**
   * What an index takes.
   *
   * @param pages all of them, with the meta page
   * @param height levels above the leaves
   * @param rows entries
   */
  record Estimate(int pages, int height, double rows) {
    long bytes() {
      return (long) pages * PAGE;
    }
  }

  /**
   * An index over the table.
   *
   * @param share of the rows that its predicate admits
   * @param expression what is known of the only key where that is an expression, else null
   * @param merged whether equal keys of a B-tree share a tuple
   * @param together which columns are not independent
   */
  static Estimate of(
      TableCopy table,
      IndexSpec index,
      double share,
      TableCopy.@Nullable ColumnStatistics expression,
      boolean merged,
      List<TableCopy.Together> together) {
    Estimate estimate = estimate(table, index, share, expression, merged, together);
    // Who can write statistics can have any number of rows in them.
    double most = Math.max(LEAST_BOUND, MOST_TIMES_TABLE * table.size().bytes() / PAGE);
    return estimate.pages() <= most
        ? estimate
        : new Estimate((int) Math.min(Integer.MAX_VALUE, most), estimate.height(), estimate.rows());
  }

  private static Estimate estimate(
      TableCopy table,
      IndexSpec index,
      double share,
      TableCopy.@Nullable ColumnStatistics expression,
      boolean merged,
      List<TableCopy.Together> together) {
    double rows = Math.max(1, table.rows() * share);
    return switch (index.method()) {
      case BTREE -> tree(table, index, rows, expression, merged, together);
      case BRIN -> {
        double range = index.pagesPerRange() == 0 ? BRIN_RANGE : index.pagesPerRange();
        double ranges = Math.ceil(table.size().bytes() / (double) PAGE / range);
        double each = BRIN_TUPLE + 2 * aligned(widths(table, index));
        double pages = Math.ceil(ranges / BRIN_MAP) + Math.ceil(ranges * each / (PAGE - 40));
        yield new Estimate((int) (1 + pages), 0, ranges);
      }
      case GIN -> {
        double guess = rows * widths(table, index) * ginPerByte(index.keys().getFirst());
        double bytes = GinSize.bytes(table, index, rows).orElse(guess);
        yield new Estimate((int) Math.ceil(2 + bytes / PAGE), 0, rows);
      }
      case GIST -> {
        double bytes = rows * (widths(table, index) + GIST_TUPLE);
        yield new Estimate((int) (1 + bytes / (PAGE * GIST_FILLED)), 0, rows);
      }
    };
  }

  private static double ginPerByte(IndexSpec.Key key) {
    if (key.operators().equals("gin_trgm_ops")) {
      return TRIGRAMS_PER_BYTE;
    }
    return key.expression().contains("tsvector") ? WORDS_PER_BYTE : PARTS_PER_BYTE;
  }

  /** Mean bytes of the keys; of an expression, those of the columns in it. */
  private static double widths(TableCopy table, IndexSpec index) {
    return table.columns().stream()
        .map(TableCopy.Column::name)
        .filter(column -> index.mentions(column) && !index.include().contains(column))
        .mapToDouble(column -> width(table, column))
        .sum();
  }

  private static double width(TableCopy table, String column) {
    TableCopy.ColumnStatistics known = table.statistics().get(column);
    return known == null ? 8 : known.width();
  }

  private static Estimate tree(
      TableCopy table,
      IndexSpec index,
      double rows,
      TableCopy.@Nullable ColumnStatistics expression,
      boolean merged,
      List<TableCopy.Together> together) {
    var values = new double[index.keys().size()];
    for (int i = 0; i < values.length; i++) {
      IndexSpec.Key key = index.keys().get(i);
      double different =
          !key.column().isEmpty()
              ? table.likelyDistinct(key.column())
              : expression == null ? rows : expression.distinct();
      values[i] = admitted(different, table.rows(), rows);
    }
    double combinations = Math.min(combined(values, rows), most(index, values, together));
    double distinct = Math.clamp(combinations, 1, rows);
    double computed =
        (index.keys().size() - index.columns().size())
            * (expression == null ? EXPRESSION : expression.width());
    double key = tuple(table, index.columns(), computed);
    double whole =
        tuple(
            table,
            java.util.stream.Stream.concat(index.columns().stream(), index.include().stream())
                .toList(),
            computed);
    double perKey = rows / distinct;
    double bytes = rows * whole;
    if (merged && perKey > 1) {
      bytes = Math.min(bytes, distinct * mergedTuples(key, perKey));
    }
    double leaves = Math.max(1, Math.ceil(bytes / LEAF));
    double fanOut = Math.max(2, INNER / key);
    double pages = leaves;
    int height = 0;
    for (double level = leaves; level > 1; height++) {
      level = Math.ceil(level / fanOut);
      pages += level;
    }
    return new Estimate((int) Math.min(Integer.MAX_VALUE, 1 + pages), height, rows);
  }

  /**
   * Mean bytes for one key's rows. They are not equally many for each key: with 1 + Poisson rows a
   * key has no list where it has one row, and a list ends anywhere between two multiples of 8. Of
   * nearly unique values ANALYZE cannot tell how many come twice, so that they save nothing.
   */
  private static double mergedTuples(double key, double perKey) {
    if (perKey < NEARLY_UNIQUE) {
      return key + aligned(ADDRESS * perKey);
    }
    double tuples = Math.ceil(perKey / MOST_IN_LIST);
    double single = Math.exp(1 - perKey);
    return tuples * key + ADDRESS * (perKey - single) + tuples * MEAN_PADDING * (1 - single);
  }

  /** Values that are left among the rows that a predicate admits, if it does not look at them. */
  private static double admitted(double distinct, double all, double rows) {
    double left =
        rows >= all ? distinct : distinct * -Math.expm1(all / distinct * Math.log1p(-rows / all));
    return Math.min(rows, left);
  }

  /**
   * How many of the possible combinations are there (Cardenas, 1975), columns being independent;
   * not fewer than values of one column.
   */
  private static double combined(double[] values, double rows) {
    double most = Arrays.stream(values).max().orElse(1);
    double possible = Arrays.stream(values).reduce(1, (a, b) -> a * b);
    return values.length < 2 || possible <= 1
        ? most
        : Math.max(most, -possible * Math.expm1(rows * Math.log1p(-1 / possible)));
  }

  /** Combinations that there can be, as some of the columns are not independent. */
  private static double most(IndexSpec index, double[] values, List<TableCopy.Together> together) {
    double most = Double.MAX_VALUE;
    for (TableCopy.Together each : together) {
      double combinations = each.most();
      int found = 0;
      for (int i = 0; i < values.length; i++) {
        boolean one = each.columns().contains(index.keys().get(i).column());
        found += one ? 1 : 0;
        combinations *= one ? 1 : values[i];
      }
      most = found == each.columns().size() ? Math.min(most, combinations) : most;
    }
    return most;
  }

  /** Bytes of a tuple with its line pointer, and with what expressions take. */
  private static double tuple(TableCopy table, List<String> columns, double expressions) {
    double at = 0;
    for (String column : columns) {
      double width = width(table, column);
      TableCopy.ColumnStatistics known = table.statistics().get(column);
      boolean anywhere = known == null || UNALIGNED.contains(known.type().toLowerCase(Locale.ROOT));
      double step = anywhere ? 1 : width >= 8 ? 8 : Math.max(1, width);
      boolean cutOff = anywhere && known != null && !known.type().equals("boolean");
      at = Math.ceil(at / step) * step + width + (cutOff ? CUT_OFF : 0);
    }
    return aligned(8 + at + expressions) + 4;
  }

  /** Levels above the leaves of a B-tree that exists, told from its pages. */
  static int height(TableCopy table, TableCopy.Index index) {
    double leaves = index.size().bytes() / (double) PAGE - 1;
    double fanOut = Math.max(2, INNER / tuple(table, index.keys(), 0));
    int height = 0;
    for (double level = leaves; level > 1; height++) {
      level = Math.ceil(level / fanOut);
    }
    return height;
  }

  private static double aligned(double bytes) {
    return Math.ceil(bytes / 8) * 8;
  }
}
