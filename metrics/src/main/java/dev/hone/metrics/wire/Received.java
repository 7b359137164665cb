package dev.hone.metrics.wire;

import dev.hone.metrics.Appender;

/**
 * What became of a request.
 *
 * @param outcome what the store took and refused
 * @param refusedSeries series or lines that were not taken: invalid names, or the store is full
 * @param example a sentence on one of them, or the empty string
 */
public record Received(Appender.Outcome outcome, long refusedSeries, String example) {
  /** How many of what was sent were refused: samples, or series where these are not taken. */
  public long refused() {
    return refusedSeries + outcome.refused();
  }

  /** A sentence on what was refused, or the empty string when all was taken. */
  public String refusal() {
    if (refused() == 0) {
      return "";
    }
    String sentence = refusedSeries > 0 ? example : outcome.example();
    return outcome.taken() == 0
        ? "all refused: " + sentence
        : refused() + " refused, the rest was taken: " + sentence;
  }
}
