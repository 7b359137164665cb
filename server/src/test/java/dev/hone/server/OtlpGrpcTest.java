package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Mode;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OTLP over gRPC, by HTTP/2 without TLS. */
class OtlpGrpcTest {
  private static final String EXPORT =
      "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false));
  private RunningHone running;

  @BeforeEach
  void start() throws Exception {
    running = RunningHone.start(directory, Mode.OBSERVE);
  }

  @AfterEach
  void stop() throws Exception {
    running.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private record Answer(int status, String code, String message, Buffer body, String type) {}

  @Test
  void aGaugeComesIn() throws Exception {
    Answer answer = call(EXPORT, framed(0, request("plain_gauge", 2.5)));
    assertThat(answer.code).isEqualTo("0");
    assertThat(answer.status).isEqualTo(200);
    assertThat(answer.type).isEqualTo("application/grpc");
    assertThat(answer.body).isEqualTo(Buffer.buffer(new byte[5]));
    assertThat(values("plain_gauge")).containsExactly(2.5);
  }

  @Test
  void aCompressedMessageComesIn() throws Exception {
    Answer answer =
        call(EXPORT, framed(1, gzip(request("packed_gauge", 3))), "grpc-encoding", "gzip");
    assertThat(answer.code).isEqualTo("0");
    assertThat(values("packed_gauge")).containsExactly(3.0);
  }

  @Test
  void whatIsRefusedIsToldAsPartialSuccess() throws Exception {
    byte[] far = request("far_gauge", 1, Instant.now().plusSeconds(7_200));
    Answer answer = call(EXPORT, framed(0, far));
    assertThat(answer.code).isEqualTo("0");
    assertThat(answer.body.toString()).contains("all refused", "future");
    assertThat(answer.body.getBytes(5, 6)).containsExactly(1 << 3 | 2);
  }

  @Test
  void whatIsWrongGetsAStatus() throws Exception {
    byte[] good = request("gauge", 1);
    assertStatus(call("/some.Service/Method", framed(0, good)), "12", "`/some.Service/Method`");
    assertStatus(call(EXPORT, framed(0, good), "grpc-encoding", "zstd"), "12", "`zstd`");
    assertStatus(call(EXPORT, Buffer.buffer("zz")), "3", "not one message");
    assertStatus(call(EXPORT, framed(0, new byte[] {10, 99})), "3", "malformed");
    assertStatus(call(EXPORT, framed(7, good)), "3", "byte 7");
    assertStatus(call(EXPORT, framed(1, good)), "3", "grpc-encoding is missing");
    assertStatus(call(EXPORT, framed(1, good), "grpc-encoding", "gzip"), "3", "not gzip");
    assertStatus(call(EXPORT, framed(0, good), "Origin", "http://evil.example"), "7", "browser");
    assertStatus(call(EXPORT, framed(0, new byte[33 << 20])), "8", "larger than");
    assertStatus(
        call(EXPORT, framed(1, gzip(new byte[65 << 20])), "grpc-encoding", "gzip"),
        "8",
        "decompressed");
  }

  @Test
  void curlGetsInToo() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "needs curl");
    Path body = directory.resolve("body");
    Files.write(body, framed(0, request("curl_gauge", 4)).getBytes());
    Process curl =
        new ProcessBuilder(
                "/usr/bin/curl",
                "-sv",
                "--http2-prior-knowledge",
                "-H",
                "content-type: application/grpc",
                "-H",
                "te: trailers",
                "--data-binary",
                "@" + body,
                "http://localhost:" + running.web.port() + EXPORT)
            .redirectErrorStream(true)
            .start();
    String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    assertThat(said).contains("< HTTP/2 200").contains("< grpc-status: 0");
    assertThat(values("curl_gauge")).containsExactly(4.0);
  }

  private static void assertStatus(Answer answer, String code, String part) {
    assertThat(answer.message).contains(part);
    assertThat(answer.code).isEqualTo(code);
    assertThat(answer.status).isEqualTo(200);
  }

  private List<Double> values(String name) {
    return running
        .hone
        .store()
        .select(List.of(Matcher.equal(Labels.NAME, name)), Long.MIN_VALUE, Long.MAX_VALUE)
        .stream()
        .map(series -> series.values()[0])
        .toList();
  }

  private Answer call(String path, Buffer body, String... headers) throws Exception {
    var options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost("127.0.0.1")
            .setPort(running.web.port())
            .setURI(path)
            .putHeader("content-type", "application/grpc")
            .putHeader("te", "trailers")
            .putHeader("accept-encoding", "gzip");
    for (int i = 0; i < headers.length; i += 2) {
      options.putHeader(headers[i], headers[i + 1]);
    }
    return client
        .request(options)
        .compose(request -> request.send(body))
        .compose(response -> response.body().map(whole -> answer(response, whole)))
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private static Answer answer(HttpClientResponse response, Buffer body) {
    String trailer = response.getTrailer("grpc-status");
    String message = response.getHeader("grpc-message");
    return new Answer(
        response.statusCode(),
        String.valueOf(trailer == null ? response.getHeader("grpc-status") : trailer),
        message == null
            ? ""
            : URLDecoder.decode(message.replace("+", "%2B"), StandardCharsets.UTF_8),
        body,
        String.valueOf(response.getHeader("content-type")));
  }

  private static Buffer framed(int compressed, byte[] message) {
    return Buffer.buffer()
        .appendByte((byte) compressed)
        .appendInt(message.length)
        .appendBytes(message);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var packed = new GZIPOutputStream(out)) {
      packed.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] request(String name, double value) {
    return request(name, value, Instant.now());
  }

  /** One gauge with one point. */
  private static byte[] request(String name, double value, Instant at) {
    Buffer point =
        Buffer.buffer()
            .appendByte((byte) (3 << 3 | 1))
            .appendLongLE(at.toEpochMilli() * 1_000_000)
            .appendByte((byte) (4 << 3 | 1))
            .appendDoubleLE(value);
    Buffer metric =
        Buffer.buffer()
            .appendByte((byte) (1 << 3 | 2))
            .appendByte((byte) name.length())
            .appendString(name)
            .appendBuffer(nested(5, nested(1, point)));
    return nested(1, nested(2, nested(2, metric))).getBytes();
  }

  private static Buffer nested(int field, Buffer message) {
    return Buffer.buffer()
        .appendByte((byte) (field << 3 | 2))
        .appendByte((byte) message.length())
        .appendBuffer(message);
  }
}
