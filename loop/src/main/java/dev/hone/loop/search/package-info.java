/**
 * Decides which value of a numeric knob to try next. Pure: reads no clock, changes nothing. {@link
 * dev.hone.loop.search.Search#next} is the entrance.
 */
@NullMarked
package dev.hone.loop.search;

import org.jspecify.annotations.NullMarked;
