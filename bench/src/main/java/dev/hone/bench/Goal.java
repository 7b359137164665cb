package dev.hone.bench;

/**
 * A bound as it is written in the requirement: {@code >=3.0} or {@code <=0.45}.
 *
 * @param text the bound
 */
record Goal(String text) {
  Goal {
    if (!text.startsWith(">=") && !text.startsWith("<=")) {
      throw new IllegalArgumentException(
          "goal `" + text + "` has no bound; begin it with >= or <=");
    }
  }

  /** Whether a value reaches the bound; a value that is no number never does. */
  boolean holds(double value) {
    double bound = Double.parseDouble(text.substring(2));
    return text.charAt(0) == '>' ? value >= bound : value <= bound;
  }
}
