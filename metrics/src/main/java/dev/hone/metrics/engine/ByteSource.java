package dev.hone.metrics.engine;

import java.util.Arrays;

/** Reads what {@link ByteSink} wrote; every read is checked against the end. */
final class ByteSource {
  private final byte[] bytes;
  private final int end;
  private int at;

  ByteSource(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  boolean hasMore() {
    return at < end;
  }

  /** How many bytes are left. */
  int size() {
    return end - at;
  }

  int position() {
    return at;
  }

  int get() {
    need(1);
    return bytes[at++];
  }

  byte[] get(int count) {
    need(count);
    at += count;
    return Arrays.copyOfRange(bytes, at - count, at);
  }

  int getInt() {
    need(4);
    at += 4;
    return (int) ByteSink.INT.get(bytes, at - 4);
  }

  long getLong() {
    need(8);
    at += 8;
    return (long) ByteSink.LONG.get(bytes, at - 8);
  }

  long getVar() {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = (byte) get();
      result |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return result;
      }
    }
    throw new IllegalArgumentException("a number is longer than ten bytes at byte " + at);
  }

  int getCount() {
    long number = getVar();
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a count of " + number + " at byte " + at);
    }
    return (int) number;
  }

  long getSigned() {
    long raw = getVar();
    return raw >>> 1 ^ -(raw & 1);
  }

  private void need(int count) {
    if (count < 0 || count > end - at) {
      throw new IllegalArgumentException("data end early at byte " + at);
    }
  }
}
