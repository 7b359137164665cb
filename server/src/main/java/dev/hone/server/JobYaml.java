package dev.hone.server;

import dev.hone.metrics.promql.Durations;
import dev.hone.metrics.scrape.Access;
import dev.hone.metrics.scrape.Job;
import dev.hone.metrics.scrape.Relabel;
import dev.hone.metrics.scrape.ScrapeLimits;
import dev.hone.metrics.scrape.Secret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes jobs as Prometheus writes them; secrets are left out. */
final class JobYaml {
  private JobYaml() {}

  static String write(List<Job> jobs) {
    var settings = DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build();
    return new Dump(settings)
        .dumpToString(Map.of("scrape_configs", jobs.stream().map(JobYaml::job).toList()));
  }

  private static Map<String, Object> job(Job job) {
    var yaml = new LinkedHashMap<String, Object>();
    yaml.put("job_name", job.name());
    yaml.put("honor_labels", job.honorLabels());
    yaml.put("honor_timestamps", job.honorTimestamps());
    if (!job.parameters().isEmpty()) {
      yaml.put("params", job.parameters());
    }
    yaml.put("scrape_interval", Durations.text(job.interval().toMillis()));
    yaml.put("scrape_timeout", Durations.text(job.timeout().toMillis()));
    yaml.put("metrics_path", job.path());
    yaml.put("scheme", job.scheme());
    job.access().credentials().ifPresent(credentials -> credentials(credentials, yaml));
    if (!job.access().tls().equals(Access.OPEN.tls())) {
      yaml.put("tls_config", tls(job.access().tls()));
    }
    yaml.put("follow_redirects", job.followRedirects());
    limits(job.limits(), yaml);
    if (!job.relabel().isEmpty()) {
      yaml.put("relabel_configs", job.relabel().stream().map(JobYaml::rule).toList());
    }
    if (!job.metricRelabel().isEmpty()) {
      yaml.put("metric_relabel_configs", job.metricRelabel().stream().map(JobYaml::rule).toList());
    }
    return yaml;
  }

  private static void credentials(Access.Credentials credentials, Map<String, Object> yaml) {
    boolean basic = credentials.type().equals("Basic");
    var inner = new LinkedHashMap<String, Object>();
    inner.put(basic ? "username" : "type", basic ? credentials.user() : credentials.type());
    String name = basic ? "password" : "credentials";
    credentials.secret().ifPresent(secret -> inner.put(name, Secret.SHOWN));
    credentials.file().ifPresent(file -> inner.put(name + "_file", file.toString()));
    yaml.put(basic ? "basic_auth" : "authorization", inner);
  }

  private static Map<String, Object> tls(Access.Tls tls) {
    var yaml = new LinkedHashMap<String, Object>();
    tls.ca().ifPresent(file -> yaml.put("ca_file", file.toString()));
    tls.certificate().ifPresent(file -> yaml.put("cert_file", file.toString()));
    tls.key().ifPresent(file -> yaml.put("key_file", file.toString()));
    tls.serverName().ifPresent(name -> yaml.put("server_name", name));
    yaml.put("insecure_skip_verify", tls.unchecked());
    return yaml;
  }

  private static void limits(ScrapeLimits limits, Map<String, Object> yaml) {
    put(yaml, "body_size_limit", limits.body());
    put(yaml, "sample_limit", limits.samples());
    put(yaml, "label_limit", limits.labels());
    put(yaml, "label_name_length_limit", limits.labelName());
    put(yaml, "label_value_length_limit", limits.labelValue());
    put(yaml, "target_limit", limits.targets());
  }

  private static void put(Map<String, Object> yaml, String key, long limit) {
    if (limit > 0) {
      yaml.put(key, limit);
    }
  }

  private static Map<String, Object> rule(Relabel rule) {
    var yaml = new LinkedHashMap<String, Object>();
    if (!rule.sourceLabels().isEmpty()) {
      yaml.put("source_labels", new ArrayList<>(rule.sourceLabels()));
    }
    yaml.put("separator", rule.separator());
    yaml.put("regex", rule.regex());
    if (rule.modulus() > 0) {
      yaml.put("modulus", rule.modulus());
    }
    if (!rule.targetLabel().isEmpty()) {
      yaml.put("target_label", rule.targetLabel());
    }
    yaml.put("replacement", rule.replacement());
    yaml.put("action", rule.action().word());
    return yaml;
  }
}
