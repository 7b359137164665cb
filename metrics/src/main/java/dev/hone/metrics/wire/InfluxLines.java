package dev.hone.metrics.wire;

import dev.hone.metrics.Decimals;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Receives InfluxDB's line protocol (docs.influxdata.com, "Line protocol"): {@code
 * measurement,tag=value field=1 1465839830100400200}. A field becomes the metric {@code
 * measurement_field}; texts are passed over, booleans become 1 and 0.
 */
public final class InfluxLines {
  private static final Map<String, Double> PER_MILLI =
      Map.of(
          "ns", 1e6, "us", 1e3, "u", 1e3, "ms", 1.0, "s", 1e-3, "m", 1e-3 / 60, "h", 1e-3 / 3600);

  private InfluxLines() {}

  /** A line, read. */
  record Line(
      String measurement,
      TreeMap<String, String> tags,
      TreeMap<String, Double> fields,
      long time) {}

  /**
   * Stores the samples of a body; a line that cannot be read is refused, the others are taken.
   *
   * @param precision unit of the times: ns, us, ms, s, m or h
   * @param now time of lines without one, ms since the epoch
   * @throws MalformedException when there is no such precision
   * @throws IOException when the store cannot write; then nothing is stored
   */
  public static Received receive(String body, String precision, long now, MetricStore store)
      throws IOException {
    Double unit = PER_MILLI.get(precision);
    if (unit == null) {
      throw new MalformedException(
          "precision is `" + precision + "`; it must be one of ns, us, ms, s, m and h");
    }
    try (var intake = new Intake(store)) {
      int number = 0;
      for (String text : (Iterable<String>) body.lines()::iterator) {
        number++;
        String line = text.strip();
        if (!line.isEmpty() && line.charAt(0) != '#') {
          try {
            add(new Scanner(line, number, unit, now).line(), intake);
          } catch (MalformedException e) {
            intake.refuse(String.valueOf(e.getMessage()));
          }
        }
      }
      return intake.commit();
    }
  }

  private static void add(Line line, Intake intake) {
    line.fields()
        .forEach(
            (field, value) -> {
              var labels = new TreeMap<String, String>();
              line.tags().forEach((tag, text) -> labels.put(name(tag, false), text));
              labels.put(Labels.NAME, name(line.measurement() + "_" + field, true));
              intake.add(labels, line.time(), value);
            });
  }

  /** A name with everything a name may not have replaced by an underscore. */
  static String name(String text, boolean metric) {
    var name = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      boolean digit = c >= '0' && c <= '9';
      if (digit && i == 0) {
        name.append('_');
      }
      name.append(letter || digit || (metric && c == ':') ? c : '_');
    }
    return name.toString();
  }

  /** Reads one line. */
  private static final class Scanner {
    private final String line;
    private final int number;
    private final double unit;
    private final long now;
    private int at;

    Scanner(String line, int number, double unit, long now) {
      this.line = line;
      this.number = number;
      this.unit = unit;
      this.now = now;
    }

    Line line() {
      String measurement = word(", ");
      var tags = new TreeMap<String, String>();
      while (at < line.length() && line.charAt(at) == ',') {
        at++;
        String tag = word("=, ");
        expect('=', "after tag `" + tag + "`");
        tags.put(tag, word(", "));
      }
      expect(' ', "before the fields");
      var fields = new TreeMap<String, Double>();
      do {
        String field = word("=, ");
        expect('=', "after field `" + field + "`");
        Double value = value();
        if (value != null) {
          fields.put(field, value);
        }
      } while (accept(','));
      return new Line(measurement, tags, fields, time());
    }

    private boolean accept(char c) {
      if (at < line.length() && line.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private void expect(char c, String where) {
      if (!accept(c)) {
        throw wrong("`" + c + "` is missing " + where);
      }
    }

    private MalformedException wrong(String what) {
      return new MalformedException("line " + number + ", character " + (at + 1) + ": " + what);
    }

    /** Up to one of {@code ends} that no backslash stands before. */
    private String word(String ends) {
      var word = new StringBuilder();
      while (at < line.length() && ends.indexOf(line.charAt(at)) < 0) {
        char c = line.charAt(at++);
        if (c == '\\' && at < line.length() && ",= \\".indexOf(line.charAt(at)) >= 0) {
          c = line.charAt(at++);
        }
        word.append(c);
      }
      if (word.isEmpty()) {
        throw wrong("a name or value is empty");
      }
      return word.toString();
    }

    private @org.jspecify.annotations.Nullable Double value() {
      if (accept('"')) {
        while (at < line.length() && line.charAt(at) != '"') {
          at += line.charAt(at) == '\\' ? 2 : 1;
        }
        expect('"', "at the end of a text");
        return null;
      }
      String word = word(", ");
      switch (word) {
        case "t", "T", "true", "True", "TRUE" -> {
          return 1.0;
        }
        case "f", "F", "false", "False", "FALSE" -> {
          return 0.0;
        }
        default -> {}
      }
      char last = word.charAt(word.length() - 1);
      String digits = last == 'i' || last == 'u' ? word.substring(0, word.length() - 1) : word;
      try {
        return Decimals.parse(digits);
      } catch (NumberFormatException e) {
        throw new MalformedException(
            "line " + number + ": `" + word + "` is not a number, truth value or quoted text", e);
      }
    }

    private long time() {
      String rest = line.substring(at).strip();
      if (rest.isEmpty()) {
        return now;
      }
      try {
        return (long) Math.floor(Long.parseLong(rest) / unit);
      } catch (NumberFormatException e) {
        throw new MalformedException("line " + number + ": `" + rest + "` is not a time", e);
      }
    }
  }
}
