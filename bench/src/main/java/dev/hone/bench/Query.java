package dev.hone.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query with its times.
 *
 * @param step zero for an instant query
 */
record Query(String text, long start, long end, long step) {
  private static final Pattern MOMENT = Pattern.compile("\\bT([0-4])\\b");

  /** Puts moments of the data in the place of {@code T0} (its start) to {@code T4} (its end). */
  static String resolve(String text, long start, long end) {
    Matcher moments = MOMENT.matcher(text);
    return moments.replaceAll(
        moment ->
            Load.seconds(start + (end - start) / 4 * Integer.parseInt(moment.group(1)) + 137));
  }

  boolean instant() {
    return step == 0;
  }

  /** Whether the order of the answer is part of its meaning. */
  boolean ordered() {
    return instant() && (text.startsWith("sort(") || text.startsWith("sort_desc("));
  }

  /** The request. */
  String path(Product product) {
    String query = Connection.escape(text) + product.queryParameters();
    return instant()
        ? "/api/v1/query?query=" + query + "&time=" + Load.seconds(end)
        : "/api/v1/query_range?query="
            + query
            + ("&start=" + Load.seconds(start))
            + ("&end=" + Load.seconds(end))
            + ("&step=" + Load.seconds(step));
  }
}
