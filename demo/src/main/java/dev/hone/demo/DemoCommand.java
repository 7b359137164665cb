package dev.hone.demo;

import dev.hone.layer.database.DatabaseConnection;
import dev.hone.loop.Guardrail;
import dev.hone.loop.Objective;
import dev.hone.loop.SignalRef;
import dev.hone.server.Hone;
import dev.hone.server.Settings;
import dev.hone.server.StartException;
import dev.hone.server.WebServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hone demo}: a real, deliberately slow system, and Hone at work on it. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Start a slow shop with traffic and watch Hone find, fix, prove and undo.")
final class DemoCommand implements Callable<Integer> {
  private static final String RUNS = "demo-runs";
  private static final String STATE = "hone";

  /** Exit code of a program that SIGINT ended (128 + 2), as shells have it. */
  private static final int INTERRUPTED = 130;

  private static final SignalRef LATENCY =
      new SignalRef(
          "p95 latency of the shop",
          "s",
          "histogram_quantile(0.95, sum by (le) (rate(demo_request_seconds_bucket[$window])))",
          SignalRef.Better.LOWER);
  private static final SignalRef FAILURES =
      new SignalRef(
          "share of failed requests",
          "ratio",
          "sum(rate(demo_request_errors_total[$window])) / sum(rate(demo_requests_total[$window]))",
          SignalRef.Better.LOWER);
  private static final SignalRef LOAD =
      new SignalRef(
          "requests to the shop",
          "1/s",
          "sum(rate(demo_requests_total[$window]))",
          SignalRef.Better.HIGHER);

  private static final Duration CLOSING = Duration.ofSeconds(20);
  private static final Duration WARM_UP = Duration.ofSeconds(8);
  private static final Duration MEASURED = Duration.ofSeconds(12);
  private static final Duration DEFAULT_DURATION = Duration.ofMinutes(7);

  @Option(names = "--headless", description = "No page; progress on the terminal, then an end.")
  private boolean headless;

  @Option(
      names = "--until-closed",
      description = "End as soon as three layers have a kept change and one was rolled back.")
  private boolean untilClosed;

  @Option(names = "--report", paramLabel = "FILE", description = "Write a report in JSON.")
  private @Nullable Path report;

  @Option(
      names = "--record",
      paramLabel = "DIR",
      description =
          "Write p95 latency, share of failed requests and request rate of the shop, one value each"
              + " 10 s, for `hone bench loop --data DIR`, which takes traces of 4 h or more.")
  private @Nullable Path record;

  @Option(
      names = "--faults",
      defaultValue = "all",
      description = "What is planted: all or none (default: ${DEFAULT-VALUE}).")
  private String faults = "all";

