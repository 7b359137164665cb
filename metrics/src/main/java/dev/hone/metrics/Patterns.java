package dev.hone.metrics;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;

/** Regular expressions of queries: RE2's language, matched in linear time, against whole values. */
public final class Patterns {
  static final Pattern NONE = Pattern.compile("");
  private static final int MOST_STATES = 100_000;
  private static final int MOST_GROUPS = 500;
  private static final String SPECIAL = "\\.+*?()[]{}^$";

  private Patterns() {}

  /**
   * An expression that is to match a whole value, line breaks included.
   *
   * @throws IllegalArgumentException when it is not one of RE2
   */
  public static Pattern whole(String expression) {
    requireSmall(expression);
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
    requireSmall(expression);
    try {
      return Pattern.compile("^(?:" + expression + ")$");
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "`" + expression + "` is not a regular expression: " + e.getDescription(), e);
    }
  }

  /** Refuses what would take much memory or depth once counted repetitions are written out. */
  private static void requireSmall(String expression) {
    var open = new ArrayDeque<Long>();
    long all = 0;
    long last = 0;
    for (int i = 0; i < expression.length(); i++) {
      char c = expression.charAt(i);
      if (c == '(') {
        open.push(all);
        all = 0;
        last = 0;
      } else if (c == ')' && !open.isEmpty()) {
        last = all + 1;
        all = open.pop() + last;
      } else if (c == '{') {
        long times = most(expression, i);
        all += last * (times - 1);
        last *= times;
      } else {
        i += c == '\\' ? 1 : 0;
        last = 1;
        all++;
      }
      if (all > MOST_STATES || open.size() > MOST_GROUPS) {
        throw new IllegalArgumentException(
            "the regular expression `%s…` is too large; write it with fewer repetitions"
                .formatted(expression.substring(0, Math.min(40, expression.length()))));
      }
    }
  }

  /** The greatest number of a counted repetition whose brace stands at a place; else 1. */
  private static long most(String expression, int brace) {
    int end = expression.indexOf('}', brace);
    String inside = end < 0 ? "" : expression.substring(brace + 1, end);
    if (!inside.matches("[0-9]{1,4}(,[0-9]{0,4})?")) {
      return 1;
    }
    String number = inside.replaceFirst("^.*,(?=[0-9])", "").replace(",", "");
    return Math.max(1, Long.parseLong(number));
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
