/** Which indexes, settings and rewrites a whole workload would gain from, and what they cost. */
@org.jspecify.annotations.NullMarked
package dev.hone.layer.database.advisor;
