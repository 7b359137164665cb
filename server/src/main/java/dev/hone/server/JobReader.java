package dev.hone.server;

import dev.hone.metrics.promql.Durations;
import dev.hone.metrics.scrape.Access;
import dev.hone.metrics.scrape.Job;
import dev.hone.metrics.scrape.Relabel;
import dev.hone.metrics.scrape.ScrapeLimits;
import dev.hone.metrics.scrape.TargetGroup;
import dev.hone.metrics.wire.Names;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what is scraped: plain addresses, and jobs as Prometheus writes them. */
final class JobReader {
  /** What is there beside the keys of a job. */
  private static final Pattern DISCOVERY = Pattern.compile("([a-z0-9_]+)_sd_configs");

  private static final List<String> NEEDED =
      List.of("oauth2", "proxy_url", "proxy_from_environment", "no_proxy", "proxy_connect_header");
  private static final List<String> NOT_USED =
      List.of(
          "enable_http2",
          "enable_compression",
          "scrape_classic_histograms",
          "always_scrape_classic_histograms",
          "convert_classic_histograms_to_nhcb",
          "scrape_native_histograms",
          "native_histogram_bucket_limit",
          "native_histogram_min_bucket_factor",
          "scrape_protocols",
          "scrape_fallback_protocol",
          "fallback_scrape_protocol",
          "keep_dropped_targets",
          "track_timestamps_staleness",
          "metric_name_validation_scheme",
          "metric_name_escaping_scheme");
  private static final Pattern FILES =
      Pattern.compile("[^*]*(\\*[^/]*)?\\.(json|yml|yaml|JSON|YML|YAML)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})(?:([KMGT])i?)?B?");
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Path directory;
  private final Defaults defaults;
  private final boolean strict;
  private final List<String> notices;

  /**
   * What holds where a job says nothing.
   *
   * @param timeout at most the interval of a job is taken
   */
  record Defaults(Duration interval, Duration timeout, ScrapeLimits limits) {
    static final Defaults STANDARD =
        new Defaults(Duration.ofMinutes(1), Duration.ofSeconds(10), ScrapeLimits.NONE);
  }

