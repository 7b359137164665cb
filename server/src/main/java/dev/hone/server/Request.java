package dev.hone.server;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change that somebody asks for.
 *
 * @param path where it was sent
 * @param body what it says
 * @param by who asks, as the token proves it
 */
record Request(String path, Map<String, @Nullable Object> body, Actor by) {
  private static final int LONGEST = 1_000;

  /** A text, or what stands for it when it is absent. */
  String text(String key, String absent) {
    Object value = body.get(key);
    if (value == null) {
      return absent;
    }
    if (value instanceof String string && string.length() <= LONGEST) {
      return string;
    }
    throw new IllegalArgumentException(
        "`" + key + "` must be a text of at most " + LONGEST + " characters");
  }

  /** A text that must be there. */
  String required(String key, String example) {
    String text = text(key, "").strip();
    if (text.isEmpty()) {
      throw new IllegalArgumentException(
          "`" + key + "` is missing; say it like \"" + example + "\"");
    }
    return text;
  }

  /** A whole number between two bounds that must be there. */
  long whole(String key, long least, long most) {
    Object value = body.get(key);
    if (value instanceof Long number && number >= least && number <= most) {
      return number;
    }
    throw new IllegalArgumentException(
        "`" + key + "` is " + value + "; use a whole number from " + least + " to " + most);
  }

  /** An object that must be there. */
  Map<String, @Nullable Object> tree(String key) {
    if (body.get(key) instanceof Map<?, ?> tree) {
      var copy = new java.util.LinkedHashMap<String, @Nullable Object>();
      tree.forEach((name, value) -> copy.put(String.valueOf(name), value));
      return copy;
    }
    throw new IllegalArgumentException(
        "`" + key + "` is missing; GET /api/v1/policy shows what it looks like");
  }
}
