package dev.hone.server;

import dev.hone.layer.database.DatabaseConnection;
import dev.hone.loop.Mode;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hone serve}: watches this host and a PostgreSQL of the user's. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description =
        "Watch this host, its JVMs and a PostgreSQL. Changes nothing unless a mode is raised.")
final class ServeCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings in YAML (default: hone.yaml here, if there is one); flags win.")
  private @Nullable Path config;

  @Option(
      names = "--port",
      description =
          "Port of pages and API on 127.0.0.1 (default: "
              + Settings.DEFAULT_PORT
              + "; 0: a free one).")
  private @Nullable Integer port;

  @Option(names = "--data-dir", description = "Where state is kept (default: ~/.local/share/hone).")
  private @Nullable Path dataDirectory;

  @Option(
      names = "--postgres",
      paramLabel = "URL",
      description =
          "PostgreSQL to watch: postgres://user:password@host:port/database; the password may be in"
              + " PGPASSWORD, where other users of this machine do not see it.")
  private @Nullable String postgres;

  @Option(
      names = "--scrape",
      paramLabel = "URL",
      description = "Prometheus metrics to read each second; may be repeated.")
  private List<String> scrape = List.of();

  @Option(
      names = "--mode",
      paramLabel = "LAYER=MODE",
      description =
          "How far Hone may go in a layer (host, database, jvm): OBSERVE (default), RECOMMEND,"
              + " APPROVE, AUTO_REVERSIBLE, AUTO.")
  private Map<String, Mode> modes = Map.of();

  @Override
  public Integer call() throws StartException, InterruptedException {
    Settings settings = settings(ConfigFile.find(config));
    WebServer.requireFree(settings.port());
    var hone = Hone.start(settings);
    hone.conductor().gather(Hone.GATHERED);
    WebServer web;
    try {
      web = WebServer.start(hone);
    } catch (StartException e) {
      hone.close();
      throw e;
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  web.close();
                  hone.close();
                }));
    hone.showNotices(notice -> System.err.println("hone: " + notice));
    System.out.println("Hone watches " + watched(settings) + ": " + web.address());
    System.out.println(
        "Modes: " + modes(hone) + ". Ctrl-C ends Hone and undoes what is on trial then.");
    System.out.println(
        "To decide from the page: " + web.address() + "#token=" + hone.token().value());
    web.warmUp();
    new CountDownLatch(1).await();
    return 0;
  }

  private static String watched(Settings settings) {
    return "this host"
        + settings
            .database()
            .map(each -> " and database " + each.name() + " at " + each.address())
            .orElse("");
  }

  private static String modes(Hone hone) {
    return ConfigFile.LAYERS.stream()
        .map(layer -> layer + " " + hone.mode(layer))
        .collect(Collectors.joining(", "));
  }

  private Settings settings(ConfigFile file) throws StartException {
    int chosenPort = port == null ? file.port().orElse(Settings.DEFAULT_PORT) : port;
    for (String layer : modes.keySet()) {
      if (!ConfigFile.LAYERS.contains(layer)) {
        throw new StartException(
            "--mode names layer `" + layer + "`; the layers are host, database and jvm");
      }
    }
    var allModes = new HashMap<>(file.modes());
    allModes.putAll(modes);
    return new Settings(
        chosenPort,
        dataDirectory == null
            ? file.dataDirectory().orElseGet(Settings::defaultDataDirectory)
            : dataDirectory,
        database(Optional.ofNullable(postgres).or(file::postgres)),
        file.objective(),
        file.policy().withModes(allModes),
        Set.of(),
        new Settings.Metrics(
            file.metrics(),
            scrape.isEmpty() ? file.scrape() : addresses(),
            file.jobs(),
            file.otlpPort().map(OptionalInt::of).orElseGet(OptionalInt::empty),
            file.remote()));
  }

  private List<URI> addresses() throws StartException {
    var addresses = new ArrayList<URI>();
    for (String text : scrape) {
      try {
        addresses.add(JobReader.address(text));
      } catch (IllegalArgumentException e) {
        throw new StartException(
            "--scrape is `" + text + "`; write an address like http://127.0.0.1:9100/metrics", e);
      }
    }
    return addresses;
  }

  private static Optional<DatabaseConnection> database(Optional<String> address)
      throws StartException {
    if (address.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          DatabaseConnection.of(DatabaseConnection.nameIn(address.get()), address.get())
              .orPassword(System.getenv("PGPASSWORD")));
    } catch (DatabaseConnection.Refused e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }
}
