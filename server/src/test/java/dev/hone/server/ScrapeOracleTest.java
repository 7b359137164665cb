package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.metrics.MemoryStore;
import dev.hone.metrics.MetricMetadata;
import dev.hone.metrics.Series;
import dev.hone.metrics.scrape.Scrapes;
import dev.hone.metrics.scrape.TargetStatus;
import dev.hone.metrics.scrape.Timetable;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Hone makes of a configuration and of targets is what a real Prometheus makes of them. */
class ScrapeOracleTest {
  private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void theSameConfigurationGivesTheSameSeriesTargetsAndMetadata() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(PROMETHEUS), "needs /usr/bin/prometheus (Debian package prometheus)");
    try (var targets = new ExpositionServer()) {
      serve(targets);
      Path config = configuration(targets.address());
      var problems = new ArrayList<String>();
      ScrapeConfig taken = PrometheusFile.read(config, problems);
      assertThat(problems).isEmpty();
      var notices = new ArrayList<String>();
      try (var store = new MemoryStore(10_000, 100);
          var scrapes =
              new Scrapes(
                  taken.jobs().stream().map(ScrapeConfig.Entry::job).toList(),
                  store,
                  Timetable.system(),
                  notices::add);
          var prometheus = new Prometheus(config)) {
        taken.jobs().forEach(entry -> scrapes.targets(entry.job().name(), entry.fixed()));
        new TargetFileReader(taken.jobs(), scrapes, notices::add).look(java.time.Instant.EPOCH);
        RunningHone.await("Prometheus has scraped", () -> prometheus.scrapedTwice());
        RunningHone.await(
            "Hone has scraped",
            () -> scrapes.active().stream().allMatch(target -> samples(store, target) > 1));
        var api = new ScrapeApi(scrapes, new MetricMetadata.Table());
        assertSame(lines(values(store)), lines(prometheus.values()));
        JsonNode ours = JSON.valueToTree(api.targets(MultiMap.caseInsensitiveMultiMap()));
        JsonNode theirs = prometheus.get("targets");
        assertSame(targets(ours), targets(theirs));
        assertSame(dropped(ours), dropped(theirs));
        JsonNode metadata = JSON.valueToTree(api.metadata(MultiMap.caseInsensitiveMultiMap()));
        assertSame(lines(metadata(metadata)), lines(metadata(prometheus.get("metadata"))));
      }
    }
  }

  private static void assertSame(Collection<String> ours, Collection<String> theirs) {
    var onlyOurs = new TreeSet<>(ours);
    var onlyTheirs = new TreeSet<>(theirs);
    onlyOurs.removeAll(theirs);
    onlyTheirs.removeAll(ours);
    assertThat(onlyOurs).as("beside what only Prometheus has: " + onlyTheirs).isEmpty();
    assertThat(onlyTheirs).isEmpty();
    assertThat(ours).isNotEmpty().hasSameSizeAs(theirs);
  }

  private static List<String> lines(Map<String, ?> map) {
    return map.entrySet().stream().map(Object::toString).toList();
  }

  private static int samples(MemoryStore store, TargetStatus target) {
    return store.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE).stream()
        .filter(s -> s.labels().equals(target.labels().with("__name__", "up")))
        .mapToInt(Series::size)
        .sum();
  }

  /** The newest value of each series, but for the duration of the scrape, which is never equal. */
  private static Map<String, String> values(MemoryStore store) {
    var values = new TreeMap<String, String>();
    for (Series series : store.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
      double value = series.values()[series.size() - 1];
      boolean stale = Double.doubleToRawLongBits(value) == 0x7FF0000000000002L;
      if (!stale) {
        values.put(
            series.labels().toString(),
            series.labels().name().equals("scrape_duration_seconds") ? "" : plain(value));
      }
    }
    return values;
  }

  private static String plain(double value) {
    return Double.toString(value);
  }

  private static Set<String> targets(JsonNode data) {
    var all = new TreeSet<String>();
    for (JsonNode target : data.get("activeTargets")) {
      all.add(
          sorted(target.get("discoveredLabels"))
              + " "
              + sorted(target.get("labels"))
              + " "
              + target.get("scrapePool").asText()
              + " "
              + target.get("scrapeUrl").asText()
              + " "
              + target.get("health").asText()
              + " "
              + target.get("scrapeInterval").asText()
              + " "
              + target.get("scrapeTimeout").asText());
    }
    return all;
  }

  private static List<String> dropped(JsonNode data) {
    var all = new ArrayList<String>();
    for (JsonNode target : data.get("droppedTargets")) {
      all.add(sorted(target.get("discoveredLabels")).toString());
    }
    all.sort(null);
    return all;
  }

  private static Map<String, Set<String>> metadata(JsonNode data) {
    var all = new TreeMap<String, Set<String>>();
    data.properties()
        .forEach(
            metric -> {
              var said = new TreeSet<String>();
              metric.getValue().forEach(one -> said.add(sorted(one).toString()));
              all.put(metric.getKey(), said);
            });
    return all;
  }

  private static Map<String, String> sorted(JsonNode object) {
    var sorted = new TreeMap<String, String>();
    object.properties().forEach(field -> sorted.put(field.getKey(), field.getValue().asText()));
    return sorted;
  }

  private static void serve(ExpositionServer targets) {
    targets.page(
        "/metrics",
        """
        # HELP requests_total Requests with a \\\\ and a\\nline.
        # TYPE requests_total counter
        requests_total{method="get",path="/a\\"b\\\\c\\nd"} 1027
        requests_total{method="post"} 3e3
        # TYPE temperature gauge
        temperature{room="a",empty=""} -1.5e-7
        temperature{room="b"} +Inf
        # TYPE latency histogram
        latency_bucket{le="0.1"} 1
        latency_bucket{le="+Inf"} 2
        latency_sum 0.30000000000000004
        latency_count 2
        not_a_number NaN
        big 123456789012345678901234567890
        # an ordinary comment
        # TYPE old untyped
        old 1.7976931348623157e308
        """);
    targets.page(
        "/conflict",
        """
        c{job="theirs",instance="theirs:1",exported_job="e",exported_instance=""} 1
        d{instance=""} 2
        e{job="x",exported_job="y",exported_exported_job="z"} 3
        """);
    targets.page(
        "/om",
        new ExpositionServer.Page(
            """
            # HELP om_seconds A "quoted" \\"help\\".
            # TYPE om_seconds counter
            # UNIT om_seconds seconds
            om_seconds_total{a="b"} 5 # {trace_id="x"} 0.5
            om_seconds_created{a="b"} 1520872607.123
            # TYPE state stateset
            state{state="a"} 1
            # EOF
            """,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            false,
            Optional.empty()));
    targets.page("/timed", "timed 1 " + (System.currentTimeMillis() - 5_000) + "\nuntimed 2\n");
    targets.page("/same", "same 1\nsame 2\nother{x=\"1\",y=\"2\"} 3\n");
    targets.page("/broken", "good 1\nbad{a=\"b} 2\n");
    targets.page("/names", "9bad 1\n");
    targets.page("/empty", "");
    var many = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      many.append("many{number=\"").append(i).append("\",pod=\"pod-").append(i).append("\"} 1\n");
    }
    targets.page("/many", many.toString());
    targets.page(
        "/gzip", new ExpositionServer.Page("packed 1\n", "text/plain", true, Optional.empty()));
    targets.page(
        "/basic",
        new ExpositionServer.Page(
            "basic 1\n", "text/plain", false, Optional.of("Basic aG9uZTpnZWhlaW0=")));
    targets.page(
        "/bearer",
        new ExpositionServer.Page("bearer 1\n", "text/plain", false, Optional.of("Bearer s3cret")));
  }

  private Path configuration(String address) throws IOException {
    Files.writeString(directory.resolve("token"), "s3cret\n");
    Files.writeString(
        directory.resolve("files-a.yml"),
        """
        - targets: [ADDRESS]
          labels: {rack: "7", __metrics_path__: /gzip}
        - targets: ["ADDRESS"]
          labels: {rack: "8"}
        """
            .replace("ADDRESS", address));
    Files.writeString(
        directory.resolve("files-b.json"),
        "[\n\t{\"targets\": [\"ADDRESS\"],\t\"labels\": {\"rack\": \"9\"}}\n]"
            .replace("ADDRESS", address));
    String text =
        Files.readString(Path.of("src/test/resources/dev/hone/server/prometheus-oracle.yml"))
            .replace("ADDRESS", address);
    return Files.writeString(directory.resolve("prometheus.yml"), text);
  }

  /** A Prometheus of its own, on a free port. */
  private final class Prometheus implements AutoCloseable {
    private final Process process;
    private final int port;

    Prometheus(Path config) throws IOException {
      try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      process =
          new ProcessBuilder(
                  PROMETHEUS.toString(),
                  "--config.file=" + config,
                  "--storage.tsdb.path=" + directory.resolve("data"),
                  "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("prometheus.log").toFile())
              .start();
    }

    JsonNode get(String path) throws IOException, InterruptedException {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/" + path));
      String body = client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
      return JSON.readTree(body).get("data");
    }

    private JsonNode query(String query) throws IOException, InterruptedException {
      return get("query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)).get("result");
    }

    boolean scrapedTwice() {
      try {
        int active = get("targets?state=active").get("activeTargets").size();
        return active > 0 && query("count_over_time(up[1m]) > 1").size() == active;
      } catch (IOException | RuntimeException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return true;
      }
    }

    Map<String, String> values() throws IOException, InterruptedException {
      var values = new TreeMap<String, String>();
      for (JsonNode one : query("{__name__=~\".+\"}")) {
        var labels = sorted(one.get("metric"));
        String value = one.get("value").get(1).asText().replace("Inf", "Infinity");
        values.put(
            dev.hone.metrics.Labels.of(labels).toString(),
            "scrape_duration_seconds".equals(labels.get("__name__"))
                ? ""
                : plain(Double.parseDouble(value)));
      }
      return values;
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
