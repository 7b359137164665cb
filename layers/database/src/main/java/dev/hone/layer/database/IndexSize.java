package dev.hone.layer.database;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How big a freshly built B-tree is. Leaf pages are filled to 90 %; since PostgreSQL 13 equal keys
 * share one tuple with a list of 6-byte row addresses (nbtree/README, "Notes about deduplication"),
 * except in types whose equal values may differ in representation. For two columns the number of
 * distinct pairs is taken as the product, which is too high when they are correlated.
 */
final class IndexSize {
  /** Bytes of a page of the user's server; others are not supported. */
  static final int PAGE = 8192;

  /** What a leaf page holds: without header (24), special space (16), at fill factor 90. */
  private static final double LEAF = PAGE * 0.9 - 40;

  /** A posting list is split when its tuple reaches a tenth of a page (_bt_load). */
  private static final double MOST_IN_LIST = PAGE / 10.0 / 6;

  /** Children of an internal page, for short keys. */
  private static final double FAN_OUT = 200;

  /** Types with distinguishable equal values, where tuples are never merged. */
  private static final Set<String> NEVER_MERGED =
      Set.of("numeric", "real", "double precision", "jsonb");

  private IndexSize() {}

  /** Pages of an index over these columns of the table, with the meta page. */
  static int pages(TableCopy table, List<String> columns) {
    double rows = Math.max(1, table.size().rows());
    double width = 0;
    double distinct = 1;
    boolean merged = true;
    for (String column : columns) {
      TableCopy.ColumnStatistics statistics = table.statistics().get(column);
      if (statistics == null) {
        width += 8;
        distinct *= rows;
        continue;
      }
      width += statistics.width();
      distinct *= statistics.distinct() < 0 ? -statistics.distinct() * rows : statistics.distinct();
      merged &= !NEVER_MERGED.contains(statistics.type().toLowerCase(Locale.ROOT));
    }
    distinct = Math.clamp(distinct, 1, rows);
    double tuple = aligned(8 + width) + 4;
    double perKey = rows / distinct;
    double bytes;
    if (!merged || perKey < 1.5) {
      bytes = rows * tuple;
    } else {
      double tuples = Math.ceil(perKey / MOST_IN_LIST);
      bytes = distinct * (tuples * tuple + aligned(perKey * 6));
    }
    double leaves = Math.ceil(bytes / LEAF);
    return (int) Math.min(Integer.MAX_VALUE, 1 + leaves + (leaves > 1 ? 1 + leaves / FAN_OUT : 0));
  }

  private static double aligned(double bytes) {
    return Math.ceil(bytes / 8) * 8;
  }
}
