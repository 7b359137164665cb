package dev.hone.metrics.scrape;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/** Paths and parameters of addresses, escaped as Go's {@code net/url} does (RFC 3986). */
final class Addresses {
  private static final String IN_PATH = "-_.~$&+,/:;=@";

  private Addresses() {}

  static String path(String path) {
    var escaped = new StringBuilder(path.startsWith("/") ? "" : "/");
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || IN_PATH.indexOf(c) >= 0;
      escaped.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
    }
    return escaped.toString();
  }

  /** The parameters with a question mark, or nothing without parameters. */
  static String query(SortedMap<String, List<String>> parameters) {
    var query = new StringBuilder();
    parameters.forEach(
        (name, values) ->
            values.forEach(
                value ->
                    query
                        .append(query.isEmpty() ? '?' : '&')
                        .append(escaped(name))
                        .append('=')
                        .append(escaped(value))));
    return query.toString();
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("*", "%2A").replace("%7E", "~");
  }
}
