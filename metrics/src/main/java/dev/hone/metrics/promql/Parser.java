package dev.hone.metrics.promql;

import dev.hone.metrics.Matcher;
import dev.hone.metrics.promql.Expr.Matching.Card;
import dev.hone.metrics.promql.Expr.When;
import dev.hone.metrics.promql.Lexer.Kind;
import dev.hone.metrics.promql.Lexer.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads PromQL: precedence climbing over the operators, types checked on the way. */
final class Parser {
  private static final int MAX_DEPTH = 200;
  private static final int MAX_OPERATORS = 1_000;
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

  private final Tokens tokens;
  private final Selectors selectors;
  private int depth;
  private int operators;

  private Parser(String text) {

    this.tokens = new Tokens(text);
    this.selectors = new Selectors(tokens);
  }

  /**
   * Reads a query.
   *
   * @throws QueryException.Syntax with the position when it is not PromQL
   */
  static Expr parse(String text) {
    var parser = new Parser(text);
    if (parser.tokens.peek().kind() == Kind.END) {
      throw parser.tokens.error(parser.tokens.peek(), "no expression found in input");
    }
    Expr expr = parser.expression(1);
    if (parser.tokens.peek().kind() != Kind.END) {
      throw parser.tokens.unexpected("after the expression");
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

  private Expr expression(int precedence) {
    if (++depth > MAX_DEPTH) {
      throw tokens.error(
          tokens.peek(), "the expression is nested more than " + MAX_DEPTH + " deep");
    }
    Expr left = unary();
    while (true) {
      Operator operator = Operator.of(tokens.peek());
      if (operator == null || operator.precedence() < precedence) {
        depth--;
        return left;
      }
      Token token = tokens.take();
      if (++operators > MAX_OPERATORS) {
        throw tokens.error(token, "the expression has more than " + MAX_OPERATORS + " operators");
      }
      boolean bool = tokens.acceptWord("bool");
      if (bool && !operator.isComparison()) {
        throw tokens.error(token, "bool modifier can only be used on comparison operators");
      }
      Expr.@Nullable Matching matching = matching(operator);
      int next = operator == Operator.POWER ? operator.precedence() : operator.precedence() + 1;
      left = binary(token, operator, left, expression(next), bool, matching);
    }
  }

  private Expr.@Nullable Matching matching(Operator operator) {
    boolean on = tokens.peek().isWord("on");
    if (!on && !tokens.peek().isWord("ignoring")) {
      return null;
    }
    tokens.take();
    List<String> labels = selectors.labels();
    Card card = operator.isSet() ? Card.MANY_TO_MANY : Card.ONE_TO_ONE;
    List<String> include = List.of();
    boolean left = tokens.peek().isWord("group_left");
    if (left || tokens.peek().isWord("group_right")) {
      Token token = tokens.take();
      if (operator.isSet()) {
        throw tokens.error(
            token, "no grouping allowed for \"" + operator.symbol() + "\" operation");
      }
      card = left ? Card.MANY_TO_ONE : Card.ONE_TO_MANY;
      if (tokens.peek().is("(")) {
        include = selectors.labels();
      }
      for (String label : include) {
        if (on && labels.contains(label)) {
          throw tokens.error(
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
        throw tokens.error(
            side, "binary expression must contain only scalar and instant vector types");
      }
    }
    boolean scalars = left.type() == Expr.Type.SCALAR && right.type() == Expr.Type.SCALAR;
    boolean vectors = left.type() == Expr.Type.VECTOR && right.type() == Expr.Type.VECTOR;
    if (operator.isComparison() && scalars && !bool) {
      throw tokens.error(token, "comparisons between scalars must use BOOL modifier");
    }
    if (operator.isSet() && !vectors) {
      throw tokens.error(
          token,
          "set operator \"" + operator.symbol() + "\" not allowed in binary scalar expression");
    }
    if (matching != null
        && !vectors
        && (!matching.labels().isEmpty() || matching.card() != Card.ONE_TO_ONE)) {
      throw tokens.error(token, "vector matching only allowed between instant vectors");
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
    if (tokens.peek().is("-") || tokens.peek().is("+")) {
      Token sign = tokens.take();
      Expr inner = expression(Operator.SIGN + 1);
      if (inner.type() != Expr.Type.SCALAR && inner.type() != Expr.Type.VECTOR) {
        throw tokens.error(
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
      if (tokens.peek().is("[")) {
        expr = brackets(expr);
      } else if (tokens.peek().isWord("offset")) {
        Token token = tokens.take();
        boolean minus = tokens.accept("-");
        if (!minus) {
          tokens.accept("+");
        }
        long offset = tokens.duration();
        expr =
            when(
                expr,
                token,
                w -> {
                  if (w.offset() != 0) {
                    throw tokens.error(token, "offset may not be set multiple times");
                  }
                  return new When(minus ? -offset : offset, w.at(), w.edge());
                });
      } else if (tokens.peek().is("@")) {
        Token token = tokens.take();
        When fixed = fixedTime();
        expr =
            when(
                expr,
                token,
                w -> {
                  if (w.isFixed()) {
                    throw tokens.error(token, "@ <timestamp> may not be set multiple times");
                  }
                  return new When(w.offset(), fixed.at(), fixed.edge());
                });
      } else {
        return expr;
      }
    }
  }

  private When fixedTime() {
    Token token = tokens.take();
    if (token.isWord("start") || token.isWord("end")) {
      tokens.expect("(", "after `@ " + token.text() + "`");
      tokens.expect(")", "after `@ " + token.text() + "(`");
      return new When(0, null, token.text().toLowerCase(Locale.ROOT));
    }
    boolean minus = token.is("-");
    Token number = minus || token.is("+") ? tokens.take() : token;
    double seconds = tokens.number(number);
    double millis = (minus ? -seconds : seconds) * 1000;
    if (!(Math.abs(millis) <= 9.2e18)) {
      throw tokens.error(number, "timestamp out of bounds for @ modifier: " + number.text());
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
          throw tokens.error(
              token,
              token.text()
                  + " modifier must be preceded by an instant vector selector or range vector"
                  + " selector or a subquery");
    };
  }

  private Expr brackets(Expr expr) {
    Token open = tokens.take();
    long range = tokens.duration();
    if (tokens.accept(":")) {
      long step = tokens.peek().is("]") ? 0 : tokens.duration();
      tokens.expect("]", "in subquery");
      if (expr.type() != Expr.Type.VECTOR) {
        throw tokens.error(
            expr, "subquery is only allowed on instant vector, got " + expr.type() + " instead");
      }
      return new Expr.Subquery(expr.position(), expr, range, step, When.NOW);
    }
    tokens.expect("]", "in range");
    if (!(expr instanceof Expr.Selector selector)) {
      throw tokens.error(open, "ranges only allowed for vector selectors");
    }
    if (selector.when().offset() != 0) {
      throw tokens.error(open, "no offset modifiers allowed before range");
    }
    if (selector.when().isFixed()) {
      throw tokens.error(open, "no @ modifiers allowed before range");
    }
    return new Expr.Range(expr.position(), selector, range);
  }

  private Expr primary() {
    Token token = tokens.peek();
    switch (token.kind()) {
      case NUMBER -> {
        return new Expr.Literal(token.position(), tokens.number(tokens.take()));
      }
      case STRING -> {
        return new Expr.Text(token.position(), tokens.take().text());
      }
      case NAME -> {
        return name();
      }
      default -> {
        if (token.is("{")) {
          return selectors.selector(token, null);
        }
        if (tokens.accept("(")) {
          Expr inner = expression(1);
          tokens.expect(")", "in parenthesised expression");
          return new Expr.Paren(token.position(), inner);
        }
        throw tokens.unexpected("");
      }
    }
  }

  private Expr name() {
    Token token = tokens.take();
    String word = token.text().toLowerCase(Locale.ROOT);
    Token next = tokens.peek();
    if (AGGREGATIONS.contains(word)
        && (next.is("(") || next.isWord("by") || next.isWord("without"))) {
      return aggregate(token, word);
    }
    if (next.is("(")) {
      return call(token);
    }
    if ((word.equals("nan") || word.equals("inf")) && !next.is("{")) {
      return new Expr.Literal(token.position(), tokens.number(token));
    }
    if (RESERVED.contains(word) && !next.is("{")) {
      tokens.back();
      throw tokens.unexpected("");
    }
    return selectors.selector(token, token.text());
  }

  private Expr aggregate(Token token, String word) {
    boolean without = false;
    List<String> labels = List.of();
    boolean grouped = tokens.peek().isWord("by") || tokens.peek().isWord("without");
    if (grouped) {
      without = tokens.take().isWord("without");
      labels = selectors.labels();
    }
    tokens.expect("(", "in aggregation");
    var arguments = arguments();
    if (!grouped && (tokens.peek().isWord("by") || tokens.peek().isWord("without"))) {
      without = tokens.take().isWord("without");
      labels = selectors.labels();
    }
    int wanted = WITH_PARAMETER.contains(word) ? 2 : 1;
    if (arguments.size() != wanted) {
      throw tokens.error(
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
      throw tokens.error(expr, "expected type " + type + " in " + where + ", got " + expr.type());
    }
  }

  private Expr call(Token token) {
    Function function = Function.of(token.text());
    if (function == null) {
      throw tokens.error(token, "unknown function with name \"" + token.text() + "\"");
    }
    tokens.expect("(", "in call");
    List<Expr> arguments = arguments();
    if (arguments.size() < function.least()
        || (function.most() >= 0 && arguments.size() > function.most())) {
      throw tokens.error(
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
    if (tokens.accept(")")) {
      return arguments;
    }
    do {
      arguments.add(expression(1));
    } while (tokens.accept(","));
    tokens.expect(")", "in arguments");
    return arguments;
  }
}
