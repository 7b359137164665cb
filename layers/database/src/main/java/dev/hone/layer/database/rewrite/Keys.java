package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.twin.TableCopy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.SelectItem;

/** What keys and foreign keys say about rows. */
final class Keys {
  private static final Pattern REFERENCES = Pattern.compile("REFERENCES [^(]*\\(([^)]*)\\)");

  private Keys() {}

  /** Sets of columns of which no two rows have the same values; nulls are all different. */
  static List<Set<String>> unique(TableCopy table) {
    var keys = new ArrayList<Set<String>>();
    for (TableCopy.Index index : table.indexes()) {
      if (index.unique()
          && !index.keys().isEmpty()
          && !index.constraint().contains("DEFERRABLE")
          && !index.definition().contains(" WHERE ")
          && keyParts(index.definition()) == index.keys().size()) {
        keys.add(Set.copyOf(index.keys()));
      }
    }
    return keys;
  }

  /** How many columns and expressions an index has. */
  private static int keyParts(String definition) {
    int depth = 0;
    int parts = 1;
    for (int i = definition.indexOf(" USING "); i >= 0 && i < definition.length(); i++) {
      char c = definition.charAt(i);
      if (c == '(') {
        depth++;
      } else if (c == ')' && --depth == 0) {
        return parts;
      } else if (c == ',' && depth == 1) {
        parts++;
      } else if (c == '"') {
        i = definition.indexOf('"', i + 1);
      }
    }
    return -1;
  }

  /** Columns that a foreign key refers to, in its order. */
  static List<String> referenced(TableCopy.ForeignKey key) {
    Matcher matcher = REFERENCES.matcher(key.definition());
    if (!matcher.find()) {
      return List.of();
    }
    return java.util.Arrays.stream(matcher.group(1).split(","))
        .map(name -> Terms.folded(name.strip()))
        .toList();
  }

  /** Whether a foreign key holds for every row at any time. */
  static boolean holds(TableCopy.ForeignKey key) {
    return key.valid()
        && !key.definition().contains("DEFERRABLE")
        && !key.definition().contains("NOT ENFORCED");
  }

  /** Whether the results of a SELECT before DISTINCT are all different. */
  static boolean resultsDiffer(Block block) {
    var shown = new ArrayList<Expression>();
    for (SelectItem<?> item : block.items()) {
      shown.add(item.getExpression());
    }
    return !block.sources().isEmpty()
        && !block.aggregates()
        && !block.grouped()
        && determined(block, shown, List.of()).containsAll(block.sources());
  }

  /**
   * The sources of which a row of results tells which row it was made of.
   *
   * @param without sources that are not looked at
   */
  static Set<Source> determined(Block block, List<Expression> results, List<Source> without) {
    if (!block.onlyInnerAndLeft()) {
      return Set.of();
    }
    var known = new HashSet<String>();
    for (Expression result : results) {
      Ref ref = block.own(result);
      if (ref != null && ref.column() != null && equalMeansSame(ref)) {
        known.add(ref.spelled());
      }
    }
    var found = new HashSet<Source>();
    boolean more = true;
    while (more) {
      more = false;
      for (Source source : block.sources()) {
        TableCopy table = source.table();
        if (table == null || found.contains(source) || without.contains(source)) {
          continue;
        }
        List<EqualsTo> equalities = equalities(block, source);
        for (Set<String> key : unique(table)) {
          boolean shown =
              key.stream()
                  .allMatch(
                      name -> {
                        var ref = new Ref(block, source, name);
                        boolean notNull = ref.column() != null && ref.column().notNull();
                        return (notNull && known.contains(ref.spelled()))
                            || equated(block, ref, equalities, known, found);
                      });
          if (shown) {
            found.add(source);
            table.columns().forEach(c -> known.add(new Ref(block, source, c.name()).spelled()));
            more = true;
            break;
          }
        }
      }
    }
    return found;
  }

  /** Equal results of float columns may be different values ({@code 0} and {@code -0}). */
  private static boolean equalMeansSame(Ref ref) {
    String type = ref.type().toLowerCase(Locale.ROOT);
    return ref.column() != null && !type.contains("float") && !type.contains("double");
  }

  /** Equalities that hold for a source's rows where they are not filled with nulls. */
  private static List<EqualsTo> equalities(Block block, Source source) {
    var conditions = new ArrayList<>(block.fulfilled());
    if (source.join() >= 0) {
      Join join = block.joins().get(source.join());
      join.getOnExpressions().forEach(on -> conditions.addAll(Terms.conjuncts(on)));
    }
    var equalities = new ArrayList<EqualsTo>();
    for (Expression condition : conditions) {
      EqualsTo equality = Terms.equality(condition);
      if (equality != null) {
        equalities.add(equality);
      }
    }
    return equalities;
  }

  private static boolean equated(
      Block block, Ref wanted, List<EqualsTo> equalities, Set<String> known, Set<Source> found) {
    for (EqualsTo equality : equalities) {
      for (boolean mirrored : new boolean[] {false, true}) {
        Expression own = mirrored ? equality.getRightExpression() : equality.getLeftExpression();
        Expression other = mirrored ? equality.getLeftExpression() : equality.getRightExpression();
        Ref ref = block.own(own);
        if (ref == null
            || !ref.source().equals(wanted.source())
            || !ref.name().equals(wanted.name())) {
          continue;
        }
        Ref second = block.own(other);
        if (block.constant(other)
            || (second != null
                && (known.contains(second.spelled()) || found.contains(second.source())))) {
          return true;
        }
      }
    }
    return false;
  }
}
