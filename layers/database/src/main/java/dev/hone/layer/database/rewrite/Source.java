package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.twin.TableCopy;
import java.util.List;
import net.sf.jsqlparser.statement.select.FromItem;
import org.jspecify.annotations.Nullable;

/**
 * What a SELECT reads from.
 *
 * @param alias how columns name it, folded
 * @param table the table, or null when it is something else
 * @param columns names of its columns; null when they are not known
 * @param join the number of the join that adds it; −1 for the first item of FROM
 * @param nullable whether an outer join may fill its columns with nulls
 */
record Source(
    String alias,
    FromItem item,
    @Nullable TableCopy table,
    @Nullable List<String> columns,
    int join,
    boolean nullable) {
  /** Its alias as it stands in SQL. */
  String spelled() {
    return Terms.quoted(alias);
  }
}
