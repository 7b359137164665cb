package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.TableCopy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which indexes a plan could wish for: equality before range before order, alone and together, with
 * and without the columns that would spare reading the table; block ranges where the rows lie in
 * order; trigrams, prefixes, expressions, inverted indexes and trees over ranges where the
 * conditions ask for them; and parts of the table where a constant selects few rows.
 */
public final class CandidateFinder {
  private static final int MOST_COVERED = 8;

  /** Wider rows are not doubled into an index. */
  private static final double WIDEST_COVERED = 0.6;

  private static final double IN_ORDER = 0.95;

  /** Smaller tables are read in a moment. */
  private static final int LEAST_PAGES_FOR_RANGES = 256;

  private static final double ENTRIES_AS_LONG_AS_A_PAGE = 75;
  private static final double LARGEST_PART = 0.25;

  private final SchemaCopy schema;

  /** A finder for the tables of a schema. */
  public CandidateFinder(SchemaCopy schema) {
    this.schema = schema;
  }

  /** The candidates of a plan made with VERBOSE, the most promising first. */
  public List<IndexSpec> of(PlanNode plan) {
    var found = new LinkedHashSet<IndexSpec>();
    for (Scan scan : Scan.of(plan)) {
      Optional<TableCopy> table = schema.table(scan.schema(), scan.table());
      if (table.isPresent() && table.get().kind() != 'p') {
        new Proposals(scan, table.get(), schema, found).propose();
      }
    }
    return List.copyOf(found);
  }

  /** B-trees over plain columns alone, in a plan of which nothing else is known. */
  public static List<IndexSpec> plain(PlanNode plan) {
    var found = new LinkedHashSet<IndexSpec>();
    for (Scan scan : Scan.of(plan)) {
      keys(scan, 2).forEach(key -> found.add(IndexSpec.of(scan.schema(), scan.table(), key)));
    }
    return List.copyOf(found);
  }

  /** Keys of at most {@code longest} columns. */
  private static Set<List<String>> keys(Scan scan, int longest) {
    var keys = new LinkedHashSet<List<String>>();
    var first = new ArrayList<>(scan.equal());
    scan.joined().stream().filter(column -> !first.contains(column)).forEach(first::add);
    first.forEach(column -> keys.add(List.of(column)));
    scan.range().forEach(column -> keys.add(List.of(column)));
    scan.alternatives().forEach(column -> keys.add(List.of(column)));
    for (String leading : first) {
      append(keys, List.of(leading), first, longest);
      append(keys, List.of(leading), scan.range(), longest);
      scan.sorted().stream()
          .limit(1)
          .forEach(column -> append(keys, List.of(leading), List.of(column), longest));
    }
    if (scan.equal().isEmpty()) {
      scan.sorted().stream().limit(1).forEach(column -> keys.add(List.of(column)));
    }
    if (longest > 2) {
      var all = new ArrayList<>(scan.equal());
      scan.joined().stream().limit(1).filter(c -> !all.contains(c)).forEach(all::add);
      append(keys, all, scan.range(), longest);
      var ordered = new ArrayList<>(scan.equal());
      scan.sorted().stream().filter(column -> !ordered.contains(column)).forEach(ordered::add);
      if (ordered.size() > 1 && ordered.size() <= longest + 1) {
        keys.add(List.copyOf(ordered));
      }
      for (String join : scan.joined()) {
        var key = new ArrayList<>(List.of(join));
        scan.equal().stream().filter(column -> !key.contains(column)).forEach(key::add);
        append(keys, key, scan.range(), longest);
      }
      for (String range : scan.range()) {
        append(keys, List.of(range), scan.joined(), longest);
      }
    }
    return keys;
  }

  private static void append(
      Set<List<String>> keys, List<String> leading, Collection<String> last, int longest) {
    if (leading.size() > 1 && leading.size() <= longest) {
      keys.add(List.copyOf(leading));
    }
    for (String column : last) {
      if (!leading.contains(column) && leading.size() < longest) {
        var key = new ArrayList<>(leading);
        key.add(column);
        keys.add(List.copyOf(key));
      }
    }
  }

  /** Collects what one scan could wish for. */
  private record Proposals(Scan scan, TableCopy table, SchemaCopy schema, Set<IndexSpec> found) {
    private static final int LONGEST = 3;

    void propose() {
      Set<List<String>> keys = keys(scan, LONGEST);
      for (List<String> key : keys) {
        add(IndexSpec.of(scan.schema(), scan.table(), key));
      }
      for (List<String> key : keys) {
        cover(key);
      }
      blockRanges();
      texts();
      contents();
      expressions();
      parts(keys);
    }

    private void add(IndexSpec index) {
      boolean known = index.columns().stream().allMatch(c -> table.column(c).isPresent());
      boolean there = index.isPlain() && table.covers(index.columns());
      if (known && !there) {
        found.add(index);
      }
    }

    private void cover(List<String> key) {
      List<String> rest =
          scan.needed().stream()
              .filter(column -> !key.contains(column) && table.column(column).isPresent())
              .sorted()
              .toList();
      if (rest.isEmpty() || rest.size() > MOST_COVERED) {
        return;
      }
      double taken = width(key) + width(rest) + 12;
      double whole = table.size().bytes() / table.rows();
      if (taken <= WIDEST_COVERED * whole) {
        add(IndexSpec.of(scan.schema(), scan.table(), key).including(rest));
      }
    }

