package dev.hone.bench;

import dev.hone.loop.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A demo in a process of its own, with a fresh data directory. */
final class DemoChild implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/#token");
  private static final String MAIN = "dev.hone.demo.Main";

  private final Path directory;
  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();

  private DemoChild(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
  }

  static DemoChild start(List<String> arguments) throws IOException {
    Path directory = Files.createTempDirectory("hone-bench-");
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                MAIN,
                "demo",
                "--headless",
                "--port",
                "0",
                "--data-dir",
                directory.resolve("data").toString(),
                "--report",
                directory.resolve("report.json").toString()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    return new DemoChild(directory, process);
  }

  Path dataDirectory() {
    return directory.resolve("data");
  }

  /** Waits for the end and gives the exit code. */
  int end() throws InterruptedException {
    return process.waitFor();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** {@code kill -9}. */
  void kill() {
    process.destroyForcibly();
  }

  String output() throws IOException {
    return Files.readString(directory.resolve("out"));
  }

  /** The report of a demo that has ended; empty when it wrote none. */
  Map<String, @Nullable Object> report() throws IOException {
    Path file = directory.resolve("report.json");
    return Json.parseObject(Files.exists(file) ? Files.readString(file) : "{}");
  }

  /** The loops as the running demo tells them; empty while it is starting. */
  List<Map<?, ?>> loops() throws IOException, InterruptedException {
    Matcher address = ADDRESS.matcher(output());
    if (!address.find()) {
      return List.of();
    }
    URI uri = URI.create(address.group().replace("#token", "api/v1/loops"));
    var request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build();
    try {
      var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      return maps(Json.parseObject(answer.body()).get("loops"));
    } catch (HttpTimeoutException e) {
      return List.of();
    }
  }

  /** A JSON array of objects. */
  static List<Map<?, ?>> maps(@Nullable Object array) {
    var maps = new ArrayList<Map<?, ?>>();
    if (array instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> map) {
          maps.add(map);
        }
      }
    }
    return maps;
  }

  /** A number within a JSON object. */
  static double number(Map<?, ?> object, String key) {
    return object.get(key) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  /** An object within a JSON object. */
  static Map<?, ?> object(Map<?, ?> object, String key) {
    return object.get(key) instanceof Map<?, ?> map ? map : Map.of();
  }

  /** The text of a JSON object's member; nothing where it is absent. */
  static Optional<String> text(Map<?, ?> object, String key) {
    return object.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    client.shutdownNow();
  }
}
