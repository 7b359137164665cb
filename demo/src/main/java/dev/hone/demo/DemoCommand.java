package dev.hone.demo;

import dev.hone.layer.database.DatabaseConnection;
import dev.hone.loop.Guardrail;
import dev.hone.loop.Mode;
import dev.hone.loop.Objective;
import dev.hone.loop.SignalRef;
import dev.hone.server.Hone;
import dev.hone.server.Settings;
import dev.hone.server.StartException;
import dev.hone.server.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hone demo}: a real, deliberately slow system, and Hone at work on it. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Start a slow shop with traffic and watch Hone find, fix, prove and undo.")
final class DemoCommand implements Callable<Integer> {
  private static final Duration WARM_UP = Duration.ofSeconds(20);
  private static final Duration MEASURED = Duration.ofSeconds(20);
  private static final Duration DEFAULT_DURATION = Duration.ofMinutes(8);

  @Option(names = "--headless", description = "No page; progress on the terminal, then an end.")
  private boolean headless;

  @Option(
      names = "--until-closed",
      description = "End as soon as three layers have a kept change and one was rolled back.")
  private boolean untilClosed;

  @Option(names = "--report", paramLabel = "FILE", description = "Write a report in JSON.")
  private @Nullable Path report;

  @Option(
      names = "--faults",
      defaultValue = "all",
      description = "What is planted: all or none (default: ${DEFAULT-VALUE}).")
  private String faults = "all";

  @Option(names = "--duration", description = "How long to run at the most: 90s, 10m, 1h.")
  private @Nullable String duration;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of data and traffic (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--port",
      defaultValue = "" + Settings.DEFAULT_PORT,
      description = "Port of the pages (default: ${DEFAULT-VALUE}; 0: a free one).")
  private int port;

  @Option(
      names = "--data-dir",
      description = "Where state is kept (default: ~/.local/share/hone/demo).")
  private @Nullable Path dataDirectory;

  @Option(
      names = "--postgres",
      paramLabel = "URL",
      description =
          "Use this PostgreSQL (jdbc:postgresql://…?user=…&password=…), not the embedded.")
  private @Nullable String postgres;

  @Override
  public Integer call() throws StartException, InterruptedException, IOException {
    Duration longest = duration == null ? DEFAULT_DURATION : parseDuration(duration);
    Set<Fault> planted = planted();
    Path data =
        dataDirectory == null ? Settings.defaultDataDirectory().resolve("demo") : dataDirectory;
    Path run = data.resolve("system");
    deleteTree(run);
    var options =
        new DemoOptions(
            seed, planted, run, DemoOptions.DEFAULT_REQUESTS_PER_SECOND, 0, 0, postgres);
    var progress = new DemoProgress();
    try (var system = DemoSystem.start(options, progress::say);
        var hone = Hone.start(settings(system, data));
        var web = WebServer.start(hone)) {
      progress.say("Hone watches at " + web.address() + "#token=" + hone.token().value());
      hone.loops().onChange(progress::show);
      var session =
          new DemoRun(system, hone, progress, longest, untilClosed, headless || duration != null);
      DemoReport result = session.run(WARM_UP, MEASURED);
      if (report != null) {
        Files.writeString(report, result.json());
      }
      progress.say(result.sentence());
      if (planted.isEmpty()) {
        return result.kept() == 0 ? 0 : 1;
      }
      return result.closed() ? 0 : 1;
    } catch (DemoException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private Settings settings(DemoSystem system, Path data) throws StartException {
    var latency =
        new SignalRef(
            "p95 latency of the shop",
            "s",
            "histogram_quantile(0.95, sum by (le) (rate(demo_request_seconds_bucket[$window])))",
            SignalRef.Better.LOWER);
    var failures =
        new SignalRef(
            "share of failed requests",
            "ratio",
            "sum(rate(demo_request_errors_total[$window])) / sum(rate(demo_requests_total[$window]))",
            SignalRef.Better.LOWER);
    var objective =
        new Objective(
            "shop",
            latency,
            List.of(new Guardrail(latency, 0.5, 0.01), new Guardrail(failures, 0.5, 0.02)));
    DatabaseConnection database;
    try {
      database =
          new DatabaseConnection(
              "shop", system.jdbcUrl(), system.honeUser(), system.honePassword());
      return new Settings(
          port,
          data,
          Optional.of(database),
          List.of(system.trafficMetricsUri(), system.shopMetricsUri()),
          Optional.of(objective),
          Map.of("host", Mode.AUTO, "database", Mode.AUTO, "jvm", Mode.AUTO),
          Set.of(system.pids().getOrDefault(DemoSystem.Role.TRAFFIC, -1L)));
    } catch (IllegalArgumentException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private Set<Fault> planted() throws StartException {
    return switch (faults) {
      case "all" -> EnumSet.allOf(Fault.class);
      case "none" -> EnumSet.noneOf(Fault.class);
      default -> throw new StartException("--faults is `" + faults + "`; use all or none");
    };
  }

  static Duration parseDuration(String text) throws StartException {
    try {
      return Duration.parse("PT" + text.toUpperCase(java.util.Locale.ROOT));
    } catch (java.time.format.DateTimeParseException e) {
      throw new StartException("--duration is `" + text + "`; write it like 90s, 10m or 1h30m", e);
    }
  }

  private static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
