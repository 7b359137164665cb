package dev.hone.metrics.scrape;

import dev.hone.metrics.MetricMetadata;
import dev.hone.metrics.wire.Exposition;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the comments of a target's text say of its metrics. */
final class Comments {
  private static final int MOST_SHARED = 50_000;

  /** One copy of what many targets say, for all of them. */
  private final ConcurrentHashMap<MetricMetadata, MetricMetadata> shared;

  private volatile Map<String, MetricMetadata> known = Map.of();

  Comments(ConcurrentHashMap<MetricMetadata, MetricMetadata> shared) {
    this.shared = shared;
  }

  Map<String, MetricMetadata> known() {
    return known;
  }

  /** Learns anew from the comments among the lines of a target. */
  void learn(SeriesCache cache) {
    var said = new TreeMap<String, MetricMetadata>();
    var reader =
        new Exposition.Target() {
          @Override
          public void sample(
              SortedMap<String, String> labels, double value, @Nullable Long millis) {}

          @Override
          public void metadata(String metric, String what, String value) {
            String plain = what.equals("HELP") ? unescaped(value) : value;
            said.put(metric, said.getOrDefault(metric, MetricMetadata.UNKNOWN).with(what, plain));
          }
        };
    cache.forEach(
        line -> {
          if (line.isComment()) {
            Exposition.comment(new String(line.text, StandardCharsets.UTF_8), reader);
          }
        });
    said.replaceAll((metric, one) -> share(one));
    known = said;
  }

  private static String unescaped(String help) {
    if (help.indexOf('\\') < 0) {
      return help;
    }
    var plain = new StringBuilder();
    for (int i = 0; i < help.length(); i++) {
      char c = help.charAt(i);
      char next = i + 1 < help.length() ? help.charAt(i + 1) : ' ';
      boolean escape = c == '\\' && (next == 'n' || next == '\\' || next == '"');
      plain.append(!escape ? c : next == 'n' ? '\n' : next);
      i += escape ? 1 : 0;
    }
    return plain.toString();
  }

  private MetricMetadata share(MetricMetadata one) {
    MetricMetadata known = shared.get(one);
    if (known == null && shared.size() < MOST_SHARED) {
      shared.put(one, one);
    }
    return known == null ? one : known;
  }
}
