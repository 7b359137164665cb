/**
 * Index advisors side by side: each gets the same statements on the same PostgreSQL, what it asks
 * for is really built, and the statements are run with it.
 */
@NullMarked
package dev.hone.bench.database;

import org.jspecify.annotations.NullMarked;
