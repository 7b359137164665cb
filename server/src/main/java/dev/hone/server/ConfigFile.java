package dev.hone.server;

import dev.hone.layer.database.DatabaseConnection;
import dev.hone.loop.Mode;
import dev.hone.loop.Objective;
import dev.hone.loop.Policy;
import dev.hone.metrics.Retention;
import dev.hone.metrics.engine.EngineOptions;
import dev.hone.metrics.remote.RemoteOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * What {@code hone.yaml} says. Everything in it is optional, and a flag wins over it.
 *
 * @param port port of pages and API
 * @param dataDirectory where state is kept
 * @param postgres address of the PostgreSQL to watch
 * @param scrape Prometheus metrics to read each second
 * @param modes how far Hone may go, by layer, technique and target
 * @param policy what else it may do, without modes
 * @param objective what changes of host and JVM are judged by
 * @param metrics how samples are kept here
 * @param jobs what is scraped beside these metrics
 * @param otlpPort a port for OTLP alone
 * @param remote where samples are kept instead of here
 */
record ConfigFile(
    Optional<Integer> port,
    Optional<Path> dataDirectory,
    Optional<String> postgres,
    List<URI> scrape,
    Map<String, Mode> modes,
    Policy policy,
    Optional<Objective> objective,
    EngineOptions metrics,
    ScrapeConfig jobs,
    Optional<Integer> otlpPort,
    Optional<RemoteOptions> remote) {
  /** The name that is looked for in the working directory. */
  static final Path DEFAULT = Path.of("hone.yaml");

  /** The layers that have a mode. */
  static final List<String> LAYERS = List.of("host", "database", "jvm");

  private static final String METRICS = "http://127.0.0.1:9100/metrics";
  private static final String EXAMPLE = "postgres://user:password@host:5432/database";

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
        Policy.observing(),
        Optional.empty(),
        EngineOptions.standard(),
        ScrapeConfig.NONE,
        Optional.empty(),
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
    Optional<Node> root = YamlFile.compose(file, "check --config");
    if (root.isEmpty()) {
      return empty();
    }
    if (!(root.get() instanceof MappingNode mapping)) {
      throw new StartException(name + ":1: the file must hold keys and values, like `port: 8600`");
    }
    var section = new YamlSection(name, "", mapping, problems, environment);
    var addresses = new ArrayList<URI>();
    ScrapeConfig jobs = jobs(section, file, addresses, problems);
    Optional<YamlSection> metrics = section.section("metrics");
    Optional<Integer> otlpPort = metrics.flatMap(m -> m.integer("otlpPort", 1, 65_535));
    boolean away =
        metrics.flatMap(m -> m.choice("store", Store.class)).orElse(Store.EMBEDDED) == Store.REMOTE;
    var config =
        new ConfigFile(
            section.integer("port", 0, 65_535),
            dataDirectory(section),
            postgres(section),
            addresses,
            PolicySection.modes(section),
            section.section("policy").map(ConfigFile::policy).orElseGet(Policy::observing),
            section.section("objective").flatMap(ObjectiveSection::read),
            away
                ? EngineOptions.standard()
                : metrics.map(ConfigFile::metrics).orElseGet(EngineOptions::standard),
            jobs,
            otlpPort,
            away ? metrics.flatMap(RemoteSection::read) : Optional.empty());
    metrics.ifPresent(YamlSection::end);
    section.end();
    if (!problems.isEmpty()) {
      throw new StartException(String.join("\n      ", problems));
    }
    return config;
  }

  /** {@code scrape}, addresses and jobs, and {@code prometheusConfig}. */
  private static ScrapeConfig jobs(
      YamlSection section, Path file, List<URI> addresses, List<String> problems) {
    Path directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
    var notices = new ArrayList<String>();
    var jobs = new ArrayList<ScrapeConfig.Entry>();
    var names = new HashSet<String>();
    var reader = new JobReader(directory, JobReader.Defaults.STANDARD, true, notices);
    section.items(
        "scrape",
        text -> addresses.add(JobReader.address(text)),
        each -> {
          Optional<ScrapeConfig.Entry> job = reader.job(each);
          PrometheusFile.requireNew(each, job, names);
          job.ifPresent(jobs::add);
        },
        "an address like " + METRICS + ", or a job with `job_name`");
    Optional<String> other = section.text("prometheusConfig");
    if (other.isPresent()) {
      ScrapeConfig taken = prometheus(section, directory.resolve(other.get()), problems);
      for (ScrapeConfig.Entry entry : taken.jobs()) {
        if (names.add(entry.job().name())) {
          jobs.add(entry);
        } else {
          section.problem(
              "prometheusConfig",
              "has a job `" + entry.job().name() + "` like `scrape`; rename one");
        }
      }
      notices.addAll(taken.notices());
    }
    return new ScrapeConfig(jobs, notices);
  }

  /** A file that cannot be read is one mistake among others. */
  private static ScrapeConfig prometheus(YamlSection section, Path file, List<String> problems) {
    try {
      return PrometheusFile.read(file, problems);
    } catch (StartException e) {
      section.problem("prometheusConfig", "cannot be taken over: " + e.getMessage());
      return ScrapeConfig.NONE;
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
        DatabaseConnection.of(DatabaseConnection.nameIn(address.get()), address.get());
      } catch (DatabaseConnection.Refused e) {
        section.refuse("postgres", String.valueOf(e.getMessage()), "an address like " + EXAMPLE);
      }
    }
    return address;
  }

  private static Policy policy(YamlSection section) {
    if (section.has("modes")) {
      section.problem("modes", "stands beside `policy` in this file; move it there");
    }
    Policy policy = PolicySection.read(section);
    section.end();
    return policy;
  }

  /** {@code retention, outOfOrder, maxSeries, sync}, after {@code otlpPort} was read. */
  private static EngineOptions metrics(YamlSection section) {
    EngineOptions standard = EngineOptions.standard();
    var options =
        standard
            .withRetention(RetentionSection.read(section, "retention"))
            .withOutOfOrder(RetentionSection.duration(section, "outOfOrder", standard.outOfOrder()))
            .withMaxSeries(
                section.integer("maxSeries", 1_000, 50_000_000).orElse(standard.maxSeries()))
            .withSync(section.choice("sync", EngineOptions.Sync.class).orElse(standard.sync()));
    if (options.outOfOrder().compareTo(options.retention().shortest(Retention.Tier.RAW)) > 0) {
      section.wrong("outOfOrder", "no longer than raw samples are kept (metrics.retention)");
    }
    return options;
  }
}
