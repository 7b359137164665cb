package dev.hone.metrics.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes protocol buffers by hand (protobuf.dev, "Encoding"). */
final class ProtoSink {
  private byte[] bytes = new byte[64];
  private int length;

  private void put(byte b) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, length * 2);
    }
    bytes[length++] = b;
  }

  /** A number without a field, as it stands in a packed field. */
  void varint(long number) {
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    put((byte) rest);
  }

  /** Eight bytes without a field, as they stand in a packed field. */
  void fixed64(long bits) {
    for (int shift = 0; shift < 64; shift += 8) {
      put((byte) (bits >>> shift));
    }
  }

  void tag(int field, int type) {
    varint((long) field << 3 | type);
  }

  void text(int field, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    field(field, utf8, utf8.length);
  }

  void message(int field, ProtoSink value) {
    field(field, value.bytes, value.length);
  }

  private void field(int field, byte[] value, int size) {
    tag(field, ProtoReader.BYTES);
    varint(size);
    if (bytes.length - length < size) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + size));
    }
    System.arraycopy(value, 0, bytes, length, size);
    length += size;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }
}
