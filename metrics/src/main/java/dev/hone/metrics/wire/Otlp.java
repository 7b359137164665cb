package dev.hone.metrics.wire;

import dev.hone.metrics.MetricStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Receives OTLP metrics ({@code ExportMetricsServiceRequest}, opentelemetry-proto 1.x, metrics/v1),
 * in protocol buffers or JSON. How they become series is {@link OtlpSeries}'.
 */
public final class Otlp {
  private static final int RESOURCE_METRICS = 1 << 3 | ProtoReader.BYTES;

  private Otlp() {}

  /**
   * Stores the samples of a request.
   *
   * @throws MalformedException when the body cannot be read; then nothing of it is stored
   * @throws IOException when the store cannot write; then nothing of it is stored
   */
  public static Received receive(byte[] body, int from, int to, OtlpSums sums, MetricStore store)
      throws IOException {
    var metrics = new ArrayList<OtlpSeries.Metric>();
    var in = new ProtoReader(body, from, to);
    while (in.hasMore()) {
      int tag = in.tag();
      if (tag == RESOURCE_METRICS) {
        resource(in.message(), metrics);
      } else {
        in.skip(tag & 7);
      }
    }
    return OtlpSeries.store(metrics, sums, store);
  }

  /**
   * Stores the samples of a request in JSON.
   *
   * @throws MalformedException when the body cannot be read; then nothing of it is stored
   * @throws IOException when the store cannot write; then nothing of it is stored
   */
  public static Received receiveJson(byte[] body, int length, OtlpSums sums, MetricStore store)
      throws IOException {
    byte[] message = OtlpJson.toProto(body, length);
    return receive(message, 0, message.length, sums, store);
  }

  /**
   * The answer to a request, {@code ExportMetricsServiceResponse} in protocol buffers.
   *
   * @param rejected how many data points were refused
   * @param refusal why, or the empty string
   */
  public static byte[] response(long rejected, String refusal) {
    var response = new ProtoSink();
    if (rejected > 0) {
      var partial = new ProtoSink();
      partial.tag(1, ProtoReader.VARINT);
      partial.varint(rejected);
      partial.field(2, refusal);
      response.field(1, partial);
    }
    return response.toArray();
  }

  /** Why a request failed, {@code google.rpc.Status} in protocol buffers. */
  public static byte[] status(int code, String message) {
    var status = new ProtoSink();
    status.tag(1, ProtoReader.VARINT);
    status.varint(code);
    status.field(2, message);
    return status.toArray();
  }

  private static void resource(ProtoReader in, List<OtlpSeries.Metric> metrics) {
    var attributes = new TreeMap<String, String>();
    var scopes = new ArrayList<ProtoReader>();
    while (in.hasMore()) {
      int tag = in.tag();
      switch (tag >>> 3) {
        case 1 -> attributes(in.message(), 1, attributes);
        case 2 -> scopes.add(in.message());
        default -> in.skip(tag & 7);
      }
    }
    for (ProtoReader scope : scopes) {
      while (scope.hasMore()) {
        int tag = scope.tag();
        if (tag >>> 3 == 2) {
          metric(scope.message(), attributes, metrics);
        } else {
          scope.skip(tag & 7);
        }
      }
    }
  }

  /** Reads the {@code KeyValue}s of one field of a message. */
  private static void attributes(ProtoReader in, int field, SortedMap<String, String> into) {
    while (in.hasMore()) {
      int tag = in.tag();
      if (tag >>> 3 == field && (tag & 7) == ProtoReader.BYTES) {
        attribute(in.message(), into);
      } else {
        in.skip(tag & 7);
      }
    }
  }

  private static void attribute(ProtoReader in, SortedMap<String, String> into) {
    String key = "";
    String value = "";
    while (in.hasMore()) {
      int tag = in.tag();
      switch (tag >>> 3) {
        case 1 -> key = in.text();
        case 2 -> value = anyValue(in.message());
        default -> in.skip(tag & 7);
      }
    }
    into.put(key, value);
  }

  private static String anyValue(ProtoReader in) {
    String value = "";
    while (in.hasMore()) {
      int tag = in.tag();
      switch (tag >>> 3) {
        case 1 -> value = in.text();
        case 2 -> value = in.varint() != 0 ? "true" : "false";
        case 3 -> value = Long.toString(in.varint());
        case 4 -> value = Double.toString(in.float64());
        default -> in.skip(tag & 7);
      }
    }
    return value;
  }

  private static void metric(
      ProtoReader in, SortedMap<String, String> resource, List<OtlpSeries.Metric> metrics) {
    String name = "";
    String unit = "";
    OtlpSeries.Kind kind = OtlpSeries.Kind.GAUGE;
    ProtoReader data = null;
    while (in.hasMore()) {
      int tag = in.tag();
      switch (tag >>> 3) {
        case 1 -> name = in.text();
        case 3 -> unit = in.text();
        case 5, 7, 9, 10, 11 -> {
          kind = OtlpSeries.Kind.ofField(tag >>> 3);
          data = in.message();
        }
        default -> in.skip(tag & 7);
      }
    }
    if (data == null) {
      return;
    }
    long temporality = 2;
    boolean monotonic = false;
    var points = new ArrayList<OtlpSeries.Point>();
    while (data.hasMore()) {
      int tag = data.tag();
      switch (tag >>> 3) {
        case 1 -> points.add(OtlpPoints.read(data.message(), kind));
        case 2 -> temporality = data.varint();
        case 3 -> monotonic = data.varint() != 0;
        default -> data.skip(tag & 7);
      }
    }
    metrics.add(
        new OtlpSeries.Metric(resource, name, unit, kind, temporality == 1, monotonic, points));
  }

  static void readAttribute(ProtoReader in, SortedMap<String, String> into) {
    attribute(in, into);
  }
}
