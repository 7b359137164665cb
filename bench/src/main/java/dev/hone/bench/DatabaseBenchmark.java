package dev.hone.bench;

import dev.hone.bench.database.Contest;
import dev.hone.bench.database.Scores;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code hone bench database}: the indexes that Hone advises beside those of other advisors. */
@Command(
    name = "database",
    description = "Indexes for TPC-H by Hone and by others: real bytes, real times, write costs.")
final class DatabaseBenchmark implements Callable<Integer> {
  @ParentCommand private Bench bench = new Bench();

  @Option(names = "--scale", defaultValue = "0.1", description = "Scale factor of TPC-H.")
  private BigDecimal scale = BigDecimal.ONE;

  @Option(names = "--rounds", defaultValue = "5")
  private int rounds;

  @Option(
      names = "--cap",
      defaultValue = "15",
      description = "Seconds on the processor after which a statement is stopped.")
  private double cap;

  @Option(
      names = "--parts",
      split = ",",
      defaultValue = "reads,mixed,twin,collector,faults,changes,disturbed",
      description = "reads, mixed, twin, collector, faults, changes or disturbed.")
  private List<String> parts = List.of();

  @Option(
      names = "--disturbed-share",
      defaultValue = "1",
      description = "Of the 210 disturbed runs.")
  private double disturbed;

  @Option(
      names = "--data",
      defaultValue = "${env:HONE_BENCH_DATA}",
      paramLabel = "DIR",
      description = "Keeps the generated rows here for the next time.")
  private @Nullable Path data;

  @Option(
      names = "--postgres",
      defaultValue = "/usr/lib/postgresql/15/bin",
      paramLabel = "DIR",
      description = "The programs of the server.")
  private Path postgres = Path.of("");

  @Option(
      names = "--dexter",
      defaultValue = "${env:HONE_BENCH_DEXTER}",
      paramLabel = "COMMAND",
      description = "How Dexter is called.")
  private @Nullable String dexter;

  @Option(
      names = "--hyrise",
      defaultValue = "${env:HONE_BENCH_HYRISE}",
      paramLabel = "DIR",
      description = "A checkout of hyrise/index_selection_evaluation.")
  private @Nullable Path hyrise;

  @Option(
      names = "--python",
      defaultValue = "/usr/bin/python3",
      paramLabel = "COMMAND",
      description = "An interpreter that has psycopg2, for that checkout.")
  private String python = "";

  @Option(
      names = "--algorithms",
      split = ",",
      defaultValue = "extend,auto_admin,db2advis",
      description = "Of that checkout; anytime and relaxation take minutes.")
  private List<String> algorithms = List.of();

  /** The lines of this benchmark. */
  private record Lines(Figures figures) implements Scores {
    @Override
    public void report(String name, double value, String unit) throws IOException {
      figures.report(name, value, unit);
    }

    @Override
    public void bounded(String name, double value, String unit, String goal) throws IOException {
      figures.add(name, value, unit, new Goal(goal));
    }

    @Override
    public void beside(String name, double value, String unit, Rival rival, @Nullable String goal)
        throws IOException {
      var peer = new Figures.Peer(rival.name(), rival.value());
      if (goal == null) {
        figures.compare(name, value, unit, peer);
      } else {
        figures.compare(name, value, unit, peer, new Goal(goal));
      }
    }

    @Override
    public void skipped(String name, String why) throws IOException {
      figures.skipped(name, why);
    }
  }

  @Override
  public Integer call() throws Exception {
    Figures figures = bench.figures();
    var settings =
        new Contest.Settings(
            scale,
            rounds,
            cap,
            parts,
            data,
            postgres,
            dexter,
            hyrise,
            python,
            algorithms,
            Product.HONE.program());
    new Contest(settings, new Lines(figures), System.err).run();
    if (parts.contains("disturbed")) {
      disturb(figures);
    }
    return figures.allHold() ? 0 : 1;
  }

  private void disturb(Figures figures) throws Exception {
    Path directory = Files.createTempDirectory("hone-disturbed-");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    new DisturbedIndexes(postgres, directory, figures, System.err, disturbed, 1).run();
    CrashChain.clear(directory);
  }
}
