package dev.hone.bench.database;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Takes the figures of the contest as they come. */
public interface Scores {
  /** A figure without a goal. */
  void report(String name, double value, String unit) throws IOException;

  /** A figure whose goal bounds the value itself. */
  void bounded(String name, double value, String unit, String goal) throws IOException;

  /** A figure beside another's; the goal bounds the ratio of the two. */
  void beside(String name, double value, String unit, Rival rival, @Nullable String goal)
      throws IOException;

  /** What could not be measured, and why. */
  void skipped(String name, String why) throws IOException;

  /** What another one reached. */
  record Rival(String name, double value) {}
}
