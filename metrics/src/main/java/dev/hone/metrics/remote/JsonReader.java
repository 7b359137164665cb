package dev.hone.metrics.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON (RFC 8259) value by value from bytes, for answers whose shape is known: what is next
 * is asked for, what is not wanted is skipped.
 */
final class JsonReader {
  private static final int DEEPEST = 64;

  private final byte[] bytes;
  private final int end;
  private int at;

  JsonReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /** The next character that is not space, not taken; 0 at the end. */
  char peek() {
    while (at < end
        && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
      at++;
    }
    return at < end ? (char) (bytes[at] & 0xFF) : 0;
  }

  /** Takes a character that has to come next. */
  void expect(char c) throws IOException {
    if (peek() != c) {
      throw malformed("`" + c + "` expected");
    }
    at++;
  }

  /** Takes a character if it comes next. */
  boolean accept(char c) {
    if (peek() == c) {
      at++;
      return true;
    }
    return false;
  }

  /** Whether another element follows in a list or object, whose first bracket was taken. */
  boolean more(char close, boolean first) throws IOException {
    if (accept(close)) {
      return false;
    }
    if (!first) {
      expect(',');
    }
    return true;
  }

  /** The name of a field and its colon. */
  String name() throws IOException {
    String name = text();
    expect(':');
    return name;
  }

  /** A string. */
  String text() throws IOException {
    expect('"');
    int from = at;
    while (at < end && bytes[at] != '"' && bytes[at] != '\\') {
      at++;
    }
    if (at < end && bytes[at] == '"') {
      return new String(bytes, from, at++ - from, StandardCharsets.UTF_8);
    }
    var text = new StringBuilder(new String(bytes, from, at - from, StandardCharsets.UTF_8));
    while (at < end) {
      byte b = bytes[at++];
      if (b == '"') {
        return text.toString();
      }
      if (b == '\\') {
        text.append(escaped());
      } else {
        int begin = at - 1;
        while (at < end && bytes[at] != '"' && bytes[at] != '\\') {
          at++;
        }
        text.append(new String(bytes, begin, at - begin, StandardCharsets.UTF_8));
      }
    }
    throw malformed("a string does not end");
  }

  private char escaped() throws IOException {
    char c = at < end ? (char) bytes[at++] : 0;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        try {
          if (end - at < 4) {
            throw malformed("an escape is cut off");
          }
          int code = Integer.parseInt(new String(bytes, at, 4, StandardCharsets.ISO_8859_1), 16);
          at += 4;
          yield (char) code;
        } catch (NumberFormatException e) {
          throw malformed("a wrong escape");
        }
      }
      default -> throw malformed("a wrong escape");
    };
  }

  /** A number. */
  double number() throws IOException {
    peek();
    int from = at;
    while (at < end && "+-.0123456789eE".indexOf(bytes[at]) >= 0) {
      at++;
    }
    try {
      return Double.parseDouble(new String(bytes, from, at - from, StandardCharsets.ISO_8859_1));
    } catch (NumberFormatException e) {
      throw malformed("a number expected");
    }
  }

  /** Seconds as a number, in milliseconds. */
  long millis() throws IOException {
    return Math.round(number() * 1000);
  }

  /** A sample's value: a number, or what stands for one, like {@code +Inf}, quoted or not. */
  double value() throws IOException {
    if (peek() == '"') {
      return value(text());
    }
    int from = at;
    while (at < end && ",]} \n".indexOf(bytes[at]) < 0) {
      at++;
    }
    return value(new String(bytes, from, at - from, StandardCharsets.ISO_8859_1));
  }

  private double value(String text) throws IOException {
    return switch (text) {
      case "NaN", "nan" -> Double.NaN;
      case "+Inf", "Inf", "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Inf", "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> {
        try {
          yield Double.parseDouble(text);
        } catch (NumberFormatException e) {
          throw malformed("`" + text + "` where a value is expected");
        }
      }
    };
  }

  /** Takes {@code null} if it comes next. */
  boolean isNull() {
    if (peek() == 'n' && end - at >= 4) {
      at += 4;
      return true;
    }
    return false;
  }

  /** Passes over a value of any kind. */
  void skip() throws IOException {
    skip(0);
  }

  private void skip(int depth) throws IOException {
    if (depth > DEEPEST) {
      throw malformed("nested too deep");
    }
    switch (peek()) {
      case '"' -> text();
      case '{' -> {
        expect('{');
        for (boolean first = true; more('}', first); first = false) {
          name();
          skip(depth + 1);
        }
      }
      case '[' -> {
        expect('[');
        for (boolean first = true; more(']', first); first = false) {
          skip(depth + 1);
        }
      }
      case 't', 'n' -> at += 4;
      case 'f' -> at += 5;
      default -> number();
    }
  }

  IOException malformed(String what) {
    return new IOException("its answer is not JSON at byte " + at + ": " + what);
  }
}
