package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.metrics.engine.EngineOptions;
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
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Hone that scrapes, asked over HTTP. */
class ScrapeApiTest {
  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void tellsTargetsAndMetadataAndFollowsFilesButTellsNoSecret() throws Exception {
    try (var target = new ExpositionServer()) {
      target.page("/metrics", "# HELP a What a is.\n# TYPE a gauge\na 1\n");
      Path file = Files.writeString(directory.resolve("targets.yml"), "[]\n");
      Path config =
          Files.writeString(
              directory.resolve("hone.yaml"),
              """
              scrape:
                - http://ADDRESS/metrics
                - job_name: files
                  scrape_interval: 1s
                  authorization: {credentials: geheim}
                  file_sd_configs: [{files: [targets.yml]}]
                  relabel_configs:
                    - {source_labels: [kind], regex: dull, action: drop}
              """
                  .replace("ADDRESS", target.address()));
      ConfigFile read = ConfigFile.read(config, name -> Optional.empty());
      var settings =
          new Settings(
              0,
              directory.resolve("data"),
              Optional.empty(),
              Optional.empty(),
              Map.of(),
              Set.of(),
              new Settings.Metrics(
                  EngineOptions.standard(),
                  read.scrape(),
                  read.jobs(),
                  OptionalInt.empty(),
                  Optional.empty()));
      var hone = Hone.start(settings);
      try (hone;
          var web = WebServer.start(hone)) {
        RunningHone.await(
            "the plain address is scraped", () -> get(web, "query?query=a").contains("\"1\""));
        assertThat(get(web, "query?query=up"))
            .contains("{\"__name__\":\"up\",\"instance\":\"" + target.address() + "\"}");
        Files.writeString(
            file,
            "- targets: [%s]\n- targets: [\"x:1\"]\n  labels: {kind: dull}\n"
                .formatted(target.address()));
        RunningHone.await(
            "the file is read",
            () -> get(web, "targets?scrapePool=files").contains("\"health\":\"up\""));
        assertThat(get(web, "targets?state=dropped"))
            .contains("\"activeTargets\":[]", "\"kind\":\"dull\"");
        assertThat(get(web, "targets?state=active"))
            .contains("\"droppedTargets\":[]", "/metrics\"", "\"scrapeInterval\":\"1s\"");
        assertThat(get(web, "metadata?metric=a"))
            .contains("{\"a\":[{\"type\":\"gauge\",\"help\":\"What a is.\",\"unit\":\"\"}]}");
        assertThat(get(web, "metadata?metric=none")).contains("\"data\":{}");
        assertThat(get(web, "targets/metadata?match_target=%7Bjob%3D%22files%22%7D"))
            .contains("\"job\":\"files\"", "\"metric\":\"a\"");
        assertThat(get(web, "scrape_pools")).contains("\"files\"");
        assertThat(get(web, "status/config")).contains("<secret>", "job_name: files");
        for (String path : List.of("targets", "status/config", "metadata", "status")) {
          assertThat(get(web, path)).doesNotContain("geheim");
        }
        Files.delete(file);
        RunningHone.await(
            "the targets of the file are gone",
            () -> get(web, "targets?scrapePool=files").contains("\"activeTargets\":[]"));
      }
    }
  }

  private String get(WebServer web, String path) {
    try {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(web.address() + "api/v1/" + path)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
