package dev.hone.metrics.promql;

import dev.hone.metrics.Matcher;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a part of a query as text that reads back as the same part. */
final class Printer {
  private final @Nullable Grid query;
  private final List<Matcher> more;

  private Printer(@Nullable Grid query, List<Matcher> more) {
    this.query = query;
    this.more = more;
  }

  /** The text of a part, as it stands. */
  static String text(Expr expr) {
    return new Printer(null, List.of()).print(expr);
  }

  /**
   * The text of a part for another engine.
   *
   * @param query what {@code start()} and {@code end()} mean; written as times
   * @param more matchers that every selector gets in addition
   */
  static String text(Expr expr, Grid query, List<Matcher> more) {
    return new Printer(query, more).print(expr);
  }

  private String print(Expr expr) {
    return switch (expr) {
      case Expr.Literal literal -> Aggregations.text(literal.value()).replace("+Inf", "Inf");
      case Expr.Text text -> quoted(text.value());
      case Expr.Paren paren -> "(" + print(paren.inner()) + ")";
      case Expr.Unary unary -> (unary.minus() ? "-" : "+") + print(unary.inner());
      case Expr.Selector selector -> matchers(selector) + when(selector.when());
      case Expr.Range range ->
          matchers(range.selector())
              + ("[" + range.range() + "ms]")
              + when(range.selector().when());
      case Expr.Subquery subquery ->
          print(subquery.inner())
              + ("[" + subquery.range() + "ms:")
              + (subquery.step() > 0 ? subquery.step() + "ms]" : "]")
              + when(subquery.when());
      case Expr.Call call -> call.function().text() + "(" + list(call.arguments()) + ")";
      case Expr.Aggregate aggregate -> aggregate(aggregate);
      case Expr.Binary binary ->
          print(binary.left())
              + (" " + binary.operator().symbol() + " ")
              + (binary.bool() ? "bool " : "")
              + matching(binary.matching())
              + print(binary.right());
    };
  }

  private String list(List<Expr> parts) {
    return parts.stream().map(this::print).collect(Collectors.joining(", "));
  }

  private String aggregate(Expr.Aggregate aggregate) {
    boolean grouped = aggregate.without() || !aggregate.labels().isEmpty();
    Expr parameter = aggregate.parameter();
    return aggregate.operator()
        + (grouped ? (aggregate.without() ? " without (" : " by (") : "")
        + (grouped ? String.join(", ", aggregate.labels()) + ") " : "")
        + ("(" + (parameter == null ? "" : print(parameter) + ", "))
        + (print(aggregate.inner()) + ")");
  }

  private static String matching(Expr.Matching matching) {
    boolean several =
        matching.card() == Expr.Matching.Card.MANY_TO_ONE
            || matching.card() == Expr.Matching.Card.ONE_TO_MANY;
    if (!matching.on() && matching.labels().isEmpty() && !several) {
      return "";
    }
    String labels =
        (matching.on() ? "on (" : "ignoring (") + String.join(", ", matching.labels()) + ") ";
    if (!several) {
      return labels;
    }
    boolean left = matching.card() == Expr.Matching.Card.MANY_TO_ONE;
    // Brackets even around nothing: those of the right side would be taken for them.
    return labels
        + (left ? "group_left (" : "group_right (")
        + String.join(", ", matching.include())
        + ") ";
  }

  private String matchers(Expr.Selector selector) {
    var all = new java.util.ArrayList<>(selector.matchers());
    all.addAll(more);
    return matchers(all);
  }

  /** A selector. */
  static String matchers(List<Matcher> matchers) {
    return matchers.stream()
        .map(m -> m.label() + m.operator().symbol() + quoted(m.value()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private String when(Expr.When when) {
    var text = new StringBuilder();
    Long at = when.at();
    String edge = when.edge();
    if (edge != null && query != null) {
      at = edge.equals("start") ? query.start() : query.end();
    }
    if (at != null) {
      text.append(" @ ").append(BigDecimal.valueOf(at, 3).toPlainString());
    } else if (edge != null) {
      text.append(" @ ").append(edge).append("()");
    }
    if (when.offset() != 0) {
      text.append(" offset ").append(when.offset()).append("ms");
    }
    return text.toString();
  }

  private static String quoted(String text) {
    var quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < 0x20 || c == 0x7F) {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
