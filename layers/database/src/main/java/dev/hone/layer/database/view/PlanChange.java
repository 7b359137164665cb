package dev.hone.layer.database.view;

import org.jspecify.annotations.Nullable;

/**
 * What a change does to a plan.
 *
 * @param title of the change
 * @param by who planned: the server or the planner twin
 * @param costBefore the planner's; NaN when it is not known
 * @param costAfter the planner's; NaN when it is not known
 * @param before the plan without the change
 * @param after the plan with it; null when it is not known
 */
public record PlanChange(
    String title,
    String by,
    double costBefore,
    double costAfter,
    PlanTree before,
    @Nullable PlanTree after) {}
