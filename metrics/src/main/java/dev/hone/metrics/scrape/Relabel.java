package dev.hone.metrics.scrape;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.hone.metrics.Patterns;
import dev.hone.metrics.promql.Templates;
import dev.hone.metrics.wire.Names;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One rule that changes labels or drops who carries them (Prometheus' {@code relabel_config} of
 * 2.42). A label that is absent is the empty text, and the other way round.
 *
 * @param action what is done
 * @param sourceLabels labels whose values, joined by the separator, the rule looks at
 * @param separator stands between them
 * @param regex an RE2 expression for the whole of it, or for names of labels
 * @param modulus of {@link Action#HASHMOD}
 * @param targetLabel the label that is set
 * @param replacement its value, with {@code $1} or <code>${name}</code> for groups of the regex
 */
public record Relabel(
    Action action,
    List<String> sourceLabels,
    String separator,
    String regex,
    long modulus,
    String targetLabel,
    String replacement,
    Pattern pattern) {
  /** The separator where none is given. */
  public static final String SEPARATOR = ";";

  /** The regular expression where none is given. */
  public static final String REGEX = "(.*)";

  /** The replacement where none is given. */
  public static final String REPLACEMENT = "$1";

  private static final Pattern TARGET =
      Pattern.compile("^(?:(?:[a-zA-Z_]|\\$(?:\\{\\w+\\}|\\w+))+\\w*)+$");

  /** What a rule does. */
  public enum Action {
    REPLACE,
    KEEP,
    DROP,
    KEEPEQUAL,
    DROPEQUAL,
    HASHMOD,
    LABELMAP,
    LABELDROP,
    LABELKEEP,
    LOWERCASE,
    UPPERCASE;

    /** As it is written. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Relabel {
    sourceLabels = List.copyOf(sourceLabels);
  }

  /**
   * A rule.
   *
   * @throws IllegalArgumentException when the action cannot do with these values
   */
  public static Relabel of(
      Action action,
      List<String> sourceLabels,
      String separator,
      String regex,
      long modulus,
      String targetLabel,
      String replacement) {
    var rule =
        new Relabel(
            action,
            sourceLabels,
            separator,
            regex,
            modulus,
            targetLabel,
            replacement,
            Patterns.wholeLine(regex));
    rule.check();
    return rule;
  }

  private void check() {
    for (String label : sourceLabels) {
      require(Names.isLabel(label), "`source_labels` names `" + label + "`, which is no label");
    }
    switch (action) {
      case REPLACE, HASHMOD, KEEPEQUAL, DROPEQUAL, LOWERCASE, UPPERCASE -> {
        require(!targetLabel.isEmpty(), "action " + action.word() + " needs `target_label`");
        boolean template = action == Action.REPLACE;
        require(
            template ? TARGET.matches(targetLabel) : Names.isLabel(targetLabel),
            "`target_label` is `" + targetLabel + "`, which is no name of a label");
      }
      case KEEP, DROP, LABELMAP, LABELDROP, LABELKEEP -> {}
    }
    require(
        action != Action.HASHMOD || modulus > 0, "action hashmod needs a `modulus` of 1 or more");
    require(
        action != Action.LABELMAP || TARGET.matches(replacement),
        "`replacement` is `" + replacement + "`, which is no name of a label");
    boolean plain = separator.equals(SEPARATOR) && modulus == 0 && replacement.equals(REPLACEMENT);
    if (action == Action.KEEPEQUAL || action == Action.DROPEQUAL) {
      require(
          plain && regex.equals(REGEX),
          "action " + action.word() + " takes only `source_labels` and `target_label`");
    } else if (action == Action.LABELDROP || action == Action.LABELKEEP) {
      require(
          plain && sourceLabels.isEmpty() && targetLabel.isEmpty(),
          "action " + action.word() + " takes only `regex`");
    } else if (action == Action.LOWERCASE || action == Action.UPPERCASE) {
      require(
          replacement.equals(REPLACEMENT), "action " + action.word() + " takes no `replacement`");
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /**
   * Applies rules to labels, which it changes, in their order.
   *
   * @return whether they are kept
   */
  static boolean apply(List<Relabel> rules, SortedMap<String, String> labels) {
    for (Relabel rule : rules) {
      if (!rule.apply(labels)) {
        return false;
      }
    }
    return true;
  }

  private boolean apply(SortedMap<String, String> labels) {
    String value = source(labels);
    switch (action) {
      case KEEP -> {
        return pattern.matches(value);
      }
      case DROP -> {
        return !pattern.matches(value);
      }
      case KEEPEQUAL -> {
        return labels.getOrDefault(targetLabel, "").equals(value);
      }
      case DROPEQUAL -> {
        return !labels.getOrDefault(targetLabel, "").equals(value);
      }
      case REPLACE -> replace(value, labels);
      case HASHMOD -> set(labels, targetLabel, remainder(value));
      case LOWERCASE -> set(labels, targetLabel, value.toLowerCase(Locale.ROOT));
      case UPPERCASE -> set(labels, targetLabel, value.toUpperCase(Locale.ROOT));
      case LABELMAP -> {
        Map<String, String> before = new TreeMap<>(labels);
        before.forEach((name, mapped) -> map(name, mapped, labels));
      }
      case LABELDROP -> labels.keySet().removeIf(pattern::matches);
      case LABELKEEP -> labels.keySet().removeIf(name -> !pattern.matches(name));
    }
    return true;
  }

  private String source(Map<String, String> labels) {
    if (sourceLabels.size() == 1) {
      return labels.getOrDefault(sourceLabels.getFirst(), "");
    }
    var joined = new StringBuilder();
    for (int i = 0; i < sourceLabels.size(); i++) {
      joined.append(i == 0 ? "" : separator).append(labels.getOrDefault(sourceLabels.get(i), ""));
    }
    return joined.toString();
  }

  private void replace(String value, SortedMap<String, String> labels) {
    Matcher match = pattern.matcher(value);
    if (!match.find()) {
      return;
    }
    String target = Templates.expand(targetLabel, match);
    String result = Templates.expand(replacement, match);
    if (!Names.isLabel(target) || result.isEmpty()) {
      labels.remove(targetLabel);
    } else {
      labels.put(target, result);
    }
  }

  private void map(String name, String value, SortedMap<String, String> labels) {
    Matcher match = pattern.matcher(name);
    if (match.find()) {
      String mapped = Templates.expand(replacement, match);
      if (Names.isLabel(mapped)) {
        set(labels, mapped, value);
      }
    }
  }

  private static void set(SortedMap<String, String> labels, String name, String value) {
    if (value.isEmpty()) {
      labels.remove(name);
    } else {
      labels.put(name, value);
    }
  }

  /** The last eight bytes of the MD5 sum, as an unsigned number, modulo the modulus. */
  private String remainder(String value) {
    try {
      byte[] sum = MessageDigest.getInstance("MD5").digest(value.getBytes(StandardCharsets.UTF_8));
      return new BigInteger(1, Arrays.copyOfRange(sum, 8, 16))
          .mod(BigInteger.valueOf(modulus))
          .toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
