/** The planner twin: the user's schema without a row, costed in Hone's own PostgreSQL. */
@org.jspecify.annotations.NullMarked
package dev.hone.layer.database.twin;
