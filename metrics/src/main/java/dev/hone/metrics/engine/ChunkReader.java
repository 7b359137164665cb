package dev.hone.metrics.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads the samples of a chunk in order. Reusable. */
final class ChunkReader {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] data = new byte[0];
  private int length;
  private long tail;
  private int tailBits;
  private long word;
  private int left;
  private int position;
  private int remaining;
  private boolean first;
  private long time;
  private long delta;
  private long bits;
  private int leading;
  private int trailing;

  void open(Chunk chunk) {
    open(chunk.data(), chunk.data().length, 0, 0, chunk.firstTime(), chunk.count());
  }

  /**
   * Begins to read.
   *
   * @param data whole bytes
   * @param length how many of them
   * @param tail bits after them, from the highest bit
   * @param tailBits how many bits
   */
  void open(byte[] data, int length, long tail, int tailBits, long firstTime, int count) {
    this.data = data;
    this.length = length;
    this.tail = tail;
    this.tailBits = tailBits;
    this.word = 0;
    this.left = 0;
    this.position = 0;
    this.remaining = count;
    this.first = true;
    this.time = firstTime;
    this.delta = 0;
  }

  /** The time of the current sample. */
  long time() {
    return time;
  }

  /** The value of the current sample. */
  long bits() {
    return bits;
  }

  /** Moves to the next sample; false after the last. */
  boolean next() {
    if (remaining == 0) {
      return false;
    }
    remaining--;
    if (first) {
      first = false;
      bits = take(64);
      return true;
    }
    if (take(1) != 0) {
      delta += change();
    }
    time += delta;
    if (take(1) != 0) {
      if (take(1) != 0) {
        int header = (int) take(11);
        leading = header >>> 6;
        trailing = 63 - leading - (header & 63);
      }
      bits ^= take(64 - leading - trailing) << trailing;
    }
    return true;
  }

  private long change() {
    if (take(1) == 0) {
      return take(7) - 63;
    }
    if (take(1) == 0) {
      return take(12) - 2047;
    }
    return take(1) == 0 ? take(20) - 524_287 : take(64);
  }

  private long take(int wanted) {
    if (wanted <= left) {
      long result = word >>> (64 - wanted);
      word = wanted == 64 ? 0 : word << wanted;
      left -= wanted;
      return result;
    }
    int have = left;
    long high = have == 0 ? 0 : word >>> (64 - have);
    fill();
    int more = wanted - have;
    if (more > left) {
      throw new IllegalStateException("a chunk ends before its last sample");
    }
    long low = word >>> (64 - more);
    word = more == 64 ? 0 : word << more;
    left -= more;
    return have == 0 ? low : high << more | low;
  }

  private void fill() {
    if (position + 8 <= length) {
      word = (long) LONG.get(data, position);
      position += 8;
      left = 64;
    } else if (position < length) {
      word = 0;
      left = 0;
      while (position < length) {
        word |= (data[position++] & 0xFFL) << (56 - left);
        left += 8;
      }
    } else {
      word = tail;
      left = tailBits;
      tailBits = 0;
    }
  }
}
