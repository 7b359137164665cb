package dev.hone.bench.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the advisors print, read. */
class AdviceTest {
  @Test
  void theSameIndexIsTheSameHoweverItIsWritten() {
    var index = IndexDefinition.of("lineitem", List.of("l_partkey", "l_suppkey"));
    assertThat(index.ddl("a")).isEqualTo("CREATE INDEX a ON lineitem (l_partkey, l_suppkey)");
    for (String ddl :
        List.of(
            "CREATE INDEX CONCURRENTLY hone_x ON public.lineitem (l_partkey, l_suppkey)",
            "create index on \"public\".\"lineitem\" using btree(\"l_partkey\",\"l_suppkey\");",
            "CREATE INDEX IF NOT EXISTS \"Hone x\" ON lineitem\n  ( l_partkey , l_suppkey)")) {
      assertThat(IndexDefinition.of(ddl)).isEqualTo(index);
    }
  }

  @Test
  void whatFollowsTheColumnsIsKept() {
    var index =
        IndexDefinition.of(
            "CREATE INDEX CONCURRENTLY i ON public.orders USING btree (o_orderdate DESC)"
                + " INCLUDE (o_custkey) WHERE (o_orderstatus = 'F'::bpchar)");
    assertThat(index.target())
        .isEqualTo(
            "orders (o_orderdate DESC) INCLUDE (o_custkey)"
                + " WHERE (o_orderstatus = 'F'::bpchar)");
    assertThat(IndexDefinition.of("CREATE INDEX i ON t USING gin (f(a, b) gin_trgm_ops)").target())
        .isEqualTo("t USING gin (f(a, b) gin_trgm_ops)");
  }

  @Test
  void anythingElseIsRefused() {
    assertThatThrownBy(() -> IndexDefinition.of("DROP INDEX i"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("`DROP INDEX i` creates no index");
  }

  @Test
  void dexterTellsAnIndexALine() {
    assertThat(
            Dexter.found(
                """
                Started
                Processing 22 new query fingerprints
                Index found: public.orders (o_orderkey)
                Index found: public.lineitem (l_partkey, l_suppkey)
                """))
        .containsExactly(
            IndexDefinition.of("orders", List.of("o_orderkey")),
            IndexDefinition.of("lineitem", List.of("l_partkey", "l_suppkey")));
    assertThat(Dexter.found("No new indexes found\n")).isEmpty();
  }

  @Test
  void anAlgorithmAnswersALineARun() throws IOException {
    List<Advice> answers =
        Hyrise.answers(
            "hyrise",
            "{\"algorithm\":\"extend\",\"setting\":\"5.0 MB nominal\",\"indexes\":[{\"table\":"
                + "\"part\",\"columns\":[\"p_size\",\"p_type\"]}],\"seconds\":0.5}\n");
    assertThat(answers)
        .containsExactly(
            new Advice(
                "hyrise extend",
                "5.0 MB nominal",
                List.of(IndexDefinition.of("part", List.of("p_size", "p_type"))),
                0.5));
  }

  @Test
  void honeIsAskedForIndexesOnly() throws IOException {
    assertThat(
            HoneAdvisor.indexes(
                """
                {"recommendations":[
                  {"rank":1,"kind":"create-index","ddl":"CREATE INDEX CONCURRENTLY a ON t (b)"},
                  {"rank":2,"kind":"drop-index","ddl":"DROP INDEX CONCURRENTLY c"}],
                 "notices":[]}
                """))
        .containsExactly(IndexDefinition.of("t", List.of("b")));
  }

  @Test
  void theLargestThatFitsIsTaken() {
    List<Choice> offers = List.of(choice(10), choice(30), choice(20), choice(40));
    assertThat(Choice.fitting(offers, 35)).hasValue(choice(30));
    assertThat(Choice.fitting(offers, 9)).isEmpty();
  }

  private static Choice choice(long bytes) {
    return new Choice(new Advice("a", "s", List.of(), 1), bytes);
  }
}
