package dev.hone.layer.database.twin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.LiveDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpressionStatisticsTest {
  private static final int ROWS = 100_000;

  /** Of values that are all different it is known only that there are many. */
  private static final double LEAST_TOLD = 50;

  /** By expression how many rows have the same value. */
  private static final Map<String, Double> SAME =
      Map.of(
          "(payload ->> 'ref'::text)", 1.0,
          "(payload ->> 'kind'::text)", ROWS / 5.0,
          "lower(email)", 1.0,
          "lower(state)", ROWS / 4.0,
          "date_trunc('month'::text, at)", ROWS / 8.0,
          "date_trunc('week'::text, at)", ROWS / 34.0,
          "(payload ->> 'rare'::text)", 1.0);

  @TempDir private Path directory;

  private static IndexSpec on(String expression) {
    return new IndexSpec(
        "cellar",
        "bottles",
        IndexSpec.Method.BTREE,
        List.of(new IndexSpec.Key("", expression, "")),
        List.of(),
        "");
  }

  private void check(Connection connection, int version) throws Exception {
    try (var server =
            new TwinServer(directory.resolve("t" + version), InstantSource.fixed(Instant.EPOCH));
        Statement sql = connection.createStatement()) {
      sql.execute("CREATE SCHEMA cellar");
      sql.execute(
          "CREATE TABLE cellar.bottles AS SELECT i AS id, 'A' || i || '@b.org' AS email,"
              + " (ARRAY['New', 'Paid', 'SENT', 'done'])[i % 4 + 1] AS state,"
              + " timestamp '2025-01-01' + i * interval '200 seconds' AS at,"
              + " jsonb_build_object('ref', md5(i::text), 'kind', i % 5) || CASE WHEN i % 10 = 0"
              + " THEN jsonb_build_object('rare', i) ELSE '{}' END AS payload"
              + " FROM generate_series(1, "
              + ROWS
              + ") i");
      sql.execute("VACUUM ANALYZE cellar.bottles");
      SchemaCopy schema =
          SchemaReader.read(connection, version, List.of("SELECT * FROM cellar.bottles"));
      try (Twin twin = Twin.of(server, schema)) {
        for (String unfit : List.of("((payload ->> 'ref'::text)::int)", "repeat(email, 1000)")) {
          assertThat(twin.define(List.of(on(unfit)))).as(unfit).isEmpty();
        }
        assertThat(twin.define(List.of(on("(payload ? 'rare'::text)"))))
            .as("an operator that looks like a parameter")
            .hasSize(1);
        assertThat(twin.notices())
            .anySatisfy(notice -> assertThat(notice).contains("it fails for values of the column"))
            .anySatisfy(notice -> assertThat(notice).contains("too many for a B-tree"));
        for (Map.Entry<String, Double> same : SAME.entrySet()) {
          IndexSpec index = on(same.getKey());
          List<Twin.Defined> defined = twin.define(List.of(index));
          assertThat(defined).hasSize(1);
          sql.execute(defined.getFirst().ddl().replace(" CONCURRENTLY ", " "));
          try (ResultSet row =
              sql.executeQuery("SELECT pg_relation_size('cellar." + index.name() + "')")) {
            row.next();
            assertThat(defined.getFirst().bytes() / row.getDouble(1))
                .as("size of %s on %d", same.getKey(), version)
                .isBetween(0.75, 1.33);
          }
          twin.show(Set.of(index.name()));
          String type =
              same.getKey().contains("at") && !same.getKey().contains("state") ? "now()" : "'x'";
          double rows =
              twin.plan("SELECT id FROM cellar.bottles WHERE " + same.getKey() + " = " + type)
                  .rows();
          assertThat(rows)
              .as("rows of %s on %d", same.getKey(), version)
              .isBetween(same.getValue() / 2.5, Math.max(LEAST_TOLD, 2.5 * same.getValue()));
        }
      }
    } finally {
      try (Statement sql = connection.createStatement()) {
        sql.execute("DROP SCHEMA cellar CASCADE");
      }
    }
  }

  @Test
  void anExpressionHasTheValuesAndTheWidthThatThoseOfItsColumnTell() throws Exception {
    try (Connection connection = LiveDatabase.raw()) {
      check(connection, 180000);
    }
  }

  @Test
  void soItHasInCopiesOfEarlierReleases() throws Exception {
    int major = InstalledRelease.majors().getLast();
    try (var release = InstalledRelease.start(major, directory.resolve("pg" + major));
        Connection connection = release.connection().connect("test", 60)) {
      check(connection, release.version());
    }
  }
}
