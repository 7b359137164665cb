package dev.hone.metrics.promql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Cuts a query into tokens. */
final class Lexer {
  /** What a token is. */
  enum Kind {
    NAME,
    NUMBER,
    DURATION,
    STRING,
    SYMBOL,
    END
  }

  /**
   * A token.
   *
   * @param text as written; of a string what it stands for
   */
  record Token(Kind kind, String text, int position) {
    boolean is(String symbol) {
      return kind == Kind.SYMBOL && text.equals(symbol);
    }

    /** Whether it is a word of the language, in upper or lower case. */
    boolean isWord(String word) {
      return kind == Kind.NAME && text.toLowerCase(Locale.ROOT).equals(word);
    }
  }

  private static final String[] SYMBOLS = {
    "=~", "!~", "!=", "==", ">=", "<=", "(", ")", "{", "}", "[", "]", ",", "=", "+", "-", "*", "/",
    "%", "^", ">", "<", "@", ":"
  };

  private final String text;
  private int at;
  private int brackets;
  private int braces;
  private final List<Token> tokens = new ArrayList<>();

  private Lexer(String text) {
    this.text = text;
  }

  static List<Token> tokens(String text) {
    var lexer = new Lexer(text);
    while (lexer.next()) {
      // until the end
    }
    return lexer.tokens;
  }

  private boolean next() {
    skipSpace();
    if (at >= text.length()) {
      tokens.add(new Token(Kind.END, "end of input", at));
      return false;
    }
    char c = text.charAt(at);
    if (c == '"' || c == '\'' || c == '`') {
      string(c);
    } else if (isDigit(c) || (c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1)))) {
      number();
    } else if (isLetter(c) || (c == ':' && brackets == 0)) {
      int from = at;
      while (at < text.length()
          && (isLetter(text.charAt(at))
              || isDigit(text.charAt(at))
              || (text.charAt(at) == ':' && braces == 0))) {
        at++;
      }
      tokens.add(new Token(Kind.NAME, text.substring(from, at), from));
    } else {
      symbol();
    }
    return true;
  }

  private void skipSpace() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        while (at < text.length() && text.charAt(at) != '\n') {
          at++;
        }
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        at++;
      } else {
        return;
      }
    }
  }

  private void symbol() {
    for (String symbol : SYMBOLS) {
      if (text.startsWith(symbol, at)) {
        tokens.add(new Token(Kind.SYMBOL, symbol, at));
        at += symbol.length();
        switch (symbol) {
          case "[" -> brackets++;
          case "]" -> brackets--;
          case "{" -> braces++;
          case "}" -> braces--;
          default -> {}
        }
        return;
      }
    }
    throw new QueryException.Syntax(
        text, at, "unexpected character `" + Character.toString(text.codePointAt(at)) + "`");
  }

  private void number() {
    int from = at;
    if (text.startsWith("0x", at) || text.startsWith("0X", at)) {
      at += 2;
      while (at < text.length() && Character.digit(text.charAt(at), 16) >= 0) {
        at++;
      }
    } else {
      digits();
      if (at < text.length() && "smhdwy".indexOf(text.charAt(at)) >= 0) {
        duration(from);
        return;
      }
      if (at < text.length() && text.charAt(at) == '.') {
        at++;
        digits();
      }
      if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
        at++;
        if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
          at++;
        }
        digits();
      }
    }
    if (at < text.length() && (isLetter(text.charAt(at)) || text.charAt(at) == '.')) {
      throw new QueryException.Syntax(
          text, from, "bad number or duration: `" + text.substring(from, at + 1) + "`");
    }
    tokens.add(new Token(Kind.NUMBER, text.substring(from, at), from));
  }

  private void duration(int from) {
    while (at < text.length() && (isDigit(text.charAt(at)) || isLetter(text.charAt(at)))) {
      at++;
    }
    tokens.add(new Token(Kind.DURATION, text.substring(from, at), from));
  }

  private void digits() {
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
  }

  private void string(char quote) {
    int from = at++;
    var value = new StringBuilder();
    while (true) {
      if (at >= text.length() || (quote != '`' && text.charAt(at) == '\n')) {
        throw new QueryException.Syntax(text, from, "unterminated quoted string");
      }
      char c = text.charAt(at++);
      if (c == quote) {
        break;
      }
      if (c == '\\' && quote != '`') {
        escape(quote, value);
      } else {
        value.append(c);
      }
    }
    tokens.add(new Token(Kind.STRING, value.toString(), from));
  }

  private void escape(char quote, StringBuilder value) {
    if (at >= text.length()) {
      throw new QueryException.Syntax(text, at, "unterminated escape sequence");
    }
    char c = text.charAt(at++);
    switch (c) {
      case 'a' -> value.append('\u0007');
      case 'b' -> value.append('\b');
      case 'f' -> value.append('\f');
      case 'n' -> value.append('\n');
      case 'r' -> value.append('\r');
      case 't' -> value.append('\t');
      case 'v' -> value.append('\u000b');
      case '\\' -> value.append('\\');
      case 'x' -> value.appendCodePoint(code(2, 16));
      case 'u' -> value.appendCodePoint(code(4, 16));
      case 'U' -> value.appendCodePoint(code(8, 16));
      default -> {
        if (c == quote) {
          value.append(c);
        } else if (c >= '0' && c <= '7') {
          at--;
          value.appendCodePoint(code(3, 8));
        } else {
          throw new QueryException.Syntax(text, at - 1, "unknown escape sequence `\\" + c + "`");
        }
      }
    }
  }

  private int code(int digits, int base) {
    if (at + digits > text.length()) {
      throw new QueryException.Syntax(text, at, "unterminated escape sequence");
    }
    try {
      int code = Integer.parseInt(text, at, at + digits, base);
      if (code < 0 || !Character.isValidCodePoint(code)) {
        throw new NumberFormatException("out of range");
      }
      at += digits;
      return code;
    } catch (NumberFormatException e) {
      throw new QueryException.Syntax(text, at, "an escape sequence is not valid");
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }
}
