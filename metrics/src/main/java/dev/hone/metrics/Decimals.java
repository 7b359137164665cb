package dev.hone.metrics;

/** Numbers as other languages write them. */
public final class Decimals {
  private Decimals() {}

  /**
   * A decimal number. Unlike {@link Double#parseDouble}, it may not end in the type suffixes of
   * Java, so that {@code 1d} is no number.
   *
   * @throws NumberFormatException when it is none
   */
  public static double parse(String text) {
    char last = text.isEmpty() ? ' ' : text.charAt(text.length() - 1);
    if (last <= ' ' || "dDfF".indexOf(last) >= 0) {
      throw new NumberFormatException("`" + text + "` is not a number");
    }
    return Double.parseDouble(text);
  }
}
