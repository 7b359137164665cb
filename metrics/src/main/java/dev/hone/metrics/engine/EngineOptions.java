package dev.hone.metrics.engine;

import dev.hone.metrics.Retention;
import java.time.Duration;

/**
 * How the engine works.
 *
 * @param maxSeries series in the head; a new one beyond is refused
 * @param sync when what was written is brought to the disk
 * @param outOfOrder how much older than the newest of all a sample may be
 * @param future how far a sample may lie ahead of the clock
 * @param retention how long samples and tiers are kept
 * @param blockSpan the length of a block made from the head
 * @param mergedSpan the length of a block made from blocks
 * @param segmentBytes size of a segment of the write-ahead log
 * @param checkpointBytes how much log there may be before a checkpoint replaces it
 */
public record EngineOptions(
    int maxSeries,
    Sync sync,
    Duration outOfOrder,
    Duration future,
    Retention retention,
    Duration blockSpan,
    Duration mergedSpan,
    long segmentBytes,
    long checkpointBytes) {
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
        Math.clamp(room, 50_000, 10_000_000),
        Sync.BATCH,
        Duration.ofHours(24),
        Duration.ofMinutes(10),
        Retention.STANDARD,
        Duration.ofHours(2),
        Duration.ofHours(24),
        128L << 20,
        512L << 20);
  }

  /** The same with another number of series. */
  public EngineOptions withMaxSeries(int number) {
    return new EngineOptions(
        number,
        sync,
        outOfOrder,
        future,
        retention,
        blockSpan,
        mergedSpan,
        segmentBytes,
        checkpointBytes);
  }

  /** The same with another policy of syncing. */
  public EngineOptions withSync(Sync other) {
    return new EngineOptions(
        maxSeries,
        other,
        outOfOrder,
        future,
        retention,
        blockSpan,
        mergedSpan,
        segmentBytes,
        checkpointBytes);
  }

  /** The same with another retention. */
  public EngineOptions withRetention(Retention other) {
    return new EngineOptions(
        maxSeries,
        sync,
        outOfOrder,
        future,
        other,
        blockSpan,
        mergedSpan,
        segmentBytes,
        checkpointBytes);
  }

  /** The same with another out-of-order window. */
  public EngineOptions withOutOfOrder(Duration other) {
    return new EngineOptions(
        maxSeries,
        sync,
        other,
        future,
        retention,
        blockSpan,
        mergedSpan,
        segmentBytes,
        checkpointBytes);
  }
}
