package dev.hone.metrics.scrape;

import dev.hone.metrics.Labels;
import dev.hone.metrics.wire.Names;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The labels a sample gets: those of the text and those of the target, then relabelled. */
final class SampleLabels {
  private static final String EXPORTED = "exported_";
  private static final int SHOWN = 50;

  private final Job job;
  private final Labels target;

  SampleLabels(Job job, Labels target) {
    this.job = job;
    this.target = target;
  }

  /**
   * The labels of a series of the store, or null when rules drop it.
   *
   * @param exposed as they stand in the text, with allowed names; a label may be empty
   * @throws IllegalArgumentException when a name is not allowed or a limit is exceeded
   */
  @Nullable Labels of(SortedMap<String, String> exposed) {
    var labels = new TreeMap<>(exposed);
    if (job.honorLabels()) {
      target.asMap().forEach(labels::putIfAbsent);
    } else {
      target.asMap().forEach(labels::put);
      keepExposed(exposed, labels);
    }
    labels.values().removeIf(String::isEmpty);
    if (!Relabel.apply(job.metricRelabel(), labels) || labels.isEmpty()) {
      return null;
    }
    if (!labels.containsKey(Labels.NAME)) {
      throw new IllegalArgumentException(
          "`metric_relabel_configs` removes the metric name of " + exposed.get(Labels.NAME));
    }
    Names.check(labels);
    checkLimits(labels);
    return Labels.of(labels);
  }

  /** A label of the text that the target has too is kept under a name that is free. */
  private void keepExposed(SortedMap<String, String> exposed, SortedMap<String, String> labels) {
    target.asMap().keySet().stream()
        .filter(name -> !exposed.getOrDefault(name, "").isEmpty())
        .sorted(Comparator.comparingInt(String::length))
        .forEach(
            name -> {
              String free = EXPORTED + name;
              while (labels.containsKey(free)) {
                free = EXPORTED + free;
              }
              labels.put(free, exposed.getOrDefault(name, ""));
            });
  }

  private void checkLimits(SortedMap<String, String> labels) {
    ScrapeLimits limits = job.limits();
    if (limits.labels() > 0 && labels.size() > limits.labels()) {
      throw exceeded("label_limit", limits.labels(), labels, "", "its labels are ", labels.size());
    }
    if (limits.labelName() == 0 && limits.labelValue() == 0) {
      return;
    }
    labels.forEach(
        (name, value) -> {
          if (limits.labelName() > 0 && bytes(name) > limits.labelName()) {
            throw exceeded(
                "label_name_length_limit",
                limits.labelName(),
                labels,
                name,
                "the name's bytes are ",
                bytes(name));
          }
          if (limits.labelValue() > 0 && bytes(value) > limits.labelValue()) {
            throw exceeded(
                "label_value_length_limit",
                limits.labelValue(),
                labels,
                name,
                "the value's bytes are ",
                bytes(value));
          }
        });
  }

  private static int bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
  }

  private static IllegalArgumentException exceeded(
      String limit,
      long most,
      SortedMap<String, String> labels,
      String label,
      String what,
      long number) {
    String of = label.isEmpty() ? "" : ", label `" + cut(label) + "`";
    return new IllegalArgumentException(
        "%s of %d exceeded: metric `%s`%s: %s%d"
            .formatted(limit, most, cut(labels.getOrDefault(Labels.NAME, "")), of, what, number));
  }

  private static String cut(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
