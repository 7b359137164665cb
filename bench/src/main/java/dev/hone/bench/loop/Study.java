package dev.hone.bench.loop;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The evaluation.
 *
 * @param data folder of recorded noise, null for none
 * @param scale share of the experiments to play, 1 for all
 * @param threads how many experiments at a time; the results do not depend on it
 * @param detailed whether the table has a row for each world
 * @param parts what is played
 * @param seed decides noise and schedules; the results under {@link #USUAL_SEED} are those in the
 *     documents
 */
public record Study(
    @Nullable Path data, double scale, int threads, boolean detailed, Set<Part> parts, long seed) {
  /** The seed that is used unless another is asked for. */
  public static final long USUAL_SEED = Lab.USUAL_SEED;

  public Study {
    parts = Set.copyOf(parts);
  }

  /** The parts of it. */
  public enum Part {
    /** What judging costs. */
    JUDGE,
    /** Changes that do nothing. */
    NULLS,
    /** Changes of known size. */
    EFFECTS,
    /** Disasters. */
    GUARDS,
    /** What misleads. */
    TRAPS
  }

  /** Plays them. */
  public void run(Consumer<Line> lines, PrintStream table) throws IOException {
    var report = new Report(lines, table, detailed);
    if (data == null) {
      report.skipped(
          new Line.Skipped("loop.data", "no folder; name it with --data or HONE_BENCH_DATA"));
    }
    Worlds worlds = Worlds.of(data, report);
    try (var lab = new Lab(threads, seed)) {
      for (Part part : Part.values()) {
        if (parts.contains(part)) {
          play(part, lab, report, worlds);
        }
      }
    }
  }

  private void play(Part part, Lab lab, Report report, Worlds worlds) {
    switch (part) {
      case JUDGE -> JudgeCost.run(report, scale);
      case NULLS -> new Nulls(lab, report, worlds, scale).run();
      case EFFECTS -> new Effects(lab, report, worlds, scale).run();
      case GUARDS -> new Guards(lab, report, scale).run();
      case TRAPS -> new Traps(lab, report, scale).run();
    }
  }
}
