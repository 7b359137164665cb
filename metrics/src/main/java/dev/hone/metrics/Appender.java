package dev.hone.metrics;

import java.io.IOException;

/**
 * One batch of samples on its way into a store. Only one is open at a time, so it is to be closed
 * soon; closed without {@link #commit} it leaves nothing behind.
 */
public interface Appender extends AutoCloseable {
  /**
   * The number of the series with the given key, or -1 when it is not known: its labels sorted by
   * name, each encoded as the {@code labels} field of a remote-write {@code TimeSeries}.
   */
  default int find(byte[] key, int from, int length) {
    return -1;
  }

  /**
   * The number of a series, made when it is new.
   *
   * @throws MetricStore.LimitException when the store holds as many series as it may
   * @throws IllegalArgumentException when the labels are longer than the store takes
   */
  int series(Labels labels);

  /** Whether the number of a series is still good; else the series is to be asked for again. */
  default boolean knows(int series) {
    return series >= 0;
  }

  /** The time of the newest sample of a series in ms, or {@link Long#MIN_VALUE} without one. */
  long newest(int series);

  /**
   * Adds a sample to the batch.
   *
   * @param series number of the series
   * @param timeMillis milliseconds since the epoch
   * @param valueBits the value, bit for bit ({@link Double#doubleToRawLongBits})
   */
  void add(int series, long timeMillis, long valueBits);

  /**
   * Stores the batch: when this returns, the samples that were taken are queryable and as durable
   * as the store promises.
   *
   * @throws IOException when they could not be made durable; then none is kept
   */
  Outcome commit() throws IOException;

  /**
   * Stores the batch like {@link #commit} but does not wait for the disk, which has it within a
   * second: for samples that nobody waits to see acknowledged.
   *
   * @throws IOException when they could not be written; then none is kept
   */
  default Outcome commitSoon() throws IOException {
    return commit();
  }

  @Override
  void close();

  /**
   * What became of a batch.
   *
   * @param taken samples stored, those that were there already among them
   * @param duplicate samples refused because the series has another value at that time
   * @param tooOld samples refused because they are older than the out-of-order window
   * @param tooNew samples refused because they lie in the future
   * @param example a sentence on one that was refused, or the empty string
   */
  record Outcome(long taken, long duplicate, long tooOld, long tooNew, String example) {
    /** How many were refused. */
    public long refused() {
      return duplicate + tooOld + tooNew;
    }
  }
}
