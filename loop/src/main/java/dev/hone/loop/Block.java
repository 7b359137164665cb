package dev.hone.loop;

import java.time.Instant;

/**
 * A stretch of a switchback in which the change was on, or off.
 *
 * @param on whether the change was on
 * @param from start of the block, burn-in included
 * @param to its end
 * @param value the primary signal after burn-in; NaN without data
 * @param completeness of the data, 0 to 1
 */
public record Block(boolean on, Instant from, Instant to, double value, double completeness) {}
