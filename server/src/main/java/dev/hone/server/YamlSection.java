package dev.hone.server;

import dev.hone.metrics.Decimals;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of a YAML file, read key by key. What is wrong is noted with file, line and key, and
 * reading goes on, so that all problems are told at once. {@link #end} notes the keys that nobody
 * asked for.
 */
final class YamlSection {
  private final String file;
  private final String path;
  private final int line;
  private final MappingNode node;
  private final List<String> problems;
  private final @Nullable Function<String, Optional<String>> environment;
  private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
  private final Set<String> known = new TreeSet<>();

  /**
   * A section.
   *
   * @param path its key with those around it, empty for the whole file
   * @param problems takes what is wrong
   * @param environment what stands for {@code ${NAME}} in a value; null: texts are taken as they
   *     are
   */
  YamlSection(
      String file,
      String path,
      MappingNode node,
      List<String> problems,
      @Nullable Function<String, Optional<String>> environment) {
    this.file = file;
    this.path = path;
    this.line = line(node);
    this.node = node;
    this.problems = problems;
    this.environment = environment;
    var seen = new HashSet<String>();
    for (NodeTuple entry : node.getValue()) {
      if (!(entry.getKeyNode() instanceof ScalarNode key)) {
        problem(entry.getKeyNode(), "a key must be a word");
      } else if (!seen.add(key.getValue())) {
        problem(key, "`" + full(key.getValue()) + "` stands here twice; remove one");
      } else {
        entries.put(key.getValue(), entry);
      }
    }
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  private String full(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private void problem(Node node, String what) {
    problems.add(file + ":" + line(node) + ": " + what);
  }

  private Optional<Node> value(String key) {
    known.add(key);
    return Optional.ofNullable(entries.get(key)).map(NodeTuple::getValueNode);
  }

  /** The names of all keys that are there. */
  Set<String> keys() {
    return Set.copyOf(entries.keySet());
  }

  /** A text, {@code ${NAME}} replaced from the environment; nothing where it is absent or wrong. */
  Optional<String> text(String key) {
    return value(key).flatMap(node -> scalar(node, full(key), value -> value));
  }

  /**
   * An address. A variable that is a part of it is percent-encoded (RFC 3986 section 2.1), so that
   * a password may hold any character; one that is all of it is taken as it is.
   */
  Optional<String> address(String key) {
    return value(key)
        .flatMap(
            node -> {
              boolean whole =
                  node instanceof ScalarNode scalar && scalar.getValue().matches("\\$\\{[^{}]*\\}");
              return scalar(node, full(key), whole ? value -> value : YamlSection::encoded);
            });
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private Optional<String> scalar(Node node, String name, UnaryOperator<String> insert) {
    if (!(node instanceof ScalarNode scalar) || scalar.getValue().isEmpty()) {
      problem(node, "`" + name + "` must be one value");
      return Optional.empty();
    }
    var variables = environment;
    if (variables == null) {
      return Optional.of(scalar.getValue());
    }
    var text = new StringBuilder();
    String rest = scalar.getValue();
    for (int at = rest.indexOf("${"); at >= 0; at = rest.indexOf("${")) {
      int end = rest.indexOf('}', at);
      if (end < 0) {
        problem(node, "`" + name + "` opens `${` without a closing `}`");
        return Optional.empty();
      }
      String variable = rest.substring(at + 2, end);
      Optional<String> value = variables.apply(variable);
      if (value.isEmpty()) {
        problem(
            node,
            "`" + name + "` needs the environment variable " + variable + ", which is not set");
        return Optional.empty();
      }
      text.append(rest, 0, at).append(insert.apply(value.get()));
      rest = rest.substring(end + 1);
    }
    return Optional.of(text.append(rest).toString());
  }

  /** A text that may be empty, taken as it is; nothing where it is absent or wrong. */
  Optional<String> literal(String key) {
    return value(key)
        .flatMap(
            node -> {
              if (node instanceof ScalarNode scalar) {
                return Optional.of(scalar.getValue());
              }
              problem(node, "`" + full(key) + "` must be one value");
              return Optional.empty();
            });
  }

  /** The same section with all texts taken as they are, {@code ${NAME}} too. */
  YamlSection literal() {
    return new YamlSection(file, path, node, problems, null);
  }

  /** Whether a key is there; it counts as known. */
  boolean has(String key) {
    return value(key).isPresent();
  }

  /** Notes a problem with a key. */
  void problem(String key, String what) {
    problems.add(at(key, what));
  }

  /** A sentence that begins with file, line and key. */
  String at(String key, String what) {
    NodeTuple entry = entries.get(key);
    int at = entry == null ? line : line(entry.getKeyNode());
    return file + ":" + at + ": `" + full(key) + "` " + what;
  }

  /** True or false, in any of YAML's words. */
  Optional<Boolean> flag(String key) {
    return text(key)
        .flatMap(
            text -> {
              switch (text.toLowerCase(Locale.ROOT)) {
                case "true", "yes", "on" -> {
                  return Optional.of(true);
                }
                case "false", "no", "off" -> {
                  return Optional.of(false);
                }
                default -> {
                  wrong(key, "true or false");
                  return Optional.empty();
                }
              }
            });
  }

  /** A text that must be there. */
  String required(String key) {
    if (!entries.containsKey(key)) {
      known.add(key);
      problems.add(file + ":" + line + ": `" + full(key) + "` is missing");
      return "";
    }
    return text(key).orElse("");
  }

  /** A whole number between two bounds, both allowed. */
  Optional<Integer> integer(String key, int least, int most) {
    return text(key)
        .flatMap(
            text -> {
              try {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                  return Optional.of(number);
                }
              } catch (NumberFormatException e) {
                // Told below like a number out of bounds.
              }
              wrong(key, "a whole number from " + least + " to " + most);
              return Optional.empty();
            });
  }

  /** A number of at least zero. */
  Optional<Double> number(String key) {
    return text(key)
        .flatMap(
            text -> {
              try {
                double number = Decimals.parse(text);
                if (number >= 0 && Double.isFinite(number)) {
                  return Optional.of(number);
                }
              } catch (NumberFormatException e) {
                // Told below like a number out of bounds.
              }
              wrong(key, "a number of 0 or more");
              return Optional.empty();
            });
  }

  /** One of the names of an enumeration, in either case. */
  <E extends Enum<E>> Optional<E> choice(String key, Class<E> type) {
    return text(key)
        .flatMap(
            text -> {
              for (E value : type.getEnumConstants()) {
                if (value.name().equals(text.toUpperCase(Locale.ROOT))) {
                  return Optional.of(value);
                }
              }
              String all =
                  Arrays.stream(type.getEnumConstants())
                      .map(Enum::name)
                      .collect(Collectors.joining(", "));
              wrong(key, "one of " + all);
              return Optional.empty();
            });
  }

  /** Notes that a value is not what it must be; it is told as it stands in the file. */
  void wrong(String key, String expected) {
    NodeTuple entry = entries.get(key);
    Node node = entry == null ? null : entry.getValueNode();
    String value = node instanceof ScalarNode scalar ? " is `" + scalar.getValue() + "`" : "";
    String sentence = "`" + full(key) + "`" + value + "; it must be " + expected;
    problems.add(file + ":" + (node == null ? line : line(node)) + ": " + sentence);
  }

  /**
   * Notes a sentence about a key's value; where variables stand in it, which may be secrets, the
   * value as it stands in the file instead.
   */
  void refuse(String key, String sentence, String expected) {
    NodeTuple entry = entries.get(key);
    if (entry != null
        && entry.getValueNode() instanceof ScalarNode scalar
        && !scalar.getValue().contains("${")) {
      problem(scalar, sentence);
    } else {
      wrong(key, expected);
    }
  }

  /** Reads each text of a list; what {@code read} refuses is noted with its own line. */
  <T> List<T> each(String key, Function<String, T> read, String expected) {
    var values = new ArrayList<T>();
    for (Node item : items(key)) {
      Optional<String> text = scalar(item, full(key), value -> value);
      try {
        text.map(read).ifPresent(values::add);
      } catch (IllegalArgumentException e) {
        String shown = item instanceof ScalarNode scalar ? scalar.getValue() : "";
        problem(item, "`" + full(key) + "` holds `" + shown + "`; it must be " + expected);
      }
    }
    return values;
  }

  private List<Node> items(String key) {
    Optional<Node> node = value(key);
    if (node.isEmpty()) {
      return List.of();
    }
    if (node.get() instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    if (node.get() instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL)) {
      return List.of();
    }
    problem(node.get(), "`" + full(key) + "` must be a list, each line beginning with `- `");
    return List.of();
  }

  /** Whether a key holds keys of its own. */
  boolean holdsSection(String key) {
    return value(key).map(MappingNode.class::isInstance).orElse(false);
  }

  /** Reads a list whose items are texts or sections; what is wrong is noted with its own line. */
  void items(
      String key, Consumer<String> text, Consumer<YamlSection> section, String expectedText) {
    List<Node> items = items(key);
    for (int i = 0; i < items.size(); i++) {
      Node item = items.get(i);
      if (item instanceof MappingNode mapping) {
        section.accept(
            new YamlSection(file, full(key) + "[" + i + "]", mapping, problems, environment));
        continue;
      }
      try {
        scalar(item, full(key), value -> value).ifPresent(text);
      } catch (IllegalArgumentException e) {
        String shown = item instanceof ScalarNode scalar ? scalar.getValue() : "";
        problem(item, "`" + full(key) + "` holds `" + shown + "`; it must be " + expectedText);
      }
    }
  }

  /** A section within this one. */
  Optional<YamlSection> section(String key) {
    return value(key).flatMap(node -> section(node, full(key)));
  }

  /** A list of sections; empty where it is absent. */
  List<YamlSection> sections(String key) {
    var sections = new ArrayList<YamlSection>();
    List<Node> items = items(key);
    for (int i = 0; i < items.size(); i++) {
      section(items.get(i), full(key) + "[" + i + "]").ifPresent(sections::add);
    }
    return sections;
  }

  private Optional<YamlSection> section(Node node, String name) {
    if (node instanceof MappingNode mapping) {
      return Optional.of(new YamlSection(file, name, mapping, problems, environment));
    }
    problem(node, "`" + name + "` must hold keys and values of its own");
    return Optional.empty();
  }

  /** Notes the keys that were never asked for. */
  void end() {
    for (var entry : entries.entrySet()) {
      if (!known.contains(entry.getKey())) {
        problem(
            entry.getValue().getKeyNode(),
            "unknown key `" + full(entry.getKey()) + "`" + remedy(entry.getKey()));
      }
    }
  }

  private String remedy(String key) {
    Optional<String> nearest = Spelling.nearest(key, known);
    return nearest
        .map(name -> "; did you mean `" + full(name) + "`?")
        .orElse("; the keys are " + String.join(", ", known));
  }
}