  @Option(
      names = "--duration",
      description = "How long Hone works at the most: 90s, 10m, 1h (headless: 7m).")
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
      paramLabel = "DIR",
      description =
          "Go on with what earlier demos in DIR learnt, and leave state there. By default each demo"
              + " begins with none, and leaves none.")
  private @Nullable Path dataDirectory;

  @Option(
      names = "--postgres",
      paramLabel = "URL",
      description =
          "Use this PostgreSQL (jdbc:postgresql://…?user=…&password=…), not the embedded.")
  private @Nullable String postgres;

  @Override
  public Integer call() throws StartException, IOException {
    Duration longest = duration == null ? DEFAULT_DURATION : parseDuration(duration);
    Set<Fault> planted = planted();
    Path base =
        dataDirectory == null ? Settings.defaultDataDirectory().resolve("demo") : dataDirectory;
    WebServer.requireFree(port);
    requireWritable(report);
    requireRecordable();
    var progress = new DemoProgress();
    Path runs = base.resolve(RUNS);
    Path run = runs.resolve(Long.toString(ProcessHandle.current().pid()));
    Path data = dataDirectory == null ? run.resolve(STATE) : dataDirectory;
    Hone.requireUsable(data);
    deleteEndedRuns(runs, progress);
    var options =
        new DemoOptions(
            seed, planted, run, DemoOptions.DEFAULT_REQUESTS_PER_SECOND, 0, 0, postgres);
    var closed = new CountDownLatch(1);
    closeOnSignal(Thread.currentThread(), closed);
    try {
      int exit = run(options, data, longest, progress);
      delete(run, progress);
      return exit;
    } catch (InterruptedException e) {
      progress.say("Stopped: what was on trial is undone, and every process has ended");
      return INTERRUPTED;
    } finally {
      closed.countDown();
    }
  }

  private int run(DemoOptions options, Path data, Duration longest, DemoProgress progress)
      throws StartException, InterruptedException, IOException {
    try (var system = DemoSystem.start(options, progress::say)) {
      Thread.sleep(WARM_UP.plus(MEASURED));
      DemoSystem.Summary before = system.summary(MEASURED);
      progress.say(String.format("The shop's p95 latency without Hone is %.0f ms", before.p95Ms()));
      return optimise(system, before, data, longest, progress);
    } catch (DemoException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Ctrl-C and SIGTERM undo what is on trial and stop every process of the demo. */
  private static void closeOnSignal(Thread main, CountDownLatch closed) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    main.interrupt();
                    if (!closed.await(CLOSING.toSeconds(), TimeUnit.SECONDS)) {
                      System.err.println("hone: the demo did not stop in time");
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  private int optimise(
      DemoSystem system,
      DemoSystem.Summary before,
      Path data,
      Duration longest,
      DemoProgress progress)
      throws StartException, InterruptedException, IOException {
    try (var hone = Hone.start(settings(system, data));
        var web = WebServer.start(hone)) {
      hone.conductor().gather(Hone.GATHERED);
      progress.say("Hone watches at " + web.address() + "#token=" + hone.token().value());
      hone.loops().onChange(progress::show);
      var session = new DemoRun(system, hone, longest, untilClosed, headless || duration != null);
      DemoReport result;
      try {
        result = session.run(!planted().isEmpty(), before, MEASURED);
      } finally {
        recorded(hone, progress);
      }
      if (report != null) {
        Files.writeString(report, result.json());
      }
      progress.say(result.sentence());
      return result.good() ? 0 : 1;
    }
  }

  /** What is to be recorded, where it is asked for. */
  private Optional<Recording> recording() {
    return Optional.ofNullable(record)
        .map(
            folder ->
                new Recording(
                    folder,
                    Map.of(
                        "demo-p95", LATENCY.query(),
                        "demo-failed", FAILURES.query(),
                        "demo-requests", LOAD.query())));
  }

  /** Writes what was recorded; when the demo is stopped, what there is until then. */
  private void recorded(Hone hone, DemoProgress progress) throws IOException {
    Optional<Recording> recording = recording();
    if (recording.isPresent()) {
      recording.get().write(hone.store(), hone.startedAt(), Instant.now());
      progress.say("Recorded in " + recording.get().directory());
    }
  }

  private void requireRecordable() throws StartException {
    try {
      Optional<Recording> recording = recording();
      if (recording.isPresent()) {
        recording.get().prepare();
      }
    } catch (IOException e) {
      throw new StartException(
          "--record `" + record + "` cannot be written; choose another folder", e);
    }
  }

  private Settings settings(DemoSystem system, Path data) throws StartException {
    var objective =
        new Objective(
            "shop",
            LATENCY,
            List.of(new Guardrail(LATENCY, 0.5, 0.01), new Guardrail(FAILURES, 0.5, 0.02)),
            Optional.empty(),
            Optional.of(LOAD));
    DatabaseConnection database;
    try {
      database =
          new DatabaseConnection(
              "shop", system.jdbcUrl(), system.honeUser(), system.honePassword());
      return new Settings(
          port,
          data,
          Optional.of(database),
          Optional.of(objective),
          DemoPolicy.of(system.pids()),
          Set.of(system.pids().getOrDefault(DemoSystem.Role.TRAFFIC, -1L)),
          Settings.Metrics.of(system.trafficMetricsUri(), system.shopMetricsUri()));
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
      Duration duration = Duration.parse("PT" + text.toUpperCase(java.util.Locale.ROOT));
      if (duration.isPositive()) {
        return duration;
      }
    } catch (java.time.format.DateTimeParseException e) {
      // Told below like a length that is none.
    }
    throw new StartException("--duration is `" + text + "`; write it like 90s, 10m or 1h30m");
  }

  private static void requireWritable(@Nullable Path report) throws StartException {
    if (report == null) {
      return;
    }
    Path parent = report.toAbsolutePath().getParent();
    boolean writable =
        Files.exists(report)
            ? !Files.isDirectory(report) && Files.isWritable(report)
            : parent != null && Files.isDirectory(parent) && Files.isWritable(parent);
    if (!writable) {
      throw new StartException("--report `" + report + "` cannot be written; choose another file");
    }
  }

  /** Removes what demos left that were killed. */
  private static void deleteEndedRuns(Path runs, DemoProgress progress) throws IOException {
    if (!Files.isDirectory(runs)) {
      return;
    }
    try (var directories = Files.newDirectoryStream(runs)) {
      for (Path run : directories) {
        String pid = run.getFileName().toString();
        if (pid.matches("[0-9]{1,10}")
            && ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isEmpty()) {
          delete(run, progress);
        }
      }
    }
  }

  /** Deletes a run; what cannot be deleted now is left to the next start. */
  private static void delete(Path directory, DemoProgress progress) {
    try (var files = Files.exists(directory) ? Files.walk(directory) : Stream.<Path>empty()) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      progress.say("Left for later: " + directory + " is still in use");
    }
  }
}
