package dev.hone.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program that stores metrics and answers PromQL over HTTP. */
enum Product {
  HONE {
    @Override
    List<String> command(Path directory, int port) {
      String data = directory.resolve("data").toString();
      return List.of(launcher().toString(), "serve", "--port", "" + port, "--data-dir", data);
    }

    @Override
    String ready() {
      return "/api/v1/status/buildinfo";
    }

    @Override
    Path storage(Path directory) {
      return directory.resolve("data/metrics");
    }

    @Override
    String snapshotHeaders(Path directory) throws IOException {
      String token = Files.readString(directory.resolve("data/token")).strip();
      return "Authorization: Bearer " + token + "\r\n";
    }

    @Override
    Path program() {
      return launcher();
    }
  },

  PROMETHEUS {
    @Override
    List<String> command(Path directory, int port) throws IOException {
      Path configuration = directory.resolve("prometheus.yml");
      Files.writeString(
          configuration,
          """
          global: {scrape_interval: 1h}
          storage: {tsdb: {out_of_order_time_window: 30d}}
          """);
      return List.of(
          program().toString(),
          "--config.file=" + configuration,
          "--storage.tsdb.path=" + directory.resolve("data"),
          "--storage.tsdb.retention.time=10y",
          "--web.listen-address=127.0.0.1:" + port,
          "--web.enable-remote-write-receiver",
          "--web.enable-admin-api",
          "--log.level=warn");
    }

    @Override
    String ready() {
      return "/-/ready";
    }

    @Override
    Path program() {
      return Path.of("/usr/bin/prometheus");
    }
  },

  VICTORIA_METRICS {
    @Override
    List<String> command(Path directory, int port) {
      return List.of(
          program().toString(),
          "-storageDataPath=" + directory.resolve("data"),
          "-httpListenAddr=127.0.0.1:" + port,
          "-retentionPeriod=10y",
          "-search.disableCache",
          "-search.latencyOffset=0s",
          "-search.maxUniqueTimeseries=2000000",
          "-search.maxSeries=2000000",
          "-loggerLevel=WARN");
    }

    @Override
    String ready() {
      return "/health";
    }

    @Override
    String queryParameters() {
      return "&nocache=1";
    }

    @Override
    Path program() {
      return Path.of("/usr/bin/victoria-metrics");
    }
  };

  private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+");

  /** The arguments that start it on loopback with its files below a directory. */
  abstract List<String> command(Path directory, int port) throws IOException;

  /** The path that answers 200 when it serves. */
  abstract String ready();

  abstract Path program();

  /** Where its files lie. */
  Path storage(Path directory) {
    return directory.resolve("data");
  }

  /** What the request for a snapshot must carry. */
  String snapshotHeaders(Path directory) throws IOException {
    return "";
  }

  /** What a query carries so that no earlier answer is given again. */
  String queryParameters() {
    return "";
  }

  /** The name on the command line. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Why it cannot be started, when it cannot. */
  Optional<String> missing() {
    return Files.isExecutable(program())
        ? Optional.empty()
        : Optional.of("there is no " + program() + "; install " + id());
  }

  /** Name and version. */
  String title() throws IOException {
    if (this == HONE) {
      return "hone";
    }
    Matcher version = VERSION.matcher(said(program().toString(), "--version"));
    if (version.find()) {
      return id() + " " + version.group();
    }
    Matcher installed = VERSION.matcher(said("dpkg-query", "-W", "-f", "${Version}", id()));
    return installed.find() ? id() + " " + installed.group() : id();
  }

  private static String said(String... command) throws IOException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /**
   * The launcher that ships: beside the reactor of this jar, or where {@code hone.launcher} says.
   */
  private static Path launcher() {
    String given = System.getProperty("hone.launcher");
    if (given != null) {
      return Path.of(given).toAbsolutePath();
    }
    String first = System.getProperty("java.class.path").split(java.io.File.pathSeparator)[0];
    return Path.of(first).toAbsolutePath().resolve("../../../hone").normalize();
  }
}
