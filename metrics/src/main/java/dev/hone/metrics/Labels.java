package dev.hone.metrics;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a series: label names and values sorted by name, {@code __name__} among them.
 * Immutable; equal when all names and values are equal.
 */
public final class Labels {
  /** The label that holds the metric's name. */
  public static final String NAME = "__name__";

  private final String[] pairs;
  private final int hash;

  private Labels(String[] pairs) {
    this.pairs = pairs;
    this.hash = Arrays.hashCode(pairs);
  }

  /**
   * Labels of a metric.
   *
   * @param name the metric's name
   * @param namesAndValues further labels: name, value, name, value …
   */
  public static Labels of(String name, String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "labels of `" + name + "` must come as name and value pairs");
    }
    var sorted = new TreeMap<String, String>();
    sorted.put(NAME, name);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      sorted.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return of(sorted);
  }

  /** Labels from a map that includes {@code __name__}. Labels with an empty value are left out. */
  public static Labels of(Map<String, String> labels) {
    var sorted = new TreeMap<>(labels);
    sorted.values().removeIf(String::isEmpty);
    var pairs = new String[sorted.size() * 2];
    int i = 0;
    for (var entry : sorted.entrySet()) {
      pairs[i++] = entry.getKey();
      pairs[i++] = entry.getValue();
    }
    return new Labels(pairs);
  }

  /** The metric's name, or the empty string. */
  public String name() {
    String name = get(NAME);
    return name == null ? "" : name;
  }

  /** The value of a label, or null when the series does not carry it. */
  public @Nullable String get(String label) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(label)) {
        return pairs[i + 1];
      }
    }
    return null;
  }

  /** All labels, sorted by name. */
  public Map<String, String> asMap() {
    var map = new TreeMap<String, String>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Labels labels && Arrays.equals(pairs, labels.pairs);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Prometheus notation: {@code name{label="value"}}. */
  @Override
  public String toString() {
    String inner =
        asMap().entrySet().stream()
            .filter(e -> !e.getKey().equals(NAME))
            .map(
                e ->
                    e.getKey()
                        + "=\""
                        + e.getValue()
                            .replace("\\", "\\\\")
                            .replace("\"", "\\\"")
                            .replace("\n", "\\n")
                        + "\"")
            .collect(Collectors.joining(","));
    return inner.isEmpty() ? name() : name() + "{" + inner + "}";
  }
}
