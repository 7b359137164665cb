package dev.hone.server;

import dev.hone.loop.Json;
import dev.hone.metrics.Decimals;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.SummaryStore;
import dev.hone.metrics.promql.Durations;
import dev.hone.metrics.promql.Limits;
import dev.hone.metrics.promql.Query;
import dev.hone.metrics.promql.QueryException;
import dev.hone.metrics.promql.ResultJson;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Prometheus' HTTP API over the store, for Grafana, promtool and everything else that speaks it.
 */
final class PrometheusApi {
  private static final String PREFIX = "/api/v1/";
  private static final String LABEL = "label/";
  private static final String VALUES = "/values";

  /** What Prometheus answers while it runs. */
  private static final Set<String> LIVE = Set.of("/-/healthy", "/-/ready");

  private final MetricStore store;
  private final InstantSource clock;
  private final ScrapeApi scrapes;

  /** What the answer lacks. */
  private final Set<String> lacks;

  PrometheusApi(MetricStore store, ScrapeApi scrapes, InstantSource clock) {
    this(store, scrapes, clock, Set.of());
  }

  private PrometheusApi(
      MetricStore store, ScrapeApi scrapes, InstantSource clock, Set<String> lacks) {
    this.store = store;
    this.scrapes = scrapes;
    this.clock = clock;
    this.lacks = lacks;
  }

