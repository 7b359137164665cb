package dev.hone.server;

import dev.hone.loop.ChangeWindow;
import dev.hone.loop.Policy;
import dev.hone.metrics.promql.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A whole policy as a tree of plain values: what is shown, and what {@link PolicySection} reads.
 */
final class PolicyDocument {
  private PolicyDocument() {}

  /**
   * A setting that differs between two policies.
   *
   * @param key its name
   * @param before what it is
   * @param after what it would be
   */
  record Difference(String key, String before, String after) {}

  /** The tree of a policy. */
  static Map<String, @Nullable Object> of(Policy policy) {
    var tree = new LinkedHashMap<String, @Nullable Object>();
    var modes = new TreeMap<String, @Nullable Object>();
    policy.modes().forEach((key, mode) -> modes.put(key, mode.name()));
    tree.put("modes", modes);
    tree.put("maxActive", policy.maxActive());
    tree.put("alpha", policy.alpha());
    tree.put("alphaHarm", policy.alphaHarm());
    tree.put("leastGain", policy.leastGain());
    tree.put("deadline", text(policy.deadline()));
    tree.put("coolDown", text(policy.coolDown()));
    tree.put("limits", limits(policy.limits()));
    tree.put("windows", policy.windows().stream().map(PolicyDocument::window).toList());
    return tree;
  }

  private static Map<String, @Nullable Object> limits(Policy.Limits limits) {
    var tree = new LinkedHashMap<String, @Nullable Object>();
    tree.put("changesPerKnobPerDay", limits.changesPerKnobPerDay());
    tree.put("changesPerDay", limits.changesPerDay());
    tree.put("step", limits.step());
    tree.put("fourEyes", limits.fourEyes().stream().map(Enum::name).toList());
    tree.put("earnedRuns", limits.earnedRuns());
    tree.put("ownerPause", text(limits.ownerPause()));
    tree.put("deploymentFreeze", text(limits.deploymentFreeze()));
    tree.put("holdback", limits.holdback().stream().map(PolicyDocument::text).toList());
    return tree;
  }

  private static Map<String, @Nullable Object> window(ChangeWindow window) {
    var tree = new LinkedHashMap<String, @Nullable Object>();
    tree.put("kind", window.kind().name());
    tree.put("layer", window.layer());
    tree.put("days", window.days().stream().map(Enum::name).toList());
    tree.put("from", window.from());
    tree.put("to", window.to());
    tree.put("zone", window.zone());
    tree.put("why", window.why());
    return tree;
  }

  private static String text(Duration duration) {
    boolean days = duration.isPositive() && duration.equals(Duration.ofDays(duration.toDays()));
    return days ? duration.toDays() + "d" : Durations.text(duration.toMillis());
  }

  /** What differs between two policies, setting by setting. */
  static List<Difference> differences(Policy before, Policy after) {
    var old = new TreeMap<String, String>();
    var fresh = new TreeMap<String, String>();
    flatten("", of(before), old);
    flatten("", of(after), fresh);
    var keys = new TreeSet<>(old.keySet());
    keys.addAll(fresh.keySet());
    var differences = new ArrayList<Difference>();
    for (String key : keys) {
      String was = Objects.requireNonNullElse(old.get(key), "");
      String is = Objects.requireNonNullElse(fresh.get(key), "");
      if (!was.equals(is)) {
        differences.add(new Difference(key, was, is));
      }
    }
    return differences;
  }

  private static void flatten(String path, Map<?, ?> tree, Map<String, String> into) {
    tree.forEach(
        (key, value) -> {
          String name = path.isEmpty() ? String.valueOf(key) : path + "." + key;
          if (value instanceof Map<?, ?> inner) {
            flatten(name, inner, into);
          } else if (name.equals("windows") && value instanceof List<?> windows) {
            for (Object window : windows) {
              into.put("window " + words((Map<?, ?>) window), "there");
            }
          } else {
            into.put(name, words(value));
          }
        });
  }

  private static String words(@Nullable Object value) {
    return value instanceof List<?> list
        ? list.isEmpty() ? "none" : String.join(", ", list.stream().map(String::valueOf).toList())
        : String.valueOf(value);
  }

  private static String words(Map<?, ?> window) {
    String days = words(window.get("days"));
    String layer = String.valueOf(window.get("layer"));
    String why = String.valueOf(window.get("why"));
    return window.get("kind")
        + " "
        + (days.equals("none") ? "every day" : days)
        + " "
        + window.get("from")
        + " to "
        + window.get("to")
        + " "
        + window.get("zone")
        + (layer.isEmpty() ? "" : " for " + layer)
        + (why.isEmpty() ? "" : " (" + why + ")");
  }

  /**
   * The policy in a file of YAML or JSON.
   *
   * @throws StartException with one line for each problem
   */
  static Policy read(Path file) throws StartException {
    Optional<Node> root = YamlFile.compose(file, "name one that `hone policy show` wrote");
    var problems = new ArrayList<String>();
    Policy policy = read(file.toString(), root, problems);
    if (!problems.isEmpty()) {
      throw new StartException(String.join("\n      ", problems));
    }
    return policy;
  }

  /**
   * The policy in a tree.
   *
   * @throws ProblemsException with one sentence for each problem
   */
  static Policy read(Map<String, @Nullable Object> tree) throws ProblemsException {
    var problems = new ArrayList<String>();
    Policy policy = read("", YamlFile.composeJson(tree), problems);
    if (!problems.isEmpty()) {
      throw new ProblemsException(
          problems.stream().map(text -> text.replaceFirst("^:\\d+: ", "")).toList());
    }
    return policy;
  }

  /** A policy that cannot be used. */
  static final class ProblemsException extends Exception {
    private final List<String> problems;

    ProblemsException(List<String> problems) {
      super(String.join("; ", problems));
      this.problems = List.copyOf(problems);
    }

    /** One sentence each. */
    List<String> problems() {
      return problems;
    }
  }

  private static Policy read(String name, Optional<Node> root, List<String> problems) {
    if (root.isEmpty() || !(root.get() instanceof MappingNode mapping)) {
      problems.add(name + ":1: a policy holds keys and values, like `maxActive: 3`");
      return Policy.observing();
    }
    var section = new YamlSection(name, "", mapping, problems, null);
    Policy policy = PolicySection.read(section).withModes(PolicySection.modes(section));
    section.end();
    return policy;
  }
}
