/** A batch process that burns every core. */
@NullMarked
package dev.hone.demo.neighbour;

import org.jspecify.annotations.NullMarked;
