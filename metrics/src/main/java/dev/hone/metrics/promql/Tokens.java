package dev.hone.metrics.promql;

import dev.hone.metrics.promql.Lexer.Kind;
import dev.hone.metrics.promql.Lexer.Token;
import java.util.List;
import java.util.Locale;

/** A place in the tokens of a query, and complaints about it. */
final class Tokens {
  private final String text;
  private final List<Token> tokens;
  private int at;

  Tokens(String text) {
    this.text = text;
    this.tokens = Lexer.tokens(text);
  }

  /** Goes back by one. */
  void back() {
    at--;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token take() {
    Token token = tokens.get(at);
    if (at < tokens.size() - 1) {
      at++;
    }
    return token;
  }

  boolean accept(String symbol) {
    if (peek().is(symbol)) {
      at++;
      return true;
    }
    return false;
  }

  void expect(String symbol, String where) {
    if (!accept(symbol)) {
      throw unexpected(where + ", expected `" + symbol + "`");
    }
  }

  QueryException.Syntax error(Token token, String message) {
    return new QueryException.Syntax(text, token.position(), message);
  }

  QueryException.Syntax error(Expr expr, String message) {
    return new QueryException.Syntax(text, expr.position(), message);
  }

  QueryException.Syntax unexpected(String where) {
    Token token = peek();
    String what = token.kind() == Kind.END ? token.text() : "`" + token.text() + "`";
    return error(token, "unexpected " + what + " " + where);
  }

  boolean acceptWord(String word) {
    if (peek().isWord(word)) {
      at++;
      return true;
    }
    return false;
  }

  long duration() {
    Token token = take();
    if (token.kind() != Kind.DURATION) {
      throw error(token, "unexpected `" + token.text() + "`, expected a duration like `5m`");
    }
    try {
      long millis = Durations.millis(token.text());
      if (millis <= 0) {
        throw error(token, "duration must be greater than 0");
      }
      return millis;
    } catch (IllegalArgumentException e) {
      throw error(token, String.valueOf(e.getMessage()));
    }
  }

  double number(Token token) {
    String word = token.text().toLowerCase(Locale.ROOT);
    if (token.kind() == Kind.NAME && word.equals("nan")) {
      return Double.NaN;
    }
    if (token.kind() == Kind.NAME && word.equals("inf")) {
      return Double.POSITIVE_INFINITY;
    }
    if (token.kind() != Kind.NUMBER) {
      throw error(token, "unexpected `" + token.text() + "`, expected a number");
    }
    try {
      if (word.startsWith("0x")) {
        return Long.parseUnsignedLong(word.substring(2), 16);
      }
      boolean octal = word.length() > 1 && word.matches("0[0-7]+");
      return octal ? Long.parseLong(word, 8) : Double.parseDouble(word);
    } catch (NumberFormatException e) {
      throw error(token, "error parsing number `" + token.text() + "`");
    }
  }
}
