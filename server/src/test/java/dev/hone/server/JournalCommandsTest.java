package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Json;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Loops;
import dev.hone.loop.Mode;
import dev.hone.loop.Policy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that tell of loops, policy and audit trail, mostly without a running Hone. */
class JournalCommandsTest {
  @TempDir static Path past;
  @TempDir Path directory;

  private record Ran(int exit, String out, String errors) {}

  @BeforeAll
  static void happened() {
    PastLoops.weeks(past, Instant.now());
  }

  @BeforeEach
  void copy() throws IOException {
    Files.copy(DataDirectory.journal(past), DataDirectory.journal(directory));
  }

  private Ran run(String... arguments) {
    var all = new ArrayList<>(Arrays.asList(arguments));
    all.add("--data-dir");
    all.add(directory.toString());
    var out = new StringWriter();
    var errors = new StringWriter();
    int exit =
        HoneCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(errors, true))
            .execute(all.toArray(String[]::new));
    return new Ran(exit, out.toString(), errors.toString());
  }

  private List<LoopRecord> loops(LoopState state) throws IOException {
    return Loops.read(DataDirectory.journal(directory)).page(l -> l.state() == state, "", 100);
  }

  @Test
  void loopsAreListedFilteredAndAsJson() {
    assertThat(run("loops").out()).hasLineCount(11);
    assertThat(run("loops", "list", "--state", "kept").out()).hasLineCount(6).contains("grade A");
    assertThat(run("loops", "list", "--layer", "database", "--state", "kept").out())
        .hasLineCount(6);
    String newest = run("loops", "list", "--limit", "1", "--json").out();
    assertThat(Json.parseObject(newest.strip())).containsEntry("state", "SCHEDULED");
    assertThat(run("loops", "list", "--layer", "edge").errors()).contains("host, database and jvm");
  }

  @Test
  void oneLoopIsShownAndExplained() throws IOException {
    LoopRecord kept = loops(LoopState.KEPT).getLast();
    assertThat(run("loops", "show", kept.id()).out())
        .contains("forecast: an experiment sees a gain of 20 %")
        .contains("score:    17 % less expected from what 5.6 loops like it brought")
        .contains("verdict:  KEEP, -22 %")
        .contains("later:    KEEP, -19 %")
        .contains("undo:     jmxterm set maximumPoolSize 10");
    assertThat(run("loops", "why", kept.id()).out())
        .contains("What was wrong: Requests wait for pool-0.")
        .contains("rule: a pool is as large as the requests that need it at once")
        .contains("not chosen: shorter transactions, because needs other code")
        .contains("Who agreed: ada at ")
        .contains("How it was tried: randomised switchback, 9 pairs of blocks")
        .contains("because the evidence suffices")
        .contains("How to undo it: `hone loops rollback " + kept.id());
    assertThat(run("loops", "why", "none").errors()).contains("there is no loop `none`");
  }

  @Test
  void theRoadmapIsRanked() {
    assertThat(run("loops", "roadmap").out())
        .startsWith(" 1. ")
        .contains("points for its risk, R3")
        .contains("typically after 26 min")
        .contains("risk R3");
  }

  @Test
  void aPolicyFileIsComparedAndAPrintedOneCanBeReadAgain() throws IOException {
    Path file = directory.resolve("policy.yaml");
    Files.writeString(file, run("policy", "show").out());
    assertThat(run("policy", "preview", file.toString()).out())
        .contains("no setting differs")
        .contains("recommendations of the last 30 days: 11");
    Path json = directory.resolve("policy.json");
    Files.writeString(
        json, "{\"modes\":{\"database\":\"APPROVE\"},\"limits\":{\"fourEyes\":[\"R1\"]}}");
    Ran compared = run("policy", "preview", json.toString());
    assertThat(compared.out())
        .contains("modes.database: not there -> APPROVE")
        .contains("limits.fourEyes: R3, R4 -> R1")
        .contains("NOT_PROPOSED -> ASKS_TWO");
    Files.writeString(file, "maxActiv: 1\nlimits:\n  step: 1\n");
    assertThat(run("policy", "preview", file.toString()).errors())
        .contains("policy.yaml:1: unknown key `maxActiv`; did you mean `maxActive`?")
        .contains("policy.yaml:3: `limits.step` is `1`; it must be a factor of more than 1");
  }

  @Test
  void theTrailIsFilteredAndAChangedLineIsFound() throws IOException {
    assertThat(run("audit", "--by", "ada", "--kind", "approved").out()).hasLineCount(8);
    assertThat(run("audit", "--text", "baskets", "--json").out()).hasLineCount(1);
    assertThat(run("audit", "--to", "2000-01-01T00:00:00Z").out()).isEmpty();
    assertThat(run("audit", "--from", "today").errors()).contains("2026-11-21T14:00:00Z");
    Ran whole = run("audit", "verify");
    assertThat(whole.exit()).isZero();
    assertThat(whole.out()).contains("the chain is whole").containsPattern("\n[0-9a-f]{32,}");
    Path journal = DataDirectory.journal(directory);
    String text = Files.readString(journal, StandardCharsets.UTF_8);
    Files.writeString(journal, text.replaceFirst("\"by\":\"ada\"", "\"by\":\"eve\""));
    Ran broken = run("audit", "verify");
    assertThat(broken.exit()).isEqualTo(1);
    assertThat(broken.errors()).startsWith("hone: ");
  }

  @Test
  void savingFreezingAndThawingGoThroughTheRunningHone() throws Exception {
    try (var running =
        RunningHone.start(directory, Policy.observing().withModes(Map.of("host", Mode.OBSERVE)))) {
      String server = running.web.address();
      Path file = Files.writeString(directory.resolve("p.yaml"), "modes:\n  host: recommend\n");
      assertThat(run("policy", "set", file.toString(), "--reason", "next step", "--server", server))
          .extracting(Ran::exit)
          .isEqualTo(0);
      assertThat(running.hone.mode("host")).isEqualTo(Mode.RECOMMEND);
      assertThat(run("policy", "show").out()).contains("# saved by owner").contains("next step");
      assertThat(
              run("policy", "freeze", "5", "--reason", "fire", "--incident", "--server", server)
                  .out())
          .contains("nothing starts until");
      assertThat(run("policy", "show").out()).contains("# frozen until").contains("fire");
      run("policy", "thaw", "--server", server);
      assertThat(run("policy", "show").out()).doesNotContain("# frozen until");
      Ran without = run("policy", "set", file.toString(), "--server", server);
      assertThat(without.errors()).contains("--reason");
    }
  }

  @Test
  void tokensAreMadeListedAndRemoved() {
    Ran added = run("token", "add", "ci", "--role", "approver");
    assertThat(added.out()).startsWith("hone_").hasLineCount(1);
    assertThat(added.errors()).contains("HONE_TOKEN");
    assertThat(run("token", "list").out())
        .contains("owner")
        .containsPattern("ci +approver +since")
        .doesNotContain(added.out().strip());
    assertThat(run("token", "add", "ci", "--role", "admin").errors()).contains("already");
    assertThat(run("token", "remove", "ci").exit()).isZero();
    assertThat(run("token", "remove", "ci").errors()).contains("there is no token `ci`");
  }
}
