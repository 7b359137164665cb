package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.metrics.scrape.Job;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in hone.yaml and in the configuration of a Prometheus. */
class ScrapeConfigTest {
  @TempDir Path directory;

  @Test
  void addressesAndJobsStandSideBySide() throws Exception {
    ConfigFile config =
        read(
            """
            scrape:
              - http://127.0.0.1:9100/metrics
              - job_name: shop
                scrape_interval: 5s
                metrics_path: /stats
                basic_auth: {username: hone, password: "${PASSWORD}"}
                static_configs:
                  - targets: [a:1, b:2]
                    labels: {team: x}
                file_sd_configs:
                  - files: [targets/*.yml]
                relabel_configs:
                  - source_labels: [__address__]
                    regex: (\\w+):.*
                    target_label: host
                    replacement: ${1}
              - http://127.0.0.1:8080/metrics
            """);
    assertThat(config.scrape())
        .containsExactly(
            URI.create("http://127.0.0.1:9100/metrics"),
            URI.create("http://127.0.0.1:8080/metrics"));
    ScrapeConfig.Entry entry = config.jobs().jobs().getFirst();
    Job job = entry.job();
    assertThat(job.interval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(job.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(job.access().credentials().orElseThrow().secret().orElseThrow().value())
        .isEqualTo("geheim");
    assertThat(job.relabel().getFirst().replacement()).isEqualTo("${1}");
    assertThat(entry.fixed().getFirst().addresses()).containsExactly("a:1", "b:2");
    assertThat(entry.files().getFirst().directory()).isEqualTo(directory.resolve("targets"));
    assertThat(config.toString()).doesNotContain("geheim");
    assertThat(JobYaml.write(List.of(job))).contains("<secret>").doesNotContain("geheim");
  }

  @Test
  void tellsAllMistakesOfJobsAtOnceWithTheirLines() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    scrape:
                      - job_name: a
                        scrape_intervall: 5s
                      - job_name: a
                        scrape_timeout: 2m
                        sheme: https
                        static_configs:
                          - targets: ["http://u:geheim2@x/y"]
                            labels: {a-b: "1"}
                      - scheme: ftp
                        bearer_token: t0ken
                        basic_auth: {password: a, password_file: b}
                        tls_config: {cert_file: none.pem}
                        body_size_limit: many
                        relabel_configs:
                          - action: hashmod
                          - {action: keeep}
                          - {regex: "("}
                      - job_name: k
                        kubernetes_sd_configs: [{role: pod}]
                        oauth2: {client_id: x}
                      - file_sd_configs: [{files: [targets.txt]}]
                        job_name: f
                        params: {a: b}
                    """))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(
            "hone.yaml:3: unknown key `scrape[0].scrape_intervall`; did you mean `scrape[0].scrape_interval`?")
        .hasMessageContaining("hone.yaml:4: `scrape[1].job_name` is `a`; it must be a name that no")
        .hasMessageContaining("hone.yaml:5: `scrape[1].scrape_timeout` is `2m`; it must be at most")
        .hasMessageContaining("did you mean `scrape[1].scheme`?")
        .hasMessageContaining("hone.yaml:7: `scrape[1].static_configs` names the target `…@x/y`")
        .hasMessageContaining("`scrape[1].static_configs[0].labels.a-b` is no name of a label")
        .hasMessageContaining("`scrape[2].job_name` is missing")
        .hasMessageContaining("`scrape[2].scheme` is `ftp`; it must be http or https")
        .hasMessageContaining("`scrape[2].bearer_token` stands beside `basic_auth`")
        .hasMessageContaining("password_file` stands beside `password`")
        .hasMessageContaining("cert_file` is `none.pem`; it must be a file that can be read")
        .hasMessageContaining("needs the other of `cert_file` and `key_file`")
        .hasMessageContaining("`scrape[2].body_size_limit` is `many`; it must be a size like")
        .hasMessageContaining("action hashmod needs `target_label`")
        .hasMessageContaining("`keeep`; it must be one of REPLACE")
        .hasMessageContaining("is not a regular expression")
        .hasMessageContaining("`scrape[3].kubernetes_sd_configs` is a discovery that Hone does not")
        .hasMessageContaining("`scrape[3].oauth2` is not known to Hone")
        .hasMessageContaining("holds `targets.txt`; it must be a path that ends in .json")
        .hasMessageContaining("`scrape[4].params.a` must be a list")
        .hasMessageNotContaining("t0ken")
        .hasMessageNotContaining("geheim2");
  }

  @Test
  void takesOverAPrometheusConfigurationAndTellsWhatItLacks() throws Exception {
    Files.writeString(
        directory.resolve("prometheus.yml"),
        """
        global:
          scrape_interval: 30s
          external_labels: {cluster: a}
        rule_files: [rules.yml]
        alerting: {}
        scrape_configs:
          - job_name: node
            static_configs: [{targets: ["h:9100"]}]
          - job_name: pods
            kubernetes_sd_configs: [{role: pod}]
          - job_name: far
            proxy_url: http://proxy:1
            password: "${NOT_EXPANDED}"
        """);
    assertThatThrownBy(() -> read("prometheusConfig: prometheus.yml\n"))
        .hasMessageContaining("prometheus.yml:13: unknown key `scrape_configs[2].password`");
    Path file = directory.resolve("prometheus.yml");
    Files.writeString(file, Files.readString(file).replaceAll("    password.*\n", ""));
    ScrapeConfig jobs = read("prometheusConfig: prometheus.yml\n").jobs();
    assertThat(jobs.jobs().stream().map(entry -> entry.job().name()))
        .containsExactly("node", "pods");
    assertThat(jobs.jobs().getFirst().job().interval()).isEqualTo(Duration.ofSeconds(30));
    assertThat(jobs.jobs().getFirst().job().timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(String.join("\n", jobs.notices()))
        .contains("prometheus.yml:3: `global.external_labels` are not added")
        .contains("prometheus.yml:4: `rule_files` is not taken over")
        .contains("prometheus.yml:10: `scrape_configs[1].kubernetes_sd_configs` is a discovery")
        .contains("write them to a file and name it in `file_sd_configs`")
        .contains("prometheus.yml:12: `scrape_configs[2].proxy_url` is not known to Hone");
    assertThatThrownBy(() -> read("prometheusConfig: none.yml\n"))
        .hasMessageContaining("none.yml; check `prometheusConfig`");
    assertThatThrownBy(() -> read("prot: 1\nprometheusConfig: none.yml\nport: 99999\n"))
        .hasMessageContaining("hone.yaml:1: unknown key `prot`; did you mean `port`?")
        .hasMessageContaining("hone.yaml:2: `prometheusConfig` cannot be taken over: there is no")
        .hasMessageContaining("hone.yaml:3: `port` is `99999`");
  }

  @Test
  void readsTargetFilesInYamlAndJson() throws Exception {
    Path yaml =
        Files.writeString(directory.resolve("t.yml"), "- targets: [a:1]\n  labels: {x: y}\n");
    Path json =
        Files.writeString(directory.resolve("t.json"), "[\n\t{\t\"targets\": [\"b:2\"]}\n]");
    assertThat(TargetFileReader.read(yaml).getFirst().labels())
        .isEqualTo(Map.of("x", "y", "__meta_filepath", yaml.toString()));
    assertThat(TargetFileReader.read(json).getFirst().addresses()).containsExactly("b:2");
    Path wrong = Files.writeString(directory.resolve("w.yml"), "- target: [a:1]\n");
    assertThatThrownBy(() -> TargetFileReader.read(wrong))
        .hasMessageContaining("w.yml:1")
        .hasMessageContaining("did you mean `targets`?");
  }

  private ConfigFile read(String text) throws StartException, IOException {
    Path file = Files.writeString(directory.resolve("hone.yaml"), text);
    return ConfigFile.read(file, name -> Optional.of("geheim"));
  }
}
