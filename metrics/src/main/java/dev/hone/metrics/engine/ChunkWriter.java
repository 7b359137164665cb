package dev.hone.metrics.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The open chunk of a series: samples are appended bit by bit, times as differences of differences,
 * values as the exclusive or with the value before (Pelkonen et al., "Gorilla", VLDB 2015, section
 * 4.1; widths adapted to milliseconds). Lossless for every bit pattern.
 *
 * <p>Bits collect in {@code pending} and move to {@code data} eight bytes at a time, so what a
 * reader has copied out of {@code data} up to {@code length} never changes afterwards.
 */
class ChunkWriter {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final byte[] EMPTY = new byte[0];
  private static final int NO_WINDOW = 255;

  private byte[] data = EMPTY;
  private int length;
  private long pending;
  private int used;
  private int count;
  private long firstTime;
  private long lastTime;
  private long delta;
  private long lastBits;
  private int leading = NO_WINDOW;
  private int trailing;

  final int count() {
    return count;
  }

  final long firstTime() {
    return firstTime;
  }

  /** The time of the last sample; meaningless while empty. */
  final long lastTime() {
    return lastTime;
  }

  final long lastBits() {
    return lastBits;
  }

  /** Adds a sample that is newer than the last. */
  final void append(long time, long bits) {
    if (count == 0) {
      firstTime = time;
      delta = 0;
      leading = NO_WINDOW;
      put(bits, 64);
    } else {
      long newDelta = time - lastTime;
      putTime(newDelta - delta);
      delta = newDelta;
      putValue(bits ^ lastBits);
    }
    lastTime = time;
    lastBits = bits;
    count++;
  }

  private void putTime(long change) {
    if (change == 0) {
      put(0, 1);
    } else if (change >= -63 && change <= 64) {
      put(0b10L << 7 | change + 63, 9);
    } else if (change >= -2047 && change <= 2048) {
      put(0b110L << 12 | change + 2047, 15);
    } else if (change >= -524_287 && change <= 524_288) {
      put(0b1110L << 20 | change + 524_287, 24);
    } else {
      put(0b1111, 4);
      put(change, 64);
    }
  }

  private void putValue(long xor) {
    if (xor == 0) {
      put(0, 1);
      return;
    }
    int left = Math.min(31, Long.numberOfLeadingZeros(xor));
    int right = Long.numberOfTrailingZeros(xor);
    if (leading != NO_WINDOW && left >= leading && right >= trailing) {
      put(0b10, 2);
      put(xor >>> trailing, 64 - leading - trailing);
    } else {
      leading = left;
      trailing = right;
      int significant = 64 - left - right;
      put(0b11L << 11 | (long) left << 6 | (significant - 1), 13);
      put(xor >>> right, significant);
    }
  }

  /** Adds the lowest {@code bits} bits of a number. */
  private void put(long number, int bits) {
    int free = 64 - used;
    if (bits < free) {
      pending |= (number & (-1L >>> (64 - bits))) << (free - bits);
      used += bits;
      return;
    }
    long whole = bits == 64 ? number : number & ((1L << bits) - 1);
    int rest = bits - free;
    if (length + 8 > data.length) {
      data = Arrays.copyOf(data, Math.max(32, (data.length + (data.length >> 1)) & ~7));
    }
    LONG.set(data, length, pending | whole >>> rest);
    length += 8;
    pending = rest == 0 ? 0 : whole << (64 - rest);
    used = rest;
  }

  /** Ends the chunk and empties the writer. */
  final Chunk finish(@Nullable Chunk previous) {
    var chunk = new Chunk(previous, firstTime, lastTime, count, bytes());
    data = EMPTY;
    length = 0;
    pending = 0;
    used = 0;
    count = 0;
    return chunk;
  }

  /** What has been written so far as a chunk of its own; the writer goes on. */
  final Chunk copy(@Nullable Chunk previous) {
    return new Chunk(previous, firstTime, lastTime, count, bytes());
  }

  /** The encoded samples in whole bytes. */
  private byte[] bytes() {
    byte[] copy = Arrays.copyOf(data, length + (used + 7) / 8);
    long rest = pending;
    for (int i = length; i < copy.length; i++) {
      copy[i] = (byte) (rest >>> 56);
      rest <<= 8;
    }
    return copy;
  }

  /** Sets the last sample of an empty writer. */
  final void noteLast(long time, long bits) {
    lastTime = time;
    lastBits = bits;
  }

  /** Continues a chunk that was written by {@link #copy}. */
  final void resume(Chunk chunk) {
    var reader = new ChunkReader();
    reader.open(chunk);
    while (reader.next()) {
      append(reader.time(), reader.bits());
    }
  }

  /** Moves the state a reader needs into the reader: data without a copy, and the pending bits. */
  final void openIn(ChunkReader reader) {
    reader.open(data, length, pending, used, firstTime, count);
  }
}
