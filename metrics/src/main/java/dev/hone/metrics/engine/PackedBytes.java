package dev.hone.metrics.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/**
 * A column copied out of a mapped file, its CRC-32C checked, with room behind it so that numbers
 * may be read eight bytes at a time. Reusable.
 */
final class PackedBytes {
  /** The checksum stands behind the column. */
  static final int CHECKSUM = 4;

  private static final int ROOM = 16;

  private final CRC32C crc = new CRC32C();
  private byte[] bytes = new byte[4096];
  private int end;
  private int at;

  /**
   * Copies a column.
   *
   * @param length without the checksum
   * @throws CorruptException when the checksum is wrong
   */
  void load(MemorySegment file, long from, int length) {
    if (from < 0 || length < 0 || from + length + CHECKSUM > file.byteSize()) {
      throw new CorruptException("a column at byte " + from + " lies outside its file");
    }
    if (bytes.length < length + ROOM) {
      bytes = new byte[length * 2 + ROOM];
    }
    MemorySegment.copy(file, ValueLayout.JAVA_BYTE, from, bytes, 0, length + CHECKSUM);
    crc.reset();
    crc.update(bytes, 0, length);
    if ((int) crc.getValue() != (int) ByteSink.INT.get(bytes, length)) {
      throw new CorruptException("the checksum of the column at byte " + from + " is wrong");
    }
    at = 0;
    end = length;
  }

  int get() {
    return bytes[check(at++)];
  }

  private int check(int place) {
    if (place >= end) {
      throw new CorruptException("a column ends early");
    }
    return place;
  }

  long getLong() {
    check(at + 7);
    at += 8;
    return (long) ByteSink.LONG.get(bytes, at - 8);
  }

  long getVar() {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = get();
      result |= (b & 0x7FL) << shift;
      if (b >= 0) {
        break;
      }
    }
    return result;
  }

  long getSigned() {
    long raw = getVar();
    return raw >>> 1 ^ -(raw & 1);
  }

  /** The next bytes, as a copy. */
  byte[] get(int count) {
    check(at + Math.max(count, 1) - 1);
    at += count;
    return java.util.Arrays.copyOfRange(bytes, at - count, at);
  }

  /** Reads numbers of {@code width} bits each and adds {@code least} to each. */
  void unpack(long[] into, int from, int to, long least, int width) {
    if (width == 0) {
      java.util.Arrays.fill(into, from, to, least);
      return;
    }
    int size = ((to - from) * width + 7) / 8;
    check(at + size - 1);
    byte[] source = bytes;
    long mask = -1L >>> (64 - width);
    long bit = (long) at << 3;
    if (width <= 56) {
      for (int i = from; i < to; i++, bit += width) {
        long word = (long) ByteSink.LONG.get(source, (int) (bit >>> 3));
        into[i] = (word >>> (bit & 7) & mask) + least;
      }
    } else {
      for (int i = from; i < to; i++, bit += width) {
        int place = (int) (bit >>> 3);
        int shift = (int) bit & 7;
        long word = (long) ByteSink.LONG.get(source, place) >>> shift;
        if (shift != 0) {
          word |= (source[place + 8] & 0xFFL) << (64 - shift);
        }
        into[i] = (word & mask) + least;
      }
    }
    at += size;
  }
}
