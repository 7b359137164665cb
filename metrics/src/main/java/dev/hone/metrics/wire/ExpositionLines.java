package dev.hone.metrics.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SortedMap;

/**
 * Exposition text line by line: Prometheus' format 0.0.4, and OpenMetrics 1.0, which demands {@code
 * # EOF}, has times in seconds and may add exemplars. Nothing is decoded that the caller knows
 * already: after {@link #next} a line is either a comment, or a sample whose metric is compared
 * with bytes ({@link #metricIs}) or delimited ({@link #metric}) before its value is read ({@link
 * #sample}).
 */
public final class ExpositionLines {
  private final byte[] text;
  private final int length;
  private final boolean openMetrics;
  private final ExpositionNumbers numbers;
  private final boolean whole;
  private int at;
  private int line;
  private int from;
  private int to;
  private boolean comment;
  private boolean ended;
  private long bits;
  private boolean timed;
  private long millis;

  /** Reads the first {@code length} bytes of a text in UTF-8. */
  public ExpositionLines(byte[] text, int length, boolean openMetrics) {
    this(text, length, openMetrics, true);
  }

  private ExpositionLines(byte[] text, int length, boolean openMetrics, boolean whole) {
    this.whole = whole;
    this.text = text;
    this.length = length;
    this.openMetrics = openMetrics;
    this.numbers = new ExpositionNumbers(text, length);
  }

  /**
   * Goes to the next line that holds something.
   *
   * @return false at the end
   * @throws MalformedException when OpenMetrics does not end where it must
   */
  public boolean next() {
    while (at < length) {
      line++;
      skipSpace();
      if (at == length) {
        break;
      }
      byte first = text[at];
      if (ended) {
        throw wrong("there is text after `# EOF`");
      } else if (first == '\n') {
        at++;
      } else if (first == '\r') {
        at = Math.min(lineEnd() + 1, length);
      } else {
        from = at;
        comment = first == '#';
        if (!comment) {
          return true;
        }
        to = lineEnd();
        at = Math.min(to + 1, length);
        ended = openMetrics && content().strip().equals("# EOF");
        if (!ended) {
          return true;
        }
      }
    }
    if (openMetrics && whole && !ended) {
      throw wrong("`# EOF` is missing at the end; the text may be cut off");
    }
    return false;
  }

  /** Reads whole lines of a longer text, which need not end with {@code # EOF}. */
  static ExpositionLines part(byte[] text, boolean openMetrics, int linesBefore) {
    var part = new ExpositionLines(text, text.length, openMetrics, false);
    part.line = linesBefore;
    return part;
  }

  /** Whether {@code # EOF} was read. */
  boolean ended() {
    return ended;
  }

  /** Whether the line is a comment, HELP, TYPE and UNIT among them. */
  public boolean isComment() {
    return comment;
  }

  /** Whether the comment says something of a metric: HELP, TYPE or UNIT. */
  public boolean isMetadata() {
    return comment
        && to - from > 8
        && text[from + 1] == ' '
        && (text[from + 2] == 'H' || text[from + 2] == 'T' || text[from + 2] == 'U');
  }

  /** Whether the comment consists of these bytes. */
  public boolean commentIs(byte[] bytes) {
    return Arrays.equals(text, from, to, bytes, 0, bytes.length);
  }

  /** Whether the line is a sample of the metric that is written with these bytes. */
  public boolean metricIs(byte[] bytes) {
    int end = from + bytes.length;
    if (comment
        || end >= length
        || !isSpace(text[end])
        || !Arrays.equals(text, from, end, bytes, 0, bytes.length)) {
      return false;
    }
    int value = end;
    while (value < length && isSpace(text[value])) {
      value++;
    }
    if (value == length || text[value] == '{') {
      return false;
    }
    to = end;
    at = end;
    return true;
  }

  /** Finds the end of the metric: its name and, in braces, its labels. */
  public void metric() {
    while (at < length && text[at] != '{' && !isSpace(text[at]) && text[at] != '\n') {
      at++;
    }
    to = at;
    skipSpace();
    if (at < length && text[at] == '{') {
      boolean quoted = false;
      for (at++; at < length && text[at] != '\n' && (quoted || text[at] != '}'); at++) {
        if (text[at] == '"') {
          quoted = !quoted;
        } else if (quoted && text[at] == '\\' && at + 1 < length) {
          at++;
        }
      }
      if (at == length || text[at] != '}') {
        throw wrong(quoted ? "a label value without end" : "labels without a closing brace");
      }
      to = ++at;
    }
  }

  /** Where the comment, or the metric of the sample, begins. */
  public int from() {
    return from;
  }

  /** Where it ends. */
  public int to() {
    return to;
  }

  /** The comment, or the metric of the sample, as a text. */
  public String content() {
    return new String(text, from, to - from, StandardCharsets.UTF_8);
  }

  /**
   * The labels of the metric, the metric's name among them; a label may be empty.
   *
   * @throws MalformedException when they are not well-formed
   */
  public SortedMap<String, String> labels() {
    String metric = content();
    if (metric.indexOf('\uFFFD') >= 0
        && !Arrays.equals(
            metric.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(text, from, to))) {
      throw wrong("`" + metric + "` is not valid UTF-8");
    }
    try {
      return MetricText.labels(metric);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads value and time of the sample.
   *
   * @throws MalformedException when they are no numbers
   */
  public void sample() {
    skipSpace();
    if (at == length || text[at] == '\n' || text[at] == '\r') {
      throw wrong("the sample of `" + content() + "` has no value");
    }
    try {
      at = numbers.value(at);
      bits = numbers.bits();
      timed = false;
      skipSpace();
      if (at < length && text[at] != '\n') {
        rest();
      } else {
        at++;
      }
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  /** A time, an exemplar, or the carriage return of a line that ends with two characters. */
  private void rest() {
    if (text[at] != '\r' && text[at] != '#') {
      at = numbers.time(at, openMetrics);
      millis = numbers.millis();
      timed = true;
      skipSpace();
    }
    int end = lineEnd();
    if (at < end && text[at] != '\r' && !(openMetrics && text[at] == '#')) {
      throw new IllegalArgumentException(
          "`" + new String(text, at, end - at, StandardCharsets.UTF_8) + "` after the sample");
    }
    at = Math.min(end + 1, length);
  }

  /** The value of the sample, bit for bit; not a number is Prometheus' NaN. */
  public long bits() {
    return bits;
  }

  /** Whether the sample has a time of its own. */
  public boolean isTimed() {
    return timed;
  }

  /** That time, in ms since the epoch. */
  public long millis() {
    return millis;
  }

  /** An error of this line. */
  public MalformedException wrong(String what) {
    return new MalformedException("line " + line + ": " + what);
  }

  private int lineEnd() {
    int end = at;
    while (end < length && text[end] != '\n') {
      end++;
    }
    return end;
  }

  private void skipSpace() {
    while (at < length && isSpace(text[at])) {
      at++;
    }
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t';
  }
}
