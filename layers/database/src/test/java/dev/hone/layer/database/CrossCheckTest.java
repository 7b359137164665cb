package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.Workload;
import dev.hone.layer.database.twin.InstalledRelease;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class CrossCheckTest {
  private static final String LOOKUP = "SELECT name FROM guests WHERE room = $1";
  private static final String ALL = "SELECT name FROM guests WHERE room > 1";

  @TempDir private Path directory;

  private static Advice.Recommended index(String name, String using, String... plansAfter) {
    List<Advice.Effect> effects =
        java.util.stream.IntStream.range(0, plansAfter.length)
            .mapToObj(
                i ->
                    new Advice.Effect(
                        new Workload.Statement("" + i, i == 0 ? LOOKUP : ALL, 9, 1, 9),
                        1000,
                        8,
                        "Seq Scan on guests",
                        plansAfter[i],
                        1))
            .toList();
    return new Advice.Recommended(
        Advice.Kind.CREATE_INDEX,
        "public",
        "guests",
        name,
        "Index",
        "CREATE INDEX CONCURRENTLY " + name + " ON public.guests USING " + using,
        "DROP INDEX " + name,
        8192,
        1,
        0,
        effects,
        List.of("It helps."));
  }

  private static boolean hasHypopg(Connection connection) throws Exception {
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery("SELECT 1 FROM pg_available_extensions WHERE name = 'hypopg'")) {
      return row.next();
    }
  }

  @Test
  void theServersOwnPlannerIsAskedWhereHypopgIsThere() throws Exception {
    boolean asked = false;
    for (int major : InstalledRelease.majors()) {
      try (var release = InstalledRelease.start(major, directory.resolve("pg" + major));
          Connection connection = release.connection().connect("test", 60)) {
        if (hasHypopg(connection)) {
          asked = true;
          check(release, connection);
        }
      }
    }
    if (!asked) {
      throw new TestAbortedException(
          "no release with HypoPG is installed here (Debian: postgresql-NN-hypopg)");
    }
  }

  private static void check(InstalledRelease release, Connection connection) throws Exception {
    try (Statement sql = connection.createStatement()) {
      sql.execute("SET search_path = public");
      sql.execute("CREATE EXTENSION hypopg");
      sql.execute(
          "CREATE TABLE guests AS SELECT i AS id, i % 9000 AS room, md5(i::text) AS name"
              + " FROM generate_series(1, 90000) i");
      sql.execute("ANALYZE guests");
      sql.execute("CREATE ROLE watch LOGIN PASSWORD 'watch'; GRANT pg_monitor TO watch");
      sql.execute("GRANT SELECT ON guests TO watch");
      sql.execute("ALTER ROLE watch SET hypopg.enabled = off");
    }
    var target =
        new DatabaseConnection("watched", release.connection().jdbcUrl(), "watch", "watch");
    List<Advice.Recommended> advised =
        List.of(
            index(
                "guests_room",
                "btree (room)",
                "Bitmap Heap Scan on guests > Bitmap Index Scan using guests_room",
                "Index Scan using guests_room on guests"),
            index("guests_name", "btree (name)"),
            index("guests_words", "gin (to_tsvector('simple', name))", "Seq Scan on guests"));
    try (var session = new Session(target)) {
      List<Advice.Recommended> checked =
          session.ask((c, server) -> CrossCheck.of(c, server, advised));
      assertThat(checked.getFirst().why())
          .containsExactly(
              "It helps.",
              "The server's own planner, asked by HypoPG, would not use it for 1 of 2 statements,"
                  + " such as: "
                  + ALL);
      assertThat(checked.subList(1, 3)).isEqualTo(advised.subList(1, 3));
      List<Advice.Recommended> agreed =
          session.ask(
              (c, server) ->
                  CrossCheck.of(
                      c,
                      server,
                      List.of(
                          index(
                              "guests_room",
                              "btree (room)",
                              "Bitmap Heap Scan on guests > Bitmap Index Scan using"
                                  + " guests_room"))));
      assertThat(agreed.getFirst().why().getLast()).endsWith("would use it too.");
      assertThat(session.ask(CrossCheckTest::leftOver)).isZero();
    }
    try (var session = new Session(release.connection())) {
      List<Advice.Recommended> same = session.ask((c, server) -> CrossCheck.of(c, server, advised));
      assertThat(same).as("a superuser plans nothing there").isEqualTo(advised);
    }
  }

  private static int leftOver(Connection connection, Server server) throws java.sql.SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery("SELECT count(*) FROM public.hypopg()")) {
      row.next();
      return row.getInt(1);
    }
  }
}
