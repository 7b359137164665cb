/** Brings in what Prometheus kept: its blocks, and text with times. */
@org.jspecify.annotations.NullMarked
package dev.hone.metrics.prometheus;