    private double width(List<String> columns) {
      return columns.stream()
          .map(column -> table.statistics().get(column))
          .mapToDouble(known -> known == null ? 8 : known.width())
          .sum();
    }

    private void blockRanges() {
      if (table.size().pages() < LEAST_PAGES_FOR_RANGES) {
        return;
      }
      var columns = new LinkedHashSet<>(scan.range());
      columns.addAll(scan.equal());
      columns.addAll(scan.joined());
      for (String column : columns) {
        TableCopy.ColumnStatistics known = table.statistics().get(column);
        if (known != null && Math.abs(known.correlation()) >= IN_ORDER) {
          add(IndexSpec.blockRanges(scan.schema(), scan.table(), column, pagesPerRange()));
        }
      }
    }

    /**
     * A lookup goes through all entries, and then through a range of the table: least when both
     * take as long, an entry about a 75th of a page.
     */
    private int pagesPerRange() {
      double best = Math.sqrt(table.size().pages() / ENTRIES_AS_LONG_AS_A_PAGE);
      return Math.clamp(Integer.highestOneBit((int) best + 1), 4, 128);
    }

    private void texts() {
      for (Conditions.Comparison comparison : scan.comparisons()) {
        String pattern = comparison.literal();
        boolean like = comparison.operator().startsWith("~~");
        if (!like || pattern.length() < 3) {
          continue;
        }
        if (comparison.operator().equals("~~")
            && !pattern.startsWith("'%")
            && !pattern.startsWith("'_")) {
          add(
              keyed(
                  IndexSpec.Method.BTREE,
                  new IndexSpec.Key(comparison.column(), "", "text_pattern_ops")));
        } else if (schema.extensions().containsKey("pg_trgm")) {
          add(
              keyed(
                  IndexSpec.Method.GIN,
                  new IndexSpec.Key(comparison.column(), "", "gin_trgm_ops")));
        }
      }
    }

    private IndexSpec keyed(IndexSpec.Method method, IndexSpec.Key key) {
      return new IndexSpec(scan.schema(), scan.table(), method, List.of(key), List.of(), "");
    }

    private void expressions() {
      for (Conditions.Computed computed : scan.computed()) {
        switch (computed.operator()) {
          case "=", "<", "<=", ">", ">=" ->
              add(keyed(IndexSpec.Method.BTREE, new IndexSpec.Key("", computed.sql(), "")));
          case "~~", "~~*" -> {
            if (schema.extensions().containsKey("pg_trgm")) {
              add(
                  keyed(
                      IndexSpec.Method.GIN, new IndexSpec.Key("", computed.sql(), "gin_trgm_ops")));
            }
          }
          case "@>", "@?", "@@" -> {
            add(keyed(IndexSpec.Method.GIN, new IndexSpec.Key("", computed.sql(), "")));
            add(
                keyed(
                    IndexSpec.Method.GIN, new IndexSpec.Key("", computed.sql(), "jsonb_path_ops")));
          }
          default -> add(keyed(IndexSpec.Method.GIN, new IndexSpec.Key("", computed.sql(), "")));
        }
      }
    }

    /** Inverted indexes over the parts of arrays, documents and texts; trees over ranges. */
    private void contents() {
      for (Conditions.Comparison comparison : scan.comparisons()) {
        String type = table.column(comparison.column()).map(TableCopy.Column::type).orElse("");
        String operators =
            switch (comparison.operator()) {
              case "@>", "@?", "@@" -> type.equals("jsonb") ? "jsonb_path_ops" : "";
              case "<@", "&&", "?", "?|", "?&" -> "";
              default -> null;
            };
        if (operators != null) {
          IndexSpec.Method method =
              type.endsWith("range") ? IndexSpec.Method.GIST : IndexSpec.Method.GIN;
          add(keyed(method, new IndexSpec.Key(comparison.column(), "", operators)));
        }
      }
    }

    /** A constant that few rows have, as the condition of the index. */
    private void parts(Set<List<String>> keys) {
      for (Conditions.Comparison comparison : scan.comparisons()) {
        boolean constant =
            comparison.equality()
                && !comparison.alternative()
                && (!comparison.literal().isEmpty() || comparison.operator().equals("IS NULL"))
                && comparison.function().isEmpty();
        if (!constant || table.distinct(comparison.column()) > 1 / LARGEST_PART * 50) {
          continue;
        }
        String predicate = predicate(comparison);
        for (List<String> key : keys) {
          if (!key.contains(comparison.column()) && key.size() <= 2) {
            IndexSpec plain = IndexSpec.of(scan.schema(), scan.table(), key);
            add(
                new IndexSpec(
                    plain.schema(),
                    plain.table(),
                    IndexSpec.Method.BTREE,
                    plain.keys(),
                    List.of(),
                    predicate));
          }
        }
      }
    }

    private static String predicate(Conditions.Comparison comparison) {
      String column = "\"" + comparison.column().replace("\"", "\"\"") + "\"";
      return switch (comparison.literal()) {
        case "true" -> column;
        case "false" -> "NOT " + column;
        case "" -> column + " IS NULL";
        default -> column + " = " + comparison.literal();
      };
    }
  }
}
