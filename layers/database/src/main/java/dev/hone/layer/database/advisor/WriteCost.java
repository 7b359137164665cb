package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.Plans;
import dev.hone.layer.database.twin.TableCopy;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What it costs to keep an index up with writes. Measured on PostgreSQL 15 (600 rows into 600,000,
 * in memory): 1.1 µs an entry for keys in order and for few values, 1.5 to 2.2 for integers and
 * dates in no order, 3.5 for texts and numerics. The first change of a page after a checkpoint
 * writes the whole page to the log (full_page_writes), which takes 6 to 12 µs more; a table whose
 * keys arrive in order has few such pages, one whose keys do not has one for each entry, until all
 * pages of the index have changed.
 */
public final class WriteCost {
  private static final double ORDERED = 1.1e-6;
  private static final double FEW_VALUES = 1.1e-6;
  private static final double RANDOM = 1.9e-6;
  private static final double RANDOM_WIDE = 3.5e-6;
  private static final double EACH_FURTHER_COLUMN = 0.3e-6;
  private static final double BLOCK_RANGE = 0.05e-6;
  private static final double TRIGRAM = 20e-6;
  private static final double WHOLE_PAGE = 8e-6;
  private static final double PAGE_BYTES = 8192;

  /** How many of the rows a partial index holds, where nothing is known. */
  private static final double PARTIAL = 0.3;

  /** An update that is no longer "heap only" must add to every index of the table. */
  private static final double HEAP_ONLY = 0.5;

  /** A deleted row's entry is removed later, by vacuum, many at a time. */
  private static final double DELETED = 0.3;

  private static final Set<String> WIDE =
      Set.of("text", "character varying", "character", "numeric", "uuid", "bytea", "jsonb");
  private static final Pattern SET =
      Pattern.compile(
          "\\bset\\b(.*?)(\\bwhere\\b|\\bfrom\\b|$)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern ASSIGNED =
      Pattern.compile("\"?([\\p{L}_][\\p{L}\\p{N}_$]*)\"?\\s*=");

  private WriteCost() {}

  /**
   * What is known of an index's first column.
   *
   * @param correlation of its values with the order of the rows, −1 to 1
   * @param distinct how many different values it has; NaN when that is not known
   */
  public record Leading(String type, double correlation, double distinct) {
    boolean ordered() {
      return Math.abs(correlation) > 0.9;
    }
  }

  /**
   * An index that is written to.
   *
   * @param method access method, as the server spells it
   * @param columns how many it has, those included that it only carries
   * @param leading its first column; empty for an expression
   * @param bytes its size
   */
  public record Written(
      String method, boolean partial, int columns, Optional<Leading> leading, long bytes) {
    private double pages() {
      return Math.max(1, bytes / PAGE_BYTES);
    }

    /** Pages among which the next entry may go. */
    private double places() {
      double distinct = leading.map(Leading::distinct).orElse(Double.NaN);
      if (leading.map(Leading::ordered).orElse(false)) {
        return 1;
      }
      return Double.isNaN(distinct) ? pages() : Math.clamp(distinct, 1, pages());
    }
  }

  /**
   * Seconds to add one entry to an index; methods that were not measured count as the dearest
   * B-tree.
   *
   * @param entries that are added from one checkpoint to the next; NaN when that is not known,
   *     which counts as one for each page
   */
  public static double perEntry(Written index, double entries) {
    double base =
        switch (index.method()) {
          case "brin" -> BLOCK_RANGE;
          case "gin" -> TRIGRAM;
          case "btree" ->
              index.leading().map(WriteCost::tree).orElse(RANDOM_WIDE)
                  + EACH_FURTHER_COLUMN * Math.max(0, index.columns() - 1)
                  + WHOLE_PAGE * wholePages(index, entries);
          default -> RANDOM_WIDE + WHOLE_PAGE * wholePages(index, entries);
        };
    return base * (index.partial() ? PARTIAL : 1);
  }

  /** How many of the entries are the first on their page, if each page is as likely. */
  private static double wholePages(Written index, double entries) {
    double each = (Double.isNaN(entries) ? index.pages() : entries) / index.places();
    return each < 1e-6 ? 1 : -Math.expm1(-each) / each;
  }

  private static double tree(Leading first) {
    if (Double.isNaN(first.distinct())) {
      return RANDOM;
    }
    if (first.ordered()) {
      return ORDERED;
    }
    if (first.distinct() < 100) {
      return FEW_VALUES;
    }
    return WIDE.contains(first.type().toLowerCase(Locale.ROOT)) ? RANDOM_WIDE : RANDOM;
  }

  private static Written written(TableCopy table, IndexSpec index, long bytes) {
    return new Written(
        index.method().name().toLowerCase(Locale.ROOT),
        !index.predicate().isEmpty(),
        index.keys().size() + index.include().size(),
        index.columns().stream().findFirst().map(first -> leading(table, first)),
        bytes);
  }

  private static Leading leading(TableCopy table, String column) {
    TableCopy.ColumnStatistics known = table.statistics().get(column);
    return known == null
        ? new Leading("", 0, Double.NaN)
        : new Leading(known.type(), known.correlation(), table.distinct(column));
  }

  /**
   * Seconds that a writing statement spends on an index, over all its calls.
   *
   * @param bytes the index's size
   * @param checkpoints how many checkpoints its calls span; NaN when that is not known
   */
  static double of(
      WhatIfCosts.Planned writer,
      TableCopy table,
      IndexSpec index,
      long bytes,
      double checkpoints) {
    Workload.Statement statement = writer.statement();
    if (!statement.writes() || !changes(writer, table)) {
      return 0;
    }
    double rows =
        Double.isFinite(statement.rows())
            ? statement.rows()
            : statement.calls() * estimated(writer);
    double entries = rows * factor(statement, table, index);
    return entries * perEntry(written(table, index, bytes), entries / Math.max(1, checkpoints));
  }

  private static boolean changes(WhatIfCosts.Planned writer, TableCopy table) {
    return writer.plan().type().equals("ModifyTable")
        && writer.plan().relation().equals(table.table())
        && writer.plan().schema().equals(table.schema());
  }

  private static double estimated(WhatIfCosts.Planned writer) {
    return writer.plan().children().isEmpty()
        ? 1
        : Math.max(1, writer.plan().children().getFirst().rows());
  }

  private static double factor(Workload.Statement statement, TableCopy table, IndexSpec index) {
    return switch (Plans.verb(statement.text())) {
      case "delete" -> DELETED;
      case "update" -> {
        Matcher set = SET.matcher(statement.text());
        boolean touched = false;
        if (set.find()) {
          Matcher assigned = ASSIGNED.matcher(set.group(1));
          while (assigned.find()) {
            String column = assigned.group(1);
            touched |= index.mentions(column);
          }
        }
        yield touched ? 1 + table.indexes().size() * HEAP_ONLY : HEAP_ONLY;
      }
      default -> 1;
    };
  }
}
