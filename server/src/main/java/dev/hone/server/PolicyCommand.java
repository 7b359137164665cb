package dev.hone.server;

import dev.hone.loop.Json;
import dev.hone.loop.Policy;
import dev.hone.loop.PolicyPreview;
import dev.hone.loop.Registry;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hone policy}: what Hone may do. */
@Command(
    name = "policy",
    mixinStandardHelpOptions = true,
    description = "Show the policy, compare or save another, or freeze changes for a while.")
final class PolicyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private StoreOptions hone = new StoreOptions();

  /** Without a subcommand: the policy in force. */
  @Override
  public Integer call() throws StartException {
    return show(false);
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "The policy in force, ready to be edited; works without a running Hone.")
  int show(@Option(names = "--json", description = "As JSON, not YAML.") boolean json)
      throws StartException {
    var journal = JournalReader.open(hone.data());
    Registry.Saved saved = journal.loops().registry().policy();
    Map<String, @Nullable Object> tree = PolicyDocument.of(journal.policy());
    if (json) {
      print(Json.write(tree));
      return 0;
    }
    print(
        saved == null
            ? "# none was saved: the usual one"
            : "# saved by "
                + saved.by()
                + " at "
                + saved.at()
                + ": "
                + saved.why().replace('\n', ' '));
    var settings = DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build();
    print(new Dump(settings).dumpToString(tree).strip());
    Instant now = Clock.systemUTC().instant();
    journal
        .loops()
        .registry()
        .freeze(now)
        .ifPresent(f -> print("# frozen until " + f.until() + " by " + f.by() + ": " + f.why()));
    return 0;
  }

  @Command(
      name = "preview",
      mixinStandardHelpOptions = true,
      description =
          "What the policy in a file (YAML or JSON) would make of the recommendations of the last"
              + " 30 days; works without a running Hone.")
  int preview(@Parameters(paramLabel = "FILE") Path file) throws StartException {
    Policy other = PolicyDocument.read(file);
    var journal = JournalReader.open(hone.data());
    compare(journal, other).forEach(this::print);
    return 0;
  }

  private static List<String> compare(JournalReader journal, Policy other) {
    var preview =
        PolicyPreview.of(
            journal.policy(),
            other,
            journal.loops().registry(),
            journal.loops().all(),
            Clock.systemUTC().instant());
    return PolicyWords.of(PolicyDocument.differences(journal.policy(), other), preview);
  }

  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      description = "Save the policy in a file (YAML or JSON).")
  int set(
      @Parameters(paramLabel = "FILE") Path file,
      @Option(names = "--reason", required = true, paramLabel = "REASON") String reason)
      throws StartException, InterruptedException {
    Policy policy = PolicyDocument.read(file);
    return post("policy", body("policy", PolicyDocument.of(policy), "reason", reason));
  }

  @Command(
      name = "freeze",
      mixinStandardHelpOptions = true,
      description = "Start nothing for a while; what is on trial is undone.")
  int freeze(
      @Parameters(paramLabel = "MINUTES") long minutes,
      @Option(names = "--reason", required = true, paramLabel = "REASON") String reason,
      @Option(names = "--incident", description = "Because something is wrong.") boolean incident)
      throws StartException, InterruptedException {
    var body = body("minutes", minutes, "reason", reason);
    body.put("cause", (incident ? Registry.Cause.INCIDENT : Registry.Cause.PERSON).name());
    return post("freeze", body);
  }

  @Command(
      name = "thaw",
      mixinStandardHelpOptions = true,
      description = "End every freeze that holds now.")
  int thaw(
      @Option(names = "--reason", defaultValue = "no reason given", paramLabel = "REASON")
          String reason)
      throws StartException, InterruptedException {
    return post("thaw", new HashMap<>(Map.of("reason", reason)));
  }

  private static Map<String, @Nullable Object> body(
      String key, Object value, String other, Object otherValue) {
    var body = new HashMap<String, @Nullable Object>();
    body.put(key, value);
    body.put(other, otherValue);
    return body;
  }

  private int post(String path, Map<String, @Nullable Object> body)
      throws StartException, InterruptedException {
    var answer = Requests.post(hone, path, body);
    print(
        answer.get("freeze") instanceof Map<?, ?> freeze && !path.equals("policy")
            ? "done: nothing starts until " + freeze.get("until")
            : "done");
    return 0;
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
