package dev.hone.metrics.promql;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/** Counts what a query uses and ends it when that is too much; keeps what is to be said of it. */
final class Budget {
  private static final int MAX_WARNINGS = 20;

  private final Limits limits;
  private final LongSupplier nanos;
  private final long deadline;
  private long samples;
  private long values;
  private final Set<String> warnings = new LinkedHashSet<>();

  Budget(Limits limits, LongSupplier nanos) {
    this.limits = limits;
    this.nanos = nanos;
    this.deadline = nanos.getAsLong() + limits.time().toNanos();
  }

  Limits limits() {
    return limits;
  }

  void read(int count) {
    samples += count;
    if (samples > limits.samples()) {
      throw new QueryException.Limit(
          "the query reads more than %d samples; narrow its selectors or its time"
              .formatted(limits.samples()));
    }
    checkTime();
  }

  /** Counts values that stay until the query ends. */
  void hold(int count) {
    values += count;
    if (values > limits.values()) {
      throw new QueryException.Limit(
          "the query holds more than %d values; narrow it or take larger steps"
              .formatted(limits.values()));
    }
  }

  /** Says what is to be known about the answer. */
  void warn(String sentence) {
    if (warnings.size() < MAX_WARNINGS) {
      warnings.add(sentence);
    }
  }

  Set<String> warnings() {
    return warnings;
  }

  /** Ends a query that takes too long, or whose thread was interrupted. */
  void checkTime() {
    if (Thread.currentThread().isInterrupted()) {
      throw new QueryException.Limit("the query was cancelled");
    }
    if (nanos.getAsLong() > deadline) {
      throw new QueryException.Limit(
          "the query takes longer than %d s; narrow its selectors or its time"
              .formatted(limits.time().toSeconds()));
    }
  }
}
