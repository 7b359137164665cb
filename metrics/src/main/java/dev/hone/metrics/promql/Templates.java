package dev.hone.metrics.promql;

import com.google.re2j.Matcher;

/**
 * Replacement texts with {@code $1}, <code>${1}</code> and <code>${name}</code>, as Go has them.
 */
public final class Templates {
  private Templates() {}

  /** The text with the groups of a match put in; an unknown group is empty. */
  public static String expand(String template, Matcher match) {
    var out = new StringBuilder();
    int at = 0;
    while (at < template.length()) {
      int dollar = template.indexOf('$', at);
      if (dollar < 0 || dollar + 1 >= template.length()) {
        break;
      }
      out.append(template, at, dollar);
      at = dollar + 1;
      if (template.charAt(at) == '$') {
        out.append('$');
        at++;
        continue;
      }
      boolean braces = template.charAt(at) == '{';
      int from = braces ? at + 1 : at;
      int to = from;
      while (to < template.length() && isWord(template.charAt(to))) {
        to++;
      }
      boolean closed = !braces || (to < template.length() && template.charAt(to) == '}');
      if (to == from || !closed) {
        out.append('$');
        continue;
      }
      out.append(group(template.substring(from, to), match));
      at = braces ? to + 1 : to;
    }
    return out.append(template, at, template.length()).toString();
  }

  private static boolean isWord(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static String group(String name, Matcher match) {
    try {
      String value;
      if (name.matches("[0-9]{1,6}")) {
        int number = Integer.parseInt(name);
        value = number <= match.groupCount() ? match.group(number) : "";
      } else {
        value = match.group(name);
      }
      return value == null ? "" : value;
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
