package dev.hone.bench;

import dev.hone.bench.loop.Line;
import dev.hone.bench.loop.Study;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.TypeConversionException;

/** {@code hone bench loop}: whether what is kept is better, in worlds whose truth is known. */
@Command(
    name = "loop",
    description = "Experiments with known truth: wrong decisions, power, time, harm, traps.")
final class LoopBenchmark implements Callable<Integer> {
  private static final double QUICK = 0.1;
  private static final String PEER = "before/after Mann-Whitney";

  @ParentCommand private Bench bench = new Bench();

  @Option(
      names = "--data",
      defaultValue = "${env:HONE_BENCH_DATA}",
      paramLabel = "DIR",
      description = "Folder of recorded noise; without it that part is skipped.")
  private @Nullable Path data;

  @Option(names = "--quick", description = "A tenth of the experiments.")
  private boolean quick;

  @Option(names = "--worlds", description = "A row of the table for each world.")
  private boolean worlds;

  @Option(names = "--threads", defaultValue = "2")
  private int threads;

  @Option(
      names = "--parts",
      split = ",",
      converter = PartName.class,
      defaultValue = "judge,nulls,effects,guards,traps",
      description = "judge, nulls, effects, guards or traps.")
  private Set<Study.Part> parts = Set.of();

  @Option(
      names = "--seed",
      defaultValue = "" + Study.USUAL_SEED,
      description = "Another one gives other experiments of the same kind.")
  private long seed;

  /** Part names are written small. */
  static final class PartName implements ITypeConverter<Study.Part> {
    @Override
    public Study.Part convert(String name) {
      for (Study.Part part : Study.Part.values()) {
        if (part.name().toLowerCase(Locale.ROOT).equals(name)) {
          return part;
        }
      }
      throw new TypeConversionException(
          "`" + name + "` is no part; there are judge, nulls, effects, guards and traps");
    }
  }

  @Override
  public Integer call() throws IOException {
    Figures figures = bench.figures();
    new Study(data, quick ? QUICK : 1, threads, worlds, parts, seed)
        .run(line -> write(line, figures), System.err);
    return figures.allHold() ? 0 : 1;
  }

  private static void write(Line line, Figures figures) {
    try {
      switch (line) {
        case Line.Skipped skipped -> figures.skipped(skipped.name(), skipped.why());
        case Line.Figure figure -> write(figure, figures);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Line.Figure figure, Figures figures) throws IOException {
    String goal = figure.goal();
    Double peer = figure.peer();
    if (goal != null) {
      figures.add(figure.name(), figure.value(), figure.unit(), new Goal(goal));
    } else if (peer != null) {
      figures.compare(figure.name(), figure.value(), figure.unit(), new Figures.Peer(PEER, peer));
    } else {
      figures.report(figure.name(), figure.value(), figure.unit());
    }
  }
}
