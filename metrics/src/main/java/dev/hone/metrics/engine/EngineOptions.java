package dev.hone.metrics.engine;

import dev.hone.metrics.Retention;
import java.time.Duration;

/**
 * How the engine works.
 *
 * @param maxSeries series in the head; a new one beyond is refused
 * @param sync when what was written is brought to the disk
 * @param outOfOrder how much older than the newest of all a sample may be
 * @param retention how long samples and tiers are kept
 */
public record EngineOptions(int maxSeries, Sync sync, Duration outOfOrder, Retention retention) {
  /** The length of a block made from blocks, and what an import brings in at once. */
  public static final Duration MERGED_SPAN = Duration.ofHours(24);

  /** The length of a block made from the head. */
  static final Duration BLOCK_SPAN = Duration.ofHours(2);

  /** How far a sample may lie ahead of the clock. */
  static final Duration FUTURE = Duration.ofMinutes(10);

  /** Size of a segment of the write-ahead log. */
  static final long SEGMENT_BYTES = 128L << 20;

  /** How much log there may be before a checkpoint replaces it. */
  static final long CHECKPOINT_BYTES = 512L << 20;

  /** When what was written is brought to the disk (fsync). A crash of Hone alone loses nothing. */
  public enum Sync {
    /** Before it is acknowledged; batches that wait together share one. */
    BATCH,
    /** Each second: a crash of the machine may lose the last second. */
    SECOND,
    /** When the system likes to: a crash of the machine may lose half a minute. */
    NONE
  }

  /** What is used when nothing is set; as many series as the memory has room for. */
  public static EngineOptions standard() {
    long room = Runtime.getRuntime().maxMemory() / 2_000;
    return new EngineOptions(
        Math.clamp(room, 50_000, 10_000_000), Sync.BATCH, Duration.ofHours(24), Retention.STANDARD);
  }

  /** The same with another number of series. */
  public EngineOptions withMaxSeries(int number) {
    return new EngineOptions(number, sync, outOfOrder, retention);
  }

  /** The same with another policy of syncing. */
  public EngineOptions withSync(Sync other) {
    return new EngineOptions(maxSeries, other, outOfOrder, retention);
  }

  /** The same with another out-of-order window. */
  public EngineOptions withOutOfOrder(Duration other) {
    return new EngineOptions(maxSeries, sync, other, retention);
  }

  /** The same with another retention. */
  public EngineOptions withRetention(Retention other) {
    return new EngineOptions(maxSeries, sync, outOfOrder, other);
  }
}
