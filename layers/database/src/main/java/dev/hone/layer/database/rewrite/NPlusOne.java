package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.Workload;
import dev.hone.layer.database.twin.TableCopy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.JdbcParameter;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import org.jspecify.annotations.Nullable;

/**
 * Finds statements that an application executes once for each row of another one's result: a lookup
 * by one column that a foreign key connects with a table of the other statement, executed as often
 * as the other returns rows: nearly so where that is ten times as often or more, roughly where it
 * is 50 times. Counts over the same time are all that is known, so that it is likely and not
 * certain.
 */
final class NPlusOne {
  private static final double LEAST_CALLS = 500;

  /** How many times as often as its cause a lookup is executed at least. */
  private static final double OFTEN = 10;

  /** The lookups may be this much fewer than the rows or more. */
  private static final double NEARLY = 0.1;

  /** From so many times on, they may … */
  private static final double VERY_OFTEN = 50;

  /** … be this much fewer (a cache, a filter) or more. */
  private static final double ROUGHLY = 0.5;

  private static final Pattern NUMBERED = Pattern.compile("\\$(\\d{1,5})");

  private NPlusOne() {}

  /** A lookup by one column. */
  private record Lookup(
      Workload.Statement statement, Block block, TableCopy table, Ref key, String parameter) {}

  /** The parameter that the keys are to be sent as: the key's own, or one more than there are. */
  private static String parameter(EqualsTo equality, String text) {
    if (Terms.bare(equality.getRightExpression()) instanceof JdbcParameter own) {
      return own.toString();
    }
    int most = 0;
    Matcher each = NUMBERED.matcher(text);
    while (each.find()) {
      most = Math.max(most, Integer.parseInt(each.group(1)));
    }
    return "$" + (most + 1);
  }

  static List<Advice.Recommended> of(Workload workload, Rewriter rewriter) {
    var found = new ArrayList<Advice.Recommended>();
    for (Workload.Statement statement : workload.statements()) {
      Tree tree = statement.calls() < LEAST_CALLS ? null : rewriter.tree(statement.text());
      Lookup lookup = tree == null ? null : lookup(statement, tree);
      if (lookup == null) {
        continue;
      }
      workload.statements().stream()
          .filter(parent -> !parent.equals(statement) && causes(parent, lookup, rewriter))
          .min(Comparator.comparingDouble(parent -> distance(parent, lookup)))
          .ifPresent(parent -> found.add(recommended(lookup, parent)));
    }
    return found;
  }

  private static @Nullable Lookup lookup(Workload.Statement statement, Tree tree) {
    Block block = tree.blocks().getFirst();
    TableCopy table = block.onlyTable();
    if (tree.blocks().size() != 1
        || table == null
        || block.grouped()
        || block.aggregates()
        || block.limited()
        || block.distinct()
        || block.conditions().size() != 1) {
      return null;
    }
    EqualsTo equality = Terms.equality(block.conditions().getFirst());
    Ref key = equality == null ? null : block.own(equality.getLeftExpression());
    return equality != null && key != null && value(equality.getRightExpression())
        ? new Lookup(statement, block, table, key, parameter(equality, statement.text()))
        : null;
  }

  private static boolean value(Expression expression) {
    return Terms.bare(expression) instanceof JdbcParameter
        || Terms.integer(expression) != null
        || Terms.text(expression) != null;
  }

  /** By how much of its rows the lookups for each execution of a parent differ from them. */
  private static double distance(Workload.Statement parent, Lookup lookup) {
    return Math.abs(lookup.statement().calls() / parent.rows() - 1);
  }

  private static boolean causes(Workload.Statement parent, Lookup lookup, Rewriter rewriter) {
    double ratio = lookup.statement().calls() / parent.calls();
    double off = ratio >= VERY_OFTEN ? ROUGHLY : NEARLY;
    if (!(ratio >= OFTEN) || !(distance(parent, lookup) <= off)) {
      return false;
    }
    Tree tree = rewriter.tree(parent.text());
    return tree != null
        && tree.tables().stream()
            .anyMatch(
                table ->
                    refers(table, lookup.table(), lookup.key().name(), true)
                        || refers(lookup.table(), table, lookup.key().name(), false));
  }

  /**
   * Whether a foreign key of one table refers to the other.
   *
   * @param looksUpTarget whether the column is the key referred to, and not the one that refers
   */
  private static boolean refers(
      TableCopy from, TableCopy target, String column, boolean looksUpTarget) {
    return from.foreignKeys().stream()
        .filter(key -> key.target() == target.oid())
        .anyMatch(
            key -> (looksUpTarget ? Keys.referenced(key) : key.columns()).equals(List.of(column)));
  }

  private static Advice.Recommended recommended(Lookup lookup, Workload.Statement parent) {
    Workload.Statement statement = lookup.statement();
    String key = lookup.key().spelled();
    String condition = lookup.block().conditions().getFirst().toString();
    String text = lookup.block().select().toString();
    int at = text.lastIndexOf(condition);
    String shown = text.substring(0, at);
    boolean hasKey =
        lookup.block().hasStar()
            || lookup.block().items().stream()
                .anyMatch(
                    item -> {
                      Ref ref = lookup.block().own(item.getExpression());
                      return ref != null && ref.spelled().equals(key);
                    });
    if (!hasKey) {
      shown =
          shown.replaceFirst(
              "(?i)^SELECT ", "SELECT " + java.util.regex.Matcher.quoteReplacement(key) + ", ");
    }
    String batched =
        shown
            + key
            + " = ANY ("
            + lookup.parameter()
            + ")"
            + text.substring(at + condition.length());
    double ratio = statement.calls() / parent.calls();
    double gain = Double.isFinite(statement.seconds()) ? statement.seconds() / 2 : 0;
    return RewriteAdvisor.text(
        Advice.Kind.N_PLUS_ONE,
        RewriteAdvisor.table(lookup.table()),
        "One statement instead of many lookups in " + lookup.table().table(),
        batched,
        gain,
        List.of(),
        List.of(
            String.format(
                Locale.ROOT,
                "`%s` is executed %.0f times as often as `%s`, which returns %.0f rows each time.",
                statement.title(),
                ratio,
                parent.title(),
                parent.rows() / parent.calls()),
            "Collect the keys and send them as one array; the result tells which row belongs to"
                + " which key. Most of what is saved is the way there and back, which the server"
                + " does not measure.",
            "That one causes the other follows from counts and a foreign key only; look into the"
                + " application before changing it."));
  }
}
