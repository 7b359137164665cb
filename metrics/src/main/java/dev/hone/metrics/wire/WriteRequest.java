package dev.hone.metrics.wire;

import dev.hone.metrics.Labels;

/**
 * Makes requests of Prometheus remote-write 1.0: {@code WriteRequest{TimeSeries timeseries = 1}},
 * {@code TimeSeries{Label labels = 1; Sample samples = 2}}, {@code Sample{double value = 1; int64
 * timestamp = 2}}, as one snappy block. Reusable.
 */
public final class WriteRequest {
  /** What a request declares its version to be. */
  public static final String VERSION = "0.1.0";

  private final ProtoSink out = new ProtoSink(1 << 16);

  /** An empty request. */
  public WriteRequest() {}

  /** Labels as they stand in a request. */
  public static byte[] labels(Labels labels) {
    var out = new ProtoSink(256);
    for (int i = 0; i < labels.size(); i++) {
      var label = new ProtoSink(64);
      label.field(1, labels.labelName(i));
      label.field(2, labels.labelValue(i));
      out.field(1, label.toArray());
    }
    return out.toArray();
  }

  /**
   * Adds samples of a series.
   *
   * @param labels what {@link #labels(Labels)} made
   * @param times ms since the epoch, oldest first
   * @param bits the values, bit for bit
   */
  public void add(byte[] labels, long[] times, long[] bits, int count) {
    int size = labels.length;
    for (int i = 0; i < count; i++) {
      size += 2 + sampleSize(times[i]);
    }
    out.tag(1, ProtoReader.BYTES);
    out.varint(size);
    out.raw(labels);
    for (int i = 0; i < count; i++) {
      out.tag(2, ProtoReader.BYTES);
      out.varint(sampleSize(times[i]));
      out.tag(1, ProtoReader.FIXED64);
      out.fixed64(bits[i]);
      out.tag(2, ProtoReader.VARINT);
      out.varint(times[i]);
    }
  }

  /** Bytes so far, before compression. */
  public int size() {
    return out.length;
  }

  /** The body of the request; the next one begins empty. */
  public byte[] take() {
    byte[] body = Snappy.encode(out.bytes, out.length);
    out.length = 0;
    return body;
  }

  private static int sampleSize(long time) {
    return 1 + 8 + 1 + ProtoSink.sizeOf(time);
  }
}
