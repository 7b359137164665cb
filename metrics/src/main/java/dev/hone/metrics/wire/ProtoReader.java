package dev.hone.metrics.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads protocol buffers by hand (protobuf.dev, "Encoding"). Every length is checked against the
 * end of the message it lies in.
 */
final class ProtoReader {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  final byte[] bytes;
  int at;
  int end;

  ProtoReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  boolean hasMore() {
    return at < end;
  }

  /** The field's number and wire type in one: {@code number << 3 | type}. */
  int tag() {
    long tag = varint();
    if (tag <= 0 || tag > Integer.MAX_VALUE) {
      throw malformed("a field number out of range");
    }
    return (int) tag;
  }

  long varint() {
    if (at < end) {
      byte b = bytes[at];
      if (b >= 0) {
        at++;
        return b;
      }
    }
    long result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw malformed("it ends inside a number");
      }
      byte b = bytes[at++];
      result |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return result;
      }
    }
    throw malformed("a number is longer than ten bytes");
  }

  long signed() {
    long raw = varint();
    return raw >>> 1 ^ -(raw & 1);
  }

  long fixed64() {
    if (end - at < 8) {
      throw malformed("it ends inside a number");
    }
    at += 8;
    return (long) LONG.get(bytes, at - 8);
  }

  /** The length of what follows, checked to lie inside. */
  int length() {
    long length = varint();
    if (length < 0 || length > end - at) {
      throw malformed("a length of " + length + " where " + (end - at) + " bytes are left");
    }
    return (int) length;
  }

  /** The message that follows, to be read on its own; this reader goes on after it. */
  ProtoReader message() {
    int length = length();
    at += length;
    return new ProtoReader(bytes, at - length, at);
  }

  double float64() {
    return Double.longBitsToDouble(fixed64());
  }

  String text() {
    int length = length();
    at += length;
    return new String(bytes, at - length, length, java.nio.charset.StandardCharsets.UTF_8);
  }

  void skip(int type) {
    switch (type) {
      case VARINT -> varint();
      case FIXED64 -> jump(8);
      case BYTES -> jump(length());
      case FIXED32 -> jump(4);
      default -> throw malformed("a field of type " + type);
    }
  }

  private void jump(int count) {
    if (end - at < count) {
      throw malformed("it ends inside a field");
    }
    at += count;
  }

  MalformedException malformed(String what) {
    return new MalformedException("the message is malformed at byte " + at + ": " + what);
  }
}
