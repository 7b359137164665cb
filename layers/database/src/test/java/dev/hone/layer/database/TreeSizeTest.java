package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinServer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expected and real sizes of B-trees, whose equal keys are merged or not. */
class TreeSizeTest {
  @TempDir private static Path directory;

  private static final String CONTENTS =
      """
      CREATE SCHEMA grove;
      CREATE TABLE grove.trees AS SELECT
        ('Brand#' || i % 25)::char(10) AS padded, ('Brand#' || i % 25)::varchar(10) AS few,
        (i / 4)::bigint AS four, i AS each
      FROM generate_series(0, 99999) i;
      CREATE TABLE grove.lines AS SELECT o::bigint AS parent
      FROM generate_series(1, 25000) o, generate_series(1, 1 + (o * 7919::bigint % 7)::int);
      ANALYZE grove.trees;
      ANALYZE grove.lines
      """;

  private static IndexSpec index(String table, String column) {
    return new IndexSpec(
        "grove",
        table,
        IndexSpec.Method.BTREE,
        List.of(new IndexSpec.Key(column, "", "")),
        List.of(),
        "");
  }

  @Test
  void theyAreThoseOfReallyBuiltIndexes() throws Exception {
    LiveDatabase.execute(CONTENTS);
    List<IndexSpec> indexes =
        List.of(
            index("trees", "padded"),
            index("trees", "few"),
            index("trees", "four"),
            index("trees", "each"),
            index("lines", "parent"));
    try (TwinServer server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH));
        Session session = new Session(LiveDatabase.connection())) {
      SchemaCopy schema =
          session.ask(
              (connection, known) ->
                  SchemaReader.read(
                      connection,
                      known.version(),
                      List.of("SELECT * FROM grove.trees, grove.lines")));
      try (Twin twin = Twin.of(server, schema)) {
        for (Twin.Defined expected : twin.define(indexes)) {
          LiveDatabase.execute(expected.ddl());
          double bytes =
              Double.parseDouble(
                  LiveDatabase.ask(
                      "SELECT pg_relation_size('grove." + expected.spec().name() + "')"));
          // Rows are taken to be unequally many for each key; here they are not.
          boolean equallyMany = expected.spec().columns().equals(List.of("four"));
          assertThat(expected.bytes() / bytes)
              .as(expected.spec().title())
              .isCloseTo(1, within(equallyMany ? 0.1 : 0.08));
        }
      }
    } finally {
      LiveDatabase.execute("DROP SCHEMA grove CASCADE");
    }
  }
}
