package dev.hone.server;

import dev.hone.loop.Probe;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.wire.Exposition;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Reads Prometheus exposition text from one address each second. */
final class Scraper implements Probe {
  private static final int MAX_BYTES = 16 << 20;
  private static final String ACCEPT =
      "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final URI address;
  private final MetricStore store;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final Map<Labels, Labels> withInstance = new HashMap<>();

  Scraper(URI address, MetricStore store) {
    this.address = address;
    this.store = store;
  }

  /**
   * Reads the address of an exposition.
   *
   * @throws IllegalArgumentException when it is no http or https address with a host, or holds a
   *     password, which would stand in notices
   */
  static URI address(String text) {
    URI address = URI.create(text);
    String scheme = address.getScheme();
    if (address.getHost() == null
        || address.getRawUserInfo() != null
        || !("http".equals(scheme) || "https".equals(scheme))) {
      throw new IllegalArgumentException(text + " is no http address");
    }
    return address;
  }

  @Override
  public String name() {
    return "scrape " + address;
  }

  @Override
  public Duration interval() {
    return Duration.ofSeconds(1);
  }

  @Override
  public void sample(Instant now) throws ProbeException, InterruptedException {
    var request =
        HttpRequest.newBuilder(address).timeout(TIMEOUT).header("Accept", ACCEPT).GET().build();
    String text;
    boolean openMetrics;
    try {
      var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (var body = response.body()) {
        if (response.statusCode() != 200) {
          throw new ProbeException("`" + address + "` answered " + response.statusCode());
        }
        openMetrics =
            response
                .headers()
                .firstValue("Content-Type")
                .orElse("")
                .startsWith("application/openmetrics-text");
        byte[] bytes = body.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
          throw new ProbeException("`" + address + "` sent more than " + MAX_BYTES + " bytes");
        }
        text = new String(bytes, StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new ProbeException("`" + address + "` cannot be read: " + e.getMessage(), e);
    }
    try {
      Exposition.read(
          text,
          openMetrics,
          (labels, value, millis) ->
              store.append(labels(Labels.of(labels)), now.toEpochMilli(), value));
    } catch (IllegalArgumentException | MetricStore.LimitException e) {
      throw new ProbeException("`" + address + "`: " + e.getMessage(), e);
    }
  }

  private Labels labels(Labels scraped) {
    return withInstance.computeIfAbsent(
        scraped,
        s -> {
          var map = s.asMap();
          map.put("instance", address.getHost() + ":" + address.getPort());
          return Labels.of(map);
        });
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
