package dev.hone.bench;

import io.airlift.compress.v3.snappy.SnappyJavaCompressor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SortedMap;

/**
 * Requests of the remote-write protocol 1.0: {@code WriteRequest{TimeSeries timeseries = 1}},
 * {@code TimeSeries{Label labels = 1; Sample samples = 2}}, {@code Label{string name = 1; string
 * value = 2}}, {@code Sample{double value = 1; int64 timestamp = 2}}, compressed as one snappy
 * block.
 */
final class RemoteWrite {
  /** The headers of a request, for {@link Connection#post}. */
  static final String HEADERS =
      """
      Content-Type: application/x-protobuf\r
      Content-Encoding: snappy\r
      X-Prometheus-Remote-Write-Version: 0.1.0\r
      """;

  static final String PATH = "/api/v1/write";

  private static final int LENGTH_DELIMITED = 2;

  private final SnappyJavaCompressor snappy = new SnappyJavaCompressor();
  private byte[] buffer = new byte[1 << 20];
  private int size;

  /** A label set as it stands in a request. */
  static byte[] labels(SortedMap<String, String> labels) {
    var encoded = new RemoteWrite();
    labels.forEach(
        (name, value) -> {
          byte[] left = name.getBytes(StandardCharsets.UTF_8);
          byte[] right = value.getBytes(StandardCharsets.UTF_8);
          int length = sizeOf(left) + sizeOf(right);
          encoded.tag(1, LENGTH_DELIMITED);
          encoded.varint(length);
          encoded.bytes(1, left);
          encoded.bytes(2, right);
        });
    return Arrays.copyOf(encoded.buffer, encoded.size);
  }

  /** Adds samples {@code from} (inclusive) to {@code to} (exclusive) of a series. */
  void add(byte[] labels, long[] times, double[] values, int from, int to) {
    int length = labels.length;
    for (int i = from; i < to; i++) {
      length += 2 + sampleSize(times[i]);
    }
    tag(1, LENGTH_DELIMITED);
    varint(length);
    reserve(length);
    System.arraycopy(labels, 0, buffer, size, labels.length);
    size += labels.length;
    for (int i = from; i < to; i++) {
      sample(times[i], values[i]);
    }
  }

  /** Adds one sample of a series. */
  void add(byte[] labels, long time, double value) {
    int length = labels.length + 2 + sampleSize(time);
    tag(1, LENGTH_DELIMITED);
    varint(length);
    reserve(length);
    System.arraycopy(labels, 0, buffer, size, labels.length);
    size += labels.length;
    sample(time, value);
  }

  /** Bytes before compression. */
  int size() {
    return size;
  }

  /** The request; the next one begins empty. */
  byte[] take() {
    byte[] out = new byte[snappy.maxCompressedLength(size)];
    int length = snappy.compress(buffer, 0, size, out, 0, out.length);
    size = 0;
    return Arrays.copyOf(out, length);
  }

  private void sample(long time, double value) {
    tag(2, LENGTH_DELIMITED);
    varint(sampleSize(time));
    tag(1, 1);
    reserve(8);
    long bits = Double.doubleToRawLongBits(value);
    for (int i = 0; i < 8; i++) {
      buffer[size++] = (byte) (bits >>> (8 * i));
    }
    tag(2, 0);
    varint(time);
  }

  private static int sampleSize(long time) {
    return 1 + 8 + 1 + varintSize(time);
  }

  private void bytes(int field, byte[] value) {
    tag(field, LENGTH_DELIMITED);
    varint(value.length);
    reserve(value.length);
    System.arraycopy(value, 0, buffer, size, value.length);
    size += value.length;
  }

  private static int sizeOf(byte[] value) {
    return 1 + varintSize(value.length) + value.length;
  }

  private void tag(int field, int type) {
    varint(field << 3 | type);
  }

  private void varint(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      buffer[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[size++] = (byte) rest;
  }

  private static int varintSize(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  private void reserve(int count) {
    if (size + count > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(size + count, 2 * buffer.length));
    }
  }
}
