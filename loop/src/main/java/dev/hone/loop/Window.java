package dev.hone.loop;

import java.time.Instant;

/**
 * One window of a difference in differences.
 *
 * @param after whether the change was in force
 * @param from start
 * @param to end
 * @param treated the primary signal; NaN without data
 * @param control geometric mean of the controls, relative to their own level before; NaN without
 *     data
 * @param proof the low-noise signal; NaN without data
 */
public record Window(
    boolean after, Instant from, Instant to, double treated, double control, double proof) {}
