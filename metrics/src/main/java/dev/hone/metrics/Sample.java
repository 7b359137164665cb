package dev.hone.metrics;

/**
 * One measured value.
 *
 * @param labels its series
 * @param value the number
 */
public record Sample(Labels labels, double value) {
  /** A number as Prometheus writes it: {@code +Inf}, {@code -Inf} and {@code NaN} included. */
  static double number(String text) {
    return switch (text) {
      case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      case "NaN" -> Double.NaN;
      default -> Decimals.parse(text);
    };
  }
}
