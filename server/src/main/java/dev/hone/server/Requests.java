package dev.hone.server;

import dev.hone.loop.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a running Hone for changes, with the token in {@code HONE_TOKEN} or the owner's. */
final class Requests {
  /** Longer than everything may take that is stopped. */
  private static final Duration ANSWER = Duration.ofSeconds(15);

  private static final int UNAUTHORIZED = 401;

  private Requests() {}

  /**
   * Asks for a change.
   *
   * @return what it led to
   * @throws StartException when nothing answers, or the change is refused
   */
  static Map<String, @Nullable Object> post(
      StoreOptions hone, String path, Map<String, @Nullable Object> body)
      throws StartException, InterruptedException {
    URI address = hone.api(path);
    String named = System.getenv("HONE_TOKEN");
    boolean given = named != null && !named.isBlank();
    String token = given ? named : Token.read(hone.data()).value();
    var request =
        HttpRequest.newBuilder(address)
            .timeout(ANSWER)
            .version(HttpClient.Version.HTTP_1_1)
            .header("Authorization", "Bearer " + token.strip())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(Json.write(body)))
            .build();
    try (var client = HttpClient.newHttpClient()) {
      var response = client.send(request, HttpResponse.BodyHandlers.ofString());
      Map<String, @Nullable Object> answer = ServerOptions.parsed(response.body(), address);
      if (response.statusCode() != 200) {
        String error = String.valueOf(answer.get("error"));
        throw new StartException(
            given && response.statusCode() == UNAUTHORIZED
                ? "the token in the environment variable HONE_TOKEN is none of this Hone's; "
                    + error
                : error);
      }
      return answer;
    } catch (IOException e) {
      throw new StartException(
          "no Hone answers at "
              + address
              + " ("
              + (e.getMessage() == null ? "refused" : e.getMessage())
              + "); start it with `hone serve` or name it with --server. Without it, an empty file"
              + " STOP in the data directory stops everything as soon as it runs.",
          e);
    }
  }
}
