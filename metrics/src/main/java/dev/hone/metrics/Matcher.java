package dev.hone.metrics;

import java.util.regex.Pattern;

/**
 * One condition on a label, with Prometheus' four operators. A series without the label counts as
 * one with the empty value; regular expressions match the whole value.
 *
 * @param label the label's name
 * @param operator how the value is compared
 * @param value the value or regular expression
 */
public record Matcher(String label, Operator operator, String value) {
  /** Prometheus' matching operators. */
  public enum Operator {
    EQUAL("="),
    NOT_EQUAL("!="),
    REGEX("=~"),
    NOT_REGEX("!~");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    /** As written in a query. */
    public String symbol() {
      return symbol;
    }
  }

  /** A matcher for equality. */
  public static Matcher equal(String label, String value) {
    return new Matcher(label, Operator.EQUAL, value);
  }

  /** Whether the series fulfils the condition. */
  public boolean matches(Labels labels) {
    String actual = labels.get(label);
    String text = actual == null ? "" : actual;
    return switch (operator) {
      case EQUAL -> text.equals(value);
      case NOT_EQUAL -> !text.equals(value);
      case REGEX -> Pattern.matches(value, text);
      case NOT_REGEX -> !Pattern.matches(value, text);
    };
  }
}
