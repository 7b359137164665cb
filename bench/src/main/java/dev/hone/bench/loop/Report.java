package dev.hone.bench.loop;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Consumer;

/** Takes what the study finds: figures as lines, and a table for people. */
final class Report {
  private final Consumer<Line> lines;
  private final PrintStream table;
  private final boolean detailed;

  /**
   * A report.
   *
   * @param detailed whether there is a row for each world
   */
  Report(Consumer<Line> lines, PrintStream table, boolean detailed) {
    this.lines = lines;
    this.table = table;
    this.detailed = detailed;
  }

  void figure(String name, double value, String unit) {
    lines.accept(new Line.Figure("loop." + name, value, unit, null, null));
  }

  void figure(String name, double value, String unit, String goal) {
    lines.accept(new Line.Figure("loop." + name, value, unit, goal, null));
  }

  /** A figure beside that of the peer in the same worlds. */
  void beside(String name, double value, String unit, double peer) {
    lines.accept(new Line.Figure("loop." + name, value, unit, null, peer));
  }

  void skipped(Line.Skipped skipped) {
    lines.accept(skipped);
  }

  /** A heading and the names of the columns. */
  void heading(String text) {
    table.printf(
        "%n%s%n%-7s %-31s %-7s %6s %6s %6s %6s %6s %6s %6s %6s %7s %6s %6s%n",
        text, "", "world", "effect", "n", "kept%", "harm%", "guard%", "silent", "undec%", "min",
        "p90", "%*min", "size", "cover%");
  }

  void row(String method, String world, String effect, Tally tally) {
    table.printf(
        Locale.ROOT,
        "%-7s %-31s %-7s %6d %6.1f %6.1f %6.1f %6.1f %6.1f %6.0f %6.0f %7.1f %6.3f %6.1f%n",
        method,
        world,
        effect,
        tally.count(),
        tally.kept(),
        tally.blamed(),
        tally.share(Play::stopped),
        tally.share(Play::silent),
        tally.undecided(),
        tally.minutesToKeep(0.5),
        tally.minutesToKeep(0.9),
        tally.exposure(),
        tally.sizeError(),
        tally.coverage());
  }

  /** A row that is left out of a short table. */
  void detail(String method, String world, String effect, Tally tally) {
    if (detailed) {
      row(method, world, effect, tally);
    }
  }

  void note(String text) {
    table.println(text);
  }
}
