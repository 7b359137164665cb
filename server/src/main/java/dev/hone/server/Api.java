package dev.hone.server;

import dev.hone.loop.Conductor;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.RecordCodec;
import dev.hone.metrics.Labels;
import dev.hone.metrics.WindowQuery;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the API answers, as plain values ready for JSON. */
final class Api {
  private static final int MAX_STEPS = 11_000;
  private static final String LOOPS = "/api/v1/loops/";
  private static final String LABEL = "/api/v1/label/";

  private final Hone hone;
  private final Status status;

  Api(Hone hone) {
    this.hone = hone;
    this.status = new Status(hone);
  }

  Map<String, @Nullable Object> status() {
    return status.now();
  }

  /** The answer to a GET, or null when there is none of this path. */
  @Nullable Object get(String path, MultiMap parameters) {
    if (path.equals("/api/v1/status")) {
      return status();
    } else if (path.equals("/api/v1/loops")) {
      return Map.of(
          "loops",
          hone.loops().all().stream()
              .sorted(Comparator.comparing(LoopRecord::id).reversed())
              .map(Api::brief)
              .toList());
    } else if (path.equals("/api/v1/findings")) {
      return Map.of("findings", hone.scout().findings().stream().map(RecordCodec::toTree).toList());
    } else if (path.equals("/api/v1/query_range")) {
      return success(range(parameters));
    } else if (path.startsWith(LABEL) && path.endsWith("/values")) {
      String label = path.substring(LABEL.length(), path.length() - "/values".length());
      return success(hone.store().labelValues(label));
    } else if (path.startsWith(LOOPS)) {
      return hone.loops().find(path.substring(LOOPS.length())).map(Api::whole).orElse(null);
    }
    return null;
  }

  /** Carries out a change and answers with the loop, or the status, after it. */
  Object post(String path, Map<String, @Nullable Object> body)
      throws Conductor.RefusedException, InterruptedException {
    String by = text(body, "by", "token");
    String reason = text(body, "reason", "no reason given");
    if (path.equals("/api/v1/stop")) {
      hone.conductor().stopEverything(by, reason);
      return status();
    } else if (path.equals("/api/v1/resume")) {
      hone.conductor().resume(by);
      return status();
    }
    int slash = path.lastIndexOf('/');
    if (!path.startsWith(LOOPS) || slash <= LOOPS.length()) {
      throw new IllegalArgumentException("there is no change at `" + path + "`");
    }
    String loop = path.substring(LOOPS.length(), slash);
    switch (path.substring(slash + 1)) {
      case "approve" -> hone.conductor().approve(loop, text(body, "planHash", ""), by);
      case "reject" -> hone.conductor().reject(loop, by, reason);
      case "rollback" -> hone.conductor().rollBack(loop, by, reason);
      case "keep" -> hone.conductor().keepAnyway(loop, by);
      default -> throw new IllegalArgumentException("there is no change at `" + path + "`");
    }
    return whole(hone.loops().require(loop));
  }

  private static String text(Map<String, @Nullable Object> body, String key, String absent) {
    Object value = body.get(key);
    if (value == null) {
      return absent;
    }
    if (value instanceof String string && string.length() <= 1_000) {
      return string;
    }
    throw new IllegalArgumentException("`" + key + "` must be a text of at most 1000 characters");
  }

  /** All of a loop. */
  static Map<String, @Nullable Object> whole(LoopRecord loop) {
    return RecordCodec.toTree(loop);
  }

  private static Map<String, @Nullable Object> brief(LoopRecord loop) {
    var tree = whole(loop);
    tree.remove("pairs");
    tree.remove("windows");
    tree.remove("history");
    if (tree.get("recommendation") instanceof Map<?, ?> recommendation) {
      var shorter = new LinkedHashMap<Object, @Nullable Object>(recommendation);
      shorter.remove("explanation");
      tree.put("recommendation", shorter);
    }
    return tree;
  }

  private Map<String, @Nullable Object> range(MultiMap parameters) {
    String query = required(parameters, "query");
    double start = number(parameters, "start");
    double end = number(parameters, "end");
    double step = number(parameters, "step");
    if (step <= 0 || end < start || (end - start) / step > MAX_STEPS) {
      throw new IllegalArgumentException(
          "from "
              + start
              + " to "
              + end
              + " in steps of "
              + step
              + " s: needs a positive step and at most "
              + MAX_STEPS
              + " of them");
    }
    var parsed = WindowQuery.parse(query);
    var series = new LinkedHashMap<Labels, List<Object>>();
    for (double to = start; to <= end; to += step) {
      long millis = Math.round(to * 1000);
      double at = to;
      parsed
          .evaluateEach(hone.store(), millis - Math.round(step * 1000), millis)
          .forEach(
              (labels, value) -> {
                if (!value.isNaN()) {
                  series
                      .computeIfAbsent(labels, l -> new ArrayList<>())
                      .add(List.of(at, String.valueOf(value)));
                }
              });
    }
    var result = new ArrayList<Object>();
    series.forEach(
        (labels, values) -> result.add(Map.of("metric", labels.asMap(), "values", values)));
    var data = new LinkedHashMap<String, @Nullable Object>();
    data.put("resultType", "matrix");
    data.put("result", result);
    return data;
  }

  private static String required(MultiMap parameters, String name) {
    String value = parameters.get(name);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("the parameter `" + name + "` is missing");
    }
    return value;
  }

  private static double number(MultiMap parameters, String name) {
    String value = required(parameters, name);
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      try {
        return Instant.parse(value).toEpochMilli() / 1000.0;
      } catch (java.time.format.DateTimeParseException notATime) {
        throw new IllegalArgumentException(
            "the parameter `" + name + "` is `" + value + "`; give seconds or an ISO-8601 time", e);
      }
    }
  }

  private static Map<String, @Nullable Object> success(Object data) {
    var answer = new LinkedHashMap<String, @Nullable Object>();
    answer.put("status", "success");
    answer.put("data", data);
    return answer;
  }
}
