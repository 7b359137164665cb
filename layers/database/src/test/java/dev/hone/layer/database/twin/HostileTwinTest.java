package dev.hone.layer.database.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.layer.database.LiveDatabase;
import dev.hone.layer.database.advisor.CandidateFinder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A schema whose author wants to be superuser of the twin, which is a process of Hone's user. */
class HostileTwinTest {
  /**
   * Called in the twin, it makes operators and functions that fit what the twin asks better than
   * the system's do. They refuse to work for a superuser, so that whoever is caught fails.
   */
  private static final String SPRING =
      """
      CREATE FUNCTION public.spring() RETURNS int LANGUAGE plpgsql AS $f$
      BEGIN
        IF current_user NOT LIKE 'planner%' OR current_setting('transaction_read_only')::boolean THEN
          RETURN 1;
        END IF;
        CREATE OR REPLACE FUNCTION public.caught(oid, regclass) RETURNS boolean LANGUAGE plpgsql AS
          $b$BEGIN RAISE EXCEPTION 'caught as %', current_user; END$b$;
        CREATE OR REPLACE FUNCTION public.caught(name, unknown) RETURNS boolean LANGUAGE plpgsql AS
          $b$BEGIN RAISE EXCEPTION 'caught as %', current_user; END$b$;
        CREATE OR REPLACE FUNCTION public.pg_get_indexdef(oid) RETURNS text LANGUAGE plpgsql AS
          $b$BEGIN RAISE EXCEPTION 'caught as %', current_user; END$b$;
        CREATE OR REPLACE FUNCTION public.pg_relation_filepath(oid) RETURNS text LANGUAGE plpgsql AS
          $b$BEGIN RAISE EXCEPTION 'caught as %', current_user; END$b$;
        BEGIN
          CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = regclass, FUNCTION = public.caught);
        EXCEPTION WHEN duplicate_function THEN NULL;
        END;
        BEGIN
          ALTER EXTENSION pg_trgm ADD FUNCTION public.loud(int);
        EXCEPTION WHEN insufficient_privilege THEN NULL;
        END;
        BEGIN
          CREATE EXTENSION intarray SCHEMA public;
          ALTER EXTENSION intarray ADD FUNCTION public.loud(int);
        EXCEPTION WHEN insufficient_privilege THEN NULL;
        END;
        IF to_regtype('public.dom') IS NULL THEN
          CREATE DOMAIN public.dom AS int CHECK (VALUE > 0);
        END IF;
        EXECUTE format('ALTER ROLE %I PASSWORD %L', current_user, 'another');
        RETURN 1;
      END
      $f$
      """;

  private static final String TRAP =
      "CREATE FUNCTION public.trap() RETURNS int IMMUTABLE LANGUAGE sql AS"
          + " 'SELECT public.spring()'";

  private static final String SLOW =
      "CREATE FUNCTION public.slow() RETURNS int IMMUTABLE LANGUAGE sql AS"
          + " 'SELECT 1 FROM pg_sleep(600)'";

  private static final List<String> STATEMENTS =
      List.of(
          "SELECT b FROM lured WHERE a = public.trap() /* spring */",
          "SELECT b FROM lured WHERE a = public.slow()",
          "SELECT b FROM lured WHERE b = 5",
          "SELECT b FROM lured WHERE a = public.rename() /* renaming */",
          "SELECT b FROM lured WHERE a = public.leave() /* leaving */",
          "SELECT b FROM lured WHERE public.loud(a) = 1",
          "SELECT b FROM lured WHERE a = public.encode()",
          "SELECT b FROM lured WHERE a = public.endless()",
          "SELECT b FROM lured WHERE abs(b::public.dom) = 5");

  /** What they change must not stay, and what ends the session must not be allowed. */
  private static final List<String> SABOTAGE =
      List.of(
          "CREATE FUNCTION public.renaming() RETURNS int LANGUAGE plpgsql AS $f$BEGIN"
              + " PERFORM set_config('statement_timeout', '0', false);"
              + " BEGIN ALTER TABLE public.lured RENAME TO gone;"
              + " EXCEPTION WHEN read_only_sql_transaction THEN NULL; END; RETURN 1; END$f$",
          "CREATE FUNCTION public.rename() RETURNS int IMMUTABLE LANGUAGE sql AS"
              + " 'SELECT public.renaming()'",
          "CREATE FUNCTION public.leaving() RETURNS int LANGUAGE plpgsql AS"
              + " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN 1; END'",
          "CREATE FUNCTION public.leave() RETURNS int IMMUTABLE LANGUAGE sql AS"
              + " 'SELECT public.leaving()'",
          "CREATE FUNCTION public.loud(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS"
              + " 'BEGIN RETURN i; END'",
          "CREATE FUNCTION public.encode() RETURNS int IMMUTABLE LANGUAGE plpgsql AS"
              + " 'BEGIN PERFORM set_config(''client_encoding'', ''LATIN1'', false);"
              + " RETURN 1; END'",
          "CREATE FUNCTION public.endless() RETURNS int STABLE LANGUAGE plpgsql AS"
              + " 'BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL;"
              + " END; END LOOP; END'");

