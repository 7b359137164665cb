package dev.hone.metrics.scrape;

import dev.hone.metrics.Labels;
import dev.hone.metrics.promql.Durations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One address that is scraped: what the labels of a discovered target say after relabelling.
 *
 * @param discovered the labels before relabelling
 * @param labels what each of its series carries
 * @param host without the brackets of an IPv6 address
 * @param path with parameters, as it is asked for
 * @param hash of all labels and the address, the same for the same target
 */
record Target(
    SortedMap<String, String> discovered,
    Labels labels,
    String scheme,
    String host,
    int port,
    String path,
    String url,
    Duration interval,
    Duration timeout,
    long hash) {
  static final String ADDRESS = "__address__";
  static final String SCHEME = "__scheme__";
  static final String PATH = "__metrics_path__";
  static final String INTERVAL = "__scrape_interval__";
  static final String TIMEOUT = "__scrape_timeout__";
  static final String PARAMETER = "__param_";
  static final String INTERNAL = "__";
  static final String INSTANCE = "instance";
  static final String JOB = "job";
  private static final long FNV_BASIS = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** The labels of a target before relabelling. */
  static SortedMap<String, String> discovered(
      Job job, String address, Map<String, String> groupLabels) {
    var labels = new TreeMap<>(groupLabels);
    labels.put(ADDRESS, address);
    labels.values().removeIf(String::isEmpty);
    labels.putIfAbsent(JOB, job.name());
    labels.putIfAbsent(INTERVAL, Durations.text(job.interval().toMillis()));
    labels.putIfAbsent(TIMEOUT, Durations.text(job.timeout().toMillis()));
    labels.putIfAbsent(PATH, job.path());
    labels.putIfAbsent(SCHEME, job.scheme());
    job.parameters()
        .forEach(
            (name, values) -> {
              if (!values.isEmpty() && !values.getFirst().isEmpty()) {
                labels.put(PARAMETER + name, values.getFirst());
              }
            });
    return labels;
  }

  /**
   * The target that relabelled labels describe.
   *
   * @throws IllegalArgumentException when they describe none
   */
  static Target of(Job job, SortedMap<String, String> discovered, Map<String, String> relabelled) {
    var all = new TreeMap<>(relabelled);
    String scheme = all.getOrDefault(SCHEME, "http");
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException(
          "`" + SCHEME + "` is `" + scheme + "`; it must be http or https");
    }
    HostAndPort at = HostAndPort.of(all.getOrDefault(ADDRESS, ""), scheme);
    all.put(ADDRESS, at.text());
    Duration interval = duration(all, INTERVAL, job.interval());
    Duration timeout = duration(all, TIMEOUT, job.timeout());
    if (timeout.compareTo(interval) > 0) {
      throw new IllegalArgumentException(
          "`%s` is %s, more than `%s`, which is %s"
              .formatted(TIMEOUT, all.get(TIMEOUT), INTERVAL, all.get(INTERVAL)));
    }
    all.keySet().removeIf(name -> name.startsWith("__meta_"));
    all.putIfAbsent(INSTANCE, at.text());
    String path = Addresses.path(all.getOrDefault(PATH, "")) + query(job, all);
    String url = scheme + "://" + at.text() + path;
    var shown = new TreeMap<>(all);
    shown.keySet().removeIf(name -> name.startsWith(INTERNAL));
    return new Target(
        discovered,
        Labels.of(shown),
        scheme,
        at.host(),
        at.port(),
        path,
        url,
        interval,
        timeout,
        hash(all + url));
  }

  private static String query(Job job, SortedMap<String, String> labels) {
    var parameters = new TreeMap<String, List<String>>();
    job.parameters().forEach((name, values) -> parameters.put(name, new ArrayList<>(values)));
    labels.forEach(
        (label, value) -> {
          if (label.startsWith(PARAMETER)) {
            List<String> values =
                parameters.computeIfAbsent(
                    label.substring(PARAMETER.length()), name -> new ArrayList<>());
            if (values.isEmpty()) {
              values.add(value);
            } else {
              values.set(0, value);
            }
          }
        });
    return Addresses.query(parameters);
  }

  private static Duration duration(Map<String, String> labels, String name, Duration absent) {
    String text = labels.get(name);
    if (text == null) {
      return absent;
    }
    long millis = Durations.millis(text);
    if (millis == 0) {
      throw new IllegalArgumentException("`" + name + "` is 0");
    }
    return Duration.ofMillis(millis);
  }

  /** FNV-1a (Fowler, Noll, Vo), mixed so that every bit of the text counts in the low bits. */
  private static long hash(String text) {
    long hash = FNV_BASIS;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ b) * FNV_PRIME;
    }
    return hash ^ hash >>> 32;
  }

  /**
   * The first time after {@code now} at which it is its turn: always the same part of the interval.
   */
  long next(long now) {
    long millis = interval.toMillis();
    long offset = Long.remainderUnsigned(hash, millis);
    return Math.floorDiv(now - offset, millis) * millis + millis + offset;
  }
}
