package dev.hone.metrics.promql;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.Patterns;
import dev.hone.metrics.promql.Expr.Matching.Card;
import dev.hone.metrics.promql.Expr.When;
import dev.hone.metrics.promql.Lexer.Kind;
import dev.hone.metrics.promql.Lexer.Token;
import dev.hone.metrics.wire.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads PromQL: precedence climbing over the operators, types checked on the way. */
final class Parser {
  private static final int MAX_DEPTH = 200;
  private static final Set<String> AGGREGATIONS =
      Set.of(
          "sum",
          "avg",
          "count",
          "min",
          "max",
          "group",
          "stddev",
          "stdvar",
          "topk",
          "bottomk",
          "count_values",
          "quantile");
  private static final Set<String> WITH_PARAMETER =
      Set.of("topk", "bottomk", "count_values", "quantile");
  private static final Set<String> RESERVED =
      Set.of("atan2", "on", "ignoring", "group_left", "group_right", "bool");

  private final String text;
  private final List<Token> tokens;
  private int at;
  private int depth;

  private Parser(String text) {
    this.text = text;
    this.tokens = Lexer.tokens(text);
  }

  /**
   * Reads a query.
   *
   * @throws QueryException.Syntax with the position when it is not PromQL
   */
  static Expr parse(String text) {
    var parser = new Parser(text);
    if (parser.peek().kind() == Kind.END) {
      throw parser.error(parser.peek(), "no expression found in input");
    }
    Expr expr = parser.expression(1);
    if (parser.peek().kind() != Kind.END) {
      throw parser.unexpected("after the expression");
    }
    return expr;
  }

