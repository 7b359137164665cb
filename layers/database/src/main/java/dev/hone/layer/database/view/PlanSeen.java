package dev.hone.layer.database.view;

import java.time.Instant;

/**
 * A plan that the server had for a statement.
 *
 * @param since when it was first seen
 * @param until when it was last seen
 * @param cost the planner's, when it was last seen
 * @param plan its shape
 */
public record PlanSeen(Instant since, Instant until, double cost, PlanTree plan) {}
