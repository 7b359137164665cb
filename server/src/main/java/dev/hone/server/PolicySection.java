package dev.hone.server;

import dev.hone.loop.Catalogue;
import dev.hone.loop.ChangeWindow;
import dev.hone.loop.Knob;
import dev.hone.loop.Mode;
import dev.hone.loop.Policy;
import dev.hone.loop.Tuning;
import dev.hone.loop.Watch;
import dev.hone.metrics.promql.Durations;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A policy as people write it: the section {@code policy} of {@code hone.yaml}, a file of its own,
 * or the body of a request. What is not named has its usual value.
 */
final class PolicySection {
  private static final Policy USUAL = Policy.observing();
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final int MOST_WINDOWS = 100;
  private static final int MOST_MODES = 1_000;

  /** What Hone can do, and what it does with kept changes. */
  private static final Set<String> TECHNIQUES =
      Stream.concat(
              Catalogue.standard().families().stream().flatMap(f -> f.techniques().stream()),
              Stream.of(Tuning.TECHNIQUE, Watch.TECHNIQUE))
          .collect(Collectors.toCollection(TreeSet::new));

  private static final Pattern KEY = Pattern.compile("[^/]+(/[^/]+(/[^/\\s]+ .+)?)?");
  private static final String LENGTH = "a duration like 30m, 3h or 7d, a year at the most";

  private PolicySection() {}

  /** Everything but the modes. */
  static Policy read(YamlSection section) {
    int maxActive = section.integer("maxActive", 0, 100).orElse(USUAL.maxActive());
    double alpha = share(section, "alpha", USUAL.alpha(), 0.05, "a chance below 0.05, like 0.04");
    double harm =
        share(section, "alphaHarm", USUAL.alphaHarm(), 0.2, "a chance below 0.2, like 0.04");
    double gain = section.number("leastGain").orElse(USUAL.leastGain());
    if (gain >= 1) {
      section.wrong("leastGain", "a share from 0 to below 1, like 0.02");
      gain = USUAL.leastGain();
    }
    Duration deadline = duration(section, "deadline", USUAL.deadline(), Duration.ofMinutes(1));
    Duration coolDown = duration(section, "coolDown", USUAL.coolDown(), Duration.ZERO);
    Policy.Limits limits =
        section.section("limits").map(PolicySection::limits).orElse(Policy.Limits.STANDARD);
    return new Policy(
        Map.of(),
        maxActive,
        alpha,
        harm,
        gain,
        deadline,
        coolDown,
        limits,
        windows(section, "windows"));
  }

  private static double share(
      YamlSection section, String key, double usual, double below, String expected) {
    Optional<Double> value = section.number(key);
    if (value.isPresent() && !(value.get() > 0 && value.get() < below)) {
      section.wrong(key, expected);
      return usual;
    }
    return value.orElse(usual);
  }

  /** The modes, by layer, layer and technique, or these and a target. */
  static Map<String, Mode> modes(YamlSection parent) {
    var modes = new LinkedHashMap<String, Mode>();
    Optional<YamlSection> section = parent.section("modes");
    if (section.isEmpty()) {
      return modes;
    }
    YamlSection keys = section.get();
    for (String layer : ConfigFile.LAYERS) {
      keys.choice(layer, Mode.class).ifPresent(mode -> modes.put(layer, mode));
    }
    for (String key : new TreeSet<>(keys.keys())) {
      int slash = key.indexOf('/');
      if (slash > 0 && ConfigFile.LAYERS.contains(key.substring(0, slash))) {
        if (KEY.matcher(key).matches()) {
          keys.choice(key, Mode.class).ifPresent(mode -> modes.put(key, mode));
          String technique = key.split("/", 3)[1];
          if (!TECHNIQUES.contains(technique)) {
            keys.problem(
                key,
                "names a technique that Hone does not have; these are "
                    + String.join(", ", TECHNIQUES));
          }
        } else {
          keys.has(key);
          keys.problem(
              key,
              "is no place for a mode; write `layer`, `layer/technique` or"
                  + " `layer/technique/kind name`, like `database/missing-index/table postgres/public.orders`");
        }
      }
    }
    keys.end();
    if (modes.size() > MOST_MODES) {
      parent.problem("modes", "has " + modes.size() + " keys; the most are " + MOST_MODES);
    }
    return modes;
  }

