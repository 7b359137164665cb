package dev.hone.loop;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * JSON text (RFC 8259) to and from plain values: {@link Map} (in order), {@link List}, {@link
 * String}, {@link Double}, {@link Long}, {@link Boolean} and null. Numbers that are not finite are
 * written as null.
 */
public final class Json {
  private static final int MAX_DEPTH = 64;
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9]\\d*+)((?:\\.\\d++)?(?:[eE][+-]?\\d++)?)");

  private final String text;
  private int position;
  private int depth;

  private Json(String text) {
    this.text = text;
  }

  /** Writes a value without white space, keys in the map's order. */
  public static String write(@Nullable Object value) {
    var out = new StringBuilder(256);
    write(value, out);
    return out.toString();
  }

  private static void write(@Nullable Object value, StringBuilder out) {
    switch (value) {
      case null -> out.append("null");
      case String text -> quote(text, out);
      case Double number -> out.append(Double.isFinite(number) ? number.toString() : "null");
      case Float number -> out.append(Float.isFinite(number) ? number.toString() : "null");
      case Number number -> out.append(number);
      case Boolean bool -> out.append(bool);
      case Map<?, ?> map -> {
        char separator = '{';
        for (var entry : map.entrySet()) {
          out.append(separator);
          quote(String.valueOf(entry.getKey()), out);
          out.append(':');
          write(entry.getValue(), out);
          separator = ',';
        }
        out.append(map.isEmpty() ? "{}" : "}");
      }
      case Iterable<?> items -> {
        out.append('[');
        boolean first = true;
        for (Object item : items) {
          if (!first) {
            out.append(',');
          }
          write(item, out);
          first = false;
        }
        out.append(']');
      }
      default ->
          throw new IllegalArgumentException("no JSON form for " + value.getClass().getName());
    }
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /**
   * Reads one value.
   *
   * @throws IllegalArgumentException with the position when the text is not JSON
   */
  public static @Nullable Object parse(String text) {
    var json = new Json(text);
    Object value = json.value();
    json.skipSpace();
    if (json.position < text.length()) {
      throw json.error("unexpected text after the value");
    }
    return value;
  }

  /** Reads one object. */
  @SuppressWarnings("unchecked")
  public static Map<String, @Nullable Object> parseObject(String text) {
    if (parse(text) instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw new IllegalArgumentException("expected a JSON object");
  }

  private @Nullable Object value() {
    skipSpace();
    if (position >= text.length()) {
      throw error("unexpected end");
    }
    if (++depth > MAX_DEPTH) {
      throw error("nested deeper than " + MAX_DEPTH);
    }
    char c = text.charAt(position);
    Object result =
        switch (c) {
          case '{' -> object();
          case '[' -> array();
          case '"' -> string();
          case 't' -> literal("true", true);
          case 'f' -> literal("false", false);
          case 'n' -> literal("null", null);
          default -> number();
        };
    depth--;
    return result;
  }

  private Map<String, @Nullable Object> object() {
    var map = new LinkedHashMap<String, @Nullable Object>();
    position++;
    skipSpace();
    if (peek() == '}') {
      position++;
      return map;
    }
    while (true) {
      skipSpace();
      String key = string();
      skipSpace();
      expect(':');
      map.put(key, value());
      skipSpace();
      if (peek() == ',') {
        position++;
      } else {
        expect('}');
        return map;
      }
    }
  }

  private List<@Nullable Object> array() {
    var list = new ArrayList<@Nullable Object>();
    position++;
    skipSpace();
    if (peek() == ']') {
      position++;
      return list;
    }
    while (true) {
      list.add(value());
      skipSpace();
      if (peek() == ',') {
        position++;
      } else {
        expect(']');
        return list;
      }
    }
  }

  private String string() {
    expect('"');
    var out = new StringBuilder();
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '"') {
        return out.toString();
      }
      if (c < 0x20) {
        throw error("control character in a string");
      }
      out.append(c == '\\' ? escaped() : c);
    }
    throw error("string without end");
  }

  private char escaped() {
    char c = peek();
    position++;
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case '"', '\\', '/' -> c;
      case 'u' -> {
        if (position + 4 > text.length()) {
          throw error("incomplete \\u escape");
        }
        try {
          char code = (char) HexFormat.fromHexDigits(text, position, position + 4);
          position += 4;
          yield code;
        } catch (NumberFormatException e) {
          throw error("\\u without four hexadecimal digits");
        }
      }
      default -> throw error("unknown escape \\" + c);
    };
  }

  private @Nullable Object literal(String word, @Nullable Object value) {
    if (!text.startsWith(word, position)) {
      throw error("expected " + word);
    }
    position += word.length();
    return value;
  }

  private Object number() {
    Matcher number = NUMBER.matcher(text).region(position, text.length());
    if (!number.lookingAt()) {
      throw error("expected a value");
    }
    String digits = number.group();
    if (number.group(1).isEmpty()) {
      try {
        long whole = Long.parseLong(digits);
        position = number.end();
        return whole;
      } catch (NumberFormatException e) {
        // Beyond the range of a long: the nearest double, as RFC 8259 section 6 allows.
      }
    }
    double value = Double.parseDouble(digits);
    if (Double.isInfinite(value)) {
      throw error("a number beyond the range of a double");
    }
    position = number.end();
    return value;
  }

  private char peek() {
    if (position >= text.length()) {
      throw error("unexpected end");
    }
    return text.charAt(position);
  }

  private void expect(char c) {
    if (peek() != c) {
      throw error("expected '" + c + "'");
    }
    position++;
  }

  private void skipSpace() {
    while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private IllegalArgumentException error(String what) {
    return new IllegalArgumentException("not JSON at character " + (position + 1) + ": " + what);
  }
}
