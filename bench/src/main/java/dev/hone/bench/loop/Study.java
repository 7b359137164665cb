package dev.hone.bench.loop;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The whole evaluation.
 *
 * @param data folder of recorded noise, null for none
 * @param scale share of the experiments to play, 1 for all
 * @param threads how many experiments at a time; the results do not depend on it
 * @param detailed whether the table has a row for each world
 */
public record Study(@Nullable Path data, double scale, int threads, boolean detailed) {
  /** Plays everything. */
  public void run(Consumer<Line> lines, PrintStream table) throws IOException {
    var report = new Report(lines, table, detailed);
    if (data == null) {
      report.skipped(
          new Line.Skipped("loop.data", "no folder; name it with --data or HONE_BENCH_DATA"));
    }
    Worlds worlds = Worlds.of(data, report);
    try (var lab = new Lab(threads)) {
      JudgeCost.run(report, scale);
      new Nulls(lab, report, worlds, scale).run();
      new Effects(lab, report, worlds, scale).run();
      new Guards(lab, report, scale).run();
      new Traps(lab, report, scale).run();
    }
  }
}
