package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.TableCopy;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What it costs to keep an index up with writes. Measured on PostgreSQL 15 (150,000 rows, warm):
 * 0.8 to 1.0 µs a row for integers and dates, 4.5 for random numerics, 0.6 for a few texts, 2.2 for
 * two columns. The order of the rows matters most: a key that grows with the table always finds its
 * page in memory.
 */
public final class WriteCost {
  private static final double ORDERED = 0.9e-6;
  private static final double FEW_VALUES = 0.7e-6;
  private static final double RANDOM = 1.6e-6;
  private static final double RANDOM_WIDE = 4.5e-6;
  private static final double EACH_FURTHER_COLUMN = 0.5e-6;
  private static final double BLOCK_RANGE = 0.05e-6;
  private static final double TRIGRAM = 20e-6;

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
  public record Leading(String type, double correlation, double distinct) {}

  /**
   * Seconds to add one entry to an index; methods that were not measured count as the dearest
   * B-tree.
   *
   * @param method access method, as the server spells it
   * @param columns how many it has, those included that it only carries
   * @param leading its first column; empty for an expression
   */
  public static double perEntry(
      String method, boolean partial, int columns, Optional<Leading> leading) {
    double share = partial ? PARTIAL : 1;
    double base =
        switch (method) {
          case "brin" -> BLOCK_RANGE;
          case "gin" -> TRIGRAM;
          case "btree" -> leading.map(WriteCost::tree).orElse(RANDOM_WIDE) + further(columns);
          default -> RANDOM_WIDE;
        };
    return base * share;
  }

  private static double further(int columns) {
    return EACH_FURTHER_COLUMN * Math.max(0, columns - 1);
  }

  private static double tree(Leading first) {
    if (Double.isNaN(first.distinct())) {
      return RANDOM;
    }
    if (Math.abs(first.correlation()) > 0.9) {
      return ORDERED;
    }
    if (first.distinct() < 100) {
      return FEW_VALUES;
    }
    return WIDE.contains(first.type().toLowerCase(Locale.ROOT)) ? RANDOM_WIDE : RANDOM;
  }

  /** Seconds to add one row to an index. */
  static double perRow(TableCopy table, IndexSpec index) {
    return perEntry(
        index.method().name().toLowerCase(Locale.ROOT),
        !index.predicate().isEmpty(),
        index.keys().size() + index.include().size(),
        index.columns().stream().findFirst().map(first -> leading(table, first)));
  }

  private static Leading leading(TableCopy table, String column) {
    TableCopy.ColumnStatistics known = table.statistics().get(column);
    return known == null
        ? new Leading("", 0, Double.NaN)
        : new Leading(known.type(), known.correlation(), table.distinct(column));
  }

  /** Seconds that a writing statement spends on an index, over all its calls. */
  static double of(WhatIfCosts.Planned writer, TableCopy table, IndexSpec index) {
    Workload.Statement statement = writer.statement();
    if (!statement.writes() || !changes(writer, table)) {
      return 0;
    }
    double rows =
        Double.isFinite(statement.rows())
            ? statement.rows()
            : statement.calls() * estimated(writer);
    return rows * perRow(table, index) * factor(statement, table, index);
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
    String verb = statement.text().stripLeading().substring(0, 6).toLowerCase(Locale.ROOT);
    return switch (verb) {
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
