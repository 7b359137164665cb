package dev.hone.server;

import dev.hone.loop.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The data of an answer as rows of labels, value and time.
 *
 * @param rows one for each sample, series by series
 */
record QueryTable(List<Row> rows) {
  private static final String HEAD = "{\"status\":\"success\",\"data\":";
  private static final Row TITLES = new Row("SERIES", "VALUE", "TIME");

  /** A sample as text. */
  record Row(String series, String value, String time) {}

  /**
   * Reads the {@code data} of an answer.
   *
   * @throws IllegalArgumentException when they are none
   */
  static QueryTable of(@Nullable Object data) {
    if (!(data instanceof Map<?, ?> map) || !(map.get("result") instanceof List<?> result)) {
      throw new IllegalArgumentException("the answer holds no result");
    }
    var rows = new ArrayList<Row>();
    String type = String.valueOf(map.get("resultType"));
    if (type.equals("scalar") || type.equals("string")) {
      rows.add(row(type, result));
      return new QueryTable(rows);
    }
    for (Object series : result) {
      if (series instanceof Map<?, ?> one) {
        String name = name(one.get("metric"));
        if (one.get("value") instanceof List<?> sample) {
          rows.add(row(name, sample));
        } else if (one.get("values") instanceof List<?> samples) {
          for (Object sample : samples) {
            rows.add(row(name, (List<?>) sample));
          }
        }
      }
    }
    return new QueryTable(rows);
  }

  private static Row row(String name, List<?> sample) {
    double seconds = sample.get(0) instanceof Number number ? number.doubleValue() : 0;
    return new Row(
        name,
        String.valueOf(sample.get(1)),
        Instant.ofEpochMilli(Math.round(seconds * 1000)).toString());
  }

  /** A series as PromQL writes it. */
  private static String name(@Nullable Object metric) {
    var out = new StringBuilder();
    var labels = new ArrayList<String>();
    if (metric instanceof Map<?, ?> map) {
      map.forEach(
          (label, value) -> {
            if (label.equals("__name__")) {
              out.append(value);
            } else {
              labels.add(label + "=" + Json.write(value));
            }
          });
    }
    return labels.isEmpty() && !out.isEmpty()
        ? out.toString()
        : out.append('{').append(String.join(", ", labels)).append('}').toString();
  }

  /** Lines of one width: labels to the left, values to the right. */
  List<String> lines() {
    if (rows.isEmpty()) {
      return List.of("no data");
    }
    int series = TITLES.series().length();
    int value = TITLES.value().length();
    for (Row row : rows) {
      series = Math.max(series, row.series().length());
      value = Math.max(value, row.value().length());
    }
    String form = "%-" + series + "s  %" + value + "s  %s";
    var lines = new ArrayList<String>();
    lines.add(form.formatted(TITLES.series(), TITLES.value(), TITLES.time()));
    rows.forEach(row -> lines.add(form.formatted(row.series(), row.value(), row.time())));
    return lines;
  }

  /** The {@code data} of a whole answer, to the letter where the answer begins as Hone's do. */
  static String data(String body) {
    String text = body.strip();
    return text.startsWith(HEAD) && text.endsWith("}")
        ? text.substring(HEAD.length(), text.length() - 1)
        : Json.write(Json.parseObject(text).get("data"));
  }
}
