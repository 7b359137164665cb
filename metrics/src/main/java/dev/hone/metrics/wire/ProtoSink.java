package dev.hone.metrics.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes protocol buffers by hand (protobuf.dev, "Encoding") into bytes that grow. */
final class ProtoSink {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  byte[] bytes;
  int length;

  ProtoSink() {
    this(64);
  }

  ProtoSink(int capacity) {
    bytes = new byte[capacity];
  }

  static int sizeOf(long varint) {
    return (70 - Long.numberOfLeadingZeros(varint | 1)) / 7;
  }

  void tag(int field, int type) {
    varint((long) field << 3 | type);
  }

  void varint(long number) {
    ensure(10);
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  void fixed64(long bits) {
    ensure(8);
    LONG.set(bytes, length, bits);
    length += 8;
  }

  void raw(byte[] more) {
    ensure(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
  }

  /** A field of bytes. */
  void field(int field, byte[] content) {
    tag(field, ProtoReader.BYTES);
    varint(content.length);
    raw(content);
  }

  void field(int field, String text) {
    field(field, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A field with a message of its own. */
  void field(int field, ProtoSink message) {
    tag(field, ProtoReader.BYTES);
    varint(message.length);
    ensure(message.length);
    System.arraycopy(message.bytes, 0, bytes, length, message.length);
    length += message.length;
  }

  byte[] toArray() {
    return Arrays.copyOf(bytes, length);
  }

  private void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
