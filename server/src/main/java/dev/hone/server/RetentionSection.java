package dev.hone.server;

import dev.hone.metrics.Matcher;
import dev.hone.metrics.Retention;
import dev.hone.metrics.promql.Durations;
import dev.hone.metrics.promql.Query;
import dev.hone.metrics.promql.QueryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How long series are kept, as {@code hone.yaml} says it: one duration for raw samples, or {@code
 * raw, fiveMinutes, hourly, daily} and {@code rules}, each with {@code match} and what differs.
 */
final class RetentionSection {
  private static final long SHORTEST = 60_000;

  private RetentionSection() {}

  static Retention read(YamlSection parent, String key) {
    Retention standard = Retention.STANDARD;
    if (!parent.holdsSection(key)) {
      Retention.Keep keep = standard.standard();
      return new Retention(keep.withRaw(duration(parent, key, keep.raw())), List.of());
    }
    Optional<YamlSection> section = parent.section(key);
    if (section.isEmpty()) {
      return standard;
    }
    Retention.Keep keep = keep(section.get(), standard.standard());
    var rules = new ArrayList<Retention.Rule>();
    for (YamlSection each : section.get().sections("rules")) {
      List<Matcher> matchers = matchers(each);
      rules.add(new Retention.Rule(matchers, keep(each, keep)));
      each.end();
    }
    section.get().end();
    return new Retention(keep, rules);
  }

  private static List<Matcher> matchers(YamlSection section) {
    String text = section.required("match");
    try {
      return text.isEmpty() ? List.of() : Query.selector(text);
    } catch (QueryException e) {
      section.wrong("match", "a selector like {job=\"api\"}: " + e.getMessage());
      return List.of();
    }
  }

  private static Retention.Keep keep(YamlSection section, Retention.Keep absent) {
    return new Retention.Keep(
        duration(section, "raw", absent.raw()),
        durationOrNone(section, "fiveMinutes", absent.fiveMinutes()),
        durationOrNone(section, "hourly", absent.hourly()),
        durationOrNone(section, "daily", absent.daily()));
  }

  private static Duration durationOrNone(YamlSection section, String key, Duration absent) {
    return read(section, key, absent, 0, "a duration like 30d, or 0s to keep none");
  }

  /** A duration of at least a minute. */
  static Duration duration(YamlSection section, String key, Duration absent) {
    return read(section, key, absent, SHORTEST, "a duration of at least a minute, like 7d or 12h");
  }

  private static Duration read(
      YamlSection section, String key, Duration absent, long least, String expected) {
    Optional<String> text = section.text(key);
    if (text.isEmpty()) {
      return absent;
    }
    try {
      long millis = Durations.millis(text.get());
      if (millis >= least) {
        return Duration.ofMillis(millis);
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    section.wrong(key, expected);
    return absent;
  }
}
