package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Mode;
import dev.hone.metrics.Labels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Samples in and queries out, over HTTP. */
class MetricsApiTest {
  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private RunningHone running;

  @BeforeEach
  void start() throws Exception {
    running = RunningHone.start(directory, Mode.OBSERVE);
  }

  @AfterEach
  void stop() {
    running.close();
    client.shutdownNow();
  }

  @Test
  void whatIsPostedCanBeAsked() throws Exception {
    assertThat(post("/write", bytes("shop,room=a orders=5,open=true")).statusCode()).isEqualTo(204);
    assertThat(
            post("/write", gzip("shop,room=b orders=7"), "Content-Encoding", "gzip").statusCode())
        .isEqualTo(204);
    assertThat(get("/api/v1/query?query=" + encoded("sum by (room) (shop_orders) * 2")))
        .contains("\"room\":\"a\"", "\"10\"", "\"room\":\"b\"", "\"14\"");
    HttpResponse<String> form =
        post(
            "/api/v1/query",
            bytes("query=" + encoded("count(shop_orders)")),
            "Content-Type",
            "application/x-www-form-urlencoded");
    assertThat(form.body()).contains("\"2\"");
    assertThat(get("/api/v1/series?match[]=shop_orders".replace("[]", "%5B%5D")))
        .contains("{\"__name__\":\"shop_orders\",\"room\":\"a\"}");
    assertThat(get("/api/v1/label/room/values")).contains("[\"a\",\"b\"]");
    assertThat(get("/federate?match%5B%5D=shop_orders")).contains("shop_orders{room=\"a\"} 5");
    assertThat(get("/api/v1/status/buildinfo")).contains("version");
    for (int i = 0; i < 1_000; i++) {
      running
          .hone
          .store()
          .append(Labels.of("many", "n", Integer.toString(i)), System.currentTimeMillis(), 1);
    }
    assertThat(get("/api/v1/status/tsdb"))
        .contains("\"seriesCountByMetricName\":[{\"name\":\"many\",\"value\":1000}")
        .contains("\"labelValueCountByLabelName\":[{\"name\":\"n\",\"value\":1000}");
    HttpResponse<String> nothing = answer("/api/v1/nothing");
    assertThat(nothing.statusCode()).isEqualTo(404);
    assertThat(nothing.body())
        .startsWith("{\"status\":\"error\",\"errorType\":\"not_found\",\"error\":");
  }

  @Test
  void whatIsWrongGetsASentence() throws Exception {
    assertRefused(post("/api/v1/write", bytes("junk")), 400, "not snappy");
    assertRefused(
        post("/api/v1/write", bytes("junk"), "Content-Encoding", "gzip"), 400, "snappy-compressed");
    assertRefused(post("/write", bytes("m f=x")), 400, "line 1");
    assertRefused(post("/write?precision=y", bytes("m f=1")), 400, "precision is `y`");
    assertRefused(post("/write", bytes("m f=1 9000000000000000000")), 400, "future");
    assertRefused(post("/write", bytes("m f=1"), "Origin", "http://evil.example"), 403, "browser");
    assertRefused(post("/api/v1/admin/tsdb/snapshot", bytes("")), 401, "token");
    assertRefused(post("/write", new byte[33 << 20]), 413, "larger");
    assertRefused(answer("/api/v1/query?query=" + encoded("sum(")), 400, "1:5: parse error");
    assertRefused(
        answer("/api/v1/query?query=" + encoded("node_load1 + on() {__name__=~\"node.*\"}")),
        422,
        "duplicate series");
    assertRefused(answer("/api/v1/query"), 400, "`query` is missing");
    assertRefused(answer("/api/v1/query?query=1&time=soon"), 400, "soon");
    assertRefused(answer("/api/v1/query_range?query=1&start=2&end=1&step=1"), 400, "before start");
    assertRefused(answer("/api/v1/series"), 400, "match[]");
    assertRefused(answer("/api/v1/query?query=1&time=5d"), 400, "5d");
    String chain = "1" + "+1".repeat(2_000);
    assertRefused(answer("/api/v1/query?query=" + encoded(chain)), 400, "1000 operators");
    String large = "count({i=~\"((a{1000}){1000}){10}\"})";
    assertRefused(answer("/api/v1/query?query=" + encoded(large)), 400, "too large");
    String nested = "{i=~\"" + "(".repeat(900) + ")".repeat(900) + "\"}";
    assertRefused(answer("/api/v1/query?query=" + encoded(nested)), 400, "too large");
    assertRefused(answer("/api/v1/query?query=1&timeout=0"), 400, "timeout");
    assertRefused(answer("/federate?match%5B%5D=1"), 400, "selector");
    assertThat(get("/api/v1/query_range?query=1&start=0&end=600&step=1d"))
        .contains("\"values\":[[0,\"1\"]]");
  }

