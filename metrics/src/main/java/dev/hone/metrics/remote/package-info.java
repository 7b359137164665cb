/** The store beyond one machine: Prometheus-compatible backends, written to and asked. */
@org.jspecify.annotations.NullMarked
package dev.hone.metrics.remote;
