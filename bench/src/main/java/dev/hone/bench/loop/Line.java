package dev.hone.bench.loop;

import org.jspecify.annotations.Nullable;

/** What the study has to say of one figure. */
public sealed interface Line {
  /** Name of the figure; begins with {@code loop.}. */
  String name();

  /**
   * A value.
   *
   * @param goal the bound as the requirement writes it, for example {@code <=5}; null without one
   * @param peer what the peer reached in the same worlds; null where it has no such figure
   */
  record Figure(
      String name, double value, String unit, @Nullable String goal, @Nullable Double peer)
      implements Line {}

  /** What could not be measured, and why. */
  record Skipped(String name, String why) implements Line {}
}
