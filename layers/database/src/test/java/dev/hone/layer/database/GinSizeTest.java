package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expected and real sizes of GIN indexes over contents of very different kinds. */
class GinSizeTest {
  @TempDir private static Path directory;

  private static final String CONTENTS =
      """
      CREATE EXTENSION IF NOT EXISTS pg_trgm;
      CREATE SCHEMA attic;
      CREATE TABLE attic.things AS SELECT i AS id, 'customer ' || i AS name,
        md5(i::text) || '@example.com' AS mail,
        translate(left(encode(sha256(i::text::bytea), 'base64'), 26), '+/=', 'xyz') AS address,
        (SELECT string_agg((ARRAY['red','green','blue','large','small','carefully','ironic',
          'deposit','package','final','theodolite','quick','sleep','furious'])[1 + (hashint4(i * 9
          + w) & 1023) % 14], ' ') FROM generate_series(1, 8) w) AS words,
        jsonb_build_object('kind', (ARRAY['click','view','buy'])[1 + i % 3], 'user',
          (i * 7919::bigint) % 5000, 'path', '/p/' || i % 300, 'n', i) AS doc,
        ARRAY[i % 50, i % 7 + 100, (i * 31) % 1000 + 1000] AS tags,
        to_tsvector('english', 'word' || (i * 7919::bigint) % 9973
          || ' and the quick brown fox number ' || i % 100) AS sought
      FROM generate_series(1, 50000) i;
      ANALYZE attic.things
      """;

  private static IndexSpec gin(String column, String expression, String operators) {
    return new IndexSpec(
        "attic",
        "things",
        IndexSpec.Method.GIN,
        List.of(new IndexSpec.Key(column, expression, operators)),
        List.of(),
        "");
  }

  @Test
  void theyAreOfTheRightMagnitude() throws Exception {
    LiveDatabase.execute(CONTENTS);
    List<IndexSpec> indexes =
        List.of(
            gin("name", "", "gin_trgm_ops"),
            gin("mail", "", "gin_trgm_ops"),
            gin("address", "", "gin_trgm_ops"),
            gin("words", "", "gin_trgm_ops"),
            gin("doc", "", ""),
            gin("doc", "", "jsonb_path_ops"),
            gin("tags", "", ""),
            gin("sought", "", ""),
            gin("", "(to_tsvector('english'::regconfig, words))", ""));
    try (var server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH));
        Connection connection = LiveDatabase.raw();
        Statement sql = connection.createStatement()) {
      SchemaCopy schema =
          SchemaReader.read(connection, 180000, List.of("SELECT * FROM attic.things"));
      try (Twin twin = Twin.of(server, schema)) {
        List<Twin.Defined> defined = twin.define(indexes);
        assertThat(defined).hasSize(indexes.size());
        for (Twin.Defined index : defined) {
          sql.execute(index.ddl().replace(" CONCURRENTLY ", " "));
          try (ResultSet row =
              sql.executeQuery("SELECT pg_relation_size('attic." + index.spec().name() + "')")) {
            row.next();
            assertThat(index.bytes() / row.getDouble(1)).as(index.ddl()).isBetween(0.5, 2.0);
          }
        }
      }
    } finally {
      LiveDatabase.execute("DROP SCHEMA attic CASCADE");
    }
  }
}
