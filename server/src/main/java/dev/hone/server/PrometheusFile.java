package dev.hone.server;

import dev.hone.metrics.scrape.ScrapeLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Takes over what a Prometheus scrapes from its configuration, which stays as it is. */
final class PrometheusFile {
  private static final List<String> NOT_TAKEN_OVER =
      List.of(
          "rule_files",
          "alerting",
          "remote_write",
          "remote_read",
          "storage",
          "tracing",
          "otlp",
          "runtime",
          "scrape_config_files");
  private static final List<String> GLOBAL_NOT_USED =
      List.of(
          "external_labels",
          "query_log_file",
          "scrape_failure_log_file",
          "keep_dropped_targets",
          "scrape_protocols",
          "metric_name_validation_scheme");

  private PrometheusFile() {}

  /**
   * Reads {@code global} and {@code scrape_configs}.
   *
   * @param problems takes what is wrong
   */
  static ScrapeConfig read(Path file, List<String> problems) throws StartException {
    String name = file.toString();
    Optional<Node> root = YamlFile.compose(file, "check `prometheusConfig`");
    if (root.isEmpty() || !(root.get() instanceof MappingNode mapping)) {
      problems.add(name + ":1: this is no configuration of Prometheus; it holds no keys");
      return ScrapeConfig.NONE;
    }
    var notices = new ArrayList<String>();
    var section = new YamlSection(name, "", mapping, problems, null);
    JobReader.Defaults defaults =
        section
            .section("global")
            .map(global -> defaults(global, notices))
            .orElse(JobReader.Defaults.STANDARD);
    for (String key : NOT_TAKEN_OVER) {
      if (section.has(key)) {
        notices.add(section.at(key, "is not taken over from Prometheus' configuration"));
      }
    }
    Path directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
    var reader = new JobReader(directory, defaults, false, notices);
    var jobs = new ArrayList<ScrapeConfig.Entry>();
    var names = new HashSet<String>();
    for (YamlSection job : section.sections("scrape_configs")) {
      Optional<ScrapeConfig.Entry> entry = reader.job(job);
      requireNew(job, entry, names);
      entry.ifPresent(jobs::add);
    }
    section.end();
    return new ScrapeConfig(jobs, notices);
  }

  /** Notes a job whose name is taken. */
  static void requireNew(
      YamlSection section, Optional<ScrapeConfig.Entry> entry, Set<String> names) {
    if (entry.isPresent() && !names.add(entry.get().job().name())) {
      section.wrong("job_name", "a name that no other job has");
    }
  }

  private static JobReader.Defaults defaults(YamlSection global, List<String> notices) {
    JobReader.Defaults standard = JobReader.Defaults.STANDARD;
    Duration interval = JobReader.duration(global, "scrape_interval", standard.interval());
    Duration shorter = standard.timeout().compareTo(interval) < 0 ? standard.timeout() : interval;
    Duration timeout = JobReader.duration(global, "scrape_timeout", shorter);
    if (timeout.compareTo(interval) > 0) {
      global.wrong("scrape_timeout", "at most `scrape_interval`");
    }
    ScrapeLimits limits = JobReader.limits(global, standard.limits());
    global.has("evaluation_interval");
    global.has("rule_query_offset");
    for (String key : GLOBAL_NOT_USED) {
      if (global.has(key)) {
        notices.add(
            global.at(
                key,
                key.equals("external_labels")
                    ? "are not added: Hone keeps samples as Prometheus keeps them itself"
                    : "is not used by Hone"));
      }
    }
    global.end();
    return new JobReader.Defaults(interval, timeout, limits);
  }
}
