package dev.hone.metrics.wire;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricMetadata;
import dev.hone.metrics.MetricStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * Receives Prometheus remote-write 1.0: a snappy-compressed {@code prometheus.WriteRequest}. Known
 * series are found by the bytes of their labels, without decoding them. Exemplars and native
 * histograms are accepted and passed over.
 */
public final class RemoteWrite {
  private static final int TIME_SERIES = 1 << 3 | ProtoReader.BYTES;
  private static final int METADATA = 3 << 3 | ProtoReader.BYTES;
  private static final int LABEL = 1 << 3 | ProtoReader.BYTES;
  private static final int SAMPLE = 2 << 3 | ProtoReader.BYTES;
  private static final int NAME = 1 << 3 | ProtoReader.BYTES;
  private static final int VALUE = 2 << 3 | ProtoReader.BYTES;
  private static final int SAMPLE_VALUE = 1 << 3 | ProtoReader.FIXED64;
  private static final int SAMPLE_TIME = 2 << 3 | ProtoReader.VARINT;
  private static final ThreadLocal<byte[]> BUFFER =
      ThreadLocal.withInitial(() -> new byte[1 << 20]);
  private static final int KEPT_BUFFER = 8 << 20;

  private RemoteWrite() {}

  /**
   * Stores the samples of a request.
   *
   * @param metadata takes what it says of metrics
   * @throws MalformedException when the body cannot be read; then nothing of it is stored
   * @throws IOException when the store cannot write, or too much is held at once; then nothing of
   *     it is stored
   */
  public static Received receive(
      byte[] body, int length, MetricStore store, MetricMetadata.Table metadata)
      throws IOException {
    try (Unpacked decoded = Unpacked.snappy(body, length, BUFFER.get());
        Appender appender = store.appender()) {
      if (decoded.length() <= KEPT_BUFFER) {
        BUFFER.set(decoded.bytes());
      }
      var request =
          new Request(new ProtoReader(decoded.bytes(), 0, decoded.length()), appender, metadata);
      request.read();
      return new Received(appender.commit(), request.refused, request.example);
    }
  }

  /** One request while it is read. */
  private static final class Request {
    private final ProtoReader in;
    private final Appender appender;
    private final MetricMetadata.Table metadata;
    private long refused;
    private String example = "";

    Request(ProtoReader in, Appender appender, MetricMetadata.Table metadata) {
      this.in = in;
      this.appender = appender;
      this.metadata = metadata;
    }

    void read() {
      int all = in.end;
      while (in.hasMore()) {
        int tag = in.tag();
        if (tag == TIME_SERIES) {
          int length = in.length();
          in.end = in.at + length;
          timeSeries();
          in.at = in.end;
          in.end = all;
        } else if (tag == METADATA) {
          RemoteMetadata.read(in.message(), metadata);
        } else {
          in.skip(tag & 7);
        }
      }
    }

    private void timeSeries() {
      int labelsFrom = in.at;
      int labelsTo = in.at;
      int series = -1;
      boolean found = false;
      while (in.hasMore()) {
        int fieldFrom = in.at;
        int tag = in.tag();
        if (tag == LABEL) {
          if (fieldFrom != labelsTo || found) {
            throw in.malformed("the labels of a series are not together before its samples");
          }
          in.skip(ProtoReader.BYTES);
          labelsTo = in.at;
        } else if (tag == SAMPLE) {
          if (!found) {
            found = true;
            series = find(labelsFrom, labelsTo);
          }
          sample(series);
        } else {
          in.skip(tag & 7);
        }
      }
    }

    private int find(int from, int to) {
      int known = appender.find(in.bytes, from, to - from);
      return known >= 0 ? known : register(from, to);
    }

    private int register(int from, int to) {
      try {
        return appender.series(labels(new ProtoReader(in.bytes, from, to)));
      } catch (MalformedException e) {
        throw e;
      } catch (MetricStore.LimitException | IllegalArgumentException e) {
        refused++;
        if (example.isEmpty()) {
          example = String.valueOf(e.getMessage());
        }
        return -1;
      }
    }

    private void sample(int series) {
      int length = in.length();
      int outer = in.end;
      in.end = in.at + length;
      long bits = 0;
      long time = 0;
      while (in.hasMore()) {
        int tag = in.tag();
        if (tag == SAMPLE_VALUE) {
          bits = in.fixed64();
        } else if (tag == SAMPLE_TIME) {
          time = in.varint();
        } else {
          in.skip(tag & 7);
        }
      }
      in.end = outer;
      if (series >= 0) {
        appender.add(series, time, bits);
      }
    }
  }

  private static Labels labels(ProtoReader in) {
    var labels = new TreeMap<String, String>();
    while (in.hasMore()) {
      in.tag();
      int length = in.length();
      var label = new ProtoReader(in.bytes, in.at, in.at + length);
      in.at += length;
      String name = "";
      String value = "";
      while (label.hasMore()) {
        int tag = label.tag();
        if (tag == NAME) {
          name = text(label);
        } else if (tag == VALUE) {
          value = text(label);
        } else {
          label.skip(tag & 7);
        }
      }
      if (labels.put(name, value) != null) {
        throw new IllegalArgumentException("label `" + name + "` is there twice in one series");
      }
    }
    Names.check(labels);
    return Labels.of(labels);
  }

  private static String text(ProtoReader in) {
    int end = in.at;
    String text = in.text();
    if (text.indexOf('\uFFFD') >= 0) {
      byte[] again = text.getBytes(StandardCharsets.UTF_8);
      int from = in.at - again.length;
      if (from < end || !Arrays.equals(in.bytes, from, in.at, again, 0, again.length)) {
        throw new IllegalArgumentException("label text `" + text + "` is not valid UTF-8");
      }
    }
    return text;
  }
}
