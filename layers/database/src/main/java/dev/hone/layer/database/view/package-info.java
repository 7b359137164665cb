/** What people are shown of a database: how it is, its statements, its indexes. */
@org.jspecify.annotations.NullMarked
package dev.hone.layer.database.view;
