/** Formats in which samples come and go. */
@org.jspecify.annotations.NullMarked
package dev.hone.metrics.wire;
