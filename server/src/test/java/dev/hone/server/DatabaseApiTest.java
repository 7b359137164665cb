package dev.hone.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.hone.loop.LoopRecord;
import dev.hone.loop.Mode;
import dev.hone.loop.Policy;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What the API tells of a real PostgreSQL that is being used. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DatabaseApiTest {
  private ShopDatabase shop;
  private RunningHone running;
  private Caller caller;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    shop = ShopDatabase.start();
    running =
        RunningHone.start(
            directory,
            Policy.observing().withModes(Map.of("database", Mode.RECOMMEND)),
            Optional.empty(),
            Optional.of(shop.connection()));
    caller = new Caller(running);
    RunningHone.await("statements", () -> lines("databases/shop/statements").size() > 3);
  }

  @AfterAll
  void stop() {
    if (shop != null) {
      caller.close();
      running.close();
      shop.close();
    }
  }

  private List<?> lines(String path) {
    try {
      return caller.get(path).get("lines") instanceof List<?> lines ? lines : List.of();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : fail("no list: " + value);
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : fail("no object: " + value);
  }

  @Test
  @Order(1)
  void theDatabaseIsToldWithItsFiguresEachWithItsQuery() throws Exception {
    Map<?, ?> shop = map(list(caller.get("databases").get("databases")).getFirst());
    assertThat(shop.get("name")).isEqualTo("shop");
    assertThat(shop.get("reachable")).isEqualTo(true);
    assertThat(map(shop.get("facts")).get("version")).asString().startsWith("18");
    assertThat(list(shop.get("figures")))
        .hasSize(6)
        .allSatisfy(
            each -> {
              String query = String.valueOf(map(each).get("query")).replace("$window", "1m");
              assertThat(query).contains("database=\"shop\"");
              String asked = "query?query=" + URLEncoder.encode(query, UTF_8);
              assertThat(caller.get(asked)).containsEntry("status", "success");
            });
    assertThat(shop.toString()).doesNotContain("password");
  }

  @Test
  @Order(2)
  void statementsComeByTheirShareOfTheTimeAndInPages() throws Exception {
    Map<?, ?> first = map(lines("databases/shop/statements?limit=1").getFirst());
    assertThat(first.get("text")).asString().contains("sum(amount)");
    assertThat((Double) first.get("share")).isGreaterThan(0.3).isLessThanOrEqualTo(1);
    assertThat((Double) first.get("buffersPerCall")).isGreaterThan(100);
    assertThat(caller.get("databases/shop/statements?limit=1").get("next")).isEqualTo(1L);
    assertThat(lines("databases/shop/statements?limit=1&after=1"))
        .noneSatisfy(line -> assertThat(line).isEqualTo(first));
    assertThat(lines("databases/shop/statements?q=shop.CUSTOMER"))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line.toString()).contains("shop.customer"));
    assertThat(lines("databases/shop/statements?window=statistics&limit=500"))
        .hasSizeGreaterThan(4);
    assertThat(caller.answer("databases/shop/statements?window=2d").statusCode()).isEqualTo(400);
  }

  @Test
  @Order(3)
  void aStatementHasItsTextItsHistoryItsPlanAndItsLoops() throws Exception {
    String queryid = shop.slowQueryid();
    RunningHone.await("a proposal", () -> !running.hone.loops().all().isEmpty());
    LoopRecord loop =
        running.hone.loops().all().stream()
            .filter(l -> l.finding().target().name().endsWith(queryid))
            .findFirst()
            .orElseThrow();
    Map<String, @Nullable Object> story = caller.get("databases/shop/statements/" + queryid);
    assertThat(story.get("text")).asString().contains("sum(amount)");
    assertThat(String.valueOf(story.get("plan"))).contains("Seq Scan").contains("orders");
    assertThat(list(story.get("history"))).hasSize(7);
    Map<?, ?> about = map(list(story.get("loops")).getFirst());
    assertThat(about.get("id")).isEqualTo(loop.id());
    Map<?, ?> change = map(about.get("planChange"));
    assertThat(String.valueOf(change.get("before"))).contains("Seq Scan");
    assertThat(String.valueOf(change.get("after"))).contains("customer_id");
    assertThat(caller.answer("databases/shop/statements/12345").statusCode()).isEqualTo(404);
    assertThat(caller.answer("databases/shop/statements/x").statusCode()).isEqualTo(404);
  }

  @Test
  @Order(4)
  void indexesAreToldWithUseSizeWriteCostAndStanding() throws Exception {
    Map<String, @Nullable Object> answer = caller.get("databases/shop/indexes");
    Map<?, ?> orders = map(list(answer.get("tables")).getFirst());
    assertThat(orders.get("name")).isEqualTo("orders");
    assertThat(list(orders.get("indexes")))
        .anySatisfy(
            index ->
                assertThat(map(index))
                    .hasFieldOrPropertyWithValue("name", "orders_placed_again")
                    .hasFieldOrPropertyWithValue("standing", "DUPLICATE")
                    .hasFieldOrPropertyWithValue("instead", "orders_placed"))
        .anySatisfy(
            index ->
                assertThat(map(index))
                    .hasFieldOrPropertyWithValue("name", "orders_state")
                    .hasFieldOrPropertyWithValue("standing", "REDUNDANT"))
        .anySatisfy(
            index ->
                assertThat(map(index))
                    .hasFieldOrPropertyWithValue("name", "orders_pkey")
                    .hasFieldOrPropertyWithValue("standing", "REQUIRED"))
        .allSatisfy(index -> assertThat((Double) map(index).get("secondsPerEntry")).isPositive());
    assertThat(String.valueOf(answer.get("loops"))).contains("shop.hone_orders_customer_id");
    assertThat(list(caller.get("databases/shop/indexes?limit=1").get("tables"))).hasSize(1);
  }

  @Test
  @Order(5)
  void theAdvisorRunsInTheBackgroundWithoutATokenAndNotTooOften() throws Exception {
    // A loop may have asked a moment ago; then a person has to wait as after asking.
    var asked = caller.post("databases/shop/advice", "", Map.of());
    assertThat(asked.statusCode()).isIn(200, 409);
    RunningHone.await("advice", () -> !isAdvising());
    Map<String, @Nullable Object> answer = caller.get("databases/shop/advice");
    assertThat(answer).containsEntry("problem", "");
    assertThat(list(answer.get("progress"))).hasSize(4);
    assertThat(String.valueOf(map(answer.get("advice")).get("recommendations")))
        .contains("CREATE INDEX")
        .contains("customer_id")
        .contains("DROP INDEX CONCURRENTLY shop.orders_placed_again");
    var again =
        asked.statusCode() == 409 ? asked : caller.post("databases/shop/advice", "", Map.of());
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.body()).contains("ask again after 60 s");
    Map<String, @Nullable Object> story =
        caller.get("databases/shop/statements/" + shop.slowQueryid());
    assertThat(list(story.get("advised"))).isNotEmpty();
  }

  private boolean isAdvising() {
    try {
      return Boolean.TRUE.equals(caller.get("databases/shop/advice").get("running"));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Order(6)
  void anotherDatabaseIsNotFound() throws Exception {
    assertThat(caller.answer("databases/other/indexes").statusCode()).isEqualTo(404);
    assertThat(caller.answer("databases/shop/other").statusCode()).isEqualTo(404);
    assertThat(caller.post("databases/other/advice", "", Map.of()).statusCode()).isEqualTo(400);
  }

  @Test
  @Order(7)
  void everythingStillAnswersWhenTheDatabaseIsAway() throws Exception {
    String queryid = shop.slowQueryid();
    shop.stop();
    RunningHone.await("the answers are no longer fresh", this::isAway);
    Map<?, ?> away = map(list(caller.get("databases").get("databases")).getFirst());
    assertThat(away.get("problem")).asString().contains("database `shop`");
    assertThat(map(away.get("health")).get("level")).isEqualTo("bad");
    assertThat(lines("databases/shop/statements").getFirst().toString()).contains("sum(amount)");
    assertThat(caller.get("databases/shop/statements/" + queryid).get("planProblem"))
        .asString()
        .contains("database `shop`");
    assertThat(caller.answer("databases/shop/indexes").statusCode()).isEqualTo(200);
    assertThat(caller.get("databases/shop/statements?window=statistics").get("problem"))
        .asString()
        .contains("database `shop`");
  }

  private boolean isAway() {
    try {
      Object shop = list(caller.get("databases").get("databases")).getFirst();
      return Boolean.FALSE.equals(map(shop).get("reachable"));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
