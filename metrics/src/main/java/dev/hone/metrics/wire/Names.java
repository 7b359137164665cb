package dev.hone.metrics.wire;

import dev.hone.metrics.Labels;
import java.util.Map;

/** Which names a metric and a label may have (Prometheus' data model). */
public final class Names {
  private Names() {}

  /**
   * Checks a label set.
   *
   * @throws IllegalArgumentException with a sentence when a name is not allowed
   */
  public static void check(Map<String, String> labels) {
    String metric = labels.getOrDefault(Labels.NAME, "");
    if (metric.isEmpty()) {
      throw new IllegalArgumentException("a series without a metric name: " + labels);
    }
    if (!isMetric(metric)) {
      throw new IllegalArgumentException(
          "metric name `"
              + metric
              + "` is not valid; use letters, digits, _ and :, not a digit first");
    }
    for (String name : labels.keySet()) {
      if (!isLabel(name)) {
        throw new IllegalArgumentException(
            "label name `"
                + name
                + "` of `"
                + metric
                + "` is not valid; use letters, digits and _, not a digit first");
      }
    }
  }

  /** Whether a metric may have this name. */
  public static boolean isMetric(String name) {
    return isName(name, true);
  }

  /** Whether a label may have this name. */
  public static boolean isLabel(String name) {
    return isName(name, false);
  }

  private static boolean isName(String name, boolean colon) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      boolean digit = c >= '0' && c <= '9' && i > 0;
      if (!letter && !digit && !(colon && c == ':')) {
        return false;
      }
    }
    return !name.isEmpty();
  }
}
