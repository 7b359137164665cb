package dev.hone.server;

import dev.hone.loop.Conductor;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.RecordCodec;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the API answers, as plain values ready for JSON. */
final class Api {
  private static final String LOOPS = "/api/v1/loops/";

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
  @Nullable Object get(String path) {
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
}
