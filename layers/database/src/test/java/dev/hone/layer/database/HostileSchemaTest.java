package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.layer.database.advisor.Watch;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.loop.Ids;
import dev.hone.loop.Knob;
import dev.hone.metrics.MemoryStore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Functions and operators that fit the arguments of Hone's own queries better than the system's do,
 * in a schema that everybody's search_path holds. Whose rights they run with is whose rights their
 * author has (CVE-2018-1058); the server counts every call of them.
 */
class HostileSchemaTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static final List<String> SHADOWS =
      List.of(
          "format(text, text, text) RETURNS text",
          "format(text, name, name) RETURNS text",
          "format(text, name, text) RETURNS text",
          "quote_ident(name) RETURNS text",
          "concat_ws(text, text, text) RETURNS text",
          "left(text, bigint) RETURNS text",
          "round(real) RETURNS real",
          "set_config(text, name, boolean) RETURNS text",
          "has_schema_privilege(oid, varchar) RETURNS boolean",
          "pg_relation_size(oid) RETURNS bigint",
          "same(oid, regclass) RETURNS boolean",
          "same(name, varchar) RETURNS boolean",
          "joined(name, name) RETURNS text",
          "joined(name, text) RETURNS text");

  private static final List<String> OPERATORS =
      List.of(
          "= (LEFTARG = oid, RIGHTARG = regclass, FUNCTION = same)",
          "<> (LEFTARG = oid, RIGHTARG = regclass, FUNCTION = same)",
          "= (LEFTARG = name, RIGHTARG = varchar, FUNCTION = same)",
          "|| (LEFTARG = name, RIGHTARG = name, FUNCTION = joined)",
          "|| (LEFTARG = name, RIGHTARG = text, FUNCTION = joined)");

  private static final String CALLS =
      "SELECT coalesce(string_agg(funcname::text || ' ' || calls::text, ', ' ORDER BY funcname), '') FROM"
          + " pg_stat_user_functions WHERE schemaname = 'public'"
          + " AND funcname NOT LIKE 'pg_stat_statements%'";

  @TempDir private Path directory;

  @BeforeEach
  void shadow() throws Exception {
    LiveDatabase.execute("ALTER ROLE ALL SET track_functions = 'all'");
    for (String shadow : SHADOWS) {
      LiveDatabase.execute(
          "CREATE FUNCTION public." + shadow + " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
    }
    for (String operator : OPERATORS) {
      LiveDatabase.execute("CREATE OPERATOR public." + operator);
    }
  }

  @AfterEach
  void remove() throws Exception {
    LiveDatabase.execute("ALTER ROLE ALL RESET track_functions");
    for (String operator : OPERATORS) {
      LiveDatabase.execute(
          "DROP OPERATOR public."
              + operator.replaceAll("LEFTARG = (\\w+), RIGHTARG = (\\w+), .*", "$1, $2)"));
    }
    for (String shadow : SHADOWS) {
      LiveDatabase.execute("DROP FUNCTION public." + shadow.split(" RETURNS")[0]);
    }
  }

  private static String calls() throws Exception {
    return LiveDatabase.ask(CALLS);
  }

  @Test
  void anUnwarySessionIsCaughtSoThatTheOthersCouldBe() throws Exception {
    LiveDatabase.execute(
        "SELECT format('%I.%I', nspname, nspname), nspname || nspname FROM pg_namespace LIMIT 1;"
            + " SELECT pg_stat_force_next_flush()");
    assertThat(calls()).isEqualTo("format 1, joined 1");
  }

  @Test
  void nothingThatHoneAsksOfAServerCallsThem() throws Exception {
    LiveDatabase.work(5, 5);
    var twins = new TwinServer(directory.resolve("twin"), InstantSource.fixed(START));
    DatabaseConnection target = LiveDatabase.connection("postgres");
    var store = new MemoryStore(10_000, 100);
    var watched =
        DatabaseLayer.watch(
            target,
            store,
            InstantSource.fixed(START),
            new Ids(InstantSource.fixed(START), new Random(1)),
            new DatabaseLayer.Files(directory.resolve("layer"), directory.resolve("plans.json")));
    try {
      for (int second = 0; second < 10; second++) {
        watched.layer().probes().getFirst().sample(START.plusSeconds(second));
      }
      assertThat(watched.inspector().overview().reachable()).isTrue();
      assertThat(watched.inspector().indexes().tables()).isNotEmpty();
      assertThat(watched.inspector().statementsSinceReset(0, 10, "").lines()).isNotEmpty();
      assertThat(
              new Advisor(target, List.of(), twins, Watch.once(), line -> {})
                  .advise(Optional.empty(), Long.MAX_VALUE)
                  .advice()
                  .analysed())
          .isPositive();
      var knobs = new IndexKnobs(List.of(target));
      String ddl =
          "CREATE INDEX CONCURRENTLY hone_orders_amount ON public.orders USING btree (amount)";
      var ref = IndexKnobs.ref("shop", "public", "orders", "hone_orders_amount", ddl);
      Knob knob = knobs.open(ref, knobs.settings(ref));
      assertThat(knob.probe().appliable()).isTrue();
      knob.write(IndexCatalog.ABSENT, ddl);
      knob.undo(IndexCatalog.ABSENT, ddl);
      knobs.close();
    } finally {
      watched.layer().probes().getFirst().close();
      twins.close();
    }
    LiveDatabase.execute("SELECT pg_stat_force_next_flush()");
    assertThat(calls()).isEmpty();
  }

  @Test
  void aSuperusersStatementsArePlannedInTheCopy() throws Exception {
    LiveDatabase.execute(
        "CREATE FUNCTION public.trap() RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 7;"
            + " END'");
    String statement = "SELECT name FROM customers WHERE id = public.trap()";
    var twins = new TwinServer(directory.resolve("twin"), InstantSource.fixed(START));
    var planning = new Planning(twins);
    try (var superuser = new Session(LiveDatabase.connection("postgres"));
        var watcher = new Session(LiveDatabase.connection())) {
      assertThat(
              superuser
                  .ask((c, server) -> planning.plan(c, server, RoleStatement.anybodys(statement)))
                  .shape())
          .contains("customers_pkey");
      assertThat(calls()).isEmpty();
      assertThat(
              watcher
                  .ask((c, server) -> planning.plan(c, server, RoleStatement.anybodys(statement)))
                  .shape())
          .contains("customers_pkey");
      watcher.ask((c, server) -> c.createStatement().execute("SELECT pg_stat_force_next_flush()"));
      assertThat(calls()).isEqualTo("trap 1");
    } finally {
      LiveDatabase.execute("DROP FUNCTION public.trap()");
      twins.close();
    }
  }

  private static boolean mighty(Session session) throws Exception {
    return session.ask((connection, server) -> server.superuser());
  }

  @Test
  void whoeverMayBecomeASuperuserCountsAsOne() throws Exception {
    LiveDatabase.execute(
        "CREATE ROLE climber LOGIN; GRANT pg_monitor, postgres TO climber;"
            + " CREATE ROLE writer LOGIN; GRANT pg_monitor, pg_write_server_files TO writer");
    try (var climber = new Session(LiveDatabase.connection("climber"));
        var writer = new Session(LiveDatabase.connection("writer"));
        var watcher = new Session(LiveDatabase.connection())) {
      assertThat(mighty(climber)).isTrue();
      assertThat(mighty(writer)).isTrue();
      assertThat(mighty(watcher)).isFalse();
    } finally {
      LiveDatabase.execute("DROP ROLE climber, writer");
    }
  }

  @Test
  void whereOthersHaveFunctionsStatementsArePlannedInTheCopy() throws Exception {
    LiveDatabase.execute("CREATE ROLE mallory LOGIN; CREATE SCHEMA zmal AUTHORIZATION mallory");
    LiveDatabase.execute(
        "CREATE FUNCTION zmal.trap() RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 7;"
            + " END'; ALTER FUNCTION zmal.trap OWNER TO mallory");
    String statement = "SELECT name FROM customers WHERE id = zmal.trap()";
    var twins = new TwinServer(directory.resolve("twin"), InstantSource.fixed(START));
    var planning = new Planning(twins);
    try (var watcher = new Session(LiveDatabase.connection())) {
      assertThat(watcher.ask(Planning::mayBeLive)).isFalse();
      assertThatThrownBy(
              () ->
                  watcher.ask(
                      (c, server) -> Planning.live(c, server, RoleStatement.anybodys(statement))))
          .hasMessageContaining("somebody's code");
      assertThat(
              watcher
                  .ask((c, server) -> planning.plan(c, server, RoleStatement.anybodys(statement)))
                  .shape())
          .contains("customers_pkey");
      watcher.ask((c, server) -> c.createStatement().execute("SELECT pg_stat_force_next_flush()"));
      assertThat(calls()).isEmpty();
      LiveDatabase.execute("DROP SCHEMA zmal CASCADE");
      assertThat(watcher.ask(Planning::mayBeLive)).isTrue();
    } finally {
      LiveDatabase.execute("DROP SCHEMA IF EXISTS zmal CASCADE; DROP ROLE mallory");
      twins.close();
    }
  }

  @Test
  void planningCannotWriteAndLeavesNoSettingBehind() throws Exception {
    LiveDatabase.execute("CREATE TABLE public.written (at timestamptz)");
    LiveDatabase.execute(
        "CREATE FUNCTION public.spring() RETURNS int LANGUAGE plpgsql AS 'BEGIN"
            + " PERFORM set_config(''search_path'', ''public'', false);"
            + " BEGIN PERFORM set_config(''transaction_read_only'', ''off'', true);"
            + " EXCEPTION WHEN OTHERS THEN NULL; END;"
            + " INSERT INTO public.written VALUES (now()); RETURN 7; END'");
    LiveDatabase.execute(
        "CREATE FUNCTION public.trap() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT"
            + " public.spring()'");
    LiveDatabase.execute("GRANT INSERT ON public.written TO PUBLIC");
    String statement = "SELECT name FROM customers WHERE id = public.trap()";
    try (var session = new Session(LiveDatabase.connection())) {
      try {
        session.ask((c, server) -> Planning.live(c, server, RoleStatement.anybodys(statement)));
      } catch (java.sql.SQLException e) {
        assertThat(e.getMessage()).contains("read-only transaction");
      }
      assertThat(LiveDatabase.ask("SELECT count(*) FROM public.written")).isEqualTo("0");
      String path =
          session.ask(
              (c, server) -> {
                try (var row = c.createStatement().executeQuery("SHOW search_path")) {
                  row.next();
                  return row.getString(1);
                }
              });
      assertThat(path).isEqualTo(DatabaseConnection.SEARCH_PATH);
    } finally {
      LiveDatabase.execute(
          "DROP FUNCTION public.trap(), public.spring(); DROP TABLE public.written");
    }
  }
}
