package dev.hone.metrics.engine;

import dev.hone.metrics.Labels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The identity of a series as bytes: its labels sorted by name, each as the {@code labels} field of
 * a remote-write {@code TimeSeries} (Prometheus remote-write 1.0, {@code types.proto}). A sender
 * that follows the specification sends just these bytes, so a series is found without decoding.
 */
final class KeyBytes {
  private static final int LABEL_FIELD = 0x0A;
  private static final int NAME_FIELD = 0x0A;
  private static final int VALUE_FIELD = 0x12;

  private byte[] bytes = new byte[256];
  private int length;

  private KeyBytes() {}

  /** The key of a label set. */
  static byte[] of(Labels labels) {
    var key = new KeyBytes();
    for (int i = 0; i < labels.size(); i++) {
      byte[] name = labels.labelName(i).getBytes(StandardCharsets.UTF_8);
      byte[] value = labels.labelValue(i).getBytes(StandardCharsets.UTF_8);
      int inner =
          2 + varintSize(name.length) + name.length + varintSize(value.length) + value.length;
      key.put((byte) LABEL_FIELD);
      key.varint(inner);
      key.put((byte) NAME_FIELD);
      key.varint(name.length);
      key.put(name);
      key.put((byte) VALUE_FIELD);
      key.varint(value.length);
      key.put(value);
    }
    return Arrays.copyOf(key.bytes, key.length);
  }

  /**
   * The labels of a key that {@link #of} made.
   *
   * @throws IllegalArgumentException when it is not one
   */
  static Labels labels(byte[] key) {
    var pairs = new java.util.ArrayList<String>();
    int at = 0;
    while (at < key.length) {
      at = expect(key, at, LABEL_FIELD);
      at += varintSize(varintAt(key, at));
      at = expect(key, at, NAME_FIELD);
      int nameLength = varintAt(key, at);
      at += varintSize(nameLength);
      pairs.add(text(key, at, nameLength));
      at = expect(key, at + nameLength, VALUE_FIELD);
      int valueLength = varintAt(key, at);
      at += varintSize(valueLength);
      pairs.add(text(key, at, valueLength));
      at += valueLength;
    }
    return Labels.ofSorted(pairs.toArray(String[]::new));
  }

  private static String text(byte[] key, int at, int length) {
    if (length < 0 || at + length > key.length) {
      throw new IllegalArgumentException("the key of a series ends early");
    }
    return new String(key, at, length, StandardCharsets.UTF_8).intern();
  }

  private static int expect(byte[] key, int at, int tag) {
    if (at >= key.length || key[at] != tag) {
      throw new IllegalArgumentException("the key of a series is damaged at byte " + at);
    }
    return at + 1;
  }

  private static int varintAt(byte[] key, int at) {
    int result = 0;
    for (int shift = 0; shift < 32 && at < key.length; shift += 7) {
      byte b = key[at++];
      result |= (b & 0x7F) << shift;
      if (b >= 0) {
        return result;
      }
    }
    throw new IllegalArgumentException("the key of a series ends early");
  }

  private static int varintSize(int number) {
    return (38 - Integer.numberOfLeadingZeros(number | 1)) / 7;
  }

  private void varint(int number) {
    int rest = number;
    while ((rest & ~0x7F) != 0) {
      put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    put((byte) rest);
  }

  private void put(byte b) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, length * 2);
    }
    bytes[length++] = b;
  }

  private void put(byte[] more) {
    if (length + more.length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length * 2, length + more.length));
    }
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
  }
}
