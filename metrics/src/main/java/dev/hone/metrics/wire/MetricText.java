package dev.hone.metrics.wire;

import dev.hone.metrics.Labels;
import java.util.SortedMap;
import java.util.TreeMap;

/** The metric of an exposition line: {@code name{label="value",…}}. */
final class MetricText {
  private final String text;
  private int at;

  private MetricText(String text) {
    this.text = text;
  }

  /**
   * Its labels, the metric's name among them.
   *
   * @throws IllegalArgumentException when it is not well-formed
   */
  static SortedMap<String, String> labels(String text) {
    var labels = new TreeMap<String, String>();
    new MetricText(text).read(labels);
    return labels;
  }

  private void read(SortedMap<String, String> labels) {
    while (at < text.length() && " \t{".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    labels.put(Labels.NAME, text.substring(0, at));
    skip(" \t");
    if (at == text.length()) {
      return;
    }
    at++;
    while (true) {
      skip(", \t");
      if (at < text.length() && text.charAt(at) == '}') {
        return;
      }
      label(labels);
    }
  }

  private void label(SortedMap<String, String> labels) {
    int from = at;
    while (at < text.length() && "= \t\"".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String name = text.substring(from, at);
    skip(" \t");
    if (at >= text.length() || text.charAt(at) != '=') {
      throw new IllegalArgumentException("a label without a quoted value");
    }
    at++;
    skip(" \t");
    if (at >= text.length() || text.charAt(at) != '"') {
      throw new IllegalArgumentException("the value of label `" + name + "` is not quoted");
    }
    at++;
    if (labels.put(name, quoted()) != null) {
      throw new IllegalArgumentException("label `" + name + "` is there twice");
    }
  }

  private void skip(String characters) {
    while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private String quoted() {
    int from = at;
    while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\') {
      at++;
    }
    if (at < text.length() && text.charAt(at) == '"') {
      return text.substring(from, at++);
    }
    var value = new StringBuilder(text.substring(from, at));
    while (at < text.length() && text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c == '\\' && at < text.length()) {
        char escaped = text.charAt(at++);
        switch (escaped) {
          case 'n' -> value.append('\n');
          case '\\', '"' -> value.append(escaped);
          default -> value.append('\\').append(escaped);
        }
      } else {
        value.append(c);
      }
    }
    if (at >= text.length()) {
      throw new IllegalArgumentException("a label value without end");
    }
    at++;
    return value.toString();
  }
}