  private static void entice(Statement sql) throws SQLException {
    sql.execute(
        "CREATE TABLE public.lured AS SELECT i AS a, i AS b FROM generate_series(1, 9999) i");
    sql.execute("ANALYZE public.lured");
    sql.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public");
    sql.execute(SPRING.replace("name, unknown", "name, varchar"));
    sql.execute(TRAP);
    for (String sabotage : SABOTAGE) {
      sql.execute(sabotage);
    }
    sql.execute("CREATE INDEX luring ON public.lured (b) WHERE a = public.trap()");
    sql.execute(SLOW);
  }

  private static void tryIt(Connection connection, int version, Path directory) throws Exception {
    SchemaCopy schema = SchemaReader.read(connection, version, STATEMENTS);
    try (var server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH));
        Twin twin = Twin.of(server, schema)) {
      assertThat(twin.plan(STATEMENTS.getFirst()).shape()).contains("lured");
      assertThatThrownBy(() -> twin.plan(STATEMENTS.get(1)))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("timeout");
      assertThatThrownBy(() -> twin.plan(STATEMENTS.get(1))).hasMessageContaining("too long");
      var lured = IndexSpec.of("public", "lured", List.of("b"));
      assertThat(twin.plan(STATEMENTS.get(3)).shape()).contains("lured");
      assertThatThrownBy(() -> twin.plan(STATEMENTS.get(4)))
          .hasMessageContaining("permission denied for function pg_terminate_backend");
      assertThat(twin.plan(STATEMENTS.get(2)).shape()).contains("lured");
      refused(twin, STATEMENTS.get(5), "loud(integer)");
      refused(twin, STATEMENTS.get(8), "type public.dom");
      for (String ending : STATEMENTS.subList(6, 8)) {
        assertThatThrownBy(() -> twin.plan(ending)).hasMessageContaining("ends the session");
        assertThatThrownBy(() -> twin.plan(ending)).hasMessageContaining("too long");
      }
      assertThat(twin.define(List.of(lured))).hasSize(1);
      twin.show(Set.of(lured.name()));
      assertThat(twin.plan(STATEMENTS.get(2)).shape()).contains(lured.name());
      assertThat(twin.plan(STATEMENTS.get(2)).rows()).isEqualTo(1);
    }
  }

  /** An index on the expression of a statement is not made, as it would execute something. */
  private static void refused(Twin twin, String statement, String what) throws Exception {
    IndexSpec called =
        new CandidateFinder(twin.schema())
            .of(twin.plan(statement)).stream()
                .filter(spec -> !spec.isPlain())
                .findFirst()
                .orElseThrow();
    assertThat(twin.define(List.of(called))).isEmpty();
    assertThat(twin.notices()).anySatisfy(n -> assertThat(n).contains(what));
  }

  @Test
  void planningInTheReleaseThatHoneBringsAlongLendsNoRights(@TempDir Path directory)
      throws Exception {
    try (Connection connection = LiveDatabase.raw();
        Statement sql = connection.createStatement()) {
      entice(sql);
      try {
        tryIt(connection, 180_000, directory);
      } finally {
        sql.execute(
            "DROP TABLE public.lured; DROP FUNCTION public.trap, public.slow, public.spring,"
                + " public.renaming, public.rename, public.leaving, public.leave, public.loud,"
                + " public.encode, public.endless");
      }
    }
  }

  @Test
  void planningInAnOlderReleaseLendsNoRights(@TempDir Path directory) throws Exception {
    int major = InstalledRelease.majors().getFirst();
    try (var release = InstalledRelease.start(major, directory.resolve("user"));
        Connection connection =
            DriverManager.getConnection(release.connection().jdbcUrl(), "postgres", "released");
        Statement sql = connection.createStatement()) {
      entice(sql);
      tryIt(connection, release.version(), directory.resolve("twin"));
    }
  }
}
