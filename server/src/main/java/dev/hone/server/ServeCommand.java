package dev.hone.server;

import dev.hone.layer.database.DatabaseConnection;
import dev.hone.loop.Mode;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
      names = "--port",
      defaultValue = "" + Settings.DEFAULT_PORT,
      description =
          "Port of pages and API on 127.0.0.1 (default: ${DEFAULT-VALUE}; 0: a free one).")
  private int port;

  @Option(names = "--data-dir", description = "Where state is kept (default: ~/.local/share/hone).")
  private @Nullable Path dataDirectory;

  @Option(
      names = "--postgres",
      paramLabel = "URL",
      description = "PostgreSQL to watch: postgres://user:password@host:port/database.")
  private @Nullable String postgres;

  @Option(
      names = "--scrape",
      paramLabel = "URL",
      description = "Prometheus metrics to read each second; may be repeated.")
  private List<URI> scrape = List.of();

  @Option(
      names = "--mode",
      paramLabel = "LAYER=MODE",
      description =
          "How far Hone may go in a layer (host, database, jvm): OBSERVE (default), RECOMMEND,"
              + " APPROVE, AUTO_REVERSIBLE, AUTO.")
  private Map<String, Mode> modes = Map.of();

  @Override
  public Integer call() throws StartException, InterruptedException {
    if (port < 0 || port > 65_535) {
      throw new StartException("--port is " + port + "; it must lie between 0 and 65535");
    }
    for (String layer : modes.keySet()) {
      if (!Set.of("host", "database", "jvm").contains(layer)) {
        throw new StartException(
            "--mode names layer `" + layer + "`; the layers are host, database and jvm");
      }
    }
    var settings =
        new Settings(
            port,
            dataDirectory == null ? Settings.defaultDataDirectory() : dataDirectory,
            database(),
            scrape,
            Optional.empty(),
            modes,
            Set.of());
    var hone = Hone.start(settings);
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
    System.out.println("Hone watches this host: " + web.address());
    System.out.println(
        "To decide from the page: " + web.address() + "#token=" + hone.token().value());
    new CountDownLatch(1).await();
    return 0;
  }

  private Optional<DatabaseConnection> database() throws StartException {
    if (postgres == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(DatabaseConnection.of("postgres", postgres));
    } catch (DatabaseConnection.Refused e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }
}
