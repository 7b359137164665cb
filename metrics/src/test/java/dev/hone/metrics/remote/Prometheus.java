package dev.hone.metrics.remote;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A real Prometheus on loopback that takes remote-write. */
final class Prometheus implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/prometheus");

  private final Path directory;
  private final int port;
  private Process process;

  private Prometheus(Path directory, int port) throws IOException {
    this.directory = directory;
    this.port = port;
    this.process = launch();
  }

  /** Starts one with its files in a directory; skips the test where it is not installed. */
  static Prometheus start(Path directory) throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        Files.isExecutable(PROGRAM), "there is no " + PROGRAM + "; install prometheus");
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("prometheus.yml"),
        """
        global: {scrape_interval: 1h}
        storage: {tsdb: {out_of_order_time_window: 30m}}
        """);
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var started = new Prometheus(directory, port);
    started.awaitReady();
    return started;
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(
            List.of(
                PROGRAM.toString(),
                "--config.file=" + directory.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--web.enable-remote-write-receiver",
                "--log.level=error"))
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("out").toFile())
        .start();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  void startAgain() throws IOException, InterruptedException {
    process = launch();
    awaitReady();
  }

  private void awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    try (var client = HttpClient.newHttpClient()) {
      while (System.nanoTime() < end) {
        try {
          var request = HttpRequest.newBuilder(URI.create(url() + "/-/ready")).build();
          if (client.send(request, BodyHandlers.discarding()).statusCode() == 200) {
            return;
          }
        } catch (IOException e) {
          if (!process.isAlive()) {
            throw new IOException(Files.readString(directory.resolve("out")), e);
          }
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
    throw new IOException("prometheus is not ready: " + Files.readString(directory.resolve("out")));
  }

  private String url() {
    return "http://127.0.0.1:" + port;
  }

  Backend backend(String name) {
    return new Backend(
        name, URI.create(url()), Flavour.PROMETHEUS, Optional.empty(), Backend.Access.OPEN);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
