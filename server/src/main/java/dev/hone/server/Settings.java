package dev.hone.server;

import dev.hone.layer.database.DatabaseConnection;
import dev.hone.loop.Mode;
import dev.hone.loop.Objective;
import dev.hone.loop.Policy;
import dev.hone.metrics.engine.EngineOptions;
import dev.hone.metrics.remote.RemoteOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How Hone is to run.
 *
 * @param port the port of pages and API, on loopback; 0 for a free one
 * @param dataDirectory where journal, token and guard log lie
 * @param database the PostgreSQL to watch
 * @param objective what changes of host and JVM are judged by
 * @param policy what Hone may do, until a person saves another
 * @param helpers processes that belong to Hone or its demo and are never to be slowed down
 * @param metrics where samples come from and where they are kept
 */
public record Settings(
    int port,
    Path dataDirectory,
    Optional<DatabaseConnection> database,
    Optional<Objective> objective,
    Policy policy,
    Set<Long> helpers,
    Metrics metrics) {
  /** The port unless another is given. */
  public static final int DEFAULT_PORT = 8600;

  public Settings {
    helpers = Set.copyOf(helpers);
  }

  /** With the usual limits, and how far Hone may go in each layer. */
  public Settings(
      int port,
      Path dataDirectory,
      Optional<DatabaseConnection> database,
      Optional<Objective> objective,
      Map<String, Mode> modes,
      Set<Long> helpers,
      Metrics metrics) {
    this(
        port,
        dataDirectory,
        database,
        objective,
        Policy.observing().withModes(modes),
        helpers,
        metrics);
  }

  /**
   * Where samples come from and where they are kept.
   *
   * @param engine how samples are kept here
   * @param scrape addresses of Prometheus exposition text, read each second
   * @param jobs what is scraped beside these addresses
   * @param otlpPort a port on loopback for OTLP alone, over HTTP and gRPC
   * @param remote where samples are kept instead of here
   */
  public record Metrics(
      EngineOptions engine,
      List<URI> scrape,
      ScrapeConfig jobs,
      OptionalInt otlpPort,
      Optional<RemoteOptions> remote) {
    public Metrics {
      scrape = List.copyOf(scrape);
    }

    /** Samples of a few addresses, kept here as usual. */
    public static Metrics of(URI... scrape) {
      return new Metrics(
          EngineOptions.standard(),
          List.of(scrape),
          ScrapeConfig.NONE,
          OptionalInt.empty(),
          Optional.empty());
    }
  }

  /** Where state is kept unless another place is given. */
  public static Path defaultDataDirectory() {
    String base = System.getenv("XDG_DATA_HOME");
    Path data =
        base == null || base.isBlank()
            ? Path.of(System.getProperty("user.home"), ".local", "share")
            : Path.of(base);
    return data.resolve("hone");
  }
}
