package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Loops, ranking, policy, lessons and audit trail of a Hone with a past, asked over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GovernanceApiTest {
  private RunningHone running;
  private Caller api;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    PastLoops.weeks(directory, Instant.now());
    running = RunningHone.start(directory, PastLoops.POLICY);
    api = new Caller(running);
  }

  @AfterAll
  void stop() {
    api.close();
    running.close();
  }

  private String token() {
    return running.hone.token().value();
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, @Nullable Object>> list(
      Map<String, @Nullable Object> tree, String key) {
    return (List<Map<String, @Nullable Object>>) Objects.requireNonNull(tree.get(key));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> map(Map<String, @Nullable Object> tree, String key) {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(tree.get(key));
  }

  @Test
  @Order(1)
  void loopsAreFilteredAndPagedNewestFirst() throws Exception {
    var seen = new ArrayList<Object>();
    String next = "";
    do {
      var page = api.get("loops?limit=4&before=" + next);
      assertThat(list(page, "loops")).hasSizeBetween(1, 4);
      list(page, "loops").forEach(loop -> seen.add(loop.get("id")));
      next = page.get("next") instanceof String id ? id : "";
    } while (!next.isEmpty());
    assertThat(seen).hasSize(11).doesNotHaveDuplicates();
    assertThat(list(api.get("loops?state=KEPT"), "loops")).hasSize(6);
    assertThat(list(api.get("loops?state=kept,ROLLED_BACK&layer=database"), "loops")).hasSize(7);
    assertThat(list(api.get("loops?technique=missing-index"), "loops")).hasSize(2);
    assertThat(list(api.get("loops?q=BASKETS"), "loops")).hasSize(1);
    assertThat(list(api.get("loops?q=pool&limit=3"), "loops")).hasSize(3);
  }

  @Test
  @Order(1)
  void badQuestionsAreToldWithTheirRemedy() throws Exception {
    assertThat(problem("loops?state=OPEN")).contains("`state` is `OPEN`; use one of PROPOSED");
    assertThat(problem("loops?limit=501")).contains("use a whole number from 1 to 500");
    assertThat(problem("loops?layr=jvm")).contains("did you mean `layer`?");
    assertThat(problem("audit?from=yesterday")).contains("2026-11-21T14:00:00Z");
    assertThat(problem("audit?limit=1001")).contains("1 to 1000");
  }

  private String problem(String path) throws Exception {
    HttpResponse<String> answer = api.answer(path);
    assertThat(answer.statusCode()).isEqualTo(400);
    return String.valueOf(Json.parseObject(answer.body()).get("error"));
  }

  @Test
  @Order(1)
  void theRoadmapIsRankedAndSaysWhatEachCostsAndWaitsFor() throws Exception {
    var items = list(api.get("roadmap"), "roadmap");
    assertThat(items).hasSize(4);
    var worths = new ArrayList<Double>();
    for (Map<String, @Nullable Object> item : items) {
      worths.add((Double) Objects.requireNonNull(map(item, "score").get("worth")));
    }
    assertThat(worths).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    var first = items.getFirst();
    assertThat(String.valueOf(map(first, "forecast").get("sentence"))).contains("97 %");
    assertThat(String.valueOf(first.get("effort"))).contains("up to");
    for (Map<String, @Nullable Object> item : items) {
      assertThat(item).containsEntry("needs", "R3".equals(item.get("risk")) ? 2L : 1L);
    }
    assertThat(map(first, "loop")).doesNotContainKeys("pairs", "history");
  }

  @Test
  @Order(1)
  void aLoopTellsItsScoreStandingAndForecast() throws Exception {
    String id = String.valueOf(list(api.get("loops?q=checkout"), "loops").getFirst().get("id"));
    var loop = api.get("loops/" + id);
    assertThat(String.valueOf(map(loop, "score").get("sentence"))).contains("points for its risk");
    assertThat(map(loop, "standing"))
        .containsEntry("allowed", "AUTO")
        .containsEntry("mode", "APPROVE");
    assertThat(String.valueOf(map(loop, "standing").get("why"))).contains("10");
    assertThat(loop).containsEntry("waitsFor", null).containsKey("forecast");
  }

  @Test
  @Order(1)
  void calibrationHasRatesWithIntervalsAndTheirBounds() throws Exception {
    var answer = api.get("calibration");
    assertThat(answer).containsEntry("falseKeepsBound", 0.04).containsEntry("kept", 6L);
    var rates = list(answer, "rates");
    assertThat(rates).hasSize(3);
    assertThat(map(rates.getFirst(), "falseKeeps")).containsEntry("share", 2 / 120.0);
    assertThat((Double) map(rates.getFirst(), "falseKeeps").get("low")).isBetween(0.001, 0.0166);
    assertThat((Double) map(rates.getFirst(), "falseKeeps").get("high")).isBetween(0.0167, 0.07);
    assertThat(map(rates.getLast(), "falseKeeps")).containsEntry("low", 0.0);
  }

  @Test
  @Order(1)
  void lessonsNameTheirLoopsAndWhatWasPromised() throws Exception {
    var lessons = list(api.get("lessons"), "lessons");
    assertThat(lessons).extracting(l -> l.get("technique")).contains("grow-pool", "missing-index");
    var pools = lessons.stream().filter(l -> "grow-pool".equals(l.get("technique"))).toList();
    assertThat(pools.getFirst()).containsEntry("tried", 6L);
    assertThat((Double) pools.getFirst().get("promisedGain")).isBetween(0.2, 0.3);
    assertThat(list(pools.getFirst(), "loops")).hasSize(6);
  }

  @Test
  @Order(1)
  void theTrailIsFilteredPagedAndVerified() throws Exception {
    var page = api.get("audit?kind=proposed&limit=4");
    assertThat(list(page, "lines")).hasSize(4);
    var rest = api.get("audit?kind=proposed&limit=100&before=" + page.get("next"));
    assertThat(list(rest, "lines")).hasSize(7);
    assertThat(rest.get("next")).isNull();
    assertThat(list(api.get("audit?by=ADA&q=plan"), "lines")).hasSize(8);
    assertThat(list(api.get("audit?from=2100-01-01T00:00:00Z"), "lines")).isEmpty();
    var check = api.get("audit/verify");
    assertThat(check).containsEntry("whole", true).containsEntry("problem", null);
    assertThat(list(api.get("audit?limit=1"), "lines").getFirst())
        .containsEntry("hash", check.get("hash"));
  }

  @Test
  @Order(2)
  void aPreviewShowsTheEffectAndChangesNothing() throws Exception {
    var policy = new LinkedHashMap<>(map(api.get("policy"), "policy"));
    policy.put("modes", Map.of("database", "OBSERVE"));
    var answer = api.post("policy/preview", "none", Map.of("policy", policy));
    assertThat(answer.statusCode()).isEqualTo(200);
    var preview = Json.parseObject(answer.body());
    assertThat(list(preview, "settings"))
        .extracting(s -> s.get("key"))
        .containsExactly("modes.database", "modes.database/grow-pool");
    assertThat(map(preview, "after")).containsEntry("notProposed", 11L);
    assertThat(list(preview, "changed")).isNotEmpty();
    assertThat(map(map(api.get("policy"), "policy"), "modes"))
        .containsEntry("database/grow-pool", "AUTO");
  }

  @Test
  @Order(3)
  void aPolicyIsSavedWithAReasonAndItsMistakesAreAllTold() throws Exception {
    var policy = new LinkedHashMap<>(map(api.get("policy"), "policy"));
    var silent = api.post("policy", token(), Map.of("policy", policy));
    assertThat(silent.statusCode()).isEqualTo(400);
    assertThat(silent.body()).contains("`reason` is missing");
    policy.put("maxActiv", 5);
    policy.put("leastGain", 2);
    policy.put("deadline", "soon");
    policy.put("modes", Map.of("jvm", "SOMETIMES", "jvm/", "AUTO"));
    policy.put(
        "windows", List.of(Map.of("kind", "ALLOW", "from", "9", "to", "17:00", "zone", "X")));
    var wrong = api.post("policy", token(), Map.of("policy", policy, "reason", "typos"));
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(String.valueOf(Json.parseObject(wrong.body()).get("problems")))
        .contains("unknown key `maxActiv`; did you mean `maxActive`?")
        .contains("`leastGain` is `2`; it must be a share")
        .contains("`deadline` is `soon`; it must be a duration")
        .contains("`modes.jvm` is `SOMETIMES`; it must be one of OBSERVE")
        .contains("`modes.jvm/` is no place for a mode")
        .contains("`windows[0].from` is `9`; it must be a local time")
        .contains("`windows[0].zone` is `X`; it must be a time zone");
    policy.remove("maxActiv");
    policy.put("leastGain", 0.03);
    policy.put("deadline", "2h");
    policy.put("modes", Map.of("database", "AUTO", "database/grow-pool/pool search", "OBSERVE"));
    policy.put(
        "windows",
        List.of(
            Map.of("kind", "deny", "from", "00:00", "to", "00:00", "zone", "UTC", "why", "audit")));
    assertThat(
            api.post("policy", token(), Map.of("policy", policy, "reason", "year end"))
                .statusCode())
        .isEqualTo(200);
    var saved = api.get("policy");
    assertThat(saved).containsEntry("by", "owner").containsEntry("why", "year end");
    assertThat(map(saved, "policy")).containsEntry("deadline", "2h");
    assertThat(list(saved, "standings"))
        .extracting(s -> s.get("key"))
        .contains("database/grow-pool/pool pool-1");
    String mail = String.valueOf(list(api.get("loops?q=mail"), "loops").getFirst().get("id"));
    assertThat(String.valueOf(api.get("loops/" + mail).get("waitsFor"))).contains("audit");
  }

  @Test
  @Order(4)
  void aDeploymentAndAPersonFreezeChangesForAWhile() throws Exception {
    var event = Map.of("type", "deployment", "service", "shop", "version", "1.2");
    assertThat(api.post("events", token(), event).statusCode()).isEqualTo(200);
    assertThat(map(api.get("status"), "freeze"))
        .containsEntry("cause", "DEPLOYMENT")
        .containsEntry("why", "deployment of shop 1.2")
        .containsEntry("by", "owner");
    assertThat(api.post("thaw", token(), Map.of()).statusCode()).isEqualTo(200);
    assertThat(api.get("status")).containsEntry("freeze", null);
    var freeze = Map.of("cause", "incident", "minutes", 30, "reason", "database is down");
    assertThat(api.post("freeze", token(), freeze).statusCode()).isEqualTo(200);
    assertThat(map(api.get("policy"), "freeze")).containsEntry("cause", "INCIDENT");
    assertThat(api.post("freeze", token(), Map.of("minutes", 0, "reason", "x")).body())
        .contains("`minutes` is 0; use a whole number from 1 to 10080");
    assertThat(api.post("events", token(), Map.of("type", "party")).statusCode()).isEqualTo(400);
    assertThat(api.post("events", "wrong", event).statusCode()).isEqualTo(401);
  }
}
