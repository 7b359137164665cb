/** Statements written anew so that they cost less and give the same rows. */
@org.jspecify.annotations.NullMarked
package dev.hone.layer.database.rewrite;
