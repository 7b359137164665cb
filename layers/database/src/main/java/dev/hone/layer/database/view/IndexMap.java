package dev.hone.layer.database.view;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tables with their indexes: what each is used for, takes and costs.
 *
 * @param since when the server began to count scans and rows
 * @param days since then
 * @param blindness why unused indexes are not called so; empty when they are
 * @param tables the largest first, indexes included
 */
public record IndexMap(
    Instant at, Instant since, double days, String blindness, List<Table> tables) {
  /**
   * A table.
   *
   * @param rows that live in it, as the server estimates
   * @param bytes without indexes
   * @param written rows inserted, updated or deleted since the server began to count
   */
  public record Table(
      String schema,
      String name,
      double rows,
      double deadRows,
      long bytes,
      long indexBytes,
      long sequentialScans,
      long indexScans,
      double written,
      List<Index> indexes) {}

  /** What becomes of an index by the rules for dropping. */
  public enum Standing {
    /** A constraint, a key or replication rests on it. */
    REQUIRED,
    /** Queries use it. */
    USED,
    /** No query has used it, but that is not known for long enough or everywhere. */
    IDLE,
    /** No query has used it for long. */
    UNUSED,
    /** Another is the same. */
    DUPLICATE,
    /** Another does all it does. */
    REDUNDANT,
    /** Its build failed. */
    INVALID
  }

  /**
   * An index.
   *
   * @param scans since the server began to count
   * @param lastScan null when there was none or the server does not tell
   * @param rests what rests on it, a few words each
   * @param instead the index that takes over; empty when none has to
   * @param why the standing, in a sentence
   * @param entries written to it since the server began to count
   * @param secondsPerEntry an estimate
   * @param secondsPerSecond what writes spend on it, on average since the server began to count
   */
  public record Index(
      String name,
      String ddl,
      String method,
      long bytes,
      long scans,
      @Nullable Instant lastScan,
      boolean unique,
      boolean constraint,
      List<String> rests,
      Standing standing,
      String instead,
      String why,
      double entries,
      double secondsPerEntry,
      double secondsPerSecond) {}
}
