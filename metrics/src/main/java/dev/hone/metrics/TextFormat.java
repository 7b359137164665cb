package dev.hone.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Prometheus' text exposition format 0.0.4: one sample a line, comments after {@code #}. Timestamps
 * in the text are ignored; the scraper stamps samples itself.
 */
public final class TextFormat {
  private TextFormat() {}

  /**
   * Reads all samples.
   *
   * @throws IllegalArgumentException with the line when the text is not in the format
   */
  public static List<Sample> parse(String text) {
    var samples = new ArrayList<Sample>();
    int line = 0;
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      line++;
      String content = text.substring(start, end).strip();
      if (!content.isEmpty() && content.charAt(0) != '#') {
        samples.add(sample(content, line));
      }
      start = end + 1;
    }
    return samples;
  }

  private static Sample sample(String line, int number) {
    var labels = new TreeMap<String, String>();
    int position = 0;
    while (position < line.length() && " \t{".indexOf(line.charAt(position)) < 0) {
      position++;
    }
    labels.put(Labels.NAME, line.substring(0, position));
    if (position < line.length() && line.charAt(position) == '{') {
      position = labels(line, position + 1, labels, number);
    }
    String rest = line.substring(position).strip();
    int space = rest.indexOf(' ');
    String value = space < 0 ? rest : rest.substring(0, space);
    try {
      return new Sample(Labels.of(labels), Sample.number(value));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("line " + number + ": `" + value + "` is not a number", e);
    }
  }

  private static int labels(String line, int start, Map<String, String> labels, int number) {
    int position = start;
    while (true) {
      while (position < line.length() && ", ".indexOf(line.charAt(position)) >= 0) {
        position++;
      }
      if (position < line.length() && line.charAt(position) == '}') {
        return position + 1;
      }
      int equals = line.indexOf("=\"", position);
      if (equals < 0) {
        throw new IllegalArgumentException("line " + number + ": a label without a quoted value");
      }
      String name = line.substring(position, equals).strip();
      var value = new StringBuilder();
      position = equals + 2;
      while (position < line.length() && line.charAt(position) != '"') {
        char c = line.charAt(position++);
        if (c == '\\' && position < line.length()) {
          char escaped = line.charAt(position++);
          value.append(escaped == 'n' ? '\n' : escaped);
        } else {
          value.append(c);
        }
      }
      if (position >= line.length()) {
        throw new IllegalArgumentException("line " + number + ": a label value without end");
      }
      position++;
      labels.put(name, value.toString());
    }
  }
}
