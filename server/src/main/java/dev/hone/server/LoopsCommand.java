package dev.hone.server;

import dev.hone.loop.Journal;
import dev.hone.loop.Json;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.Loops;
import dev.hone.loop.Verdict;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hone loops}: lists loops from the journal; decides through a running Hone. */
@Command(
    name = "loops",
    mixinStandardHelpOptions = true,
    description = "List loops, show one, or decide: approve, reject, roll back, stop everything.")
final class LoopsCommand implements Callable<Integer> {
  /** Longer than everything may take that is stopped. */
  private static final Duration ANSWER = Duration.ofSeconds(15);

  /** How many loops are listed at once. */
  private static final int LISTED = 200;

  @Mixin private StoreOptions hone = new StoreOptions();

  /** Without a subcommand: all loops. */
  @Override
  public Integer call() throws StartException {
    return list();
  }

  @Command(name = "list", description = "All loops, newest last; works without a running Hone.")
  int list() throws StartException {
    for (LoopRecord loop : journal().page(l -> true, "", LISTED).reversed()) {
      System.out.printf(
          "%s  %-12s %-9s %s%s%n",
          loop.id(),
          loop.state(),
          loop.recommendation().layer(),
          loop.recommendation().title(),
          effect(loop.verdict()));
    }
    return 0;
  }

  private static String effect(@Nullable Verdict verdict) {
    return verdict == null ? "" : "  " + verdict.effectText() + " grade " + verdict.grade();
  }

  @Command(name = "show", description = "The story of one loop; works without a running Hone.")
  int show(@Parameters(paramLabel = "LOOP") String id) throws StartException {
    LoopRecord loop = journal().find(id).orElse(null);
    if (loop == null) {
      throw new StartException("there is no loop `" + id + "`; `hone loops list` names them");
    }
    System.out.println(loop.recommendation().title());
    System.out.println(loop.finding().summary());
    System.out.println("change: " + loop.plan().from() + " -> " + loop.plan().to());
    System.out.println("undo:   " + loop.recommendation().explanation().undoCommand());
    System.out.println("plan:   " + loop.planHash());
    for (var step : loop.history()) {
      System.out.printf("%s  %-13s %s (%s)%n", step.at(), step.state(), step.text(), step.by());
    }
    return 0;
  }

  @Command(name = "approve", description = "Approve the plan of this hash.")
  int approve(
      @Parameters(paramLabel = "LOOP") String id, @Parameters(paramLabel = "PLAN-HASH") String hash)
      throws StartException, InterruptedException {
    return post("loops/" + id + "/approve", Map.of("planHash", hash));
  }

  @Command(name = "reject", description = "Say no to a proposal.")
  int reject(
      @Parameters(paramLabel = "LOOP") String id,
      @Parameters(paramLabel = "REASON", defaultValue = "no reason given") String reason)
      throws StartException, InterruptedException {
    return post("loops/" + id + "/reject", Map.of("reason", reason));
  }

  @Command(name = "rollback", description = "Take a change back, on trial or kept.")
  int rollback(
      @Parameters(paramLabel = "LOOP") String id,
      @Parameters(paramLabel = "REASON", defaultValue = "no reason given") String reason)
      throws StartException, InterruptedException {
    return post("loops/" + id + "/rollback", Map.of("reason", reason));
  }

  @Command(
      name = "stop",
      description = "Undo everything that is on trial and start nothing until `resume`.")
  int stop(@Parameters(paramLabel = "REASON", defaultValue = "no reason given") String reason)
      throws StartException, InterruptedException {
    return post("stop", Map.of("reason", reason));
  }

  @Command(name = "resume", description = "Allow changes again after `stop`.")
  int resume() throws StartException, InterruptedException {
    return post("resume", Map.of());
  }

  @Command(name = "token", description = "Print the token that decisions need.")
  int token() throws StartException {
    System.out.println(Token.read(hone.data()).value());
    return 0;
  }

  private int post(String path, Map<String, String> fields)
      throws StartException, InterruptedException {
    var body = new LinkedHashMap<String, String>(new TreeMap<>(fields));
    body.put("by", System.getProperty("user.name", "command line"));
    URI address = hone.api(path);
    var request =
        HttpRequest.newBuilder(address)
            .timeout(ANSWER)
            .header("Authorization", "Bearer " + Token.read(hone.data()).value())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(Json.write(body)))
            .build();
    try (var client = HttpClient.newHttpClient()) {
      var response = client.send(request, HttpResponse.BodyHandlers.ofString());
      Map<String, @Nullable Object> answer = ServerOptions.parsed(response.body(), address);
      if (response.statusCode() != 200) {
        throw new StartException(String.valueOf(answer.get("error")));
      }
      System.out.println("done" + (answer.containsKey("state") ? ": " + answer.get("state") : ""));
      return 0;
    } catch (IOException e) {
      throw new StartException(
          "no Hone answers at "
              + address
              + " ("
              + e.getMessage()
              + "); start it with `hone serve` or name it with --server. Without it, an empty file"
              + " STOP in the data directory stops everything as soon as it runs.",
          e);
    }
  }

  private Loops journal() throws StartException {
    Path file = hone.data().resolve("journal.log");
    if (!Files.exists(file)) {
      throw new StartException(
          "there is no journal at `" + file + "`; name the data directory with --data-dir");
    }
    try {
      return Loops.read(file);
    } catch (IOException | Journal.JournalException e) {
      throw new StartException("journal `" + file + "` cannot be read: " + e.getMessage(), e);
    }
  }
}
