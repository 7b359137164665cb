/** The database of the demo: a real PostgreSQL with a deterministic data set. */
@NullMarked
package dev.hone.demo.postgres;

import org.jspecify.annotations.NullMarked;
