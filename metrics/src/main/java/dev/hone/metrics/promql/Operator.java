package dev.hone.metrics.promql;

import org.jspecify.annotations.Nullable;

/** The binary operators, with what they do to two numbers. */
enum Operator {
  OR("or", 1),
  AND("and", 2),
  UNLESS("unless", 2),
  EQUAL("==", 3),
  NOT_EQUAL("!=", 3),
  LESS_OR_EQUAL("<=", 3),
  LESS("<", 3),
  GREATER_OR_EQUAL(">=", 3),
  GREATER(">", 3),
  ADD("+", 4),
  SUBTRACT("-", 4),
  MULTIPLY("*", 5),
  DIVIDE("/", 5),
  MODULO("%", 5),
  ATAN2("atan2", 5),
  POWER("^", 6);

  /** How tightly a sign binds. */
  static final int SIGN = 5;

  private final String symbol;
  private final int precedence;

  Operator(String symbol, int precedence) {
    this.symbol = symbol;
    this.precedence = precedence;
  }

  static @Nullable Operator of(Lexer.Token token) {
    for (Operator operator : values()) {
      if (token.is(operator.symbol) || token.isWord(operator.symbol)) {
        return operator;
      }
    }
    return null;
  }

  String symbol() {
    return symbol;
  }

  int precedence() {
    return precedence;
  }

  boolean isSet() {
    return precedence <= 2;
  }

  boolean isComparison() {
    return precedence == 3;
  }

  /** Whether results lose the metric's name; in Prometheus 2.42 {@code atan2} keeps it. */
  boolean dropsName() {
    return precedence >= 4 && this != ATAN2;
  }

  /** Whether a comparison is true. */
  boolean holds(double left, double right) {
    return switch (this) {
      case EQUAL -> left == right;
      case NOT_EQUAL -> left != right;
      case LESS_OR_EQUAL -> left <= right;
      case LESS -> left < right;
      case GREATER_OR_EQUAL -> left >= right;
      case GREATER -> left > right;
      default -> throw new IllegalStateException(this + " is not a comparison");
    };
  }

  /** The result of an arithmetic operator. */
  double apply(double left, double right) {
    return switch (this) {
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case MULTIPLY -> left * right;
      case DIVIDE -> left / right;
      case MODULO -> left % right;
      case ATAN2 -> Math.atan2(left, right);
      case POWER -> power(left, right);
      default -> throw new IllegalStateException(this + " is not arithmetic");
    };
  }

  /** As IEEE 754-2019, section 9.2.1: 1 to any power and -1 to an infinite one are 1. */
  private static double power(double base, double exponent) {
    if (base == 1 || (base == -1 && Double.isInfinite(exponent))) {
      return 1;
    }
    return Math.pow(base, exponent);
  }
}
