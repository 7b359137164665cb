package dev.hone.server;

import dev.hone.loop.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hone snapshot}: copies all samples of a running Hone beside them; lists such copies. */
@Command(
    name = "snapshot",
    mixinStandardHelpOptions = true,
    description = "Copy all samples of a running Hone, to be put back with `hone restore`.")
final class SnapshotCommand implements Callable<Integer> {
  private static final Duration ANSWER = Duration.ofMinutes(10);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--list", description = "Name the snapshots there are, oldest first.")
  private boolean list;

  @Mixin private StoreOptions server = new StoreOptions();

  @Override
  public Integer call() throws StartException, InterruptedException, IOException {
    var out = spec.commandLine().getOut();
    if (list) {
      for (Path snapshot : snapshots(server.data())) {
        out.printf("%s  %,d bytes%n", snapshot.getFileName(), size(snapshot));
      }
    } else {
      String name = take();
      out.println(name);
      spec.commandLine()
          .getErr()
          .println(
              "Put it back with `hone restore "
                  + name
                  + (server.dataNamed() ? " --data-dir " + server.data() : "")
                  + "` once Hone is stopped.");
    }
    out.flush();
    return 0;
  }

  static List<Path> snapshots(Path data) throws IOException {
    Path folder = StoreRestore.snapshots(data);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var all = Files.list(folder)) {
      return all.filter(Files::isDirectory)
          .filter(path -> !path.toString().endsWith(".tmp"))
          .sorted()
          .toList();
    }
  }

  private static long size(Path folder) throws IOException {
    long size = 0;
    try (var files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        size += Files.isRegularFile(file) ? Files.size(file) : 0;
      }
    }
    return size;
  }

  private String take() throws StartException, InterruptedException {
    URI address = server.api("admin/tsdb/snapshot");
    var request =
        HttpRequest.newBuilder(address)
            .timeout(ANSWER)
            .version(HttpClient.Version.HTTP_1_1)
            .header("Authorization", "Bearer " + Token.read(server.data()).value())
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    try (var client = HttpClient.newHttpClient()) {
      Map<String, @Nullable Object> answer =
          Json.parseObject(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
      if (answer.get("data") instanceof Map<?, ?> made) {
        return String.valueOf(made.get("name"));
      }
      throw new StartException("no snapshot was made: " + answer.get("error"));
    } catch (IOException e) {
      throw new StartException(
          "no Hone answers at "
              + address.resolve("/")
              + "; start it with `hone serve` or name it with --server. The folder `metrics` of a"
              + " Hone that does not run can be copied as it is",
          e);
    } catch (IllegalArgumentException e) {
      throw new StartException(
          "what answers at " + address + " is no Hone; name the running one with --server", e);
    }
  }
}