  /**
   * A reader.
   *
   * @param directory what paths are relative to
   * @param strict whether what Hone does not have is a problem; else it is a notice
   * @param notices takes these
   */
  JobReader(Path directory, Defaults defaults, boolean strict, List<String> notices) {
    this.directory = directory;
    this.defaults = defaults;
    this.strict = strict;
    this.notices = notices;
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

  /** A plain address: read each second, its series carry no label but {@code instance}. */
  static ScrapeConfig.Entry plain(URI address) {
    var parameters = new LinkedHashMap<String, List<String>>();
    String query = address.getRawQuery() == null ? "" : address.getRawQuery();
    for (String part : query.isEmpty() ? new String[0] : query.split("&")) {
      String[] pair = part.split("=", 2);
      parameters
          .computeIfAbsent(decoded(pair[0]), name -> new ArrayList<>())
          .add(pair.length > 1 ? decoded(pair[1]) : "");
    }
    var withoutJob =
        Relabel.of(
            Relabel.Action.LABELDROP,
            List.of(),
            Relabel.SEPARATOR,
            "job",
            0,
            "",
            Relabel.REPLACEMENT);
    var job =
        new Job(
            address.toString(),
            SECOND,
            SECOND,
            address.getScheme(),
            address.getPath().isEmpty() ? "/" : address.getPath(),
            parameters,
            false,
            false,
            false,
            Access.OPEN,
            List.of(withoutJob),
            List.of(),
            ScrapeLimits.NONE);
    var group = new TargetGroup(List.of(address.getRawAuthority()), Map.of());
    return new ScrapeConfig.Entry(job, List.of(group), List.of());
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** A job; nothing when it cannot be scraped as it is meant. */
  Optional<ScrapeConfig.Entry> job(YamlSection section) {
    String name = section.required("job_name");
    boolean usable = true;
    for (String key : section.keys()) {
      Matcher discovery = DISCOVERY.matcher(key);
      if (discovery.matches() && !key.equals("file_sd_configs")) {
        missing(
            section,
            key,
            "is a discovery that Hone does not have, so job `%s` lacks these targets; write them to a file and name it in `file_sd_configs`"
                .formatted(name));
      } else if (NEEDED.contains(key)) {
        usable = false;
        missing(
            section,
            key,
            "is not known to Hone, so job `%s` is not scraped; let a Prometheus scrape it and send by `remote_write`"
                .formatted(name));
      } else if (NOT_USED.contains(key)) {
        missing(section, key, "is not used by Hone");
      }
    }
    Duration interval = duration(section, "scrape_interval", defaults.interval());
    Duration shorter = defaults.timeout().compareTo(interval) < 0 ? defaults.timeout() : interval;
    Duration timeout = duration(section, "scrape_timeout", shorter);
    if (timeout.compareTo(interval) > 0) {
      section.wrong("scrape_timeout", "at most the interval, which is " + text(interval));
    }
    String scheme = section.text("scheme").orElse("http");
    if (!scheme.equals("http") && !scheme.equals("https")) {
      section.wrong("scheme", "http or https");
    }
    var job =
        new Job(
            name,
            interval,
            timeout,
            scheme,
            section.text("metrics_path").orElse("/metrics"),
            parameters(section),
            section.flag("honor_labels").orElse(false),
            section.flag("honor_timestamps").orElse(true),
            section.flag("follow_redirects").orElse(true),
            new AccessReader(section, directory).read(),
            RelabelReader.read(section, "relabel_configs"),
            RelabelReader.read(section, "metric_relabel_configs"),
            limits(section, defaults.limits()));
    var entry = new ScrapeConfig.Entry(job, groups(section), files(section));
    requireAddresses(section, entry);
    section.end();
    return usable ? Optional.of(entry) : Optional.empty();
  }

  /** Without rules that may change it, a target must be an address. */
  private static void requireAddresses(YamlSection section, ScrapeConfig.Entry entry) {
    for (TargetGroup group :
        entry.job().relabel().isEmpty() ? entry.fixed() : List.<TargetGroup>of()) {
      for (String target : group.addresses()) {
        if (target.indexOf('/') >= 0) {
          section.problem(
              "static_configs",
              "names the target `"
                  + target.replaceFirst(".*@", "…@")
                  + "`; write host:port there, and the rest as `scheme` and `metrics_path`");
        }
      }
    }
  }

  private void missing(YamlSection section, String key, String what) {
    section.has(key);
    if (strict) {
      section.problem(key, what);
    } else {
      notices.add(section.at(key, what));
    }
  }

  private static String text(Duration duration) {
    return Durations.text(duration.toMillis());
  }

  static Duration duration(YamlSection section, String key, Duration absent) {
    Optional<String> text = section.text(key);
    if (text.isEmpty()) {
      return absent;
    }
    try {
      long millis = Durations.millis(text.get());
      if (millis > 0) {
        return Duration.ofMillis(millis);
      }
    } catch (IllegalArgumentException e) {
      // Told below like a duration of 0.
    }
    section.wrong(key, "a duration like 15s or 1m");
    return absent;
  }

  private static Map<String, List<String>> parameters(YamlSection section) {
    var parameters = new LinkedHashMap<String, List<String>>();
    section
        .section("params")
        .ifPresent(
            params -> {
              for (String name : params.keys()) {
                parameters.put(name, params.each(name, value -> value, "a text"));
              }
            });
    return parameters;
  }

  static ScrapeLimits limits(YamlSection section, ScrapeLimits absent) {
    return new ScrapeLimits(
        limit(section, "sample_limit", absent.samples()),
        limit(section, "label_limit", absent.labels()),
        limit(section, "label_name_length_limit", absent.labelName()),
        limit(section, "label_value_length_limit", absent.labelValue()),
        limit(section, "target_limit", absent.targets()),
        size(section, absent.body()));
  }

  private static long limit(YamlSection section, String key, long absent) {
    return section.integer(key, 0, Integer.MAX_VALUE).map(Long::valueOf).orElse(absent);
  }

  private static long size(YamlSection section, long absent) {
    Optional<String> text = section.text("body_size_limit");
    if (text.isEmpty()) {
      return absent;
    }
    Matcher size = SIZE.matcher(text.get());
    if (!size.matches()) {
      section.wrong("body_size_limit", "a size like 500KB or 10MB");
      return absent;
    }
    int power = size.group(2) == null ? 0 : "KMGT".indexOf(size.group(2)) + 1;
    return Long.parseLong(size.group(1)) << (10 * power);
  }

  private static List<TargetGroup> groups(YamlSection section) {
    return section.sections("static_configs").stream().map(JobReader::group).toList();
  }

  /** {@code targets} and {@code labels}. */
  static TargetGroup group(YamlSection section) {
    List<String> targets = section.each("targets", target -> target, "host:port");
    var labels = new LinkedHashMap<String, String>();
    section
        .section("labels")
        .ifPresent(
            pairs -> {
              for (String name : pairs.keys()) {
                pairs.literal(name).ifPresent(value -> labels.put(name, value));
                if (!Names.isLabel(name)) {
                  pairs.problem(name, "is no name of a label; use letters, digits and _");
                }
              }
            });
    section.end();
    return new TargetGroup(targets, labels);
  }

  private List<ScrapeConfig.TargetFiles> files(YamlSection section) {
    var files = new ArrayList<ScrapeConfig.TargetFiles>();
    for (YamlSection each : section.sections("file_sd_configs")) {
      Duration refresh = duration(each, "refresh_interval", Duration.ofMinutes(5));
      for (String pattern :
          each.each(
              "files",
              JobReader::pattern,
              "a path that ends in .json, .yml or .yaml, with `*` in its last part only")) {
        Path path = directory.resolve(pattern.replace("*", "\u0001"));
        Path parent = path.getParent();
        files.add(
            new ScrapeConfig.TargetFiles(
                parent == null ? directory : parent,
                String.valueOf(path.getFileName()).replace("\u0001", "*"),
                refresh));
      }
      each.end();
    }
    return files;
  }

  private static String pattern(String text) {
    if (!FILES.matcher(text).matches() || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(text + " names no files of targets");
    }
    return text;
  }
}
