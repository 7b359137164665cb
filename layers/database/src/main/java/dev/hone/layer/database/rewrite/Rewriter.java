package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.ScratchDatabase;
import dev.hone.layer.database.twin.TableCopy;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.OrderByElement;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import org.jspecify.annotations.Nullable;

/** Applies rules to statements, and compares what the statements give. */
final class Rewriter {
  private static final int REMEMBERED = 200;

  private final Catalog catalog;
  private final SameRows sameRows;
  private final Map<String, Parsed> parsed = new LinkedHashMap<>();

  /** A statement written anew by a rule. */
  record Rewritten(Rule rule, String text) {}

  /**
   * What a text turned out to be.
   *
   * @param tree null when the rules do not know all that is in it, or after it was changed
   * @param known whether the parser knows its syntax
   */
  private record Parsed(@Nullable Tree tree, boolean known) {}

  Rewriter(SchemaCopy schema, ScratchDatabase scratch) throws SQLException {
    this.catalog = Catalog.of(schema, scratch.connection());
    this.sameRows = new SameRows(schema, scratch.connection());
  }

  private Parsed parsed(String text) {
    Parsed known = parsed.get(text);
    if (known == null) {
      known = parse(text);
      if (parsed.size() >= REMEMBERED) {
        parsed.remove(parsed.keySet().iterator().next());
      }
      parsed.put(text, known);
    }
    return known;
  }

  private Parsed parse(String text) {
    try {
      return new Parsed(Tree.parse(catalog, text), true);
    } catch (JSQLParserException | RuntimeException e) {
      return new Parsed(null, false);
    }
  }

  /** Whether the parser knows the statement's syntax. */
  boolean known(String text) {
    return parsed(text).known();
  }

  /** A statement's tree, to be read only; null when the rules do not know all that is in it. */
  @Nullable Tree tree(String text) {
    return parsed(text).tree();
  }

  /** A tree of its own, to be changed. */
  @Nullable Tree fresh(String text) {
    return parse(text).tree();
  }

  /** All that a single application of a rule makes of a statement. */
  List<Rewritten> rewritten(String text, Collection<Rule> rules) {
    var found = new ArrayList<Rewritten>();
    Tree tree = tree(text);
    for (Rule rule : rules) {
      for (int i = 0; tree != null && i < tree.blocks().size(); i++) {
        String made = made(rule, tree, tree.blocks().get(i));
        if (made != null) {
          if (!made.isEmpty()) {
            found.add(new Rewritten(rule, made));
          }
          parsed.remove(text);
          tree = tree(text);
        }
      }
    }
    return found;
  }

  /**
   * What a rule makes of a statement: null when it leaves it alone, empty when the parser does not
   * understand its own text again, so that the tree may have been changed by halves.
   */
  private static @Nullable String made(Rule rule, Tree tree, Block block) {
    try {
      return rule.change().make(block) ? tree.text() : null;
    } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
      return "";
    }
  }

  /** Compares what two statements give in scratch databases, without regard to LIMIT. */
  SameRows.Answer compare(String one, String other) throws SQLException {
    Parsed first = parse(one);
    Parsed second = parse(other);
    if (first.tree() == null || second.tree() == null) {
      return SameRows.Answer.no("the rewritten statement is not understood");
    }
    Set<TableCopy> tables = first.tree().tables();
    List<Integer> order = order(first.tree().root());
    if (!cut(first.tree().root()).equals(cut(second.tree().root()))) {
      return SameRows.Answer.no("LIMIT has changed");
    }
    return sameRows.compare(
        first.tree().text(),
        second.tree().text(),
        first.tree().opaque()
            ? catalog.schema().tables().stream().filter(table -> table.parent() == 0).toList()
            : tables,
        order);
  }

  /**
   * Takes LIMIT and OFFSET away, which would choose among equal rows by chance, and gives them back
   * as a text.
   */
  private static String cut(Select root) {
    String whole = root.toString();
    root.setLimit(null);
    root.setOffset(null);
    root.setFetch(null);
    return whole.substring(root.toString().length());
  }

  /** Numbers of the results that ORDER BY names first, as far as they can be told. */
  private static List<Integer> order(Select root) {
    if (!(root instanceof PlainSelect select) || select.getOrderByElements() == null) {
      return List.of();
    }
    var order = new ArrayList<Integer>();
    for (OrderByElement element : select.getOrderByElements()) {
      int found = -1;
      for (int i = 0; i < select.getSelectItems().size(); i++) {
        SelectItem<?> item = select.getSelectItem(i);
        String text = element.getExpression().toString();
        boolean same =
            item.getExpression().toString().equals(text)
                || (item.getAlias() != null
                    && element.getExpression() instanceof Column
                    && Terms.folded(item.getAlias().getName()).equals(Terms.folded(text)));
        found = found < 0 && same ? i : found;
      }
      if (found < 0 || select.getSelectItems().toString().contains("*")) {
        return order;
      }
      order.add(found);
    }
    return order;
  }
}
