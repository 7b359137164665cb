package dev.hone.metrics;

import java.util.ArrayList;
import java.util.List;

/** Reads the subset of PromQL that {@link WindowQuery} knows. */
final class QueryParser {
  private static final int MAX_LENGTH = 10_000;
  private static final int MAX_DEPTH = 50;

  private final String text;
  private int position;
  private int depth;

  QueryParser(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "query of " + text.length() + " characters; the maximum is " + MAX_LENGTH);
    }
    this.text = text;
  }

  WindowQuery.Expression parse() {
    WindowQuery.Expression expression = sum();
    skipSpace();
    if (position < text.length()) {
      throw error("unexpected `" + text.charAt(position) + "`");
    }
    return expression;
  }

  private WindowQuery.Expression sum() {
    if (++depth > MAX_DEPTH) {
      throw error("nested deeper than " + MAX_DEPTH);
    }
    WindowQuery.Expression left = product();
    while (next('+') || next('-')) {
      char operator = text.charAt(position++);
      left = new WindowQuery.Arithmetic(operator, left, product());
    }
    depth--;
    return left;
  }

  private WindowQuery.Expression product() {
    WindowQuery.Expression left = term();
    while (next('*') || next('/')) {
      char operator = text.charAt(position++);
      left = new WindowQuery.Arithmetic(operator, left, term());
    }
    return left;
  }

  private WindowQuery.Expression term() {
    skipSpace();
    if (next('(')) {
      position++;
      WindowQuery.Expression inner = sum();
      expect(')');
      return inner;
    }
    char c = position < text.length() ? text.charAt(position) : '\0';
    if ((c >= '0' && c <= '9') || c == '.') {
      return number();
    }
    if (c == '{') {
      return new WindowQuery.Selection(matchers(new ArrayList<>()), WindowQuery.OverTime.LAST);
    }
    int start = position;
    String name = name();
    return switch (name) {
      case "rate" -> overTime(WindowQuery.OverTime.RATE);
      case "increase" -> overTime(WindowQuery.OverTime.INCREASE);
      case "avg_over_time" -> overTime(WindowQuery.OverTime.AVERAGE);
      case "max_over_time" -> overTime(WindowQuery.OverTime.MAXIMUM);
      case "min_over_time" -> overTime(WindowQuery.OverTime.MINIMUM);
      case "sum" -> aggregation(WindowQuery.Combine.SUM);
      case "max" -> aggregation(WindowQuery.Combine.MAX);
      case "avg" -> aggregation(WindowQuery.Combine.AVG);
      case "histogram_quantile" -> quantile();
      default -> {
        if (next('(')) {
          position = start;
          throw error("unknown function `" + name + "`");
        }
        yield new WindowQuery.Selection(selector(name), WindowQuery.OverTime.LAST);
      }
    };
  }

  private WindowQuery.Expression number() {
    int start = position;
    while (position < text.length() && "0123456789.eE".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
    try {
      return new WindowQuery.NumberLiteral(Double.parseDouble(text.substring(start, position)));
    } catch (NumberFormatException e) {
      position = start;
      throw error("not a number");
    }
  }

  private WindowQuery.Expression overTime(WindowQuery.OverTime function) {
    expect('(');
    skipSpace();
    List<Matcher> matchers = next('{') ? matchers(new ArrayList<>()) : selector(name());
    expect('[');
    skipSpace();
    if (!text.startsWith("$window", position)) {
      throw error("expected `$window`, the length of the window that is asked for");
    }
    position += "$window".length();
    expect(']');
    expect(')');
    return new WindowQuery.Selection(matchers, function);
  }

  private WindowQuery.Expression aggregation(WindowQuery.Combine combine) {
    List<String> by = by();
    expect('(');
    WindowQuery.Expression inner = sum();
    expect(')');
    return new WindowQuery.Aggregation(combine, by.isEmpty() ? by() : by, inner);
  }

  private List<String> by() {
    skipSpace();
    var labels = new ArrayList<String>();
    if (text.startsWith("by", position)) {
      position += 2;
      expect('(');
      while (!next(')')) {
        labels.add(name());
        if (next(',')) {
          position++;
        }
      }
      expect(')');
    }
    return labels;
  }

  private WindowQuery.Expression quantile() {
    expect('(');
    skipSpace();
    if (!(number() instanceof WindowQuery.NumberLiteral q) || q.value() < 0 || q.value() > 1) {
      throw error("a quantile lies between 0 and 1");
    }
    expect(',');
    WindowQuery.Expression inner = sum();
    expect(')');
    return new WindowQuery.Quantile(q.value(), inner);
  }

  private List<Matcher> selector(String name) {
    var matchers = new ArrayList<Matcher>();
    matchers.add(Matcher.equal(Labels.NAME, name));
    return next('{') ? matchers(matchers) : matchers;
  }

  private List<Matcher> matchers(List<Matcher> matchers) {
    expect('{');
    while (!next('}')) {
      String label = name();
      Matcher.Operator operator = operator();
      matchers.add(new Matcher(label, operator, quoted()));
      if (next(',')) {
        position++;
      }
    }
    expect('}');
    return matchers;
  }

  private Matcher.Operator operator() {
    skipSpace();
    for (Matcher.Operator operator :
        List.of(
            Matcher.Operator.REGEX,
            Matcher.Operator.NOT_REGEX,
            Matcher.Operator.NOT_EQUAL,
            Matcher.Operator.EQUAL)) {
      if (text.startsWith(operator.symbol(), position)) {
        position += operator.symbol().length();
        return operator;
      }
    }
    throw error("expected =, !=, =~ or !~");
  }

  private String quoted() {
    expect('"');
    var out = new StringBuilder();
    while (position < text.length() && text.charAt(position) != '"') {
      char c = text.charAt(position++);
      if (c == '\\' && position < text.length()) {
        char escaped = text.charAt(position++);
        out.append(escaped == 'n' ? '\n' : escaped);
      } else {
        out.append(c);
      }
    }
    expect('"');
    return out.toString();
  }

  private String name() {
    skipSpace();
    int start = position;
    while (position < text.length()) {
      char c = text.charAt(position);
      boolean part = c == '_' || c == ':' || Character.isLetterOrDigit(c);
      if (!part) {
        break;
      }
      position++;
    }
    if (start == position) {
      throw error("expected a name");
    }
    return text.substring(start, position);
  }

  private boolean next(char c) {
    skipSpace();
    return position < text.length() && text.charAt(position) == c;
  }

  private void expect(char c) {
    if (!next(c)) {
      throw error("expected `" + c + "`");
    }
    position++;
  }

  private void skipSpace() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }

  private IllegalArgumentException error(String what) {
    return new IllegalArgumentException(
        "query `" + text + "`, character " + (position + 1) + ": " + what);
  }
}
