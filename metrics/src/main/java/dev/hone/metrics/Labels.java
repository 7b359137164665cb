package dev.hone.metrics;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a series: label names and values sorted by name, {@code __name__} among them.
 * Immutable; equal when all names and values are equal.
 */
public final class Labels implements Comparable<Labels> {
  /** No labels. */
  public static final Labels NONE = new Labels(new String[0]);

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

  /**
   * Labels from names and values that are already sorted by name, without duplicates or empty
   * values; the array is kept.
   */
  public static Labels ofSorted(String... namesAndValues) {
    return new Labels(namesAndValues);
  }

  /** The number of labels. */
  public int size() {
    return pairs.length / 2;
  }

  /** The name of the label at {@code index}, in the order of names. */
  public String labelName(int index) {
    return pairs[2 * index];
  }

  /** The value of the label at {@code index}. */
  public String labelValue(int index) {
    return pairs[2 * index + 1];
  }

  /** Only the labels whose name is in {@code names}, or only the others. */
  public Labels only(Collection<String> names, boolean in) {
    var kept = new String[pairs.length];
    int length = 0;
    for (int i = 0; i < pairs.length; i += 2) {
      if (names.contains(pairs[i]) == in) {
        kept[length++] = pairs[i];
        kept[length++] = pairs[i + 1];
      }
    }
    return length == pairs.length ? this : new Labels(Arrays.copyOf(kept, length));
  }

  /** These labels without the metric's name. */
  public Labels withoutName() {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(NAME)) {
        var kept = new String[pairs.length - 2];
        System.arraycopy(pairs, 0, kept, 0, i);
        System.arraycopy(pairs, i + 2, kept, i, pairs.length - 2 - i);
        return new Labels(kept);
      }
    }
    return this;
  }

  /** These labels with one set to a value; the empty value removes it. */
  public Labels with(String name, String value) {
    var map = new TreeMap<>(asMap());
    map.put(name, value);
    return of(map);
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

  /**
   * Prometheus' order: label by label, name before value, the shorter of equal beginnings first.
   */
  @Override
  public int compareTo(Labels other) {
    int common = Math.min(pairs.length, other.pairs.length);
    for (int i = 0; i < common; i++) {
      int order = pairs[i].compareTo(other.pairs[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(pairs.length, other.pairs.length);
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
