package dev.hone.server;

import dev.hone.loop.LoopSummary;
import dev.hone.loop.Policy;
import dev.hone.loop.PolicyPreview;
import dev.hone.loop.RecordCodec;
import dev.hone.loop.Registry;
import dev.hone.loop.Target;
import dev.hone.loop.Trust;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The policy: what is in force, what another would change, and saving it. */
final class PolicyRoutes implements Routes {
  /** Where the policy is. */
  static final String POLICY = "/api/v1/policy";

  /** Where another one is compared; it changes nothing and needs no token. */
  static final String PREVIEW = POLICY + "/preview";

  private static final int MOST_STANDINGS = 500;
  private static final int MOST_CHANGED = 200;

  private final Hone hone;

  PolicyRoutes(Hone hone) {
    this.hone = hone;
  }

  @Override
  public @Nullable Object get(Question question) {
    if (!question.path().equals(POLICY)) {
      return null;
    }
    question.end();
    return inForce();
  }

  @Override
  public @Nullable Object change(Request request) throws PolicyDocument.ProblemsException {
    switch (request.path()) {
      case POLICY -> {
        String reason = request.required("reason", "indexes proved themselves");
        Policy policy = PolicyDocument.read(request.tree("policy"));
        hone.conductor().setPolicy(policy, request.by().name(), reason);
        return inForce();
      }
      case PREVIEW -> {
        return preview(PolicyDocument.read(request.tree("policy")));
      }
      default -> {
        return null;
      }
    }
  }

  private Map<String, @Nullable Object> inForce() {
    Policy policy = hone.conductor().policy();
    Registry registry = hone.loops().registry();
    Instant now = Instant.now();
    Registry.Saved saved = registry.policy();
    var answer = new LinkedHashMap<String, @Nullable Object>();
    answer.put("policy", PolicyDocument.of(policy));
    answer.put("by", saved == null ? Registry.CONFIGURATION : saved.by());
    answer.put("why", saved == null ? "" : saved.why());
    answer.put("at", saved == null ? hone.startedAt().toString() : saved.at().toString());
    answer.put("layers", ConfigFile.LAYERS);
    answer.put("freeze", registry.freeze(now).map(RecordCodec::toTree).orElse(null));
    answer.put("freezes", registry.freezes().reversed().stream().map(RecordCodec::toTree).toList());
    answer.put("standings", standings());
    return answer;
  }

  /** How far each technique may go where it has been, sorted by layer, technique and target. */
  private List<Object> standings() {
    var places = new TreeMap<String, LoopSummary>();
    hone.loops()
        .summaries()
        .filter(loop -> !loop.technique().isEmpty())
        .forEach(
            loop ->
                places.putIfAbsent(
                    String.join("/", loop.layer(), loop.technique(), loop.target()), loop));
    List<LoopSummary> all = hone.loops().summaries().toList();
    Registry.Saved saved = hone.loops().registry().policy();
    var trust = new Trust(hone.conductor().policy(), saved == null ? Instant.EPOCH : saved.at());
    var standings = new ArrayList<Object>();
    for (var place : places.entrySet()) {
      if (standings.size() == MOST_STANDINGS) {
        break;
      }
      LoopSummary loop = place.getValue();
      Trust.Standing standing =
          trust.standing(loop.layer(), loop.technique(), target(loop.target()), all);
      var tree = new LinkedHashMap<String, @Nullable Object>();
      tree.put("key", place.getKey());
      tree.put("layer", loop.layer());
      tree.put("technique", loop.technique());
      tree.put("target", loop.target());
      tree.putAll(RecordCodec.toTree(standing));
      standings.add(tree);
    }
    return standings;
  }

  /** A target from its text, which is its kind and its name with a space between. */
  private static Target target(String text) {
    int space = text.indexOf(' ');
    return new Target(
        space < 0 ? text : text.substring(0, space), space < 0 ? "" : text.substring(space + 1));
  }

  private Map<String, @Nullable Object> preview(Policy other) {
    return tree(
        hone.conductor().policy(),
        other,
        PolicyPreview.of(
            hone.conductor().policy(),
            other,
            hone.loops().registry(),
            hone.loops().all(),
            Instant.now()));
  }

  /** A preview with the settings that differ. */
  static Map<String, @Nullable Object> tree(Policy present, Policy other, PolicyPreview preview) {
    var answer = new LinkedHashMap<String, @Nullable Object>();
    answer.put(
        "settings",
        PolicyDocument.differences(present, other).stream().map(RecordCodec::toTree).toList());
    answer.putAll(RecordCodec.toTree(preview));
    answer.put(
        "changed",
        preview.changed().stream().limit(MOST_CHANGED).map(RecordCodec::toTree).toList());
    answer.put("changedInAll", preview.changed().size());
    return answer;
  }
}
