package dev.hone.server;

import dev.hone.layer.database.DatabaseConnection;
import dev.hone.loop.Guardrail;
import dev.hone.loop.Mode;
import dev.hone.loop.Objective;
import dev.hone.loop.SignalRef;
import dev.hone.metrics.WindowQuery;
import dev.hone.metrics.engine.EngineOptions;
import dev.hone.metrics.promql.Durations;
import dev.hone.metrics.remote.RemoteOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * What {@code hone.yaml} says. Everything in it is optional, and a flag wins over it.
 *
 * @param port port of pages and API
 * @param dataDirectory where state is kept
 * @param postgres address of the PostgreSQL to watch
 * @param scrape Prometheus metrics to read each second
 * @param modes how far Hone may go, by layer
 * @param objective what changes of host and JVM are judged by
 * @param metrics how samples are kept here
 * @param remote where samples are kept instead of here
 */
record ConfigFile(
    Optional<Integer> port,
    Optional<Path> dataDirectory,
    Optional<String> postgres,
    List<URI> scrape,
    Map<String, Mode> modes,
    Optional<Objective> objective,
    EngineOptions metrics,
    Optional<RemoteOptions> remote) {
  /** The name that is looked for in the working directory. */
  static final Path DEFAULT = Path.of("hone.yaml");

  /** The layers that have a mode. */
  static final List<String> LAYERS = List.of("host", "database", "jvm");

  private static final long MOST_BYTES = 1 << 20;
  private static final String EXAMPLE = "postgres://user:password@host:5432/database";
  private static final double DEFAULT_LIMIT = 0.5;

  /** Where samples are kept. */
  private enum Store {
    EMBEDDED,
    REMOTE
  }

  /** A file in which nothing stands. */
  static ConfigFile empty() {
    return new ConfigFile(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Map.of(),
        Optional.empty(),
        EngineOptions.standard(),
        Optional.empty());
  }

  /**
   * Reads the file that is named, else {@code hone.yaml} of the working directory if there is one.
   *
   * @throws StartException with one line for each problem
   */
  static ConfigFile find(@Nullable Path named) throws StartException {
    if (named == null && !Files.exists(DEFAULT)) {
      return empty();
    }
    return read(named == null ? DEFAULT : named, name -> Optional.ofNullable(System.getenv(name)));
  }

  /**
   * Reads a file.
   *
   * @param environment what stands for {@code ${NAME}} in a value
   * @throws StartException with one line for each problem
   */
  static ConfigFile read(Path file, Function<String, Optional<String>> environment)
      throws StartException {
    var problems = new ArrayList<String>();
    String name = file.toString();
    Optional<Node> root = compose(file, name);
    if (root.isEmpty()) {
      return empty();
    }
    if (!(root.get() instanceof MappingNode mapping)) {
      throw new StartException(name + ":1: the file must hold keys and values, like `port: 8600`");
    }
    var section = new YamlSection(name, "", mapping, problems, environment);
    Optional<YamlSection> metrics = section.section("metrics");
    boolean away =
        metrics.flatMap(m -> m.choice("store", Store.class)).orElse(Store.EMBEDDED) == Store.REMOTE;
    var config =
        new ConfigFile(
            section.integer("port", 0, 65_535),
            dataDirectory(section),
            postgres(section),
            section.each(
                "scrape", Scraper::address, "an address like http://127.0.0.1:9100/metrics"),
            modes(section),
            section.section("objective").flatMap(ConfigFile::objective),
            away
                ? EngineOptions.standard()
                : metrics.map(ConfigFile::metrics).orElseGet(EngineOptions::standard),
            away ? metrics.flatMap(RemoteSection::read) : Optional.empty());
    metrics.ifPresent(YamlSection::end);
    section.end();
    if (!problems.isEmpty()) {
      throw new StartException(String.join("\n      ", problems));
    }
    return config;
  }

  private static Optional<Node> compose(Path file, String name) throws StartException {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new StartException(name + " is larger than 1 MiB; that is no configuration of Hone");
      }
      return new Compose(LoadSettings.builder().setLabel(name).build())
          .composeString(Files.readString(file));
    } catch (java.nio.file.NoSuchFileException e) {
      throw new StartException("there is no file " + name + "; check --config", e);
    } catch (CharacterCodingException e) {
      throw new StartException(name + " is not written in UTF-8", e);
    } catch (IOException e) {
      throw new StartException(name + " cannot be read (" + e.getMessage() + ")", e);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new StartException(name + ":" + line + ": no valid YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new StartException(name + " is no valid YAML: " + e.getMessage(), e);
    }
  }

  private static Optional<Path> dataDirectory(YamlSection section) {
    try {
      return section.text("dataDir").map(Path::of);
    } catch (InvalidPathException e) {
      section.wrong("dataDir", "a path");
      return Optional.empty();
    }
  }

  private static Optional<String> postgres(YamlSection section) {
    Optional<String> address = section.address("postgres");
    if (address.isPresent()) {
      try {
        DatabaseConnection.of("postgres", address.get());
      } catch (DatabaseConnection.Refused e) {
        section.refuse("postgres", String.valueOf(e.getMessage()), "an address like " + EXAMPLE);
      }
    }
    return address;
  }

  private static Map<String, Mode> modes(YamlSection section) {
    var modes = new LinkedHashMap<String, Mode>();
    section
        .section("modes")
        .ifPresent(
            layers -> {
              for (String layer : LAYERS) {
                layers.choice(layer, Mode.class).ifPresent(mode -> modes.put(layer, mode));
              }
              layers.end();
            });
    return modes;
  }

  /** {@code name, query, unit, better} of the primary signal, and {@code guardrails}. */
  private static Optional<Objective> objective(YamlSection section) {
    Optional<SignalRef> primary = signal(section);
    var guardrails = new ArrayList<Guardrail>();
    for (YamlSection each : section.sections("guardrails")) {
      double limit = each.number("limit").orElse(DEFAULT_LIMIT);
      double floor = each.number("floor").orElse(0.0);
      signal(each).ifPresent(signal -> guardrails.add(new Guardrail(signal, limit, floor)));
      each.end();
    }
    section.end();
    return primary.map(
        signal -> {
          if (guardrails.isEmpty()) {
            guardrails.add(new Guardrail(signal, DEFAULT_LIMIT, 0));
          }
          return new Objective(signal.name(), signal, guardrails);
        });
  }

  /** {@code retention, outOfOrder, maxSeries, sync}. */
  private static EngineOptions metrics(YamlSection section) {
    EngineOptions standard = EngineOptions.standard();
    var options =
        standard
            .withRetention(duration(section, "retention", standard.retention()))
            .withOutOfOrder(duration(section, "outOfOrder", standard.outOfOrder()))
            .withMaxSeries(
                section.integer("maxSeries", 1_000, 50_000_000).orElse(standard.maxSeries()))
            .withSync(section.choice("sync", EngineOptions.Sync.class).orElse(standard.sync()));
    return options;
  }

  private static Duration duration(YamlSection section, String key, Duration absent) {
    Optional<String> text = section.text(key);
    if (text.isEmpty()) {
      return absent;
    }
    try {
      long millis = Durations.millis(text.get());
      if (millis >= 60_000) {
        return Duration.ofMillis(millis);
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    section.wrong(key, "a duration of at least a minute, like 7d or 12h");
    return absent;
  }

  private static Optional<SignalRef> signal(YamlSection section) {
    String name = section.required("name");
    String query = section.required("query");
    String unit = section.text("unit").orElse("");
    var better = section.choice("better", SignalRef.Better.class).orElse(SignalRef.Better.LOWER);
    if (name.isEmpty() || query.isEmpty()) {
      return Optional.empty();
    }
    try {
      WindowQuery.parse(query);
      return Optional.of(new SignalRef(name, unit, query, better));
    } catch (IllegalArgumentException e) {
      section.wrong("query", "a query Hone can evaluate: " + e.getMessage());
      return Optional.empty();
    }
  }
}
