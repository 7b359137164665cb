package dev.hone.metrics.prometheus;

import java.util.Arrays;

/**
 * Reads the chunks in which Prometheus packs samples (tsdb/chunkenc/xor.go, after "Gorilla", VLDB
 * 2015): the number of samples in two bytes; a time and a value in full; then differences of
 * differences of times, and values by the bits in which they differ from the one before.
 */
final class XorChunk {
  private static final int[] DELTA_BITS = {0, 14, 17, 20, 64};

  long[] times = new long[240];
  double[] values = new double[240];
  int size;
  private byte[] bytes = {};
  private int bit;

  /**
   * Decodes a chunk.
   *
   * @throws IndexOutOfBoundsException when it ends early
   */
  void read(byte[] data) {
    bytes = data;
    bit = 0;
    size = (int) bits(16);
    if (size > times.length) {
      times = Arrays.copyOf(times, size);
      values = Arrays.copyOf(values, size);
    }
    long time = 0;
    long delta = 0;
    long value = 0;
    int leading = 0;
    int width = 0;
    for (int i = 0; i < size; i++) {
      if (i == 0) {
        long raw = uvarint();
        time = raw >>> 1 ^ -(raw & 1);
        value = bits(64);
      } else {
        delta = i == 1 ? uvarint() : delta + deltaOfDelta();
        time += delta;
        if (bits(1) != 0) {
          if (bits(1) != 0) {
            leading = (int) bits(5);
            width = (int) bits(6);
            width = width == 0 ? 64 : width;
            if (leading + width > 64) {
              throw new IndexOutOfBoundsException("a value wider than 64 bits");
            }
          }
          value ^= bits(width) << (64 - leading - width);
        }
      }
      times[i] = time;
      values[i] = Double.longBitsToDouble(value);
    }
  }

  private long deltaOfDelta() {
    int ones = 0;
    while (ones < 4 && bits(1) != 0) {
      ones++;
    }
    int width = DELTA_BITS[ones];
    long raw = bits(width);
    return width > 0 && width < 64 && raw > 1L << (width - 1) ? raw - (1L << width) : raw;
  }

  private long uvarint() {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      long b = bits(8);
      result |= (b & 0x7F) << shift;
      if (b < 0x80) {
        return result;
      }
    }
    throw new IndexOutOfBoundsException("a number longer than ten bytes");
  }

  private long bits(int count) {
    long result = 0;
    int left = count;
    while (left > 0) {
      int inByte = 8 - (bit & 7);
      int taken = Math.min(inByte, left);
      int part = (bytes[bit >> 3] & 0xFF) >> (inByte - taken) & (1 << taken) - 1;
      result = result << taken | part;
      bit += taken;
      left -= taken;
    }
    return result;
  }
}
