package dev.hone.server;

import dev.hone.metrics.scrape.Relabel;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code relabel_configs} and {@code metric_relabel_configs}. */
final class RelabelReader {
  private RelabelReader() {}

  static List<Relabel> read(YamlSection job, String key) {
    var rules = new ArrayList<Relabel>();
    for (YamlSection each : job.sections(key)) {
      YamlSection rule = each.literal();
      var action = rule.choice("action", Relabel.Action.class).orElse(Relabel.Action.REPLACE);
      List<String> sources = rule.each("source_labels", label -> label, "a name of a label");
      String separator = rule.literal("separator").orElse(Relabel.SEPARATOR);
      String regex = rule.literal("regex").orElse(Relabel.REGEX);
      long modulus = rule.integer("modulus", 0, Integer.MAX_VALUE).orElse(0);
      String target = rule.literal("target_label").orElse("");
      String replacement = rule.literal("replacement").orElse(Relabel.REPLACEMENT);
      rule.end();
      try {
        rules.add(Relabel.of(action, sources, separator, regex, modulus, target, replacement));
      } catch (IllegalArgumentException e) {
        rule.problem("action", "cannot be carried out: " + e.getMessage());
      }
    }
    return rules;
  }
}
