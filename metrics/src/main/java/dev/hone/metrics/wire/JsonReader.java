package dev.hone.metrics.wire;

import java.util.HexFormat;

/** Reads JSON (RFC 8259) piece by piece; whoever reads decides what comes next. */
final class JsonReader {
  private static final int MAX_DEPTH = 64;
  private static final int LONGEST_SHOWN = 40;

  private final String text;
  private int at;

  JsonReader(String text) {
    this.text = text;
  }

  /** The next character that is not white space. */
  char peek() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at == text.length()) {
      throw wrong("it ends early");
    }
    return text.charAt(at);
  }

  /** Goes past a character if it is the next. */
  boolean take(char c) {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  void expect(char c) {
    if (!take(c)) {
      throw wrong("`" + c + "` is expected where `" + text.charAt(at) + "` stands");
    }
  }

  /** After the value: nothing may follow. */
  void end() {
    String rest = text.substring(at).strip();
    if (!rest.isEmpty()) {
      throw wrong("there is text after the end");
    }
  }

  String string() {
    expect('"');
    int from = at;
    while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\') {
      plain();
    }
    if (at < text.length() && text.charAt(at) == '"') {
      return text.substring(from, at++);
    }
    var out = new StringBuilder(text.substring(from, at));
    while (at < text.length() && text.charAt(at) != '"') {
      char c = plain();
      out.append(c == '\\' ? escaped() : c);
    }
    if (at == text.length()) {
      throw wrong("a string has no end");
    }
    at++;
    return out.toString();
  }

  private char plain() {
    char c = text.charAt(at++);
    if (c < ' ') {
      throw wrong("a control character in a string");
    }
    return c;
  }

  private char escaped() {
    char c = at < text.length() ? text.charAt(at++) : ' ';
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case '"', '\\', '/' -> c;
      case 'u' -> {
        try {
          at += 4;
          yield (char) HexFormat.fromHexDigits(text, at - 4, at);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
          throw new MalformedException("the JSON has a `\\u` without four hexadecimal digits", e);
        }
      }
      default -> throw wrong("an escape that JSON does not know");
    };
  }

  /** A number, or {@code true}, {@code false}, {@code null}. */
  String word() {
    peek();
    int from = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || "+-.".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    if (from == at) {
      throw wrong("a value is expected where `" + text.charAt(at) + "` stands");
    }
    return text.substring(from, at);
  }

  /** Goes past a value of any kind. */
  void skip() {
    skip(0);
  }

  private void skip(int depth) {
    if (depth > MAX_DEPTH) {
      throw wrong("it is nested deeper than " + MAX_DEPTH);
    }
    switch (peek()) {
      case '"' -> string();
      case '{' -> {
        at++;
        if (!take('}')) {
          do {
            string();
            expect(':');
            skip(depth + 1);
          } while (take(','));
          expect('}');
        }
      }
      case '[' -> {
        at++;
        if (!take(']')) {
          do {
            skip(depth + 1);
          } while (take(','));
          expect(']');
        }
      }
      default -> literal();
    }
  }

  private void literal() {
    String word = word();
    switch (word) {
      case "true", "false", "null" -> {}
      default -> {
        try {
          Double.parseDouble(word);
        } catch (NumberFormatException e) {
          throw new MalformedException("`" + shown(word) + "` is no value of JSON", e);
        }
      }
    }
  }

  static String shown(String word) {
    return word.length() <= LONGEST_SHOWN ? word : word.substring(0, LONGEST_SHOWN) + "…";
  }

  private MalformedException wrong(String what) {
    return new MalformedException("the JSON is malformed at character " + (at + 1) + ": " + what);
  }
}
