package dev.hone.metrics.remote;

import java.time.Duration;
import java.util.Set;

/** What a backend speaks, and what of it means the same as here. */
public enum Flavour {
  /** Prometheus 2.42 or like it, with {@code --web.enable-remote-write-receiver}. */
  PROMETHEUS("/api/v1/write", Raw.REMOTE_READ, true, Duration.ZERO),

  /** Grafana Mimir; the address ends with {@code /prometheus}. */
  MIMIR("/api/v1/push", Raw.REMOTE_READ, true, Duration.ZERO),

  /** Thanos: samples go to the receiver, questions to the querier. */
  THANOS("/api/v1/receive", Raw.RANGE_QUERY, true, Duration.ZERO),

  /**
   * VictoriaMetrics. Its windows are open at the left, it extrapolates and looks back otherwise, so
   * nothing is evaluated there. A sample can be read about a second after it was acknowledged, and
   * survives a kill some seconds later.
   */
  VICTORIA("/api/v1/write", Raw.EXPORT, false, Duration.ofSeconds(30));

  /** How raw samples come out. */
  enum Raw {
    /** Prometheus' remote-read: bit for bit. */
    REMOTE_READ,
    /** A range selector: stale markers do not come with it. */
    RANGE_QUERY,
    /** VictoriaMetrics' export: JSON lines, stale markers as {@code null}. */
    EXPORT
  }

  private final String writePath;
  private final Raw raw;
  private final boolean evaluates;
  private final Duration settling;

  Flavour(String writePath, Raw raw, boolean evaluates, Duration settling) {
    this.writePath = writePath;
    this.raw = raw;
    this.evaluates = evaluates;
    this.settling = settling;
  }

  String writePath() {
    return writePath;
  }

  Raw raw() {
    return raw;
  }

  /** How long after its acknowledgement a sample survives a kill. */
  Duration settling() {
    return settling;
  }

  /** How long after its acknowledgement a sample can be read. */
  Duration showing() {
    return settling.isZero() ? Duration.ZERO : Duration.ofMillis(1_200);
  }

  /** Whether a part with these functions yields there what it yields here. */
  boolean evaluates(Set<String> functions) {
    return evaluates;
  }
}
