package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.Watch;
import dev.hone.layer.database.advisor.WorkloadReader;
import dev.hone.layer.database.twin.TwinServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdvisorTest {
  private static final String WORKLOAD =
      """
      SELECT count(*), sum(amount) FROM orders WHERE customer_id = 77;
      -- weight: 20
      SELECT id, amount FROM orders WHERE customer_id = 5 ORDER BY created_at DESC LIMIT 10;
      SELECT name FROM customers WHERE lower(name) = 'customer 7';
      -- weight: 1000
      UPDATE orders SET note = 'seen' WHERE id = 4;
      SELECT nonsense FROM nowhere;
      """;

  private static TwinServer twins;
  @TempDir private static Path directory;

  @BeforeAll
  static void start() {
    LiveDatabase.server();
    twins = new TwinServer(directory.resolve("twin"), InstantSource.fixed(Instant.EPOCH));
  }

  @AfterAll
  static void stop() {
    twins.close();
  }

  private static Advice advise(String workload, long budget) throws Exception {
    Path file = Files.writeString(directory.resolve("workload.sql"), workload);
    return new Advisor(LiveDatabase.connection(), List.of(), twins, Watch.once(), line -> {})
        .advise(Optional.of(file), budget)
        .advice();
  }

  private static List<String> created(Advice advice) {
    return advice.recommendations().stream()
        .filter(each -> each.kind() == Advice.Kind.CREATE_INDEX)
        .map(Advice.Recommended::ddl)
        .toList();
  }

  @Test
  void anIndexThatAllPartitionsLackIsRecommendedOnce() throws Exception {
    LiveDatabase.execute(
        "CREATE TABLE visits (day int NOT NULL, who int NOT NULL, page text) PARTITION BY RANGE (day)");
    try {
      for (int month = 0; month < 6; month++) {
        LiveDatabase.execute(
            "CREATE TABLE visits_%d PARTITION OF visits FOR VALUES FROM (%d) TO (%d)"
                .formatted(month, 30 * month, 30 * month + 30));
      }
      LiveDatabase.execute(
          "INSERT INTO visits SELECT i %% 180, i %% 9973, md5(i::text) FROM generate_series(1, 90000)"
              .replace("%%", "%")
              .concat(" i; ANALYZE visits"));
      Advice advice = advise("SELECT count(*) FROM visits WHERE who = 17;\n", Long.MAX_VALUE);
      assertThat(created(advice))
          .containsExactly("CREATE INDEX hone_visits_who ON public.visits USING btree (who)");
      Advice.Recommended index = advice.recommendations().getFirst();
      assertThat(index.table()).isEqualTo("visits");
      assertThat(index.undo()).isEqualTo("DROP INDEX IF EXISTS public.hone_visits_who");
      assertThat(index.why()).anySatisfy(why -> assertThat(why).contains("ON ONLY public.visits"));
      assertThat(index.effects()).hasSize(1);
      LiveDatabase.execute(index.ddl());
      assertThat(created(advise("SELECT count(*) FROM visits WHERE who = 17;\n", Long.MAX_VALUE)))
          .isEmpty();
    } finally {
      LiveDatabase.execute("DROP TABLE visits");
    }
  }

  /** By gain a byte the small indexes come first, and the large one has no room beside them. */
  @Test
  void withinABudgetTheLargeIndexTakesThePlaceOfSmallOnesThatGainLess() throws Exception {
    for (String table : List.of("ledger", "branches", "tills")) {
      LiveDatabase.execute(
          "CREATE TABLE %s AS SELECT hashint4(i) AS code, repeat('x', 60) AS note".formatted(table)
              + " FROM generate_series(1, %d) i"
                  .formatted(table.equals("ledger") ? 300_000 : 60_000));
      LiveDatabase.execute("ANALYZE " + table);
    }
    try {
      String workload =
          """
          -- weight: 200
          SELECT note FROM ledger WHERE code = $1;
          SELECT note FROM branches WHERE code = $1;
          SELECT note FROM tills WHERE code = $1;
          """;
      List<Advice.Recommended> all = advise(workload, Long.MAX_VALUE).recommendations();
      assertThat(all).hasSize(3);
      long large = all.stream().mapToLong(Advice.Recommended::bytes).max().orElseThrow();
      assertThat(advise(workload, large * 23 / 20).recommendations())
          .singleElement()
          .satisfies(index -> assertThat(index.table()).isEqualTo("ledger"));
      assertThat(advise(workload, large * 13 / 20).recommendations())
          .extracting(Advice.Recommended::table)
          .containsExactlyInAnyOrder("branches", "tills");
    } finally {
      LiveDatabase.execute("DROP TABLE ledger, branches, tills");
    }
  }

  @Test
  void anEqualityBoundsWhatAnOrderMustRead() throws Exception {
    LiveDatabase.execute(
        "CREATE TABLE visits AS SELECT i AS at, hashint4(i) & 31 AS tenant, md5(i::text) AS page"
            + " FROM generate_series(0, 119999) i; ANALYZE visits");
    try {
      for (String rest : List.of("page <> $2", "page IS NOT NULL")) {
        String statement = "SELECT * FROM visits WHERE tenant = $1 AND " + rest;
        assertThat(created(advise(statement + " ORDER BY at DESC LIMIT 20;\n", Long.MAX_VALUE)))
            .as(rest)
            .singleElement()
            .asString()
            .endsWith(" ON public.visits USING btree (tenant, at)");
      }
    } finally {
      LiveDatabase.execute("DROP TABLE visits");
    }
  }

  @Test
  void theFirstRowsOfAPartitionedTableAreReadInTheirOrder() throws Exception {
    LiveDatabase.execute(
        "CREATE TABLE hits (at int NOT NULL, tenant int NOT NULL, page text) PARTITION BY RANGE (at)");
    try {
      for (int part = 0; part < 4; part++) {
        LiveDatabase.execute(
            "CREATE TABLE hits_%d PARTITION OF hits FOR VALUES FROM (%d) TO (%d)"
                .formatted(part, 30_000 * part, 30_000 * part + 30_000));
      }
      LiveDatabase.execute(
          "INSERT INTO hits SELECT i, hashint4(i) & 127, md5(i::text)"
              + " FROM generate_series(0, 119999) i; ANALYZE hits");
      assertThat(
              created(
                  advise(
                      "SELECT * FROM hits WHERE tenant = $1 ORDER BY at DESC LIMIT 20;\n",
                      Long.MAX_VALUE)))
          .containsExactly(
              "CREATE INDEX hone_hits_tenant_at ON public.hits USING btree (tenant, at)");
      assertThat(
              created(
                  advise(
                      "SELECT * FROM hits WHERE page <> 'x' ORDER BY at DESC LIMIT 20;\n",
                      Long.MAX_VALUE)))
          .containsExactly("CREATE INDEX hone_hits_at ON public.hits USING btree (at)");
    } finally {
      LiveDatabase.execute("DROP TABLE hits");
    }
  }

  @Test
  void theGreatestValueStandsAtTheEndOfAnIndex() throws Exception {
    assertThat(
            created(
                advise("SELECT max(created_at) FROM orders WHERE note <> 'x';\n", Long.MAX_VALUE)))
        .singleElement()
        .asString()
        .endsWith(" ON public.orders USING btree (created_at)");
  }

  @Test
  void theFirstRowsOfAJoinAreReadInTheirOrder() throws Exception {
    Advice advice =
        advise(
            "SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id"
                + " ORDER BY o.created_at DESC LIMIT 20;\n",
            Long.MAX_VALUE);
    assertThat(created(advice))
        .anySatisfy(ddl -> assertThat(ddl).endsWith(" ON public.orders USING btree (created_at)"));
  }

  @Test
  void aColumnMayHaveACollationOfItsOwn() throws Exception {
    LiveDatabase.execute(
        "CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level2',"
            + " deterministic = false)");
    try {
      LiveDatabase.execute(
          "CREATE TABLE names AS SELECT i AS id, ('Name ' || i) COLLATE anycase AS name"
              + " FROM generate_series(1, 60000) i; ANALYZE names");
      assertThat(created(advise("SELECT id FROM names WHERE name = $1;\n", Long.MAX_VALUE)))
          .singleElement()
          .asString()
          .contains(" ON public.names USING btree (name");
    } finally {
      LiveDatabase.execute("DROP TABLE IF EXISTS names; DROP COLLATION anycase");
    }
  }

  @Test
  void anOrderIsNoRemedyWhereWhatIsLookedForIsAGuess() throws Exception {
    LiveDatabase.execute(
        "CREATE TABLE clicks AS SELECT i AS id, now() - i * interval '1 minute' AS at,"
            + " jsonb_build_object('page', '/p/' || i % 8000) AS payload"
            + " FROM generate_series(1, 200000) i; ANALYZE clicks");
    try {
      Advice advice =
          advise(
              "SELECT id FROM clicks WHERE payload @> $1 ORDER BY at DESC LIMIT 20;\n",
              Long.MAX_VALUE);
      assertThat(created(advice))
          .singleElement()
          .asString()
          .endsWith(" ON public.clicks USING gin (payload jsonb_path_ops)");
      assertThat(advice.recommendations().getFirst().why())
          .anySatisfy(why -> assertThat(why).contains("its costs are a guess"));
    } finally {
      LiveDatabase.execute("DROP TABLE clicks");
    }
  }

  @Test
  void ofTablesOfOneNameTheOneIsMeantThatTheRolesPathSays() throws Exception {
    try {
      for (String schema : List.of("tenant_0", "tenant_a", "tenant_b")) {
        LiveDatabase.execute("CREATE ROLE " + schema);
        LiveDatabase.execute("ALTER ROLE " + schema + " SET search_path = \"$user\", public");
        LiveDatabase.execute("CREATE SCHEMA " + schema);
        LiveDatabase.execute(
            "CREATE TABLE "
                + schema
                + ".leases AS SELECT i AS id, i % 5000 AS who FROM generate_series(1, 100000) i");
        LiveDatabase.execute("GRANT USAGE ON SCHEMA " + schema + " TO " + schema);
        LiveDatabase.execute("GRANT SELECT ON " + schema + ".leases TO " + schema);
      }
      LiveDatabase.execute("ANALYZE");
      LiveDatabase.execute("SELECT pg_stat_statements_reset()");
      try (Connection connection = LiveDatabase.raw();
          Statement sql = connection.createStatement()) {
        for (String tenant : List.of("tenant_a", "tenant_b")) {
          sql.execute("SET ROLE " + tenant);
          sql.execute("SET search_path = " + tenant);
          for (int i = 0; i < 20; i++) {
            sql.execute("SELECT count(*) FROM leases WHERE who = " + i);
          }
          sql.execute("RESET ROLE");
        }
      }
      Advice advice =
          new Advisor(LiveDatabase.connection(), List.of(), twins, Watch.once(), line -> {})
              .advise(Optional.empty(), Long.MAX_VALUE)
              .advice();
      assertThat(created(advice))
          .anySatisfy(ddl -> assertThat(ddl).endsWith(" ON tenant_a.leases USING btree (who)"))
          .anySatisfy(ddl -> assertThat(ddl).endsWith(" ON tenant_b.leases USING btree (who)"))
          .noneSatisfy(ddl -> assertThat(ddl).contains("tenant_0"));
      assertThat(advice.recommendations().getFirst().why())
          .anySatisfy(why -> assertThat(why).contains("3 schemas have a table `leases`"));
    } finally {
      for (String schema : List.of("tenant_0", "tenant_a", "tenant_b")) {
        LiveDatabase.execute("DROP SCHEMA " + schema + " CASCADE");
        LiveDatabase.execute("DROP ROLE " + schema);
      }
    }
  }

  @Test
  void whatTheTriggersOfForeignKeysLookForIsIndexed() throws Exception {
    try {
      LiveDatabase.execute("CREATE TABLE baskets (id int PRIMARY KEY)");
      LiveDatabase.execute(
          "CREATE TABLE basket_items (id int PRIMARY KEY, basket int NOT NULL REFERENCES baskets"
              + " ON DELETE CASCADE)");
      LiveDatabase.execute(
          "CREATE TABLE item_notes (id int PRIMARY KEY, item int NOT NULL REFERENCES basket_items)");
      LiveDatabase.execute(
          "CREATE TABLE basket_marks (basket int NOT NULL REFERENCES baskets, mark text)");
      LiveDatabase.execute("CREATE INDEX ON basket_marks (basket, mark)");
      LiveDatabase.execute("INSERT INTO baskets SELECT generate_series(1, 20000)");
      LiveDatabase.execute(
          "INSERT INTO basket_items SELECT i, i / 3 + 1 FROM generate_series(1, 59999) i");
      LiveDatabase.execute(
          "INSERT INTO item_notes SELECT i, i / 2 + 1 FROM generate_series(1, 60000) i");
      LiveDatabase.execute("INSERT INTO basket_marks SELECT generate_series(1, 20000), 'x'");
      LiveDatabase.execute("ANALYZE");
      Advice advice = advise("DELETE FROM baskets WHERE id = 3;\n", Long.MAX_VALUE);
      assertThat(advice.analysed()).isEqualTo(1);
      assertThat(created(advice))
          .containsExactlyInAnyOrder(
              "CREATE INDEX CONCURRENTLY hone_basket_items_basket ON public.basket_items USING"
                  + " btree (basket)",
              "CREATE INDEX CONCURRENTLY hone_item_notes_item ON public.item_notes USING btree"
                  + " (item)");
      assertThat(advice.recommendations().getFirst().why())
          .anySatisfy(why -> assertThat(why).contains("Whoever deletes a row"));
      for (String ddl : created(advice)) {
        LiveDatabase.execute(ddl);
      }
      assertThat(created(advise("DELETE FROM baskets WHERE id = 3;\n", Long.MAX_VALUE))).isEmpty();
    } finally {
      LiveDatabase.execute("DROP TABLE basket_marks, item_notes, basket_items, baskets");
    }
  }

  @Test
  void theWholeWorkloadIsServedByFewIndexes() throws Exception {
    Advice advice = advise(WORKLOAD, Long.MAX_VALUE);
    assertThat(advice.analysed()).isEqualTo(4);
    assertThat(advice.secondsThen()).isLessThan(advice.secondsNow() / 5);
    assertThat(created(advice))
        .anySatisfy(ddl -> assertThat(ddl).contains("orders USING btree (customer_id"))
        .anySatisfy(ddl -> assertThat(ddl).contains("customers USING btree (lower(name))"))
        .hasSizeLessThanOrEqualTo(3);
    assertThat(advice.notices()).anySatisfy(notice -> assertThat(notice).contains("nowhere"));
  }

  @Test
  void whatIsAdvisedCanBeRunAndTakenBackAsItStands() throws Exception {
    for (Advice.Recommended each : advise(WORKLOAD, Long.MAX_VALUE).recommendations()) {
      assertThat(each.kind().changesText()).isFalse();
      for (String text : List.of(each.ddl(), each.undo())) {
        for (String statement : StatementRunner.statements(text)) {
          LiveDatabase.execute(statement);
        }
      }
    }
  }

  @Test
  void aParameterThatCouldBeOfAnyTypeIsTakenForAText() throws Exception {
    Advice advice =
        advise(
            "SELECT jsonb_build_object('a', $1, 'b', $2) FROM orders WHERE customer_id = $3;\n",
            Long.MAX_VALUE);
    assertThat(advice.analysed()).isEqualTo(1);
    assertThat(created(advice)).hasSize(1);
  }

  @Test
  void aByteOrderMarkBelongsToNoStatement() throws Exception {
    Advice advice =
        advise("\uFEFFSELECT count(*) FROM orders WHERE customer_id = 77;", Long.MAX_VALUE);
    assertThat(advice.analysed()).isEqualTo(1);
  }

  @Test
  void aBudgetIsKept() throws Exception {
    Advice advice = advise(WORKLOAD, 3 << 20);
    long bytes = advice.recommendations().stream().mapToLong(Advice.Recommended::bytes).sum();
    assertThat(bytes).isLessThanOrEqualTo(3 << 20);
    assertThat(created(advice)).isNotEmpty();
  }

  @Test
  void onTheUsersServerOnlyCataloguesAreRead() throws Exception {
    String scans = "SELECT sum(seq_scan + coalesce(idx_scan, 0)) FROM pg_stat_user_tables";
    LiveDatabase.execute("SELECT pg_stat_force_next_flush()");
    String before = LiveDatabase.ask(scans);
    String tables = LiveDatabase.ask("SELECT count(*) FROM pg_class");
    advise(WORKLOAD, Long.MAX_VALUE);
    assertThat(LiveDatabase.ask(scans)).isEqualTo(before);
    assertThat(LiveDatabase.ask("SELECT count(*) FROM pg_class")).isEqualTo(tables);
  }

  @Test
  void statementsThatNeedNothingGetNothing() throws Exception {
    Advice advice = advise("SELECT name FROM customers WHERE id = 7;\n", Long.MAX_VALUE);
    assertThat(created(advice)).isEmpty();
  }

  @Test
  void aFileWithoutStatementsIsRejected() {
    assertThatThrownBy(() -> advise("-- nothing\n", Long.MAX_VALUE))
        .isInstanceOf(WorkloadReader.Rejected.class)
        .hasMessageContaining("holds no statement");
    assertThatThrownBy(() -> advise("-- weight: none\nSELECT 1;\n", Long.MAX_VALUE))
        .hasMessageContaining("workload.sql:1")
        .hasMessageContaining("`none`");
  }

  @Test
  void aTableThatWasIndexedAndNeverAnalysedIsToBeAnalysed() throws Exception {
    LiveDatabase.execute("CREATE TABLE postings AS SELECT * FROM orders");
    LiveDatabase.execute("ALTER TABLE postings ADD PRIMARY KEY (id)");
    try {
      assertThat(
              advise("SELECT amount FROM postings WHERE id = 7;", Long.MAX_VALUE).recommendations())
          .filteredOn(each -> each.kind() == Advice.Kind.STATISTICS)
          .extracting(Advice.Recommended::ddl)
          .contains("ANALYZE public.postings");
    } finally {
      LiveDatabase.execute("DROP TABLE postings");
    }
  }

  @Test
  void progressIsTold() throws Exception {
    var lines = new ArrayList<String>();
    Path file = Files.writeString(directory.resolve("one.sql"), "SELECT 1 FROM orders;\n");
    new Advisor(LiveDatabase.connection(), List.of(), twins, Watch.once(), lines::add)
        .advise(Optional.of(file), Long.MAX_VALUE);
    assertThat(lines).hasSize(4);
    assertThat(lines.get(2)).contains("1 statement");
  }

  @Test
  void aDuplicateIsFoundAndAnIndexBehindAConstraintIsNot() throws Exception {
    LiveDatabase.execute("CREATE INDEX doubled ON customers (since)");
    LiveDatabase.execute("CREATE INDEX doubled_again ON customers (since)");
    LiveDatabase.execute("CREATE INDEX like_the_key ON customers (id)");
    try {
      Advice advice =
          advise("SELECT name FROM customers WHERE since = '2020-01-05';\n", Long.MAX_VALUE);
      assertThat(advice.recommendations())
          .filteredOn(each -> each.kind() == Advice.Kind.DROP_INDEX)
          .extracting(Advice.Recommended::index)
          .containsExactlyInAnyOrder("doubled_again", "like_the_key");
    } finally {
      LiveDatabase.execute("DROP INDEX doubled, doubled_again, like_the_key");
    }
  }

  @Test
  void partsOfArraysDocumentsTextsAndRangesAreIndexed() throws Exception {
    LiveDatabase.execute(
        "CREATE TABLE documents AS SELECT i AS id, ARRAY['tag' || i % 900, 'tag' || i % 31] AS tags,"
            + " jsonb_build_object('code', i % 4000, 'zone', i % 11) AS details,"
            + " md5(i::text) || ' ' || md5((i * 3)::text) AS body,"
            + " int4range(i, i + 3) AS span FROM generate_series(1, 40000) i");
    LiveDatabase.execute("VACUUM ANALYZE documents");
    try {
      Map<String, String> wanted =
          Map.of(
              "tags @> ARRAY['tag777']", "USING gin (tags)",
              "details @> '{\"code\": 17, \"zone\": 3}'", "USING gin (details jsonb_path_ops)",
              "details ->> 'code' = '17'", "USING btree (((details ->> 'code'::text)))",
              "to_tsvector('simple', body) @@ to_tsquery('simple', 'x')", "USING gin (to_tsvector(",
              "span @> 4711", "USING gist (span)");
      for (Map.Entry<String, String> each : wanted.entrySet()) {
        Advice advice =
            advise("SELECT id FROM documents WHERE " + each.getKey() + ";", Long.MAX_VALUE);
        assertThat(created(advice))
            .singleElement()
            .satisfies(ddl -> assertThat(ddl).contains(each.getValue()));
        Advice.Recommended index =
            advice.recommendations().stream()
                .filter(one -> one.kind() == Advice.Kind.CREATE_INDEX)
                .findFirst()
                .orElseThrow();
        LiveDatabase.execute(index.ddl());
        double size =
            Double.parseDouble(
                LiveDatabase.ask("SELECT pg_relation_size('" + index.index() + "')"));
        if (each.getKey().startsWith("tags")) {
          assertThat(
                  advise("SELECT id FROM documents WHERE " + each.getKey() + ";", Long.MAX_VALUE)
                      .notices())
              .as("an index that is there is not in its own way")
              .noneSatisfy(notice -> assertThat(notice).contains("has its name"));
        }
        LiveDatabase.execute(index.undo());
        assertThat(index.bytes() / size).as(index.ddl()).isBetween(0.3, 3.5);
      }
    } finally {
      LiveDatabase.execute("DROP TABLE documents");
    }
  }

  @Test
  void valuesThatSessionsUseTellWhichIndexServesAPattern() throws Exception {
    LiveDatabase.execute("SELECT pg_stat_statements_reset()");
    try (var session = LiveDatabase.raw();
        var sql = session.createStatement()) {
      var looks = new AtomicInteger();
      Watch watch =
          () -> {
            try {
              sql.execute("SELECT id FROM customers WHERE name LIKE 'customer 77%'");
              return looks.incrementAndGet() < 5;
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
          };
      sql.execute("SELECT id FROM customers WHERE name LIKE 'customer 78%'");
      sql.execute("SELECT 1");
      Advice advice =
          new Advisor(LiveDatabase.connection(), List.of(), twins, watch, line -> {})
              .advise(Optional.empty(), Long.MAX_VALUE)
              .advice();
      assertThat(created(advice))
          .anySatisfy(ddl -> assertThat(ddl).contains("(name text_pattern_ops)"));
      assertThat(looks).hasValueGreaterThan(0);
    }
  }

  @Test
  void anIndexThatBeginsAWiderOneGoesWhenStatementsAreReadTheSameWay() throws Exception {
    LiveDatabase.execute(
        "CREATE TABLE bookings AS SELECT i AS id, i / 2 AS transfer, i * 7919 % 50000 AS account,"
            + " i AS amount FROM generate_series(1, 100000) i");
    LiveDatabase.execute("CREATE INDEX bookings_transfer ON bookings (transfer)");
    LiveDatabase.execute("CREATE INDEX bookings_both ON bookings (transfer, account)");
    LiveDatabase.execute("ANALYZE bookings");
    try {
      Advice advice = advise("SELECT amount FROM bookings WHERE transfer = 77;", Long.MAX_VALUE);
      assertThat(advice.recommendations())
          .filteredOn(each -> each.table().equals("bookings"))
          .extracting(Advice.Recommended::index)
          .containsExactly("bookings_transfer");
    } finally {
      LiveDatabase.execute("DROP TABLE bookings");
    }
  }
}
