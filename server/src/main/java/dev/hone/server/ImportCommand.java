package dev.hone.server;

import dev.hone.loop.Json;
import dev.hone.metrics.engine.Backfill;
import dev.hone.metrics.engine.CorruptException;
import dev.hone.metrics.engine.Engine;
import dev.hone.metrics.prometheus.Import;
import dev.hone.metrics.prometheus.ImportReport;
import dev.hone.metrics.wire.MalformedException;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hone import}: brings in what Prometheus kept, or text with times, of any age. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Bring in a data folder of Prometheus, one block of it, or OpenMetrics or Prometheus text"
          + " with times, of any age. What the store holds already stays.",
      "Works through the running Hone, or on its data directory when none runs."
    })
final class ImportCommand implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final String STDIN = "-";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "Folders and files; - is the standard input.")
  private List<String> paths = List.of();

  @Option(names = "--dry-run", description = "Only tell what would come in.")
  private boolean dry;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "What files hold: openmetrics (times in seconds) or text (milliseconds); auto (default)"
              + " takes what ends with `# EOF`, and the standard input, for openmetrics.")
  private Import.Format format = Import.Format.AUTO;

  @Mixin private StoreOptions server = new StoreOptions();

  private ImportReport report = new ImportReport(0, Backfill.Outcome.NONE, 0, List.of());
  private int shownTenth;

  @Override
  public Integer call() throws StartException, InterruptedException, IOException {
    if (server.named()) {
      return through();
    }
    Path data = server.data();
    var lock = DataLock.take(data);
    if (lock.isEmpty()) {
      return through();
    }
    try {
      requireNoOther(data);
      return directly(data);
    } finally {
      lock.get().close();
    }
  }

  /** Why an import ended, in a sentence. */
  static String problem(Exception e) {
    return switch (e) {
      case MalformedException malformed -> String.valueOf(malformed.getMessage());
      case CorruptException corrupt -> "the store is damaged: " + corrupt.getMessage();
      case NoSuchFileException missing -> "there is no `" + missing.getFile() + "`";
      case AccessDeniedException denied ->
          "`" + denied.getFile() + "` may not be read; change its owner or its rights";
      default -> String.valueOf(e.getMessage());
    };
  }

  /** Refuses the usual directory when the Hone that runs works on another: it may be meant. */
  private void requireNoOther(Path data) throws StartException, InterruptedException {
    URI address = server.api("status/buildinfo");
    if (server.dataNamed()) {
      return;
    }
    var request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(2)).build();
    try (var client = HttpClient.newHttpClient()) {
      client.send(request, HttpResponse.BodyHandlers.discarding());
    } catch (IOException nobody) {
      return;
    }
    throw new StartException(
        "the Hone at "
            + address.resolve("/")
            + " does not work on "
            + data
            + "; name where to import to with --data-dir");
  }

  private int directly(Path data) throws StartException, InterruptedException, IOException {
    Path folder = data.resolve(StoreRestore.METRICS);
    spec.commandLine()
        .getErr()
        .println(
            "hone: into " + folder + ", on which no Hone runs; another is named by --data-dir");
    StoreRestore.complete(data);
    try (var engine =
        Engine.open(
            folder,
            StoreRestore.optionsOf(folder, server.file().metrics()),
            Clock.systemUTC(),
            new SecureRandom().nextLong(),
            notice -> spec.commandLine().getErr().println("hone: " + notice))) {
      var work = new Import(engine, dry, (path, share, soFar) -> show(share, soFar));
      try {
        for (String path : paths) {
          if (path.equals(STDIN)) {
            work.text(Path.of(STDIN), System.in, -1, format != Import.Format.TEXT);
          } else {
            work.path(Path.of(path), format);
          }
        }
        return end(work.report(), null);
      } catch (IOException | RuntimeException e) {
        return end(work.report(), problem(e));
      }
    } catch (IOException e) {
      throw new StartException(
          "the metrics in `" + folder + "` cannot be opened: " + e.getMessage(), e);
    }
  }

  private int through() throws StartException, InterruptedException, IOException {
    var absolute = new ArrayList<String>();
    Path spooled = null;
    try {
      for (String path : paths) {
        if (path.equals(STDIN) && spooled == null) {
          spooled = Files.createTempFile("hone-import", ".txt");
          Files.copy(System.in, spooled, StandardCopyOption.REPLACE_EXISTING);
          absolute.add(spooled.toString());
        } else {
          absolute.add(Path.of(path).toAbsolutePath().normalize().toString());
        }
      }
      return ask(
          Map.of(
              "paths",
              absolute,
              "format",
              (spooled != null && format == Import.Format.AUTO ? Import.Format.OPENMETRICS : format)
                  .name()
                  .toLowerCase(Locale.ROOT),
              "dryRun",
              dry));
    } finally {
      if (spooled != null) {
        Files.deleteIfExists(spooled);
      }
    }
  }

  private int ask(Map<String, ?> fields) throws StartException, InterruptedException {
    URI address = server.api("admin/import");
    var request =
        HttpRequest.newBuilder(address)
            .version(HttpClient.Version.HTTP_1_1)
            .header("Authorization", "Bearer " + Token.read(server.data()).value())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(Json.write(fields)))
            .build();
    try (var client = HttpClient.newHttpClient()) {
      var lines = client.send(request, HttpResponse.BodyHandlers.ofLines()).body().iterator();
      while (lines.hasNext()) {
        String text = lines.next();
        if (text.isBlank()) {
          continue;
        }
        Map<String, @Nullable Object> line = ServerOptions.parsed(text, address);
        if (line.get("error") instanceof String problem) {
          return end(ImportJson.report(line), problem);
        } else if (line.containsKey("done")) {
          return end(ImportJson.report(line), null);
        }
        report = ImportJson.report(line);
        show(ImportJson.share(line), report);
      }
      return end(report, "Hone at " + address.resolve("/") + " ended before the import did");
    } catch (IOException | UncheckedIOException e) {
      throw new StartException(
          "no Hone answers at "
              + address.resolve("/")
              + " ("
              + (e.getMessage() == null ? "refused" : e.getMessage())
              + "), but one runs on its data directory; name its address with --server",
          e);
    }
  }

  /** A line that is written over on a terminal, else one after each tenth. */
  private void show(double share, ImportReport soFar) {
    boolean terminal = terminal();
    int tenth = (int) (share * 10);
    if (!terminal && (Double.isNaN(share) || tenth == shownTenth)) {
      return;
    }
    shownTenth = tenth;
    PrintWriter err = spec.commandLine().getErr();
    String part = Double.isNaN(share) ? "" : "%3.0f %%, ".formatted(share * 100);
    err.print(
        (terminal ? "\r" : "")
            + "%s%,d samples of %,d series".formatted(part, soFar.outcome().added(), soFar.series())
            + (terminal ? "\033[K" : System.lineSeparator()));
    err.flush();
  }

  private static boolean terminal() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  private int end(ImportReport last, @Nullable String problem) {
    if (terminal()) {
      spec.commandLine().getErr().print("\r\033[K");
    }
    PrintWriter out = spec.commandLine().getOut();
    Backfill.Outcome outcome = last.outcome();
    out.printf(
        "%,d samples of %,d series %s%s.%n",
        outcome.added(), last.series(), dry ? "would come in" : "came in", range(outcome));
    count(out, outcome.already(), "samples were there already");
    count(out, outcome.conflicting(), "samples refused: the store has another value at that time");
    count(out, outcome.tooOld(), "samples left out: older than the retention");
    count(out, outcome.tooNew(), "samples left out: they lie in the future");
    count(out, last.histogramChunks(), "chunks of native histograms left out: Hone keeps none");
    last.notices().forEach(notice -> out.println("note: " + notice));
    out.flush();
    if (problem != null) {
      spec.commandLine()
          .getErr()
          .println("hone: the import ended early: " + problem + " (it can be repeated)");
      return FAILED;
    }
    return outcome.added() + outcome.already() + outcome.conflicting() > 0 ? 0 : FAILED;
  }

  private static String range(Backfill.Outcome outcome) {
    return outcome.added() == 0
        ? ""
        : ", from %s to %s"
            .formatted(Instant.ofEpochMilli(outcome.from()), Instant.ofEpochMilli(outcome.to()));
  }

  private static void count(PrintWriter out, long count, String what) {
    if (count > 0) {
      out.printf("%,d %s.%n", count, what);
    }
  }
}
