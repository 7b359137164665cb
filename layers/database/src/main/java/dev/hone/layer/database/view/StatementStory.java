package dev.hone.layer.database.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement.
 *
 * @param text all of it; empty when it cannot be seen
 * @param now what it did in the last quarter of an hour; null when it was not executed
 * @param history figures whose queries can be drawn over time
 * @param plan how the server would execute it now; null when it cannot be told
 * @param planProblem why there is no plan; empty when there is one
 * @param plans the plans that were sampled, the newest first
 * @param advised how the last advice changes its plan
 */
public record StatementStory(
    String database,
    String queryid,
    String text,
    Statements.@Nullable Line now,
    List<Figure> history,
    @Nullable PlanTree plan,
    String planProblem,
    List<PlanSeen> plans,
    List<PlanChange> advised) {}
