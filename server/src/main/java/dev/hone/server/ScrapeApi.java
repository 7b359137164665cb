package dev.hone.server;

import dev.hone.metrics.LabelTest;
import dev.hone.metrics.MetricMetadata;
import dev.hone.metrics.promql.Durations;
import dev.hone.metrics.promql.Query;
import dev.hone.metrics.scrape.Scrapes;
import dev.hone.metrics.scrape.TargetStatus;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What Prometheus' HTTP API tells of targets and of what they say about their metrics. */
final class ScrapeApi {
  private static final String NEVER = "0001-01-01T00:00:00Z";

  private final Scrapes scrapes;
  private final MetricMetadata.Table received;

  ScrapeApi(Scrapes scrapes, MetricMetadata.Table received) {
    this.scrapes = scrapes;
    this.received = received;
  }

  /** {@code /api/v1/targets}. */
  Map<String, Object> targets(MultiMap parameters) {
    String state = parameters.get("state") == null ? "any" : parameters.get("state");
    String pool = parameters.get("scrapePool") == null ? "" : parameters.get("scrapePool");
    var active = new ArrayList<Object>();
    var dropped = new ArrayList<Object>();
    state = state.toLowerCase(Locale.ROOT);
    if (!state.equals("dropped")) {
      for (TargetStatus target : scrapes.active()) {
        if (pool.isEmpty() || pool.equals(target.job())) {
          active.add(active(target));
        }
      }
    }
    if (!state.equals("active")) {
      for (TargetStatus.Dropped target : scrapes.dropped()) {
        if (pool.isEmpty() || pool.equals(target.job())) {
          dropped.add(Map.of("discoveredLabels", target.discovered()));
        }
      }
    }
    return Map.of("activeTargets", active, "droppedTargets", dropped);
  }

  private static Map<String, Object> active(TargetStatus target) {
    var json = new LinkedHashMap<String, Object>();
    json.put("discoveredLabels", target.discovered());
    json.put("labels", target.labels().asMap());
    json.put("scrapePool", target.job());
    json.put("scrapeUrl", target.url());
    json.put("globalUrl", target.url());
    json.put("lastError", target.error());
    json.put("lastScrape", target.last().map(Object::toString).orElse(NEVER));
    json.put("lastScrapeDuration", target.took().toNanos() / 1e9);
    json.put("health", target.health().name().toLowerCase(Locale.ROOT));
    json.put("scrapeInterval", text(target.interval()));
    json.put("scrapeTimeout", text(target.timeout()));
    return json;
  }

  private static String text(Duration duration) {
    return Durations.text(duration.toMillis());
  }

  /** {@code /api/v1/scrape_pools}. */
  Map<String, Object> pools() {
    return Map.of("scrapePools", scrapes.jobs().stream().map(job -> job.name()).sorted().toList());
  }

  /** {@code /api/v1/metadata}: what is said of each metric, by targets and senders. */
  Map<String, Object> metadata(MultiMap parameters) {
    int limit = limit(parameters);
    String metric = parameters.get("metric");
    var said = new TreeMap<String, Set<MetricMetadata>>();
    for (TargetStatus target : scrapes.active()) {
      target
          .metadata()
          .forEach((name, one) -> said.computeIfAbsent(name, n -> new LinkedHashSet<>()).add(one));
    }
    received
        .all()
        .forEach(
            (name, more) -> said.computeIfAbsent(name, n -> new LinkedHashSet<>()).addAll(more));
    var answer = new LinkedHashMap<String, Object>();
    said.forEach(
        (name, all) -> {
          if ((metric == null || metric.isEmpty() || metric.equals(name))
              && answer.size() < limit) {
            answer.put(name, all.stream().map(ScrapeApi::json).toList());
          }
        });
    return answer;
  }

  /** {@code /api/v1/targets/metadata}: the same, target by target. */
  List<Object> targetMetadata(MultiMap parameters) {
    int limit = limit(parameters);
    String metric = parameters.get("metric") == null ? "" : parameters.get("metric");
    String selector = parameters.get("match_target");
    List<LabelTest> tests =
        selector == null || selector.isEmpty()
            ? List.of()
            : Query.selector(selector).stream().map(LabelTest::of).toList();
    var found = new ArrayList<Object>();
    for (TargetStatus target : scrapes.active()) {
      if (!tests.stream().allMatch(test -> test.matches(target.labels()))) {
        continue;
      }
      target
          .metadata()
          .forEach(
              (name, said) -> {
                if (found.size() < limit && (metric.isEmpty() || metric.equals(name))) {
                  var json = new LinkedHashMap<String, @Nullable Object>();
                  json.put("target", target.labels().asMap());
                  if (metric.isEmpty()) {
                    json.put("metric", name);
                  }
                  json.putAll(json(said));
                  found.add(json);
                }
              });
    }
    return found;
  }

  private static Map<String, String> json(MetricMetadata said) {
    var json = new LinkedHashMap<String, String>();
    json.put("type", said.type());
    json.put("help", said.help());
    json.put("unit", said.unit());
    return json;
  }

  private static int limit(MultiMap parameters) {
    String text = parameters.get("limit");
    if (text == null || text.isEmpty()) {
      return Integer.MAX_VALUE;
    }
    if (!text.matches("-?[0-9]{1,9}")) {
      throw new IllegalArgumentException("limit is `" + text + "`; it must be a whole number");
    }
    int limit = Integer.parseInt(text);
    return limit < 0 ? Integer.MAX_VALUE : limit;
  }

  /** The scrape part of the configuration in Prometheus' notation, without secrets. */
  String config() {
    return JobYaml.write(scrapes.jobs());
  }
}
