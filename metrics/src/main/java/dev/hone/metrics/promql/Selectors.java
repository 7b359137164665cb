package dev.hone.metrics.promql;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.Patterns;
import dev.hone.metrics.promql.Expr.When;
import dev.hone.metrics.promql.Lexer.Kind;
import dev.hone.metrics.promql.Lexer.Token;
import dev.hone.metrics.wire.Names;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what names series and labels in a query. */
final class Selectors {
  private final Tokens tokens;

  Selectors(Tokens tokens) {
    this.tokens = tokens;
  }

  Expr.Selector selector(Token start, @Nullable String name) {
    var matchers = new ArrayList<Matcher>();
    if (tokens.accept("{")) {
      while (!tokens.accept("}")) {
        matchers.add(matcher());
        if (!tokens.peek().is("}")) {
          tokens.expect(",", "in label matching, expected \"}\" or");
        }
      }
    }
    if (name != null) {
      for (Matcher matcher : matchers) {
        if (matcher.label().equals(Labels.NAME)) {
          throw tokens.error(
              start, "metric name must not be set twice: \"" + name + "\" or " + matcher.value());
        }
      }
      matchers.addFirst(Matcher.equal(Labels.NAME, name));
    }
    if (matchers.stream().allMatch(m -> dev.hone.metrics.LabelTest.of(m).matches(""))) {
      throw tokens.error(start, "vector selector must contain at least one non-empty matcher");
    }
    return new Expr.Selector(start.position(), matchers, When.NOW);
  }

  private Matcher matcher() {
    Token label = tokens.take();
    if (label.kind() != Kind.NAME) {
      tokens.back();
      throw tokens.unexpected("in label matching, expected identifier or \"}\"");
    }
    Token symbol = tokens.take();
    Matcher.Operator operator =
        switch (symbol.kind() == Kind.SYMBOL ? symbol.text() : "") {
          case "=" -> Matcher.Operator.EQUAL;
          case "!=" -> Matcher.Operator.NOT_EQUAL;
          case "=~" -> Matcher.Operator.REGEX;
          case "!~" -> Matcher.Operator.NOT_REGEX;
          default ->
              throw tokens.error(
                  symbol,
                  "unexpected `"
                      + symbol.text()
                      + "` in label matching, expected one of = != =~ !~");
        };
    Token value = tokens.take();
    if (value.kind() != Kind.STRING) {
      throw tokens.error(
          value, "unexpected `" + value.text() + "` in label matching, expected string");
    }
    if (operator == Matcher.Operator.REGEX || operator == Matcher.Operator.NOT_REGEX) {
      try {
        Patterns.whole(value.text());
      } catch (IllegalArgumentException e) {
        throw tokens.error(value, String.valueOf(e.getMessage()));
      }
    }
    return new Matcher(label.text(), operator, value.text());
  }

  List<String> labels() {
    tokens.expect("(", "in grouping");
    var labels = new ArrayList<String>();
    while (!tokens.accept(")")) {
      Token token = tokens.take();
      if (token.kind() != Kind.NAME || !Names.isLabel(token.text())) {
        tokens.back();
        throw tokens.error(
            token, "unexpected `" + token.text() + "` in grouping opts, expected label");
      }
      labels.add(token.text());
      if (!tokens.peek().is(")")) {
        tokens.expect(",", "in grouping opts");
      }
    }
    return labels;
  }
}