  /** An answer, complete. */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int status, String type, byte[] body) {
    static Answer json(int status, Object value) {
      return new Answer(
          status, "application/json", Json.write(value).getBytes(StandardCharsets.UTF_8));
    }

    static Answer json(byte[] body) {
      return new Answer(200, "application/json", body);
    }
  }

  /** Whether a path only tells that Hone runs, which takes no time. */
  static boolean isLive(String path) {
    return LIVE.contains(path);
  }

  /** Whether a path is Prometheus' and answered here. */
  static boolean handles(String path) {
    if (path.equals("/federate") || LIVE.contains(path)) {
      return true;
    }
    if (!path.startsWith(PREFIX)) {
      return false;
    }
    String name = path.substring(PREFIX.length());
    return switch (name) {
      case "query",
          "query_range",
          "query_exemplars",
          "series",
          "labels",
          "metadata",
          "targets",
          "targets/metadata",
          "scrape_pools",
          "rules",
          "alerts",
          "status/buildinfo",
          "status/runtimeinfo",
          "status/flags",
          "status/config",
          "status/tsdb" ->
          true;
      default -> name.startsWith(LABEL) && name.endsWith(VALUES);
    };
  }

  /** Answers a request; what is wrong with it becomes an answer too. */
  Answer answer(String path, MultiMap parameters) {
    var lacks = new LinkedHashSet<String>();
    var asked = new PrometheusApi(store.telling(lacks::add), scrapes, clock, lacks);
    if (LIVE.contains(path)) {
      return new Answer(200, "text/plain", "Hone is ready.\n".getBytes(StandardCharsets.UTF_8));
    }
    try {
      return path.equals("/federate")
          ? asked.federate(parameters)
          : asked.dispatch(path.substring(PREFIX.length()), parameters);
    } catch (MetricStore.UnavailableException e) {
      return error(503, "unavailable", e);
    } catch (QueryException e) {
      return switch (e) {
        case QueryException.Syntax syntax -> error(400, "bad_data", e);
        case QueryException.Execution execution -> error(422, "execution", e);
        case QueryException.Limit limit -> error(422, "execution", e);
      };
    } catch (IllegalArgumentException e) {
      return error(400, "bad_data", e);
    }
  }

  private static Answer error(int status, String type, Exception e) {
    var body = new LinkedHashMap<String, @Nullable Object>();
    body.put("status", "error");
    body.put("errorType", type);
    body.put("error", e.getMessage());
    return Answer.json(status, body);
  }

  private Answer dispatch(String name, MultiMap parameters) {
    return switch (name) {
      case "query" -> instant(parameters);
      case "query_range" -> range(parameters);
      case "series" -> {
        Set<Labels> found = series(parameters);
        yield Answer.json(ResultJson.series(found, List.copyOf(lacks)));
      }
      case "labels" -> success(labels(parameters));
      case "query_exemplars" -> success(List.of());
      case "metadata" -> success(scrapes.metadata(parameters));
      case "targets" -> success(scrapes.targets(parameters));
      case "targets/metadata" -> success(scrapes.targetMetadata(parameters));
      case "scrape_pools" -> success(scrapes.pools());
      case "rules" -> success(Map.of("groups", List.of()));
      case "alerts" -> success(Map.of("alerts", List.of()));
      case "status/buildinfo" -> success(buildInfo());
      case "status/runtimeinfo" -> success(Map.of("timeSeriesCount", store.seriesCount()));
      case "status/flags" -> success(Map.of());
      case "status/config" -> success(Map.of("yaml", scrapes.config()));
      case "status/tsdb" -> success(Cardinality.of(store, clock.millis()));
      default ->
          success(
              values(name.substring(LABEL.length(), name.length() - VALUES.length()), parameters));
    };
  }

  private Answer success(Object data) {
    var body = new LinkedHashMap<String, @Nullable Object>();
    body.put("status", "success");
    if (!lacks.isEmpty()) {
      body.put("warnings", List.copyOf(lacks));
    }
    body.put("data", data);
    return Answer.json(200, body);
  }

  private static Map<String, String> buildInfo() {
    var info = new LinkedHashMap<String, String>();
    info.put("version", "2.42.0");
    info.put("revision", "hone");
    info.put("branch", "");
    info.put("buildUser", "");
    info.put("buildDate", "");
    info.put("goVersion", "");
    return info;
  }

  private Answer instant(MultiMap parameters) {
    long time = time(parameters, "time", clock.millis());
    Query.Result result =
        Query.parse(required(parameters, "query"))
            .instant(store, time, limits(parameters), lacks::add);
    return Answer.json(ResultJson.success(result, List.copyOf(lacks)));
  }

  private Answer range(MultiMap parameters) {
    long start = time(parameters, "start", null);
    long end = time(parameters, "end", null);
    long step = length("step", required(parameters, "step"));
    if (end < start) {
      throw new IllegalArgumentException(
          "invalid parameter \"end\": end timestamp must not be before start time");
    }
    if ((end - start) / step >= Limits.STANDARD.steps()) {
      throw new IllegalArgumentException(
          "exceeded maximum resolution of %d points per timeseries. Try decreasing the query resolution (?step=XX)"
              .formatted(Limits.STANDARD.steps()));
    }
    String query = required(parameters, "query").replace("$window", step + "ms");
    Query.Result result =
        Query.parse(query).range(store, start, end, step, limits(parameters), lacks::add);
    return Answer.json(ResultJson.success(result, List.copyOf(lacks)));
  }

  private static Limits limits(MultiMap parameters) {
    String timeout = parameters.get("timeout");
    if (timeout == null || timeout.isEmpty()) {
      return Limits.STANDARD;
    }
    Limits standard = Limits.STANDARD;
    Duration wanted = Duration.ofMillis(length("timeout", timeout));
    return new Limits(
        wanted.compareTo(standard.time()) < 0 ? wanted : standard.time(),
        standard.samples(),
        standard.values(),
        standard.steps(),
        standard.lookBack(),
        standard.subqueryStep());
  }

  private Set<Labels> series(MultiMap parameters) {
    List<String> selectors = parameters.getAll("match[]");
    if (selectors.isEmpty()) {
      throw new IllegalArgumentException("no match[] parameter provided");
    }
    return matching(selectors, parameters);
  }

  private Set<Labels> matching(List<String> selectors, MultiMap parameters) {
    long start = time(parameters, "start", Long.MIN_VALUE / 2);
    long end = time(parameters, "end", Long.MAX_VALUE / 2);
    var found = new TreeSet<Labels>();
    for (String selector : selectors) {
      List<Matcher> matchers = Query.selector(selector);
      store.series(matchers, start - 1, end, found::add);
      store.tiers().ifPresent(tiers -> addOlder(tiers, matchers, start, end, found));
    }
    return found;
  }

  /** Adds the series of a time of which no samples are kept. */
  private static void addOlder(
      SummaryStore tiers, List<Matcher> matchers, long start, long end, Set<Labels> found) {
    long raw = tiers.completeSince(matchers, SummaryStore.RAW);
    if (start < raw && !tiers.resolutions().isEmpty()) {
      long coarsest = tiers.resolutions().getLast();
      tiers.summaries(
          matchers,
          coarsest,
          start - 1,
          Math.min(end, raw) + coarsest,
          (labels, summaries) -> found.add(labels));
    }
  }

  private List<String> labels(MultiMap parameters) {
    List<String> selectors = parameters.getAll("match[]");
    if (selectors.isEmpty()) {
      return store.labelNames();
    }
    var names = new TreeSet<String>();
    for (Labels labels : matching(selectors, parameters)) {
      for (int i = 0; i < labels.size(); i++) {
        names.add(labels.labelName(i));
      }
    }
    return List.copyOf(names);
  }

  private List<String> values(String label, MultiMap parameters) {
    if (!dev.hone.metrics.wire.Names.isLabel(label)) {
      throw new IllegalArgumentException("invalid label name: \"" + label + "\"");
    }
    List<String> selectors = parameters.getAll("match[]");
    if (selectors.isEmpty()) {
      return store.labelValues(label);
    }
    var values = new TreeSet<String>();
    for (Labels labels : matching(selectors, parameters)) {
      String value = labels.get(label);
      if (value != null) {
        values.add(value);
      }
    }
    return List.copyOf(values);
  }

  /** The newest samples in the text format, for another Prometheus to scrape. */
  private Answer federate(MultiMap parameters) {
    long now = clock.millis();
    var values =
        new TreeMap<Labels, Double>(
            Comparator.comparing(Labels::name).thenComparing(Comparator.naturalOrder()));
    for (String selector : parameters.getAll("match[]")) {
      Query.Result result =
          Query.parse(Query.selectorText(Query.selector(selector)))
              .instant(store, now, Limits.STANDARD);
      if (result instanceof Query.Vector vector) {
        vector.points().forEach(point -> values.put(point.labels(), point.value()));
      }
    }
    var out = new StringBuilder();
    String name = "";
    for (var value : values.entrySet()) {
      Labels labels = value.getKey();
      if (!labels.name().equals(name)) {
        name = labels.name();
        out.append("# TYPE ").append(name).append(" untyped\n");
      }
      out.append(labels).append(' ');
      out.append(value.getValue()).append(' ').append(now).append('\n');
    }
    return new Answer(
        200, "text/plain; version=0.0.4", out.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String required(MultiMap parameters, String name) {
    String value = parameters.get(name);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("the parameter `" + name + "` is missing");
    }
    return value;
  }

  /** A time in seconds or as RFC 3339, in ms since the epoch. */
  private static long time(MultiMap parameters, String name, @Nullable Long absent) {
    String text = parameters.get(name);
    if (text == null || text.isEmpty()) {
      if (absent == null) {
        throw new IllegalArgumentException("the parameter `" + name + "` is missing");
      }
      return absent;
    }
    try {
      double millis = Decimals.parse(text) * 1000;
      if (!(Math.abs(millis) < 9e15)) {
        throw new IllegalArgumentException(
            "invalid parameter \""
                + name
                + "\": cannot parse \""
                + text
                + "\" to a valid timestamp");
      }
      return Math.round(millis);
    } catch (NumberFormatException notSeconds) {
      try {
        return text.endsWith("Z")
            ? Instant.parse(text).toEpochMilli()
            : OffsetDateTime.parse(text).toInstant().toEpochMilli();
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException(
            "invalid parameter \"%s\": cannot parse \"%s\" to a valid timestamp; give seconds or RFC 3339"
                .formatted(name, text),
            e);
      }
    }
  }

  /** A duration in seconds or like {@code 5m}, in ms. */
  private static long length(String name, String text) {
    long millis;
    try {
      millis = Math.round(Decimals.parse(text) * 1000);
    } catch (NumberFormatException notSeconds) {
      millis = Durations.millis(text);
    }
    if (millis <= 0 || millis == Long.MAX_VALUE) {
      throw new IllegalArgumentException(
          "invalid parameter \""
              + name
              + "\": zero or negative "
              + (name.equals("step") ? "query resolution step widths" : "durations")
              + " are not accepted. Try a positive integer");
    }
    return millis;
  }
}
