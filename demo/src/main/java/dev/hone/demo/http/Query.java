package dev.hone.demo.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The query part of a request's address. */
public final class Query {
  private final Map<String, String> values = new HashMap<>();

  Query(@Nullable String raw) {
    if (raw == null || raw.isEmpty()) {
      return;
    }
    for (String pair : raw.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
  }

  /**
   * A text.
   *
   * @throws IllegalArgumentException when it is missing
   */
  public String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("The query lacks `" + name + "`.");
    }
    return value;
  }

  /**
   * A whole number.
   *
   * @throws IllegalArgumentException when it is missing or not a whole number
   */
  public long number(String name) {
    String value = text(name);
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "`" + name + "` is `" + value + "`, which is not a whole number.", e);
    }
  }
}
