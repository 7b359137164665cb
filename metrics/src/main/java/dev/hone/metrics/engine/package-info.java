/** The durable store: head in memory, write-ahead log, immutable blocks. */
@org.jspecify.annotations.NullMarked
package dev.hone.metrics.engine;
