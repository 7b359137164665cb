package dev.hone.metrics.scrape;

/**
 * A text that must never be shown.
 *
 * @param value the text
 */
public record Secret(String value) {
  /** What stands in its place. */
  public static final String SHOWN = "<secret>";

  @Override
  public String toString() {
    return SHOWN;
  }
}
