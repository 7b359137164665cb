package dev.hone.server;

import dev.hone.loop.Conductor;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.RecordCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Loops, what is proposed in which order, findings, and decisions on loops. */
final class LoopRoutes implements Routes {
  private static final String LOOPS = "/api/v1/loops";
  private static final String ONE = LOOPS + "/";
  private static final int USUAL = 100;
  private static final int MOST = 500;

  /** So many loops are read for a search by text; then it answers with how to go on. */
  private static final int SEARCHED = 5_000;

  private final Hone hone;
  private final Roadmap roadmap;

  LoopRoutes(Hone hone) {
    this.hone = hone;
    this.roadmap = new Roadmap(hone.loops(), hone.conductor());
  }

  @Override
  public @Nullable Object get(Question question) {
    String path = question.path();
    if (path.equals(LOOPS)) {
      return list(question);
    } else if (path.equals("/api/v1/roadmap")) {
      question.end();
      return Map.of(
          "roadmap", roadmap.items().stream().map(item -> item.tree(brief(item.loop()))).toList());
    } else if (path.equals("/api/v1/findings")) {
      return Map.of("findings", hone.scout().findings().stream().map(RecordCodec::toTree).toList());
    } else if (path.startsWith(ONE)) {
      return hone.loops().find(path.substring(ONE.length())).map(this::explained).orElse(null);
    }
    return null;
  }

  private Map<String, @Nullable Object> list(Question question) {
    Set<LoopState> states = question.choices("state", LoopState.class);
    String layer = question.text("layer");
    String technique = question.text("technique");
    String text = question.text("q").toLowerCase(Locale.ROOT);
    String before = question.text("before");
    int limit = question.limit(USUAL, MOST);
    question.end();
    var found = new ArrayList<Object>();
    String last = before;
    int read = 0;
    boolean more = true;
    while (more && found.size() < limit && read < SEARCHED) {
      int chunk = text.isEmpty() ? limit + 1 : MOST;
      List<LoopRecord> page =
          hone.loops()
              .page(
                  s ->
                      states.contains(s.state())
                          && (layer.isEmpty() || s.layer().equals(layer))
                          && (technique.isEmpty() || s.technique().equals(technique)),
                  last,
                  chunk);
      more = page.size() == chunk;
      for (LoopRecord loop : page) {
        if (found.size() == limit) {
          more = true;
          break;
        }
        read++;
        last = loop.id();
        if (text.isEmpty() || holds(loop, text)) {
          found.add(brief(loop));
        }
      }
    }
    var answer = new LinkedHashMap<String, @Nullable Object>();
    answer.put("loops", found);
    answer.put("next", more ? last : null);
    return answer;
  }

  private static boolean holds(LoopRecord loop, String text) {
    String all =
        String.join(
            "\n",
            loop.id(),
            loop.recommendation().title(),
            loop.recommendation().technique(),
            loop.finding().summary(),
            loop.plan().knob().target().toString());
    return all.toLowerCase(Locale.ROOT).contains(text);
  }

  @Override
  public @Nullable Object change(Request request)
      throws Conductor.RefusedException, InterruptedException {
    int slash = request.path().lastIndexOf('/');
    if (!request.path().startsWith(ONE) || slash <= ONE.length()) {
      return null;
    }
    String loop = request.path().substring(ONE.length(), slash);
    String by = request.by().name();
    String reason = request.text("reason", "no reason given");
    Conductor conductor = hone.conductor();
    switch (request.path().substring(slash + 1)) {
      case "approve" -> conductor.approve(loop, request.text("planHash", ""), by);
      case "reject" -> conductor.reject(loop, by, reason);
      case "rollback" -> conductor.rollBack(loop, by, reason);
      case "keep" -> conductor.keepAnyway(loop, by);
      default -> {
        return null;
      }
    }
    return explained(hone.loops().require(loop));
  }

  /** All of a loop. */
  static Map<String, @Nullable Object> whole(LoopRecord loop) {
    return RecordCodec.toTree(loop);
  }

  /** All of a loop, where it stands among the others, and how far its technique may go. */
  private Map<String, @Nullable Object> explained(LoopRecord loop) {
    var tree = whole(loop);
    roadmap.item(loop).explain(tree);
    return tree;
  }

  /** A loop as it stands in lists. */
  static Map<String, @Nullable Object> brief(LoopRecord loop) {
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
