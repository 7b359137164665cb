package dev.hone.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hone bench}: measures what the README claims. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure on this machine what the README claims.",
    subcommands = {
      IngestBenchmark.class,
      DiskBenchmark.class,
      PromqlBenchmark.class,
      QueryBenchmark.class,
      DurabilityBenchmark.class,
      MemoryBenchmark.class,
      TiersBenchmark.class,
      RemoteBenchmark.class,
      LoopBenchmark.class,
      CrashBenchmark.class,
      DatabaseBenchmark.class
    },
    synopsisSubcommandLabel = "NAME")
public final class Bench {
  @Option(
      names = "--json",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "Add the figures to this file too, a JSON object a line.")
  private @Nullable Path json;

  Bench() {}

  /** Where the figures of this command go. */
  Figures figures() {
    return new Figures(json);
  }

  /** Runs one benchmark; exits with 0 when every goal holds. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }

  @Command(
      name = "demo",
      mixinStandardHelpOptions = true,
      description = "The demo closes: all faults planted, found, fixed with proof, one undone.")
  int demo(@Option(names = "--runs", defaultValue = "5") int runs) throws Exception {
    var figures = figures();
    int closed = 0;
    double longest = 0;
    double leastRatio = Double.POSITIVE_INFINITY;
    int unproven = 0;
    for (int run = 1; run <= runs; run++) {
      long began = System.nanoTime();
      try (var demo = DemoChild.start(List.of("--until-closed", "--seed", "" + run))) {
        int exit = demo.end();
        double seconds = (System.nanoTime() - began) / 1e9;
        Map<?, ?> report = demo.report();
        System.err.printf("run %d of %d: exit %d after %.0f s%n", run, runs, exit, seconds);
        System.err.println(demo.output());
        boolean everyLayer = List.of().equals(report.get("barredLayers"));
        closed += exit == 0 && everyLayer ? 1 : 0;
        longest = Math.max(longest, seconds);
        leastRatio = Math.min(leastRatio, DemoChild.number(report, "p95Ratio"));
        unproven += unproven(report);
      }
    }
    figures.add("demo.closed", closed, "runs of " + runs, ">=" + runs, closed == runs);
    figures.add("demo.longest", Math.ceil(longest), "s", "<=480", longest <= 480);
    figures.add("demo.p95-ratio-least", leastRatio, "ratio", ">=5", leastRatio >= 5);
    figures.add("demo.kept-unproven", unproven, "changes", "<=0", unproven == 0);
    return figures.allHold() ? 0 : 1;
  }

  /** How many kept changes have an interval that holds zero, or none. */
  private static int unproven(Map<?, ?> report) {
    int count = 0;
    for (Map<?, ?> loop : DemoChild.maps(report.get("loops"))) {
      boolean kept = DemoChild.text(loop, "verdict").filter("KEPT"::equals).isPresent();
      boolean proven =
          loop.get("interval") instanceof List<?> interval
              && interval.size() == 2
              && interval.get(1) instanceof Number high
              && high.doubleValue() < 0;
      count += kept && !proven ? 1 : 0;
    }
    return count;
  }

  @Command(
      name = "quiet",
      mixinStandardHelpOptions = true,
      description = "Nothing is planted, so nothing may be kept.")
  int quiet(
      @Option(names = "--runs", defaultValue = "3") int runs,
      @Option(names = "--duration", defaultValue = "10m") String duration)
      throws Exception {
    var figures = figures();
    int kept = 0;
    int proposed = 0;
    for (int run = 1; run <= runs; run++) {
      var arguments = List.of("--faults", "none", "--duration", duration, "--seed", "" + run);
      try (var demo = DemoChild.start(arguments)) {
        int exit = demo.end();
        System.err.printf("run %d of %d: exit %d%n%s%n", run, runs, exit, demo.output());
        if (!demo.report().containsKey("loops")) {
          throw new IOException("run " + run + " wrote no report: " + demo.output());
        }
        List<Map<?, ?>> loops = DemoChild.maps(demo.report().get("loops"));
        kept += loops.stream().anyMatch(l -> "KEPT".equals(l.get("verdict"))) ? 1 : 0;
        proposed += loops.size();
      }
    }
    figures.add("quiet.runs-with-a-kept-change", kept, "runs of " + runs, "<=0", kept == 0);
    System.err.println("changes tried in all: " + proposed);
    return figures.allHold() ? 0 : 1;
  }

  @Command(
      name = "kill",
      mixinStandardHelpOptions = true,
      description = "kill -9 of Hone while a change is on: the guard restores the old value.")
  int kill(
      @Option(names = "--layers", split = ",", defaultValue = "database,jvm,host")
          List<String> layers)
      throws Exception {
    var figures = figures();
    for (String layer : layers) {
      KillTrial.run(layer, figures);
    }
    return figures.allHold() ? 0 : 1;
  }

  @Command(
      name = "collect",
      mixinStandardHelpOptions = true,
      description = "What a sample of the host costs, next to netdata.")
  int collect(
      @Option(names = "--rounds", defaultValue = "5") int rounds,
      @Option(names = "--warm-up", defaultValue = "20", description = "Seconds.") int warmUp,
      @Option(names = "--seconds", defaultValue = "30") int seconds,
      @Option(names = "--flag", description = "For the collector's JVM.") List<String> flags)
      throws Exception {
    return new Collect(json).run(rounds, warmUp, seconds, flags == null ? List.of() : flags)
        ? 0
        : 1;
  }
}
