package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.Plans;
import org.junit.jupiter.api.Test;

class PlansTest {
  private static final String STATEMENT =
      "SELECT count(*), sum(amount) FROM public.orders WHERE customer_id = $1";

  @Test
  void theGenericPlanIsTheSameWithAndWithoutTheServersOptionForIt() throws Exception {
    try (Session session = new Session(LiveDatabase.connection())) {
      PlanNode option = session.ask((c, server) -> Plans.explain(c, 180000, STATEMENT));
      PlanNode prepared = session.ask((c, server) -> Plans.explain(c, 150000, STATEMENT));
      assertThat(option.shape()).contains("Seq Scan on orders").isEqualTo(prepared.shape());
      assertThat(option.cost()).isEqualTo(prepared.cost());
    }
  }

  @Test
  void parametersOfAnyTypeAreTextsOnTheServerToo() throws Exception {
    try (Session session = new Session(LiveDatabase.connection())) {
      PlanNode plan =
          session.ask(
              (c, server) ->
                  Planning.live(
                      c,
                      server,
                      RoleStatement.anybodys(
                          "SELECT jsonb_build_object($1, $2 || $3) FROM public.orders"
                              + " WHERE customer_id = $4")));
      assertThat(plan.shape()).contains("Seq Scan on orders");
    }
  }

  @Test
  void onlySingleStatementsThatReadOrChangeRowsAreExplained() {
    assertThat(Plans.explainable("/* list */ select 1")).isTrue();
    assertThat(Plans.explainable("UPDATE t SET a = $1")).isTrue();
    assertThat(Plans.explainable("INSERT INTO t VALUES ($1)")).isTrue();
    assertThat(Plans.explainable("WITH x AS (SELECT 1) SELECT * FROM x")).isTrue();
    assertThat(Plans.explainable("CREATE INDEX ON t (a)")).isFalse();
    assertThat(Plans.explainable("SELECT 1; DROP TABLE t")).isFalse();
    assertThat(Plans.explainable("SELECT /* hone */ 1")).isFalse();
  }

  @Test
  void whatNobodyCouldPlanIsLeftAlone() {
    assertThat(Plans.explainable("SELECT $65535")).isTrue();
    assertThat(Plans.explainable("SELECT $2000000000")).isFalse();
    assertThat(Plans.explainable("SELECT $99999999999999999999")).isFalse();
    assertThat(Plans.explainable("SELECT 1 AS \"" + "x".repeat(200_000) + "\"")).isFalse();
    assertThat(Plans.explainable("SELECT '" + "x".repeat(40_000) + ";'")).isTrue();
    assertThat(Plans.explainable("/**/".repeat(12_000) + "SELECT 1")).isTrue();
    assertThat(Plans.explainable("(".repeat(40_000) + "SELECT 1")).isTrue();
    assertThat(Plans.explainable("SELECT " + "'a''b;' ".repeat(5_000))).isTrue();
  }

  @Test
  void commentsBracketsAndQuotedSemicolonsMakeNoSecondStatement() {
    assertThat(Plans.explainable("-- by the shop\n SELECT 1")).isTrue();
    assertThat(Plans.explainable("/* a */ -- b\n(SELECT 1) UNION (SELECT 2)")).isTrue();
    assertThat(Plans.explainable("((select 1))")).isTrue();
    assertThat(Plans.explainable("SELECT ';', \"a;b\" FROM t -- one; two\n WHERE /*;*/ true"))
        .isTrue();
    assertThat(Plans.explainable("SELECT 'it''s; so'")).isTrue();
    assertThat(Plans.explainable("SELECT 'a' ; DROP TABLE t --'")).isFalse();
    assertThat(Plans.explainable("SELECT '\\'; DROP TABLE t; --'")).isFalse();
    assertThat(Plans.explainable("SELECT $$'$$; DROP TABLE t; --'")).isFalse();
    assertThat(Plans.explainable("SELECT $a1$'$a1$; DROP TABLE t; --'")).isFalse();
    assertThat(Plans.explainable("SELECT /* /* */ ' */ 1; DROP TABLE t --'")).isFalse();
    assertThat(Plans.explainable("SELECT 1 -- ' \n; DROP TABLE t --'")).isFalse();
    assertThat(Plans.explainable("SELECT 'x; y")).isFalse();
    assertThat(Plans.explainable("SELECT 'a; b' || $1")).isTrue();
    assertThat(
            Plans.explainable(
                "SELECT '\\' , E' \"a\\' , '; ROLLBACK; CREATE TABLE pwned (); -- ' --\"\n"))
        .isFalse();
    assertThat(Plans.explainable("SELECT E'\\\\' FROM t")).isTrue();
    assertThat(Plans.explainable("-- SELECT 1")).isFalse();
    assertThat(Plans.explainable("(DROP TABLE t)")).isFalse();
  }

  @Test
  void whatTheServerKeepsOfAStatementIsMadeSqlAgain() {
    assertThat(Plans.repaired("SELECT date $1 - interval $2"))
        .isEqualTo("SELECT ($1::date) - ($2::interval)");
    assertThat(Plans.repaired("SELECT 1 WHERE id BETWEEN $1 AND $1 + $12 OR id < $2 - $3::int"))
        .isEqualTo(
            "SELECT 1 WHERE id BETWEEN $1 AND ($1::integer) + ($12::integer) OR id < $2 - $3::int");
    assertThat(Plans.repaired("SELECT current_date - $12, CURRENT_DATE + $1::int"))
        .isEqualTo("SELECT current_date - ($12::integer), CURRENT_DATE + $1::int");
    assertThat(Plans.repaired("SELECT extract($1 from at) FROM t"))
        .isEqualTo("SELECT date_part($1::text, at) FROM t");
    assertThat(Plans.repaired("SELECT EXTRACT( $3 FROM (a + b)) FROM t"))
        .isEqualTo("SELECT date_part($3::text, (a + b)) FROM t");
  }
}
