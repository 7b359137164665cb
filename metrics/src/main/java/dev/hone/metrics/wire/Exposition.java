package dev.hone.metrics.wire;

import dev.hone.metrics.Labels;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The text a scrape or a file holds: Prometheus' format 0.0.4, and OpenMetrics 1.0, which demands
 * {@code # EOF}, has times in seconds and may add exemplars.
 */
public final class Exposition {
  private final String text;
  private final boolean openMetrics;
  private final Target target;
  private int line;
  private int at;
  private int end;

  /** Takes what is read. */
  public interface Target {
    /**
     * A sample.
     *
     * @param labels the metric's name among them
     * @param millis its time in ms since the epoch, or null when the text gives none
     */
    void sample(SortedMap<String, String> labels, double value, @Nullable Long millis);

    /**
     * Something said of a metric.
     *
     * @param what HELP, TYPE or UNIT
     */
    default void metadata(String metric, String what, String value) {}
  }

  private Exposition(String text, boolean openMetrics, Target target) {
    this.text = text;
    this.openMetrics = openMetrics;
    this.target = target;
  }

  /**
   * Reads a text.
   *
   * @throws MalformedException with the line when it is not in the format
   */
  public static void read(String text, boolean openMetrics, Target target) {
    var whole = new Exposition(text, openMetrics, target);
    if (!whole.read() && openMetrics) {
      throw whole.wrong("`# EOF` is missing at the end; the text may be cut off");
    }
  }

  /**
   * Reads a part of a text: whole lines of it.
   *
   * @param linesBefore how many lines came before
   * @return whether the end of the text was reached, {@code # EOF} of OpenMetrics
   * @throws MalformedException with the line when it is not in the format
   */
  public static boolean readPart(String text, boolean openMetrics, int linesBefore, Target target) {
    var part = new Exposition(text, openMetrics, target);
    part.line = linesBefore;
    return part.read();
  }

  private boolean read() {
    boolean ended = false;
    for (int from = 0; from < text.length(); from = end + 1) {
      int newline = text.indexOf('\n', from);
      end = newline < 0 ? text.length() : newline;
      at = from;
      line++;
      if (ended) {
        throw wrong("there is text after `# EOF`");
      }
      skipSpace();
      if (at == end || text.charAt(at) == '\r') {
        continue;
      }
      if (text.charAt(at) == '#') {
        ended = openMetrics && text.substring(at, end).strip().equals("# EOF");
        comment();
      } else {
        sample();
      }
    }
    return ended;
  }

  private MalformedException wrong(String what) {
    return new MalformedException("line " + line + ": " + what);
  }

  private void skipSpace() {
    while (at < end && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  private void comment() {
    String[] words = text.substring(at, end).strip().split("[ \t]+", 4);
    if (words.length >= 3
        && (words[1].equals("HELP") || words[1].equals("TYPE") || words[1].equals("UNIT"))) {
      target.metadata(words[2], words[1], words.length > 3 ? words[3] : "");
    }
  }

  private void sample() {
    var labels = new TreeMap<String, String>();
    int from = at;
    while (at < end && " \t{".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    labels.put(Labels.NAME, text.substring(from, at));
    skipSpace();
    if (at < end && text.charAt(at) == '{') {
      at++;
      labels(labels);
    }
    String value = word();
    if (value.isEmpty()) {
      throw wrong("the sample of `" + labels.get(Labels.NAME) + "` has no value");
    }
    String time = word();
    Long millis = time.isEmpty() || time.startsWith("#") ? null : time(time);
    String rest = time.startsWith("#") ? time : word();
    if (!rest.isEmpty() && !(openMetrics && rest.startsWith("#"))) {
      throw wrong("`" + rest + "` after the sample");
    }
    target.sample(labels, number(value), millis);
  }

  private String word() {
    skipSpace();
    int from = at;
    while (at < end && " \t\r".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(from, at);
  }

  private void labels(SortedMap<String, String> labels) {
    while (true) {
      while (at < end && ", \t".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      if (at < end && text.charAt(at) == '}') {
        at++;
        return;
      }
      int from = at;
      while (at < end && "= \t\"".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      String name = text.substring(from, at);
      skipSpace();
      if (at >= end || text.charAt(at) != '=') {
        throw wrong("a label without a quoted value");
      }
      at++;
      skipSpace();
      if (at >= end || text.charAt(at) != '"') {
        throw wrong("the value of label `" + name + "` is not quoted");
      }
      at++;
      if (labels.put(name, quoted()) != null) {
        throw wrong("label `" + name + "` is there twice");
      }
    }
  }

  private String quoted() {
    int from = at;
    while (at < end && text.charAt(at) != '"' && text.charAt(at) != '\\') {
      at++;
    }
    if (at < end && text.charAt(at) == '"') {
      return text.substring(from, at++);
    }
    var value = new StringBuilder(text.substring(from, at));
    while (at < end && text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c == '\\' && at < end) {
        char escaped = text.charAt(at++);
        value.append(escaped == 'n' ? "\n" : escaped == '\\' || escaped == '"' ? "" : "\\");
        c = escaped;
        if (escaped == 'n') {
          continue;
        }
      }
      value.append(c);
    }
    if (at >= end) {
      throw wrong("a label value without end");
    }
    at++;
    return value.toString();
  }

  private double number(String word) {
    try {
      return switch (word) {
        case "+Inf", "Inf", "+inf", "inf" -> Double.POSITIVE_INFINITY;
        case "-Inf", "-inf" -> Double.NEGATIVE_INFINITY;
        case "NaN", "nan" -> Double.NaN;
        default -> Double.parseDouble(word);
      };
    } catch (NumberFormatException e) {
      throw wrong("`" + word + "` is not a number");
    }
  }

  private long time(String word) {
    try {
      return openMetrics ? Math.round(Double.parseDouble(word) * 1000) : Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw wrong("`" + word + "` is not a time");
    }
  }
}
