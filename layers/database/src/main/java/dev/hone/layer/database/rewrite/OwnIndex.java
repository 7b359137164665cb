package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.advisor.CandidateFinder;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.Twin;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Indexes that a statement could use only in other words: neither is worth anything without the
 * other, so that both must be tried together.
 *
 * @param plan of the other text with them
 * @param ddl what makes them
 * @param bytes they take
 */
record OwnIndex(PlanNode plan, List<String> ddl, long bytes) {
  /** An index is for a text that it halves at least. */
  private static final double WORTHWHILE = 0.5;

  private static final int MOST_CANDIDATES = 20;

  /**
   * The indexes, or null when none helps the other text that would not help the original too.
   *
   * @param shown names of the hypothetical indexes that are there anyway; they stay in sight
   */
  static @Nullable OwnIndex of(Twin twin, String original, String text, Set<String> shown)
      throws SQLException {
    twin.show(shown);
    List<IndexSpec> candidates =
        new CandidateFinder(twin.schema())
            .of(twin.plan(text)).stream().limit(MOST_CANDIDATES).toList();
    List<Twin.Defined> defined;
    try {
      defined =
          twin.define(candidates).stream()
              .filter(index -> !shown.contains(index.spec().name()))
              .toList();
    } catch (IOException e) {
      throw new SQLException("the planner twin's files could not be written", e);
    }
    Set<String> all = new HashSet<>(shown);
    defined.forEach(index -> all.add(index.spec().name()));
    twin.show(all);
    PlanNode old = twin.plan(original);
    PlanNode plan = twin.plan(text);
    twin.show(shown);
    List<Twin.Defined> used =
        defined.stream().filter(index -> plan.uses(index.spec().name())).toList();
    return used.isEmpty() || plan.cost() > old.cost() * WORTHWHILE
        ? null
        : new OwnIndex(
            plan,
            used.stream().map(Twin.Defined::ddl).toList(),
            used.stream().mapToLong(Twin.Defined::bytes).sum());
  }
}
