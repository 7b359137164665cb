package dev.hone.metrics.wire;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Reads JSON (RFC 8259) in UTF-8 piece by piece; whoever reads decides what comes next. All methods
 * throw {@link MalformedException} where the text is not what they ask for.
 */
public final class JsonReader {
  private static final int MAX_DEPTH = 64;
  private static final int LONGEST_SHOWN = 40;
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private final byte[] bytes;
  private final int end;
  private int at;

  /** Reads the first {@code length} bytes. */
  public JsonReader(byte[] bytes, int length) {
    this.bytes = bytes;
    this.end = length;
  }

  /** Whether nothing but white space is left. */
  public boolean atEnd() {
    while (at < end && isSpace(bytes[at])) {
      at++;
    }
    return at == end;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /** The next character that is not white space; one beyond ASCII is one that JSON never has. */
  public char peek() {
    if (atEnd()) {
      throw wrong("it ends early");
    }
    return (char) (bytes[at] & 0xFF);
  }

  /** Goes past a character if it is the next. */
  public boolean take(char c) {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  /** Goes past a character, which must be the next. */
  public void expect(char c) {
    if (!take(c)) {
      throw wrong("`" + c + "` is expected where `" + here() + "` stands");
    }
  }

  private String here() {
    int length = bytes[at] >= 0 ? 1 : Math.min(4, end - at);
    return new String(bytes, at, length, StandardCharsets.UTF_8).substring(0, 1);
  }

  /** Whether another element follows in a list or object, whose first bracket was taken. */
  public boolean more(char close, boolean first) {
    if (!first) {
      if (take(',')) {
        return true;
      }
      expect(close);
      return false;
    }
    return !take(close);
  }

  /** The name of a field and its colon. */
  public String name() {
    String name = string();
    expect(':');
    return name;
  }

  /** After the value: nothing may follow. */
  public void end() {
    if (!atEnd()) {
      throw wrong("there is text after the end");
    }
  }

  /** A string. */
  public String string() {
    expect('"');
    int from = at;
    plain();
    if (at < end && bytes[at] == '"') {
      return new String(bytes, from, at++ - from, StandardCharsets.UTF_8);
    }
    var out = new StringBuilder();
    while (at < end && bytes[at] != '"') {
      out.append(new String(bytes, from, at - from, StandardCharsets.UTF_8));
      at++;
      out.append(escaped());
      from = at;
      plain();
    }
    if (at == end) {
      throw wrong("a string has no end");
    }
    return out.append(new String(bytes, from, at++ - from, StandardCharsets.UTF_8)).toString();
  }

  /** Up to a quotation mark, a backslash or the end. */
  private void plain() {
    while (at < end && bytes[at] != '"' && bytes[at] != '\\') {
      if (bytes[at] >= 0 && bytes[at] < ' ') {
        throw wrong("a control character in a string");
      }
      at++;
    }
  }

  private char escaped() {
    char c = at < end ? (char) (bytes[at++] & 0xFF) : ' ';
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case '"', '\\', '/' -> c;
      case 'u' -> {
        if (end - at < 4) {
          throw wrong("a `\\u` without four hexadecimal digits");
        }
        try {
          at += 4;
          String digits = new String(bytes, at - 4, 4, StandardCharsets.ISO_8859_1);
          yield (char) HexFormat.fromHexDigits(digits);
        } catch (NumberFormatException e) {
          throw new MalformedException("the JSON has a `\\u` without four hexadecimal digits", e);
        }
      }
      default -> throw wrong("an escape that JSON does not know");
    };
  }

  /** A number, or {@code true}, {@code false}, {@code null}; not yet looked at. */
  public String word() {
    peek();
    int from = at;
    while (at < end && isOfWord(bytes[at])) {
      at++;
    }
    if (from == at) {
      throw wrong("a value is expected where `" + here() + "` stands");
    }
    return new String(bytes, from, at - from, StandardCharsets.ISO_8859_1);
  }

  private static boolean isOfWord(byte b) {
    return (b >= '0' && b <= '9')
        || (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || b == '+'
        || b == '-'
        || b == '.';
  }

  /** Goes past a value of any kind. */
  public void skip() {
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
        for (boolean first = true; more('}', first); first = false) {
          name();
          skip(depth + 1);
        }
      }
      case '[' -> {
        at++;
        for (boolean first = true; more(']', first); first = false) {
          skip(depth + 1);
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
        if (!NUMBER.matcher(word).matches()) {
          throw new MalformedException("`" + shown(word) + "` is no value of JSON");
        }
      }
    }
  }

  static String shown(String word) {
    return word.length() <= LONGEST_SHOWN ? word : word.substring(0, LONGEST_SHOWN) + "…";
  }

  /** What is wrong at this place. */
  public MalformedException wrong(String what) {
    return new MalformedException("the JSON is malformed at byte " + (at + 1) + ": " + what);
  }
}
