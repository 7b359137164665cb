package dev.hone.server;

import dev.hone.loop.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks the API of a running Hone over HTTP. */
final class Caller implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final RunningHone running;

  Caller(RunningHone running) {
    this.running = running;
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + running.web.port() + "/api/v1/" + path));
  }

  HttpResponse<String> answer(String path) throws IOException, InterruptedException {
    return client.send(to(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  Map<String, @Nullable Object> get(String path) throws IOException, InterruptedException {
    return Json.parseObject(answer(path).body());
  }

  HttpResponse<String> send(String method, String path, String token, Map<String, ?> body)
      throws IOException, InterruptedException {
    return client.send(
        to(path)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(Json.write(body)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String token, Map<String, ?> body)
      throws IOException, InterruptedException {
    return send("POST", path, token, body);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