  @Test
  void otlpIsAnsweredInTheEncodingOfTheRequest() throws Exception {
    String json = "Content-Type";
    String type = "application/json";
    long nanos = java.time.Instant.now().toEpochMilli() * 1_000_000;
    String now = Long.toString(nanos);
    String tomorrow = Long.toString(nanos + 86_400_000_000_000L);
    HttpResponse<String> taken = post("/v1/metrics", bytes(gauge("good", now)), json, type);
    assertThat(taken.body()).isEqualTo("{}");
    assertThat(taken.statusCode()).isEqualTo(200);
    assertThat(taken.headers().firstValue("Content-Type")).contains(type);
    assertThat(get("/api/v1/query?query=good")).contains("\"1\"");
    assertThat(
            post(
                    "/api/v1/otlp/v1/metrics",
                    gzip(gauge("packed", now)),
                    json,
                    type,
                    "Content-Encoding",
                    "gzip")
                .statusCode())
        .isEqualTo(200);
    HttpResponse<String> partly = post("/v1/metrics", bytes(gauge("good", tomorrow)), json, type);
    assertThat(partly.statusCode()).isEqualTo(200);
    assertThat(partly.body())
        .contains("{\"partialSuccess\":{", "\"rejectedDataPoints\":\"1\"", "future");
    HttpResponse<String> wrong = post("/v1/metrics", bytes("{"), json, type);
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("\"code\":3", "ends early");
    assertThat(post("/v1/metrics", bytes("{}")).body()).contains("application/x-protobuf");
    HttpResponse<String> proto = post("/v1/metrics", bytes("zz"), json, "application/x-protobuf");
    assertThat(proto.statusCode()).isEqualTo(400);
    assertThat(proto.body()).startsWith("\b\u0003\u0012").contains("malformed");
    assertThat(proto.headers().firstValue("Content-Type")).contains("application/x-protobuf");
  }

  private static String gauge(String name, String nanos) {
    return """
    {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"%s","gauge":{"dataPoints":[
      {"timeUnixNano":"%s","asInt":"1"}]}}]}]}]}
    """
        .formatted(name, nanos);
  }

  @Test
  void aBombOfGzipIsNotUnpacked() throws Exception {
    assertRefused(
        post("/write", gzip(" ".repeat(70 << 20)), "Content-Encoding", "gzip"),
        413,
        "decompressed");
  }

  @Test
  void aSnapshotHoldsWhatWasThere() throws Exception {
    post("/write", bytes("shop orders=5"));
    HttpResponse<String> made =
        post(
            "/api/v1/admin/tsdb/snapshot",
            bytes(""),
            "Authorization",
            "Bearer " + running.hone.token().value());
    assertThat(made.statusCode()).isEqualTo(200);
    String name = made.body().replaceAll(".*\"name\":\"([^\"]*)\".*", "$1");
    assertThat(Files.isDirectory(directory.resolve("metrics/snapshots").resolve(name))).isTrue();
  }

  private static void assertRefused(HttpResponse<String> response, int status, String part) {
    assertThat(response.body()).contains("\"status\":\"error\"").contains(part);
    assertThat(response.statusCode()).isEqualTo(status);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(bytes(text));
    }
    return bytes.toByteArray();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = answer(path);
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  private HttpResponse<String> answer(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + running.web.port() + path);
  }
}
