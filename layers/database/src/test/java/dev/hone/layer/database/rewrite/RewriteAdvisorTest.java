package dev.hone.layer.database.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.LiveDatabase;
import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.Workload;
import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewriteAdvisorTest {
  private static final String TABLES =
      """
      CREATE TABLE buyer (id int PRIMARY KEY, name text NOT NULL, note text);
      CREATE TABLE basket (id int PRIMARY KEY, buyer_id int NOT NULL REFERENCES buyer,
        day date NOT NULL, amount numeric NOT NULL, at timestamptz NOT NULL);
      INSERT INTO buyer SELECT i, 'buyer ' || i, repeat('x', 100) FROM generate_series(1, 3000) i;
      INSERT INTO basket SELECT i, 1 + i * 7 % 3000, date '2025-01-01' + i % 300, i % 91,
        timestamptz '2025-01-01' + i * interval '9 minutes' FROM generate_series(1, 40000) i;
      CREATE INDEX ON basket (at);
      """;

  private static final String CORRELATED =
      "SELECT b.id FROM basket b WHERE b.amount > (SELECT avg(o.amount) FROM basket o"
          + " WHERE o.buyer_id = b.buyer_id)";

  private static TwinServer server;

  @BeforeAll
  static void start(@TempDir Path directory) throws SQLException {
    LiveDatabase.execute("CREATE SCHEMA shopping");
    LiveDatabase.execute("SET search_path = shopping; " + TABLES);
    LiveDatabase.execute("VACUUM ANALYZE shopping.buyer, shopping.basket");
    server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH));
  }

  @AfterAll
  static void stop() throws SQLException {
    server.close();
    LiveDatabase.execute("DROP SCHEMA shopping CASCADE");
  }

  private static Workload.Statement statement(String text, double calls, double rows) {
    return new Workload.Statement("", text, calls, calls / 100, calls * rows);
  }

  private static List<Advice.Recommended> advise(
      List<String> notices, Workload.Statement... statements) throws Exception {
    SchemaCopy schema;
    try (Connection connection = LiveDatabase.raw();
        Statement sql = connection.createStatement()) {
      sql.execute("SET search_path = shopping");
      schema =
          SchemaReader.read(
              connection, 180000, Arrays.stream(statements).map(Workload.Statement::text).toList());
    }
    try (Twin twin = Twin.of(server, schema)) {
      var workload = new Workload("test", List.of(statements), List.of());
      return new RewriteAdvisor(twin, server, workload).advise(Set.of(), notices);
    }
  }

  @Test
  void aCheaperTextIsRecommendedWithItsCostAndWhatWasTested() throws Exception {
    var notices = new ArrayList<String>();
    List<Advice.Recommended> advice = advise(notices, statement(CORRELATED, 100, 20));
    assertThat(advice).hasSize(1);
    Advice.Recommended found = advice.getFirst();
    assertThat(found.kind()).isEqualTo(Advice.Kind.REWRITE);
    assertThat(found.title()).contains("aggregate-to-join");
    assertThat(found.ddl()).contains("GROUP BY o.buyer_id");
    assertThat(found.effects().getFirst().costAfter())
        .isLessThan(found.effects().getFirst().costBefore() / 20);
    assertThat(found.gainSeconds()).isBetween(0.9, 1.0);
    assertThat(found.why())
        .anySatisfy(why -> assertThat(why).contains("Results were equal on 12 scratch databases"));
    assertThat(found.undo()).isEqualTo("use the old text");
    assertThat(notices).isEmpty();
  }

  @Test
  void aRangeOverAnIndexedColumnIsRecommended() throws Exception {
    List<Advice.Recommended> advice =
        advise(
            new ArrayList<>(),
            statement("SELECT id FROM basket WHERE at::date = date '2025-03-01'", 10, 5));
    assertThat(advice).hasSize(1);
    assertThat(advice.getFirst().ddl())
        .contains("basket.at >= '2025-03-01' AND basket.at < '2025-03-02'");
    assertThat(advice.getFirst().effects().getFirst().planAfter()).contains("basket_at_idx");
  }

  @Test
  void aTextThatPaysOnlyWithAnIndexOfItsOwnIsRecommendedWithIt() throws Exception {
    List<Advice.Recommended> advice =
        advise(
            new ArrayList<>(),
            statement(
                "SELECT sum(amount) FROM basket WHERE date_trunc('day', day) = '2025-03-01'",
                10,
                1));
    assertThat(advice).hasSize(1);
    Advice.Recommended found = advice.getFirst();
    assertThat(found.title()).endsWith("and make an index for it");
    assertThat(found.ddl()).contains("basket.day >= '2025-03-01' AND basket.day < '2025-03-02'");
    assertThat(found.why().getFirst())
        .contains(
            "CREATE INDEX CONCURRENTLY hone_basket_day_b6930efe ON shopping.basket USING btree");
    assertThat(found.effects().getFirst().planAfter()).contains("hone_basket_day");
  }

  @Test
  void aTextThatGainsNothingIsNotRecommended() throws Exception {
    var notices = new ArrayList<String>();
    assertThat(
            advise(
                notices,
                statement("SELECT name FROM buyer WHERE id = $1", 5, 1),
                statement("SELECT id FROM basket WHERE amount + 1 > 5", 5, 9),
                statement("UPDATE buyer SET name = 'x' WHERE id = $1", 5, 1)))
        .isEmpty();
    assertThat(notices).isEmpty();
  }

  @Test
  void whatTheParserDoesNotKnowIsPassedOverWithANotice() throws Exception {
    var notices = new ArrayList<String>();
    assertThat(advise(notices, statement("SELECT FROM WHERE buyer basket", 5, 1))).isEmpty();
    assertThat(notices)
        .singleElement()
        .asString()
        .contains("1 statement was not looked at for another text");
  }

  @Test
  void aLookupForEachRowOfAnotherResultIsFound() throws Exception {
    List<Advice.Recommended> advice =
        advise(
            new ArrayList<>(),
            statement("SELECT id, buyer_id FROM basket WHERE day = $1", 20, 100),
            statement("SELECT name FROM buyer WHERE id = $1", 2000, 1));
    assertThat(advice)
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.kind()).isEqualTo(Advice.Kind.N_PLUS_ONE);
              assertThat(found.ddl())
                  .isEqualTo("SELECT buyer.id, name FROM buyer WHERE buyer.id = ANY ($1)");
              assertThat(found.why().getFirst()).contains("100 times as often");
            });
  }

  @Test
  void theCauseOfLookupsIsTheStatementWhoseRowsAgreeBest() throws Exception {
    List<Advice.Recommended> advice =
        advise(
            new ArrayList<>(),
            statement("SELECT id FROM basket WHERE amount < $1", 20, 130),
            statement("SELECT id, buyer_id FROM basket WHERE day = $1", 20, 100),
            statement("SELECT name FROM buyer WHERE id = $1", 2000, 1));
    assertThat(advice)
        .singleElement()
        .satisfies(found -> assertThat(found.why().getFirst()).contains("WHERE day = $1"));
  }

  @Test
  void aLookupForEachRowOfAShortPageIsFoundWhereCountsAgree() throws Exception {
    assertThat(
            advise(
                new ArrayList<>(),
                statement("SELECT id, buyer_id FROM basket WHERE day = $1", 30, 20),
                statement("SELECT name FROM buyer WHERE id = $1", 630, 1)))
        .hasSize(1);
    assertThat(
            advise(
                new ArrayList<>(),
                statement("SELECT id, buyer_id FROM basket WHERE day = $1", 30, 25),
                statement("SELECT name FROM buyer WHERE id = $1", 630, 1)))
        .isEmpty();
  }

  @Test
  void aLookupThatIsNotExecutedAsOftenAsTheOtherHasRowsIsNoSuchCase() throws Exception {
    assertThat(
            advise(
                new ArrayList<>(),
                statement("SELECT id, buyer_id FROM basket WHERE day = $1", 20, 3),
                statement("SELECT name FROM buyer WHERE id = $1", 2000, 1)))
        .isEmpty();
    assertThat(
            advise(
                new ArrayList<>(),
                statement("SELECT id, buyer_id FROM basket WHERE day = $1", 20, 100),
                statement("SELECT id FROM buyer WHERE name = $1", 2000, 1)))
        .isEmpty();
  }

  @Test
  void aLargeOffsetGetsAHint() throws Exception {
    List<Advice.Recommended> advice =
        advise(
            new ArrayList<>(),
            statement(
                "SELECT id, amount FROM basket WHERE amount > 3 ORDER BY id LIMIT 20 OFFSET 20000",
                9,
                20));
    assertThat(advice)
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.kind()).isEqualTo(Advice.Kind.HINT);
              assertThat(found.ddl())
                  .isEqualTo(
                      "SELECT id, amount FROM basket WHERE amount > 3 AND (id) > (:last_id)"
                          + " ORDER BY id LIMIT 20");
            });
  }

  @Test
  void rowsThatAreEqualInTheOrderAreToldApartByTheKey() throws Exception {
    assertThat(
            advise(
                new ArrayList<>(),
                statement(
                    "SELECT b.id, b.day FROM basket b ORDER BY b.day DESC LIMIT 20 OFFSET"
                        + " 20000",
                    9,
                    20)))
        .singleElement()
        .satisfies(
            found ->
                assertThat(found.ddl())
                    .isEqualTo(
                        "SELECT b.id, b.day FROM basket b WHERE (b.day, b.id) <"
                            + " (:last_day, :last_id) ORDER BY b.day DESC, b.id DESC LIMIT"
                            + " 20"));
  }

  @Test
  void columnsThatAreSortedInBothDirectionsAreComparedOneByOne() throws Exception {
    assertThat(
            advise(
                new ArrayList<>(),
                statement(
                    "SELECT b.id, b.day FROM basket b ORDER BY b.day DESC, b.id LIMIT 20 OFFSET 20000",
                    9,
                    20)))
        .singleElement()
        .satisfies(
            found ->
                assertThat(found.ddl())
                    .isEqualTo(
                        "SELECT b.id, b.day FROM basket b WHERE b.day <= :last_day AND (b.day <"
                            + " :last_day OR (b.day = :last_day AND b.id > :last_id)) ORDER BY"
                            + " b.day DESC, b.id LIMIT 20"));
  }

  @Test
  void rowsThatAreFetchedContinueAfterTheLastOneToo() throws Exception {
    assertThat(
            advise(
                new ArrayList<>(),
                statement(
                    "SELECT id FROM basket ORDER BY id OFFSET 20000 ROWS FETCH NEXT 20 ROWS ONLY",
                    9,
                    20)))
        .singleElement()
        .satisfies(
            found ->
                assertThat(found.ddl())
                    .endsWith("WHERE (id) > (:last_id) ORDER BY id FETCH NEXT 20 ROWS ONLY"));
  }

  @Test
  void whereTheTextCannotBeEditedSafelyNothingIsSaidOfItsOffset() throws Exception {
    for (String text :
        List.of(
            "SELECT id, -amount AS id FROM basket ORDER BY id LIMIT 20 OFFSET 20000",
            "SELECT b.id FROM basket b JOIN buyer y ON y.id = b.buyer_id ORDER BY b.id, y.id LIMIT 20"
                + " OFFSET 20000",
            "SELECT count(*) OVER () AS total, id FROM basket ORDER BY id LIMIT 20 OFFSET 20000",
            "SELECT id, (SELECT y.name FROM buyer y WHERE y.id = buyer_id ORDER BY y.name LIMIT 1) AS"
                + " n FROM basket ORDER BY id LIMIT 20 OFFSET 20000",
            "SELECT -amount AS ID FROM basket ORDER BY Id LIMIT 20 OFFSET 20000",
            "SELECT -amount AS \"id\" FROM basket ORDER BY id LIMIT 20 OFFSET 20000",
            "SELECT id FROM basket ORDER BY id OFFSET 20000 ROWS FETCH FIRST 20 ROWS WITH TIES")) {
      assertThat(kinds(statement(text, 9, 20))).as(text).doesNotContain(Advice.Kind.HINT);
    }
  }

  @Test
  void keysAreSentAsTheParameterThatTheKeyWas() throws Exception {
    List<Advice.Recommended> advice =
        advise(
            new ArrayList<>(),
            statement("SELECT id, buyer_id FROM basket WHERE day = $1", 20, 100),
            statement("SELECT coalesce(name, $1) AS n FROM buyer WHERE id = $2", 2000, 1));
    assertThat(advice)
        .singleElement()
        .satisfies(found -> assertThat(found.ddl()).endsWith("WHERE buyer.id = ANY ($2)"));
    assertThat(
            kinds(
                statement("SELECT id, buyer_id FROM basket WHERE day = $1", 20, 100),
                statement("SELECT DISTINCT name FROM buyer WHERE id = $1", 2000, 1)))
        .doesNotContain(Advice.Kind.N_PLUS_ONE);
  }

  @Test
  void aTextIsNotNamedThatWouldTakeLongerThanTheOldOneDoes() throws Exception {
    assertThat(kinds(statement(CORRELATED, 5, 9))).contains(Advice.Kind.REWRITE);
    var slowForTheirCost = new ArrayList<>(List.of(statement(CORRELATED, 5, 9)));
    for (int id = 1; id <= 4; id++) {
      slowForTheirCost.add(statement("SELECT amount FROM basket WHERE id = " + id, 50, 1));
    }
    assertThat(kinds(slowForTheirCost.toArray(new Workload.Statement[0])))
        .doesNotContain(Advice.Kind.REWRITE);
  }

  private static List<Advice.Kind> kinds(Workload.Statement... statements) throws Exception {
    return advise(new ArrayList<>(), statements).stream().map(Advice.Recommended::kind).toList();
  }
}
