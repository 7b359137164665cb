package dev.hone.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A product in a process of its own, on loopback, with a directory that is removed at the end. */
final class Server implements AutoCloseable {
  private static final Duration LONGEST_START = Duration.ofMinutes(5);
  private static final Pattern SNAPSHOT = Pattern.compile("\"name\":\\s*\"([^\"]+)\"");

  private final Product product;
  private final Path directory;
  private Process process;
  private List<ProcessHandle> children = List.of();
  private int port;

  private Server(Product product, Path directory) throws IOException {
    this.product = product;
    this.directory = directory;
    port = freePort();
    process = launch();
  }

  /** Starts it with nothing stored and waits until it serves. */
  static Server start(Product product) throws IOException, InterruptedException {
    return ready(new Server(product, fresh(product)));
  }

  /** Starts it on a copy of what another one stored and waits until it serves. */
  static Server startOn(Product product, Path stored) throws IOException, InterruptedException {
    Path directory = fresh(product);
    Path storage = product.storage(directory);
    Files.createDirectories(storage.getParent());
    Tree.copy(stored, storage);
    return ready(new Server(product, directory));
  }

  private static Path fresh(Product product) throws IOException {
    return Files.createTempDirectory("hone-bench-" + product.id() + "-");
  }

  private static Server ready(Server server) throws IOException, InterruptedException {
    try {
      server.awaitReady();
    } catch (IOException e) {
      server.close();
      throw e;
    }
    return server;
  }

  Product product() {
    return product;
  }

  Connection connect() {
    return new Connection(port);
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  Costs costs() {
    return new Costs(process.toHandle());
  }

  /** Where its files lie. */
  Path storage() {
    return product.storage(directory);
  }

  /** What it printed. */
  String output() throws IOException {
    return Files.readString(directory.resolve("out"));
  }

  /** Has a compacted copy of everything written; gives its directory. */
  Path snapshot() throws IOException {
    try (Connection connection = connect()) {
      String headers = product.snapshotHeaders(directory);
      String said =
          connection.post("/api/v1/admin/tsdb/snapshot", headers, new byte[0]).accepted().text();
      Matcher name = SNAPSHOT.matcher(said);
      if (!name.find()) {
        throw new IOException(product.id() + " names no snapshot: " + said);
      }
      return storage().resolve("snapshots").resolve(name.group(1));
    }
  }

  /** Writes a file into the directory in which it runs; it is read at the next start. */
  void configure(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  /** {@code kill -9} of the server itself; what it started may end in its own way. */
  void kill() throws InterruptedException {
    children = process.descendants().toList();
    process.destroyForcibly();
    process.waitFor();
  }

  /** Starts it again on what it left. */
  void restart() throws IOException, InterruptedException {
    relaunch();
    awaitReady();
  }

  /** Starts it again at the same address. */
  void restartInPlace() throws IOException, InterruptedException {
    process = launch();
    awaitReady();
  }

  /** Sends it a signal, like {@code STOP}. */
  void signal(String name) throws IOException, InterruptedException {
    int exit = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
    if (exit != 0) {
      throw new IOException(product.id() + " could not be sent the signal " + name);
    }
  }

  /** Starts it again and does not wait. */
  void relaunch() throws IOException {
    port = freePort();
    process = launch();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Waits until it serves; an error when it ends or takes too long. */
  void awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + LONGEST_START.toNanos();
    while (System.nanoTime() < end) {
      try (Connection connection = connect()) {
        if (connection.get(product.ready()).status() == 200) {
          return;
        }
      } catch (IOException e) {
        if (!process.isAlive()) {
          throw new IOException(
              product.id() + " ended with " + process.exitValue() + ": " + output(), e);
        }
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    throw new IOException(
        product.id() + " did not answer " + product.ready() + " in time: " + output());
  }

  @Override
  public void close() throws IOException {
    List<ProcessHandle> all = Stream.concat(children.stream(), process.descendants()).toList();
    process.destroy();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroy);
    Tree.delete(directory);
  }

  private Process launch() throws IOException {
    var builder = new ProcessBuilder(product.command(directory, port));
    builder.environment().remove("HONE_JAVA_OPTIONS");
    Path out = directory.resolve("out");
    return builder
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
        .start();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
