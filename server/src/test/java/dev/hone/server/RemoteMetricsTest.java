package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.SignalRef;
import dev.hone.metrics.engine.EngineOptions;
import dev.hone.metrics.remote.Backend;
import dev.hone.metrics.remote.Flavour;
import dev.hone.metrics.remote.RemoteOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hone with its metrics on a backend that is not there: it takes samples and says what it lacks.
 */
class RemoteMetricsTest {
  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private Hone hone;
  private WebServer web;

  @BeforeEach
  void start() throws Exception {
    int nobody;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    var backend =
        new Backend(
            "away",
            URI.create("http://127.0.0.1:" + nobody),
            Flavour.PROMETHEUS,
            Optional.empty(),
            Backend.Access.OPEN);
    hone =
        Hone.start(
            new Settings(
                0,
                directory.resolve("data"),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Set.of(),
                new Settings.Metrics(
                    EngineOptions.standard(),
                    List.of(),
                    ScrapeConfig.NONE,
                    OptionalInt.empty(),
                    Optional.of(RemoteOptions.of(List.of(backend))))));
    web = WebServer.start(hone);
  }

  @AfterEach
  void stop() {
    web.close();
    hone.close();
    client.shutdownNow();
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web.port() + path));
  }

  @Test
  void samplesAreTakenThoughNoBackendAnswersAndQuestionsFail() throws Exception {
    var line = HttpRequest.BodyPublishers.ofString("shop,room=a orders=5");
    assertThat(send(to("/write").POST(line)).statusCode()).isEqualTo(204);
    HttpResponse<String> answer = send(to("/api/v1/query?query=sum(shop_orders)"));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .startsWith("{\"status\":\"error\",\"errorType\":\"unavailable\"")
        .contains("64 of 64 slots are missing: backend `away` does not answer");
    assertThat(send(to("/api/v1/labels")).statusCode()).isEqualTo(503);
    assertThat(send(to("/api/v1/status")).body()).contains("\"backends\":[{\"name\":\"away\"");
    assertThat(hone.notices()).anyMatch(n -> n.contains("`away` takes no samples"));
  }

  @Test
  void theDataDirectoryIsForItsOwnerOnly() throws Exception {
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("data"))))
        .isEqualTo("rwx------");
  }

  @Test
  void nothingIsDecidedByAPartOfTheDataAndSnapshotsAreMadeElsewhere() throws Exception {
    var signal = new SignalRef("load", "", "node_load1", SignalRef.Better.LOWER);
    Instant now = Instant.now();
    var reading = new MetricSignals(hone.store()).read(signal, now.minusSeconds(60), now);
    assertThat(reading.value()).isNaN();
    assertThat(reading.completeness()).isZero();
    String token = hone.token().value();
    HttpResponse<String> snapshot =
        send(
            to("/api/v1/admin/tsdb/snapshot")
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.noBody()));
    assertThat(snapshot.statusCode()).isEqualTo(501);
    assertThat(snapshot.body()).contains("make snapshots at the backends");
  }
}
