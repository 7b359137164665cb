package dev.hone.layer.database.twin;

import java.util.List;
import java.util.Optional;

/**
 * How big a freshly built GIN index is: an entry for each different key, and for each key the list
 * of the rows that have it, as differences of one to a few bytes, in the entry while it is short
 * and in pages of its own when it is long (gin/README, "Posting tree" and "Compressed posting list
 * format"). How many keys there are and how frequent each is comes from the values that ANALYZE
 * keeps of the column.
 */
final class GinSize {
  /** Longer lists have pages of their own: a third of a page (GinMaxItemSize). */
  private static final double LONGEST_IN_ENTRY = 2700;

  /** How full pages of entries are after a build, as measured: 0.48 to 0.68. */
  private static final double ENTRIES_FILLED = 0.55;

  /** What a page of a long list holds, with the headers of its segments. */
  private static final double LIST_PAGE = 7800;

  /** Header, line pointer and the length of the list. */
  private static final double ENTRY = 8 + 4 + 2;

  /** The first row's address in a list. */
  private static final double ADDRESS = 6;

  /** Row numbers that an address keeps for each page (MaxHeapTuplesPerPageBits). */
  private static final double PER_PAGE = 2048;

  private GinSize() {}

  /**
   * Bytes of the index; nothing when the statistics hold no values to tell its keys from.
   *
   * @param rows that are indexed
   */
  static Optional<Double> bytes(TableCopy table, IndexSpec index, double rows) {
    return GinKeys.of(table, index, rows)
        .filter(keys -> !keys.isEmpty())
        .map(keys -> bytes(keys, Math.max(1, table.size().bytes() / (double) IndexSize.PAGE)));
  }

  private static double bytes(List<GinKeys.Alike> keys, double tablePages) {
    double entries = 0;
    double listPages = 0;
    for (GinKeys.Alike alike : keys) {
      double list = ADDRESS + Math.max(0, alike.rows() - 1) * perRow(alike.rows(), tablePages);
      boolean own = list > LONGEST_IN_ENTRY;
      double bytes = Math.ceil((ENTRY + alike.width() + (own ? 0 : list)) / 8) * 8;
      entries += alike.keys() * bytes;
      if (own) {
        double leaves = Math.ceil(list / LIST_PAGE);
        listPages += alike.keys() * (leaves + (leaves > 1 ? 1 : 0));
      }
    }
    double entryPages = Math.ceil(entries / ENTRIES_FILLED / IndexSize.PAGE);
    return (entryPages + listPages) * IndexSize.PAGE;
  }

  /**
   * Bytes of a difference between addresses, seven bits in each: one within a page, and from page
   * to page what the distance, which is exponentially distributed, needs.
   */
  private static double perRow(double rows, double tablePages) {
    double jumps = Math.min(1, tablePages / rows);
    double distance = PER_PAGE * Math.max(1, tablePages / rows);
    double bytes = 2;
    for (double limit = 1 << 14; limit < 1e13; limit *= 128) {
      bytes += Math.exp(-limit / distance);
    }
    return jumps * bytes + (1 - jumps);
  }
}
