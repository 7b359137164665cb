package dev.hone.metrics.wire;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.SeriesVisitor;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Prometheus' remote-read with whole samples ({@code remote.proto}): what is stored comes back bit
 * for bit, stale markers among it.
 */
public final class RemoteRead {
  private static final int QUERIES = 1;
  private static final int START = 1;
  private static final int END = 2;
  private static final int MATCHERS = 3;
  private static final int RESULTS = 1 << 3 | ProtoReader.BYTES;
  private static final int TIME_SERIES = 1 << 3 | ProtoReader.BYTES;
  private static final int LABEL = 1 << 3 | ProtoReader.BYTES;
  private static final int SAMPLE = 2 << 3 | ProtoReader.BYTES;
  private static final int NAME = 1 << 3 | ProtoReader.BYTES;
  private static final int VALUE = 2 << 3 | ProtoReader.BYTES;
  private static final int SAMPLE_VALUE = 1 << 3 | ProtoReader.FIXED64;
  private static final int SAMPLE_TIME = 2 << 3 | ProtoReader.VARINT;

  private RemoteRead() {}

  /**
   * The body of a request.
   *
   * @param first the earliest time, ms since the epoch
   * @param last the latest time
   */
  public static byte[] request(List<Matcher> matchers, long first, long last) {
    var query = new ProtoSink(256);
    query.tag(START, ProtoReader.VARINT);
    query.varint(first);
    query.tag(END, ProtoReader.VARINT);
    query.varint(last);
    for (Matcher matcher : matchers) {
      var one = new ProtoSink(64);
      one.tag(1, ProtoReader.VARINT);
      one.varint(
          switch (matcher.operator()) {
            case EQUAL -> 0;
            case NOT_EQUAL -> 1;
            case REGEX -> 2;
            case NOT_REGEX -> 3;
          });
      one.field(2, matcher.label());
      one.field(3, matcher.value());
      query.field(MATCHERS, one.toArray());
    }
    var request = new ProtoSink(256);
    request.field(QUERIES, query.toArray());
    return Snappy.encode(request.bytes, request.length);
  }

  /**
   * Reads a response.
   *
   * @param limit what it may be when decompressed, in bytes
   * @return how many bytes it was when decompressed
   * @throws MalformedException when it cannot be read
   */
  public static int response(byte[] body, int limit, SeriesVisitor visitor) {
    byte[] decoded = new byte[Snappy.decodedSize(body, body.length, limit)];
    Snappy.decode(body, body.length, decoded, decoded.length);
    var in = new ProtoReader(decoded, 0, decoded.length);
    while (in.hasMore()) {
      int tag = in.tag();
      if (tag == RESULTS) {
        result(in.message(), visitor);
      } else {
        in.skip(tag & 7);
      }
    }
    return decoded.length;
  }

  private static void result(ProtoReader in, SeriesVisitor visitor) {
    var series = new OneSeries();
    while (in.hasMore()) {
      int tag = in.tag();
      if (tag == TIME_SERIES) {
        series.read(in.message());
        if (series.count > 0) {
          visitor.visit(Labels.of(series.labels), series.times, series.values, series.count);
        }
      } else {
        in.skip(tag & 7);
      }
    }
  }

  /** A series while it is read; reused. */
  private static final class OneSeries {
    private final TreeMap<String, String> labels = new TreeMap<>();
    private long[] times = new long[256];
    private double[] values = new double[256];
    private int count;

    void read(ProtoReader in) {
      labels.clear();
      count = 0;
      while (in.hasMore()) {
        int tag = in.tag();
        if (tag == LABEL) {
          label(in.message());
        } else if (tag == SAMPLE) {
          sample(in.message());
        } else {
          in.skip(tag & 7);
        }
      }
    }

    private void label(ProtoReader in) {
      String name = "";
      String value = "";
      while (in.hasMore()) {
        int tag = in.tag();
        if (tag == NAME) {
          name = in.text();
        } else if (tag == VALUE) {
          value = in.text();
        } else {
          in.skip(tag & 7);
        }
      }
      labels.put(name, value);
    }

    private void sample(ProtoReader in) {
      if (count == times.length) {
        times = Arrays.copyOf(times, count * 2);
        values = Arrays.copyOf(values, count * 2);
      }
      times[count] = 0;
      values[count] = 0;
      while (in.hasMore()) {
        int tag = in.tag();
        if (tag == SAMPLE_VALUE) {
          values[count] = in.float64();
        } else if (tag == SAMPLE_TIME) {
          times[count] = in.varint();
        } else {
          in.skip(tag & 7);
        }
      }
      count++;
    }
  }
}
