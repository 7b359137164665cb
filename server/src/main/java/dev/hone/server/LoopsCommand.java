package dev.hone.server;

import dev.hone.loop.Json;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Verdict;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hone loops}: tells of loops from the journal; decides through a running Hone. */
@Command(
    name = "loops",
    mixinStandardHelpOptions = true,
    description = "List loops, show one, or decide: approve, reject, roll back, stop everything.")
final class LoopsCommand implements Callable<Integer> {
  private static final int USUAL = 200;
  private static final int MOST = 10_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private StoreOptions hone = new StoreOptions();

  /** Without a subcommand: the newest loops. */
  @Override
  public Integer call() throws StartException {
    return list(null, "", USUAL, false);
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Loops, newest last; works without a running Hone.")
  int list(
      @Option(names = "--state", paramLabel = "STATE", description = "Only loops in this state.")
          @Nullable LoopState state,
      @Option(names = "--layer", defaultValue = "", paramLabel = "LAYER") String layer,
      @Option(
              names = "--limit",
              defaultValue = "" + USUAL,
              paramLabel = "N",
              description = "The newest N (default: ${DEFAULT-VALUE}).")
          int limit,
      @Option(names = "--json", description = "One JSON object a line, all of each loop.")
          boolean json)
      throws StartException {
    if (limit < 1 || limit > MOST) {
      throw new StartException("--limit is " + limit + "; use a number from 1 to " + MOST);
    }
    if (!layer.isEmpty() && !ConfigFile.LAYERS.contains(layer)) {
      throw new StartException(
          "--layer names layer `" + layer + "`; the layers are host, database and jvm");
    }
    List<LoopRecord> page =
        JournalReader.open(hone.data())
            .loops()
            .page(
                l ->
                    (state == null || l.state() == state)
                        && (layer.isEmpty() || l.layer().equals(layer)),
                "",
                limit);
    for (LoopRecord loop : page.reversed()) {
      print(
          json
              ? Json.write(LoopRoutes.whole(loop))
              : String.format(
                  "%s  %-13s %-9s %s%s",
                  loop.id(),
                  loop.state(),
                  loop.recommendation().layer(),
                  loop.recommendation().title(),
                  effect(loop.verdict())));
    }
    return 0;
  }

  private static String effect(@Nullable Verdict verdict) {
    return verdict == null ? "" : "  " + verdict.effectText() + " grade " + verdict.grade();
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "The story of one loop; works without a running Hone.")
  int show(@Parameters(paramLabel = "LOOP") String id) throws StartException {
    var journal = JournalReader.open(hone.data());
    LoopStory.shown(journal.roadmap().item(journal.loop(id))).forEach(this::print);
    return 0;
  }

  @Command(
      name = "why",
      mixinStandardHelpOptions = true,
      description = "Why Hone did this, from the journal alone; works without a running Hone.")
  int why(@Parameters(paramLabel = "LOOP") String id) throws StartException {
    LoopStory.why(JournalReader.open(hone.data()).loop(id)).forEach(this::print);
    return 0;
  }

  @Command(
      name = "roadmap",
      mixinStandardHelpOptions = true,
      description = "What waits, the most promising first; works without a running Hone.")
  int roadmap() throws StartException {
    int place = 0;
    for (Roadmap.Item item : JournalReader.open(hone.data()).roadmap().items()) {
      LoopRecord loop = item.loop();
      var forecast = loop.forecast();
      place++;
      print(
          String.format(
              "%2d. %s  %-9s %-9s %s",
              place,
              loop.id(),
              loop.state(),
              loop.recommendation().layer(),
              loop.recommendation().title()));
      print("    " + item.score().sentence());
      if (forecast != null) {
        print("    " + forecast.sentence());
      }
      print("    risk " + loop.recommendation().risk() + "; " + item.effort());
      item.waitsFor().ifPresent(why -> print("    waits: " + why));
    }
    if (place == 0) {
      print("nothing waits");
    }
    return 0;
  }

  @Command(
      name = "approve",
      mixinStandardHelpOptions = true,
      description = "Approve the plan of this hash.")
  int approve(
      @Parameters(paramLabel = "LOOP") String id, @Parameters(paramLabel = "PLAN-HASH") String hash)
      throws StartException, InterruptedException {
    return post("loops/" + id + "/approve", Map.of("planHash", hash));
  }

  @Command(name = "reject", mixinStandardHelpOptions = true, description = "Say no to a proposal.")
  int reject(
      @Parameters(paramLabel = "LOOP") String id,
      @Parameters(paramLabel = "REASON", defaultValue = "no reason given") String reason)
      throws StartException, InterruptedException {
    return post("loops/" + id + "/reject", Map.of("reason", reason));
  }

  @Command(
      name = "rollback",
      mixinStandardHelpOptions = true,
      description = "Take a change back, on trial or kept.")
  int rollback(
      @Parameters(paramLabel = "LOOP") String id,
      @Parameters(paramLabel = "REASON", defaultValue = "no reason given") String reason)
      throws StartException, InterruptedException {
    return post("loops/" + id + "/rollback", Map.of("reason", reason));
  }

  @Command(
      name = "stop",
      mixinStandardHelpOptions = true,
      description = "Undo everything that is on trial and start nothing until `resume`.")
  int stop(@Parameters(paramLabel = "REASON", defaultValue = "no reason given") String reason)
      throws StartException, InterruptedException {
    return post("stop", Map.of("reason", reason));
  }

  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = "Allow changes again after `stop`.")
  int resume() throws StartException, InterruptedException {
    return post("resume", Map.of());
  }

  @Command(
      name = "token",
      mixinStandardHelpOptions = true,
      description = "Print the owner's token.")
  int token() throws StartException {
    print(Token.read(hone.data()).value());
    return 0;
  }

  private int post(String path, Map<String, @Nullable Object> body)
      throws StartException, InterruptedException {
    Map<String, @Nullable Object> answer = Requests.post(hone, path, body);
    String first =
        "PROPOSED".equals(answer.get("state")) && answer.get("endorsement") != null
            ? " (a second person must agree)"
            : "";
    print("done" + (answer.containsKey("state") ? ": " + answer.get("state") : "") + first);
    return 0;
  }
}