  private static Policy.Limits limits(YamlSection section) {
    Policy.Limits usual = Policy.Limits.STANDARD;
    int perKnob =
        section.integer("changesPerKnobPerDay", 1, 1_000).orElse(usual.changesPerKnobPerDay());
    int perDay = section.integer("changesPerDay", 1, 10_000).orElse(usual.changesPerDay());
    double step = section.number("step").orElse(usual.step());
    if (step <= 1) {
      section.wrong("step", "a factor of more than 1, like 4");
      step = usual.step();
    }
    List<Knob.Risk> fourEyes =
        section.has("fourEyes")
            ? section.each("fourEyes", PolicySection::risk, "one of R0, R1, R2, R3, R4")
            : usual.fourEyes();
    int earned = section.integer("earnedRuns", 0, 1_000).orElse(usual.earnedRuns());
    Duration pause = duration(section, "ownerPause", usual.ownerPause(), Duration.ZERO);
    Duration freeze =
        duration(section, "deploymentFreeze", usual.deploymentFreeze(), Duration.ZERO);
    List<Duration> holdback =
        section.has("holdback")
            ? section.each("holdback", PolicySection::length, LENGTH)
            : usual.holdback();
    section.end();
    return new Policy.Limits(perKnob, perDay, step, fourEyes, earned, pause, freeze, holdback);
  }

  private static Knob.Risk risk(String text) {
    return Knob.Risk.valueOf(text.toUpperCase(Locale.ROOT));
  }

  private static Duration duration(
      YamlSection section, String key, Duration usual, Duration least) {
    Optional<String> text = section.text(key);
    if (text.isEmpty()) {
      return usual;
    }
    try {
      Duration length = length(text.get());
      if (length.compareTo(least) >= 0) {
        return length;
      }
    } catch (IllegalArgumentException e) {
      // Told below like one that is too short.
    }
    section.wrong(key, least.isZero() ? LENGTH : LENGTH + ", and a minute at least");
    return usual;
  }

  private static Duration length(String text) {
    Duration length = Duration.ofMillis(Durations.millis(text));
    if (length.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("too long");
    }
    return length;
  }

  private static List<ChangeWindow> windows(YamlSection parent, String key) {
    var windows = new ArrayList<ChangeWindow>();
    for (YamlSection each : parent.sections(key)) {
      window(each).ifPresent(windows::add);
      each.end();
    }
    if (windows.size() > MOST_WINDOWS) {
      parent.problem(key, "are " + windows.size() + "; the most are " + MOST_WINDOWS);
    }
    return windows;
  }

  private static Optional<ChangeWindow> window(YamlSection section) {
    boolean named = !section.required("kind").isEmpty();
    Optional<ChangeWindow.Kind> kind =
        named ? section.choice("kind", ChangeWindow.Kind.class) : Optional.empty();
    String layer = section.literal("layer").orElse("");
    boolean layerFits = layer.isEmpty() || ConfigFile.LAYERS.contains(layer);
    if (!layerFits) {
      section.wrong(
          "layer", "one of " + String.join(", ", ConfigFile.LAYERS) + ", or left out for all");
    }
    List<DayOfWeek> days =
        section.each("days", PolicySection::day, "a day of the week, like MONDAY or mon");
    boolean from = isTime(section, "from");
    boolean to = isTime(section, "to");
    boolean zone = isZone(section);
    String why = section.literal("why").orElse("");
    if (kind.isEmpty() || !layerFits || !from || !to || !zone) {
      return Optional.empty();
    }
    return Optional.of(
        new ChangeWindow(
            kind.get(),
            layer,
            days,
            section.required("from"),
            section.required("to"),
            section.required("zone"),
            why));
  }

  private static DayOfWeek day(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    return Arrays.stream(DayOfWeek.values())
        .filter(day -> day.name().equals(upper) || day.name().substring(0, 3).equals(upper))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no day"));
  }

  private static boolean isTime(YamlSection section, String key) {
    String text = section.required(key);
    if (text.isEmpty()) {
      return false;
    }
    try {
      LocalTime.parse(text);
      return true;
    } catch (DateTimeException e) {
      section.wrong(key, "a local time like 22:00");
      return false;
    }
  }

  private static boolean isZone(YamlSection section) {
    String text = section.required("zone");
    if (text.isEmpty()) {
      return false;
    }
    try {
      ZoneId.of(text);
      return true;
    } catch (DateTimeException e) {
      section.wrong("zone", "a time zone like Europe/Madrid or UTC");
      return false;
    }
  }
}
