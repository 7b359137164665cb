package dev.hone.metrics.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Bytes that grow: little-endian numbers and LEB128 variable-length ones. Reusable. */
final class ByteSink {
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int USUAL = 1 << 16;

  /** An array up to this length is kept when it is cleared. */
  private static final int KEPT = 16 << 20;

  byte[] bytes;
  int length;

  ByteSink(int capacity) {
    bytes = new byte[capacity];
  }

  void clear() {
    if (bytes.length > KEPT) {
      bytes = new byte[USUAL];
    }
    length = 0;
  }

  void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  void put(int b) {
    ensure(1);
    bytes[length++] = (byte) b;
  }

  void put(byte[] more) {
    put(more, 0, more.length);
  }

  void put(byte[] more, int from, int count) {
    ensure(count);
    System.arraycopy(more, from, bytes, length, count);
    length += count;
  }

  void putInt(int number) {
    ensure(4);
    INT.set(bytes, length, number);
    length += 4;
  }

  void putLong(long number) {
    ensure(8);
    LONG.set(bytes, length, number);
    length += 8;
  }

  /** An unsigned number in one to ten bytes. */
  void putVar(long number) {
    ensure(10);
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  /** A signed number, small ones of both signs short. */
  void putSigned(long number) {
    putVar(number << 1 ^ number >> 63);
  }

  /** Replaces the four bytes at a place. */
  void setInt(int at, int number) {
    INT.set(bytes, at, number);
  }

  byte[] toArray() {
    return Arrays.copyOf(bytes, length);
  }
}
