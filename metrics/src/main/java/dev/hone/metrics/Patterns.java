package dev.hone.metrics;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.LinkedHashSet;
import java.util.Set;

/** Regular expressions of queries: RE2's language, matched in linear time, against whole values. */
public final class Patterns {
  static final Pattern NONE = Pattern.compile("");
  private static final String SPECIAL = "\\.+*?()[]{}^$";

  private Patterns() {}

  /**
   * An expression that is to match a whole value, line breaks included.
   *
   * @throws IllegalArgumentException when it is not one of RE2
   */
  public static Pattern whole(String expression) {
    try {
      return Pattern.compile("^(?:" + expression + ")$", Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "`" + expression + "` is not a regular expression: " + e.getDescription(), e);
    }
  }

  /**
   * An expression that is to match a whole value without line breaks.
   *
   * @throws IllegalArgumentException when it is not one of RE2
   */
  public static Pattern wholeLine(String expression) {
    try {
      return Pattern.compile("^(?:" + expression + ")$");
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "`" + expression + "` is not a regular expression: " + e.getDescription(), e);
    }
  }

  /** The words of an expression that is nothing but alternatives of plain words; else empty. */
  static Set<String> words(String expression) {
    for (int i = 0; i < expression.length(); i++) {
      if (SPECIAL.indexOf(expression.charAt(i)) >= 0) {
        return Set.of();
      }
    }
    var words = new LinkedHashSet<String>();
    int from = 0;
    for (int bar; (bar = expression.indexOf('|', from)) >= 0; from = bar + 1) {
      words.add(expression.substring(from, bar));
    }
    words.add(expression.substring(from));
    return words;
  }
}
