package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.loop.Audit;
import dev.hone.loop.Json;
import dev.hone.loop.Knob;
import dev.hone.loop.LoopState;
import dev.hone.loop.Mode;
import dev.hone.loop.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what, and under which name it is recorded. */
class NamedTokensTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path directory;
  private final SplittableRandom random = new SplittableRandom(1);
  private RunningHone running;
  private Caller api;

  @BeforeEach
  void start() throws Exception {
    running =
        RunningHone.start(directory, Policy.observing().withModes(Map.of("host", Mode.APPROVE)));
    api = new Caller(running);
  }

  @AfterEach
  void stop() {
    api.close();
    running.close();
  }

  private String token(String name, Role role) throws StartException {
    return NamedTokens.in(directory).add(name, role, NOW, random);
  }

  private String owner() {
    return running.hone.token().value();
  }

  @Test
  void eachRoleMayDoWhatItSaysAndNoMore() throws Exception {
    String reader = token("rita", Role.READER);
    String approver = token("ada", Role.APPROVER);
    String admin = token("grace", Role.ADMIN);
    var policy = Map.of("policy", api.get("policy").get("policy"), "reason", "test");
    var freeze = Map.of("minutes", 1, "reason", "test");
    var refused = api.post("freeze", reader, freeze);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("`rita` has the role reader; this needs approver");
    assertThat(api.post("freeze", approver, freeze).statusCode()).isEqualTo(200);
    assertThat(api.post("policy", approver, policy).statusCode()).isEqualTo(403);
    assertThat(api.post("policy", approver, policy).body()).contains("this needs admin");
    assertThat(api.post("policy", admin, policy).statusCode()).isEqualTo(200);
    assertThat(api.send("PUT", "policy", admin, policy).statusCode()).isEqualTo(200);
    assertThat(api.send("PUT", "freeze", admin, freeze).statusCode()).isEqualTo(405);
    assertThat(api.get("policy")).containsEntry("by", "grace");
  }

  @Test
  void aPipelineAnnouncesDeploymentsAndDoesNothingElse() throws Exception {
    String pipeline = token("pipeline", Role.ANNOUNCER);
    var event = Map.of("type", "deployment", "service", "shop", "version", "1.2");
    assertThat(api.post("events", pipeline, event).statusCode()).isEqualTo(200);
    var byPipeline = new Audit.Filter("", "pipeline", "Froze", "", Instant.MIN, Instant.MAX);
    assertThat(running.hone.audit().find(byPipeline, Long.MAX_VALUE, 10)).hasSize(1);
    for (String change : new String[] {"thaw", "freeze", "stop", "resume", "policy"}) {
      assertThat(api.post(change, pipeline, Map.of()).statusCode()).as(change).isEqualTo(403);
    }
    assertThat(api.post("events", token("ada", Role.APPROVER), event).statusCode()).isEqualTo(200);
    var refused = api.post("events", token("rita", Role.READER), event);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("this needs announcer");
  }

  /** Adds tokens of a name, counted, to the directory in the first argument. */
  static final class Adding {
    private static final int COUNT = 25;

    private Adding() {}

    public static void main(String[] arguments) throws StartException {
      var random = new SplittableRandom(arguments[1].hashCode());
      for (int i = 0; i < COUNT; i++) {
        NamedTokens.in(Path.of(arguments[0])).add(arguments[1] + i, Role.READER, NOW, random);
      }
    }
  }

  private Process adding(String name) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Adding.class.getName(),
            directory.toString(),
            name)
        .inheritIO()
        .start();
  }

  @Test
  void nothingIsLostWhenSeveralAddAtTheSameMoment() throws Exception {
    List<Process> others = List.of(adding("ann"), adding("ben"));
    Thread here =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    Adding.main(new String[] {directory.toString(), "cid"});
                  } catch (StartException e) {
                    throw new AssertionError(e);
                  }
                });
    Adding.main(new String[] {directory.toString(), "dora"});
    here.join();
    for (Process other : others) {
      assertThat(other.waitFor()).isZero();
    }
    assertThat(NamedTokens.in(directory).list()).hasSize(4 * Adding.COUNT);
  }

  @Test
  void whatIsDoneIsRecordedUnderTheNameOfTheTokenWhateverTheBodySays() throws Exception {
    String ada = token("ada", Role.APPROVER);
    String loop = running.propose();
    assertThat(api.post("loops/" + loop + "/reject", ada, Map.of("by", "grace")).statusCode())
        .isEqualTo(200);
    assertThat(running.hone.loops().require(loop).history().getLast().by()).isEqualTo("ada");
    api.post("stop", owner(), Map.of("by", "ada", "reason", "drill"));
    var byOwner = new Audit.Filter("", "owner", "Switched", "", Instant.MIN, Instant.MAX);
    assertThat(running.hone.audit().find(byOwner, Long.MAX_VALUE, 10)).hasSize(1);
  }

  @Test
  void twoMustAgreeAndOneTokenIsOnePersonWhateverItCallsItself() throws Exception {
    String ada = token("ada", Role.APPROVER);
    String loop = running.propose(Knob.Risk.R3, "");
    String approve = "loops/" + loop + "/approve";
    String hash = running.hone.loops().require(loop).planHash();
    assertThat(api.post(approve, owner(), Map.of("planHash", hash, "by", "bob")).body())
        .contains("\"endorsement\":{")
        .contains("\"state\":\"PROPOSED\"");
    var again = api.post(approve, owner(), Map.of("planHash", hash, "by", "eve"));
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.body()).contains("needs a second person");
    assertThat(running.state(loop)).isEqualTo(LoopState.PROPOSED);
    assertThat(api.post(approve, ada, Map.of("planHash", hash)).statusCode()).isEqualTo(200);
    var record = running.hone.loops().require(loop);
    assertThat(record.endorsement()).isNotNull().extracting("by").isEqualTo("owner");
    assertThat(record.approval()).isNotNull().extracting("by").isEqualTo("ada");
  }

  @Test
  void addingAndRemovingCountsAtOnce() throws Exception {
    assertThat(api.post("thaw", "hone_00", Map.of()).statusCode()).isEqualTo(401);
    String ada = token("ada", Role.APPROVER);
    assertThat(api.post("thaw", ada, Map.of()).statusCode()).isEqualTo(200);
    assertThat(NamedTokens.in(directory).remove("ada")).isTrue();
    assertThat(api.post("thaw", ada, Map.of()).statusCode()).isEqualTo(401);
  }

  @Test
  void anUnreadableFileRefusesNamedTokensAndSaysSo() throws Exception {
    String ada = token("ada", Role.APPROVER);
    Files.writeString(directory.resolve("tokens"), "{broken");
    assertThat(api.post("thaw", ada, Map.of()).statusCode()).isEqualTo(401);
    assertThat(running.hone.notices()).anyMatch(text -> text.contains("cannot be read"));
    assertThat(api.post("thaw", owner(), Map.of()).statusCode()).isEqualTo(200);
  }

  @Test
  void theFileHoldsNoSecretAndBelongsToItsOwnerAlone() throws Exception {
    String secret = token("ada", Role.ADMIN);
    Path file = directory.resolve("tokens");
    assertThat(Files.readString(file)).contains("ada").doesNotContain(secret);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Map<String, ?> tree = Json.parseObject(Files.readString(file));
    assertThat(tree.toString()).contains("sha256").contains("created=2026-11-21T12:00:00Z");
  }

  @Test
  void namesThatMeanSomethingElseAreRefused() {
    for (String name : new String[] {"owner", "HONE", "policy", "policy AUTO", "a b", ""}) {
      assertThatThrownBy(() -> token(name, Role.READER))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("cannot be named `" + name + "`");
    }
    assertThatThrownBy(
            () -> {
              token("ada", Role.READER);
              token("Ada", Role.ADMIN);
            })
        .hasMessageContaining("there is a token `Ada` already");
  }
}
