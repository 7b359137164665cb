package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.loop.Json;
import dev.hone.loop.LoopState;
import dev.hone.loop.Mode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the API answers, asked over HTTP. */
class ApiTest {
  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private RunningHone running;

  @BeforeEach
  void start() throws Exception {
    running = RunningHone.start(directory, Mode.APPROVE);
  }

  @AfterEach
  void stop() {
    running.close();
    client.shutdownNow();
  }

  @Test
  void namesMoreThanAHundredHostMetricsInThePrometheusFormat() throws Exception {
    RunningHone.await(
        "two samples", () -> running.hone.store().labelValues("__name__").size() > 100);
    Map<String, @Nullable Object> answer = get("/api/v1/label/__name__/values");
    assertThat(answer).containsEntry("status", "success");
    assertThat((List<?>) answer.get("data")).hasSizeGreaterThan(100);
    assertThat(String.valueOf(answer.get("data"))).contains("node_load1");
  }

  @Test
  void showsTheStateAndWhatWaitsForADecision() throws Exception {
    String loop = running.propose();
    Map<String, @Nullable Object> status = get("/api/v1/status");
    assertThat(status).containsEntry("nextDecision", loop).containsEntry("stopped", false);
    assertThat(String.valueOf(status.get("health"))).contains("1 decision waits for you");
    assertThat(get("/api/v1/loops/" + loop)).containsEntry("state", "PROPOSED");
  }

  @Test
  void changesNothingWithoutTheTokenTheRightHostAndTheApprovedPlan() throws Exception {
    String loop = running.propose();
    String approve = "/api/v1/loops/" + loop + "/approve";
    assertThat(post(approve, "{}", "wrong").statusCode()).isEqualTo(401);
    HttpResponse<String> refused = post(approve, "{\"planHash\":\"0000\"}", token());
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("read it again");
    assertThat(post(approve, "{", token()).statusCode()).isEqualTo(400);
    assertThat(post(approve, "x".repeat(70_000), token()).statusCode()).isEqualTo(413);
    assertThat(post("/api/v1/loops/none/reject", "{}", token()).statusCode()).isEqualTo(409);
    assertThat(post("/api/v1/nothing", "{}", token()).statusCode()).isEqualTo(400);
    assertThat(running.state(loop)).isEqualTo(LoopState.PROPOSED);
  }

  @Test
  void whatThisUserMayNotDoIsRefusedWithTheReason() throws Exception {
    String loop = running.propose("only root may raise a nice value again");
    String hash = running.hone.loops().require(loop).planHash();
    HttpResponse<String> refused =
        post("/api/v1/loops/" + loop + "/approve", "{\"planHash\":\"" + hash + "\"}", token());
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body())
        .contains("cannot be applied by Hone: only root may raise a nice value again");
    assertThat(running.state(loop)).isEqualTo(LoopState.PROPOSED);
  }

  @Test
  void approvedPlansRunUntilEverythingIsStopped() throws Exception {
    RunningHone.needsRightsToReschedule();
    String loop = running.propose();
    String hash = running.hone.loops().require(loop).planHash();
    String approve = "/api/v1/loops/" + loop + "/approve";
    assertThat(
            post(approve, "{\"planHash\":\"" + hash + "\",\"by\":\"ada\"}", token()).statusCode())
        .isEqualTo(200);
    RunningHone.await("trial", () -> running.state(loop) == LoopState.EXPERIMENTING);
    HttpResponse<String> stopped = post("/api/v1/stop", "{\"reason\":\"enough\"}", token());
    assertThat(stopped.statusCode()).isEqualTo(200);
    assertThat(running.state(loop)).isEqualTo(LoopState.ROLLED_BACK);
    assertThat(get("/api/v1/status")).containsEntry("stopped", true);
    assertThat(post("/api/v1/resume", "{}", token()).statusCode()).isEqualTo(200);
    assertThat(get("/api/v1/status")).containsEntry("stopped", false);
  }

  @Test
  void aFileStopsEverythingToo() throws Exception {
    Files.createFile(directory.resolve("STOP"));
    RunningHone.await("stop", () -> running.hone.loops().killSwitch().stopped());
  }

  @Test
  void refusesWhatItCannotAnswerWithASentence() throws Exception {
    assertThat(answer("/api/v1/nothing").statusCode()).isEqualTo(404);
    HttpResponse<String> wrong = answer("/api/v1/query_range?query=sum(&start=0&end=1&step=1");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("error");
    assertThat(answer("/api/v1/query_range?query=node_load1&start=0&end=9e9&step=1").statusCode())
        .isEqualTo(400);
  }

  @Test
  void aTakenPortEndsTheStartWithOneSentence() {
    var settings =
        new Settings(
            running.web.port(),
            directory.resolve("second"),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Set.of(),
            Settings.Metrics.of());
    assertThatThrownBy(
            () -> {
              try (var second = Hone.start(settings)) {
                WebServer.start(second).close();
              }
            })
        .isInstanceOf(StartException.class)
        .hasMessageContaining("port " + running.web.port())
        .hasMessageContaining("--port");
  }

  @Test
  void aSecondHoneOnTheSameDataDirectoryIsRefused() {
    assertThatThrownBy(() -> Hone.start(running.hone.settings()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("in use by another Hone");
  }

  private String token() {
    return running.hone.token().value();
  }

  private HttpResponse<String> answer(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private Map<String, @Nullable Object> get(String path) throws IOException, InterruptedException {
    return Json.parseObject(answer(path).body());
  }

  private HttpResponse<String> post(String path, String body, String token)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + running.web.port() + path);
  }
}
