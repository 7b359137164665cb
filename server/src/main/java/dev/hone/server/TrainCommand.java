package dev.hone.server;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Does what users do most, on data of its own, so that the JVM can keep the classes it has loaded
 * and what it has learnt about methods for later starts (JEP 483, JEP 514, JEP 515). The launcher
 * runs it after a build.
 */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    hidden = true,
    description = "Work for an ahead-of-time cache.")
final class TrainCommand implements Callable<Integer> {
  private static final int SERIES = 500;
  private static final int SAMPLES = 120;
  private static final long STEP = 10_000;
  private static final List<String> QUERIES =
      List.of(
          "train_value{path=\"/1\"}",
          "sum by (instance) (rate(train_value[5m]))",
          "histogram_quantile(0.9, sum by (le) (rate(train_value[5m])))",
          "avg_over_time(train_value{instance=~\"1.*\"}[5m]) > 3",
          "topk(5, max_over_time(train_value[10m]))",
          "max by (path) (train_value) / on (path) min by (path) (train_value)",
          "count(train_value)",
          "quantile_over_time(0.9, train_value{path=\"/2\"}[10m])",
          "sum(increase(train_value[5m])) by (path) or vector(0)",
          "{__name__=~\"node_.*\"}");

  @Option(names = "--repeat", defaultValue = "150", description = "How often each query is asked.")
  private int repeat;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Clock clock = Clock.systemUTC();

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("hone-train-");
    var settings =
        new Settings(
            0,
            folder,
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Set.of(),
            Settings.Metrics.of());
    try (var hone = Hone.start(settings);
        var web = WebServer.start(hone)) {
      work(URI.create(web.address()));
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
    return 0;
  }

  private void work(URI address) throws IOException, InterruptedException {
    long end = clock.millis() / STEP * STEP;
    for (int sample = 0; sample < SAMPLES; sample++) {
      send(address.resolve("/write"), lines(end - (SAMPLES - 1 - sample) * STEP));
    }
    for (String page : List.of("/", "/explore", "/api/v1/labels")) {
      get(address.resolve(page));
    }
    for (int i = 0; i < repeat; i++) {
      for (String query : QUERIES) {
        String text = "query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
        get(address.resolve("/api/v1/query?" + text));
        get(
            address.resolve(
                "/api/v1/query_range?%s&start=%d&end=%d&step=30"
                    .formatted(text, (end - SAMPLES * STEP) / 1000, end / 1000)));
      }
    }
  }

  private static String lines(long time) {
    var lines = new StringBuilder();
    for (int i = 0; i < SERIES; i++) {
      lines.append(
          String.format(
              Locale.ROOT,
              "train,instance=%d,path=/%d,le=%d value=%.2f %d000000%n",
              i / 5,
              i % 5,
              i % 7,
              (time / STEP + i) % 1000 / 7.0,
              time));
    }
    return lines.toString();
  }

  private void send(URI address, String body) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(address).POST(HttpRequest.BodyPublishers.ofString(body)).build();
    client.send(request, HttpResponse.BodyHandlers.discarding());
  }

  private void get(URI address) throws IOException, InterruptedException {
    client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding());
  }
}
