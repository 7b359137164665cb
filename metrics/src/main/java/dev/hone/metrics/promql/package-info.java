/** PromQL as Prometheus 2.42 defines it: reading it and evaluating it over a store. */
@org.jspecify.annotations.NullMarked
package dev.hone.metrics.promql;
