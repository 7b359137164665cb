package dev.hone.metrics;

import com.google.re2j.Pattern;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A matcher made ready to be tried on many values: alternatives of plain words and common prefixes
 * need no regular expression, and each distinct value is tried once. For one thread.
 */
public final class LabelTest {
  private static final int REMEMBERED = 100_000;

  private final Matcher matcher;
  private final boolean negative;
  private final Set<String> words;
  private final Pattern pattern;
  private final Map<String, Boolean> known = new HashMap<>();

  private LabelTest(Matcher matcher, Set<String> words, Pattern pattern) {
    this.matcher = matcher;
    this.words = words;
    this.pattern = pattern;
    this.negative =
        matcher.operator() == Matcher.Operator.NOT_EQUAL
            || matcher.operator() == Matcher.Operator.NOT_REGEX;
  }

  /**
   * Makes a matcher ready.
   *
   * @throws IllegalArgumentException when its regular expression is not one of RE2
   */
  public static LabelTest of(Matcher matcher) {
    boolean regex =
        matcher.operator() == Matcher.Operator.REGEX
            || matcher.operator() == Matcher.Operator.NOT_REGEX;
    if (!regex) {
      return new LabelTest(matcher, Set.of(matcher.value()), Patterns.NONE);
    }
    Set<String> words = Patterns.words(matcher.value());
    return words.isEmpty()
        ? new LabelTest(matcher, Set.of(), Patterns.whole(matcher.value()))
        : new LabelTest(matcher, words, Patterns.NONE);
  }

  /** The label it speaks of. */
  public String label() {
    return matcher.label();
  }

  /** Whether a value fulfils the condition; an absent label has the empty value. */
  public boolean matches(String value) {
    if (!words.isEmpty()) {
      return words.contains(value) != negative;
    }
    Boolean remembered = known.get(value);
    if (remembered == null) {
      remembered = pattern.matches(value);
      if (known.size() < REMEMBERED) {
        known.put(value, remembered);
      }
    }
    return remembered != negative;
  }

  /** Whether the series fulfils the condition. */
  public boolean matches(Labels labels) {
    String value = labels.get(matcher.label());
    return matches(value == null ? "" : value);
  }

  /**
   * The only values that can fulfil the condition, or the empty set when any may; never with the
   * empty value, which stands for an absent label too.
   */
  public Set<String> only() {
    return negative || words.contains("") ? Set.of() : words;
  }
}
