package dev.hone.server;

import dev.hone.metrics.MetricMetadata;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.wire.InfluxLines;
import dev.hone.metrics.wire.MalformedException;
import dev.hone.metrics.wire.Otlp;
import dev.hone.metrics.wire.OtlpSums;
import dev.hone.metrics.wire.Received;
import dev.hone.metrics.wire.RemoteWrite;
import dev.hone.metrics.wire.RemoteWrite2;
import dev.hone.metrics.wire.Unpacked;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;

/** The formats in which samples are posted, by path. */
final class Intakes {
  private static final String WRITE = "/api/v1/write";
  private static final String OTLP = "/v1/metrics";
  private static final String OTLP_PROMETHEUS = "/api/v1/otlp/v1/metrics";
  private static final String INFLUX = "/write";
  private static final String INFLUX_2 = "/api/v2/write";
  private static final int MAX_DELTA_SERIES = 100_000;

  private final MetricStore store;
  private final MetricMetadata.Table metadata;
  private final InstantSource clock;
  private final OtlpSums sums = new OtlpSums(MAX_DELTA_SERIES);

  Intakes(MetricStore store, MetricMetadata.Table metadata, InstantSource clock) {
    this.store = store;
    this.metadata = metadata;
    this.clock = clock;
  }

  /**
   * What to answer.
   *
   * @param refusal a sentence on what was refused for good, or the empty string
   */
  record Reply(int status, Map<String, String> headers, Buffer body, String refusal) {}

  /** Whether samples are posted to a path. */
  static boolean takes(String path) {
    return switch (path) {
      case WRITE, OTLP, OTLP_PROMETHEUS, INFLUX, INFLUX_2 -> true;
      default -> false;
    };
  }

  /**
   * Stores what was posted.
   *
   * @throws MalformedException when the body is not in its format
   * @throws IOException when it cannot be stored now
   */
  Reply receive(String path, HttpServerRequest request, Buffer body) throws IOException {
    return switch (path) {
      case WRITE -> remoteWrite(request, body);
      case INFLUX, INFLUX_2 -> influx(request, body);
      default -> otlp(request, body);
    };
  }

  private Reply remoteWrite(HttpServerRequest request, Buffer body) throws IOException {
    String encoding = request.getHeader("Content-Encoding");
    if (encoding != null && !encoding.equals("snappy")) {
      throw new MalformedException(
          "Content-Encoding is `" + encoding + "`; remote-write bodies are snappy-compressed");
    }
    String type = request.getHeader("Content-Type");
    if (type == null || !type.contains(RemoteWrite2.PROTO)) {
      return plain(RemoteWrite.receive(body.getBytes(), body.length(), store, metadata), 204);
    }
    Received received = RemoteWrite2.receive(body.getBytes(), body.length(), store, metadata);
    Map<String, String> written =
        Map.of(
            "X-Prometheus-Remote-Write-Samples-Written",
            Long.toString(received.outcome().taken()),
            "X-Prometheus-Remote-Write-Histograms-Written",
            "0",
            "X-Prometheus-Remote-Write-Exemplars-Written",
            "0");
    return new Reply(204, written, Buffer.buffer(), received.refusal());
  }

  private static Reply plain(Received received, int status) {
    return new Reply(status, Map.of(), Buffer.buffer(), received.refusal());
  }

  private Reply influx(HttpServerRequest request, Buffer body) throws IOException {
    String precision = request.getParam("precision", "ns");
    try (Unpacked lines = decoded(request, body)) {
      Received received =
          InfluxLines.receive(
              new String(lines.bytes(), 0, lines.length(), StandardCharsets.UTF_8),
              precision.isEmpty() ? "ns" : precision,
              clock.millis(),
              store);
      return plain(received, 204);
    }
  }

  /** Whether OTLP is posted to a path. */
  static boolean isOtlp(String path) {
    return path.equals(OTLP) || path.equals(OTLP_PROMETHEUS);
  }

  private Reply otlp(HttpServerRequest request, Buffer body) throws IOException {
    String type = request.getHeader("Content-Type");
    boolean json = OtlpAnswers.isJson(type);
    if (!json && (type == null || !type.startsWith(OtlpAnswers.PROTOBUF))) {
      throw new MalformedException(
          "Content-Type is `%s`; OTLP metrics are taken as %s and %s"
              .formatted(type, OtlpAnswers.PROTOBUF, OtlpAnswers.JSON));
    }
    try (Unpacked message = decoded(request, body)) {
      Received received =
          json ? Otlp.receiveJson(message.bytes(), message.length(), sums, store) : otlp(message);
      return new Reply(
          200,
          Map.of("Content-Type", json ? OtlpAnswers.JSON : OtlpAnswers.PROTOBUF),
          OtlpAnswers.taken(json, received),
          "");
    }
  }

  /** Stores the samples of a request of OTLP in protocol buffers. */
  Received otlp(Unpacked message) throws IOException {
    return Otlp.receive(message.bytes(), 0, message.length(), sums, store);
  }

  private static Unpacked decoded(HttpServerRequest request, Buffer body) throws IOException {
    String encoding = request.getHeader("Content-Encoding");
    if (encoding == null || encoding.equals("identity")) {
      return Unpacked.plain(body.getBytes());
    }
    if (!encoding.equals("gzip")) {
      throw new MalformedException("Content-Encoding is `" + encoding + "`; send gzip or nothing");
    }
    return Unpacked.gunzip(body.getBytes());
  }
}