  /**
   * Reads a selector alone, as the {@code match[]} parameter has it.
   *
   * @throws QueryException.Syntax with the position when it is not one
   */
  static List<Matcher> selector(String text) {
    if (Expr.bare(parse(text)) instanceof Expr.Selector selector && !selector.when().isFixed()) {
      return selector.matchers();
    }
    throw new QueryException.Syntax(text, 0, "expected a selector like `name{label=\"value\"}`");
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token take() {
    Token token = tokens.get(at);
    if (at < tokens.size() - 1) {
      at++;
    }
    return token;
  }

  private boolean accept(String symbol) {
    if (peek().is(symbol)) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(String symbol, String where) {
    if (!accept(symbol)) {
      throw unexpected(where + ", expected `" + symbol + "`");
    }
  }

  private QueryException.Syntax error(Token token, String message) {
    return new QueryException.Syntax(text, token.position(), message);
  }

  private QueryException.Syntax error(Expr expr, String message) {
    return new QueryException.Syntax(text, expr.position(), message);
  }

  private QueryException.Syntax unexpected(String where) {
    Token token = peek();
    String what = token.kind() == Kind.END ? token.text() : "`" + token.text() + "`";
    return error(token, "unexpected " + what + " " + where);
  }

  private Expr expression(int precedence) {
    if (++depth > MAX_DEPTH) {
      throw error(peek(), "the expression is nested more than " + MAX_DEPTH + " deep");
    }
    Expr left = unary();
    while (true) {
      Operator operator = Operator.of(peek());
      if (operator == null || operator.precedence() < precedence) {
        depth--;
        return left;
      }
      Token token = take();
      boolean bool = acceptWord("bool");
      if (bool && !operator.isComparison()) {
        throw error(token, "bool modifier can only be used on comparison operators");
      }
      Expr.@Nullable Matching matching = matching(operator);
      int next = operator == Operator.POWER ? operator.precedence() : operator.precedence() + 1;
      left = binary(token, operator, left, expression(next), bool, matching);
    }
  }

  private boolean acceptWord(String word) {
    if (peek().isWord(word)) {
      at++;
      return true;
    }
    return false;
  }

  private Expr.@Nullable Matching matching(Operator operator) {
    boolean on = peek().isWord("on");
    if (!on && !peek().isWord("ignoring")) {
      return null;
    }
    at++;
    List<String> labels = labelList();
    Card card = operator.isSet() ? Card.MANY_TO_MANY : Card.ONE_TO_ONE;
    List<String> include = List.of();
    boolean left = peek().isWord("group_left");
    if (left || peek().isWord("group_right")) {
      Token token = take();
      if (operator.isSet()) {
        throw error(token, "no grouping allowed for \"" + operator.symbol() + "\" operation");
      }
      card = left ? Card.MANY_TO_ONE : Card.ONE_TO_MANY;
      if (peek().is("(")) {
        include = labelList();
      }
      for (String label : include) {
        if (on && labels.contains(label)) {
          throw error(
              token, "label \"" + label + "\" must not occur in ON and GROUP clause at once");
        }
      }
    }
    return new Expr.Matching(on, labels, card, include);
  }

  private Expr binary(
      Token token,
      Operator operator,
      Expr left,
      Expr right,
      boolean bool,
      Expr.@Nullable Matching matching) {
    for (Expr side : List.of(left, right)) {
      if (side.type() != Expr.Type.SCALAR && side.type() != Expr.Type.VECTOR) {
        throw error(side, "binary expression must contain only scalar and instant vector types");
      }
    }
    boolean scalars = left.type() == Expr.Type.SCALAR && right.type() == Expr.Type.SCALAR;
    boolean vectors = left.type() == Expr.Type.VECTOR && right.type() == Expr.Type.VECTOR;
    if (operator.isComparison() && scalars && !bool) {
      throw error(token, "comparisons between scalars must use BOOL modifier");
    }
    if (operator.isSet() && !vectors) {
      throw error(
          token,
          "set operator \"" + operator.symbol() + "\" not allowed in binary scalar expression");
    }
    if (matching != null
        && !vectors
        && (!matching.labels().isEmpty() || matching.card() != Card.ONE_TO_ONE)) {
      throw error(token, "vector matching only allowed between instant vectors");
    }
    Expr.Matching used =
        matching != null
            ? matching
            : new Expr.Matching(
                false,
                List.of(),
                operator.isSet() ? Card.MANY_TO_MANY : Card.ONE_TO_ONE,
                List.of());
    return new Expr.Binary(left.position(), operator, left, right, bool, used);
  }

  private Expr unary() {
    if (peek().is("-") || peek().is("+")) {
      Token sign = take();
      Expr inner = expression(Operator.SIGN + 1);
      if (inner.type() != Expr.Type.SCALAR && inner.type() != Expr.Type.VECTOR) {
        throw error(
            inner,
            "unary expression only allowed on expressions of type scalar or instant vector, got "
                + inner.type());
      }
      if (inner instanceof Expr.Literal number) {
        return new Expr.Literal(sign.position(), sign.is("-") ? -number.value() : number.value());
      }
      return new Expr.Unary(sign.position(), sign.is("-"), inner);
    }
    return postfix(primary());
  }

  private Expr postfix(Expr first) {
    Expr expr = first;
    while (true) {
      if (peek().is("[")) {
        expr = brackets(expr);
      } else if (peek().isWord("offset")) {
        Token token = take();
        boolean minus = accept("-");
        if (!minus) {
          accept("+");
        }
        long offset = duration();
        expr =
            when(
                expr,
                token,
                w -> {
                  if (w.offset() != 0) {
                    throw error(token, "offset may not be set multiple times");
                  }
                  return new When(minus ? -offset : offset, w.at(), w.edge());
                });
      } else if (peek().is("@")) {
        Token token = take();
        When fixed = fixedTime();
        expr =
            when(
                expr,
                token,
                w -> {
                  if (w.isFixed()) {
                    throw error(token, "@ <timestamp> may not be set multiple times");
                  }
                  return new When(w.offset(), fixed.at(), fixed.edge());
                });
      } else {
        return expr;
      }
    }
  }

  private When fixedTime() {
    Token token = take();
    if (token.isWord("start") || token.isWord("end")) {
      expect("(", "after `@ " + token.text() + "`");
      expect(")", "after `@ " + token.text() + "(`");
      return new When(0, null, token.text().toLowerCase(Locale.ROOT));
    }
    boolean minus = token.is("-");
    Token number = minus || token.is("+") ? take() : token;
    double seconds = number(number);
    double millis = (minus ? -seconds : seconds) * 1000;
    if (!(Math.abs(millis) <= 9.2e18)) {
      throw error(number, "timestamp out of bounds for @ modifier: " + number.text());
    }
    return new When(0, Math.round(millis), null);
  }

  private Expr when(Expr expr, Token token, java.util.function.UnaryOperator<When> change) {
    return switch (expr) {
      case Expr.Selector s -> new Expr.Selector(s.position(), s.matchers(), change.apply(s.when()));
      case Expr.Range r ->
          new Expr.Range(
              r.position(),
              new Expr.Selector(
                  r.selector().position(),
                  r.selector().matchers(),
                  change.apply(r.selector().when())),
              r.range());
      case Expr.Subquery q ->
          new Expr.Subquery(q.position(), q.inner(), q.range(), q.step(), change.apply(q.when()));
      default ->
          throw error(
              token,
              token.text()
                  + " modifier must be preceded by an instant vector selector or range vector"
                  + " selector or a subquery");
    };
  }

  private Expr brackets(Expr expr) {
    Token open = take();
    long range = duration();
    if (accept(":")) {
      long step = peek().is("]") ? 0 : duration();
      expect("]", "in subquery");
      if (expr.type() != Expr.Type.VECTOR) {
        throw error(
            expr, "subquery is only allowed on instant vector, got " + expr.type() + " instead");
      }
      return new Expr.Subquery(expr.position(), expr, range, step, When.NOW);
    }
    expect("]", "in range");
    if (!(expr instanceof Expr.Selector selector)) {
      throw error(open, "ranges only allowed for vector selectors");
    }
    if (selector.when().offset() != 0) {
      throw error(open, "no offset modifiers allowed before range");
    }
    if (selector.when().isFixed()) {
      throw error(open, "no @ modifiers allowed before range");
    }
    return new Expr.Range(expr.position(), selector, range);
  }

  private long duration() {
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

  private double number(Token token) {
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

  private Expr primary() {
    Token token = peek();
    switch (token.kind()) {
      case NUMBER -> {
        return new Expr.Literal(token.position(), number(take()));
      }
      case STRING -> {
        return new Expr.Text(token.position(), take().text());
      }
      case NAME -> {
        return name();
      }
      default -> {
        if (token.is("{")) {
          return selectorFrom(token, null);
        }
        if (accept("(")) {
          Expr inner = expression(1);
          expect(")", "in parenthesised expression");
          return new Expr.Paren(token.position(), inner);
        }
        throw unexpected("");
      }
    }
  }

  private Expr name() {
    Token token = take();
    String word = token.text().toLowerCase(Locale.ROOT);
    Token next = peek();
    if (AGGREGATIONS.contains(word)
        && (next.is("(") || next.isWord("by") || next.isWord("without"))) {
      return aggregate(token, word);
    }
    if (next.is("(")) {
      return call(token);
    }
    if ((word.equals("nan") || word.equals("inf")) && !next.is("{")) {
      return new Expr.Literal(token.position(), number(token));
    }
    if (RESERVED.contains(word) && !next.is("{")) {
      at--;
      throw unexpected("");
    }
    return selectorFrom(token, token.text());
  }

  private Expr aggregate(Token token, String word) {
    boolean without = false;
    List<String> labels = List.of();
    boolean grouped = peek().isWord("by") || peek().isWord("without");
    if (grouped) {
      without = take().isWord("without");
      labels = labelList();
    }
    expect("(", "in aggregation");
    var arguments = arguments();
    if (!grouped && (peek().isWord("by") || peek().isWord("without"))) {
      without = take().isWord("without");
      labels = labelList();
    }
    int wanted = WITH_PARAMETER.contains(word) ? 2 : 1;
    if (arguments.size() != wanted) {
      throw error(
          token,
          "wrong number of arguments for aggregate expression provided, expected %d, got %d"
              .formatted(wanted, arguments.size()));
    }
    Expr inner = arguments.getLast();
    require(inner, Expr.Type.VECTOR, "aggregation expression");
    Expr parameter = wanted == 2 ? arguments.getFirst() : null;
    if (parameter != null) {
      require(
          parameter,
          word.equals("count_values") ? Expr.Type.STRING : Expr.Type.SCALAR,
          "aggregation parameter");
    }
    return new Expr.Aggregate(token.position(), word, inner, parameter, labels, without);
  }

  private void require(Expr expr, Expr.Type type, String where) {
    if (expr.type() != type) {
      throw error(expr, "expected type " + type + " in " + where + ", got " + expr.type());
    }
  }

  private Expr call(Token token) {
    Function function = Function.of(token.text());
    if (function == null) {
      throw error(token, "unknown function with name \"" + token.text() + "\"");
    }
    expect("(", "in call");
    List<Expr> arguments = arguments();
    if (arguments.size() < function.least()
        || (function.most() >= 0 && arguments.size() > function.most())) {
      throw error(
          token,
          "expected %s%d argument(s) in call to \"%s\", got %d"
              .formatted(
                  function.least() == function.most() ? "" : "at least ",
                  function.least(),
                  token.text(),
                  arguments.size()));
    }
    for (int i = 0; i < arguments.size(); i++) {
      require(arguments.get(i), function.argument(i), "call to function \"" + token.text() + "\"");
    }
    return new Expr.Call(token.position(), function, arguments);
  }

  private List<Expr> arguments() {
    var arguments = new ArrayList<Expr>();
    if (accept(")")) {
      return arguments;
    }
    do {
      arguments.add(expression(1));
    } while (accept(","));
    expect(")", "in arguments");
    return arguments;
  }

  private List<String> labelList() {
    expect("(", "in grouping");
    var labels = new ArrayList<String>();
    while (!accept(")")) {
      Token token = take();
      if (token.kind() != Kind.NAME || !Names.isLabel(token.text())) {
        at--;
        throw error(token, "unexpected `" + token.text() + "` in grouping opts, expected label");
      }
      labels.add(token.text());
      if (!peek().is(")")) {
        expect(",", "in grouping opts");
      }
    }
    return labels;
  }

  private Expr.Selector selectorFrom(Token start, @Nullable String name) {
    var matchers = new ArrayList<Matcher>();
    if (accept("{")) {
      while (!accept("}")) {
        matchers.add(matcher());
        if (!peek().is("}")) {
          expect(",", "in label matching, expected \"}\" or");
        }
      }
    }
    if (name != null) {
      for (Matcher matcher : matchers) {
        if (matcher.label().equals(Labels.NAME)) {
          throw error(
              start, "metric name must not be set twice: \"" + name + "\" or " + matcher.value());
        }
      }
      matchers.addFirst(Matcher.equal(Labels.NAME, name));
    }
    if (matchers.stream().allMatch(m -> dev.hone.metrics.LabelTest.of(m).matches(""))) {
      throw error(start, "vector selector must contain at least one non-empty matcher");
    }
    return new Expr.Selector(start.position(), matchers, When.NOW);
  }

  private Matcher matcher() {
    Token label = take();
    if (label.kind() != Kind.NAME) {
      at--;
      throw unexpected("in label matching, expected identifier or \"}\"");
    }
    Token symbol = take();
    Matcher.Operator operator =
        switch (symbol.kind() == Kind.SYMBOL ? symbol.text() : "") {
          case "=" -> Matcher.Operator.EQUAL;
          case "!=" -> Matcher.Operator.NOT_EQUAL;
          case "=~" -> Matcher.Operator.REGEX;
          case "!~" -> Matcher.Operator.NOT_REGEX;
          default ->
              throw error(
                  symbol,
                  "unexpected `"
                      + symbol.text()
                      + "` in label matching, expected one of = != =~ !~");
        };
    Token value = take();
    if (value.kind() != Kind.STRING) {
      throw error(value, "unexpected `" + value.text() + "` in label matching, expected string");
    }
    if (operator == Matcher.Operator.REGEX || operator == Matcher.Operator.NOT_REGEX) {
      try {
        Patterns.whole(value.text());
      } catch (IllegalArgumentException e) {
        throw error(value, String.valueOf(e.getMessage()));
      }
    }
    return new Matcher(label.text(), operator, value.text());
  }
}
