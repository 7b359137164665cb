package dev.hone.metrics.engine;

import org.jspecify.annotations.Nullable;

/**
 * A finished, immutable run of samples of one series, in the encoding of {@link ChunkWriter}.
 *
 * @param previous the run before it, or null
 * @param firstTime time of the first sample, ms since the epoch
 * @param lastTime time of the last sample
 * @param count number of samples
 * @param data the encoded samples after the first time
 */
@SuppressWarnings("ArrayRecordComponent")
record Chunk(@Nullable Chunk previous, long firstTime, long lastTime, int count, byte[] data) {
  Chunk withPrevious(@Nullable Chunk other) {
    return new Chunk(other, firstTime, lastTime, count, data);
  }
}
