package dev.hone.layer.database.advisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.layer.database.LiveDatabase;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.TableCopy;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of 8,000 pairs of part and supplier, of 4 suppliers for each of 2,000 parts. */
class JoinKeysTest {
  private static final String CONTENTS =
      """
      CREATE SCHEMA stock;
      CREATE TABLE stock.offers AS SELECT p AS part, (p * 7 + s * 53) % 211 AS supplier
        FROM generate_series(1, 2000) p, generate_series(0, 3) s;
      CREATE TABLE stock.lines AS SELECT i AS id, o.part, o.supplier, repeat('x', 40) AS note
        FROM generate_series(1, 120000) i
        JOIN (SELECT row_number() OVER () - 1 AS n, part, supplier FROM stock.offers) o
          ON o.n = (hashint4(i) & 1048575) % 8000;
      CREATE TABLE stock.days AS SELECT i AS part, i AS supplier FROM generate_series(1, 20) i;
      ANALYZE stock.offers;
      ANALYZE stock.lines;
      ANALYZE stock.days
      """;

  private static final String BOTH =
      "SELECT l.id FROM stock.lines l JOIN stock.TABLE o ON o.part = l.part AND"
          + " o.supplier = l.supplier";

  private static final IndexSpec PAIRS =
      IndexSpec.of("stock", "lines", List.of("part", "supplier"));

  private static TwinServer server;
  @TempDir private static Path directory;

  @BeforeAll
  static void start() {
    server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void fill() throws Exception {
    LiveDatabase.execute(CONTENTS);
  }

  @AfterEach
  void drop() throws Exception {
    LiveDatabase.execute("DROP SCHEMA stock CASCADE");
  }

  private static Twin twin() throws Exception {
    try (Connection connection = LiveDatabase.raw()) {
      return Twin.of(
          server,
          SchemaReader.read(
              connection, 180_000, List.of("SELECT * FROM stock.lines, stock.offers, stock.days")));
    }
  }

  private static List<TableCopy.Together> found(Twin twin, String statement) throws Exception {
    var found = new ArrayList<TableCopy.Together>();
    JoinKeys.of(
        twin.plan(statement, ""),
        twin.schema(),
        (table, together) -> {
          assertThat(table.table()).isEqualTo("lines");
          found.add(together);
          twin.learn(table, together);
        });
    return found;
  }

  private static void sizeIsRight(Twin twin) throws Exception {
    Twin.Defined index = twin.define(List.of(PAIRS)).getFirst();
    LiveDatabase.execute(index.ddl());
    double bytes =
        Double.parseDouble(
            LiveDatabase.ask("SELECT pg_relation_size('stock." + index.spec().name() + "')"));
    assertThat(index.bytes() / bytes).isCloseTo(1, within(0.08));
  }

  @Test
  void rowsOfTheLargerTableBelongToThoseOfTheSmaller() throws Exception {
    try (Twin twin = twin()) {
      assertThat(found(twin, BOTH.replace("TABLE", "offers")))
          .containsOnly(new TableCopy.Together(Set.of("part", "supplier"), 8000));
      sizeIsRight(twin);
    }
  }

  @Test
  void whatAnotherStatementLooksUpForEachRowIsAJoinToo() throws Exception {
    try (Twin twin = twin()) {
      assertThat(
              found(
                  twin,
                  "SELECT * FROM stock.offers o WHERE 5 < (SELECT count(*) FROM stock.lines l"
                      + " WHERE l.part = o.part AND l.supplier = o.supplier)"))
          .contains(new TableCopy.Together(Set.of("part", "supplier"), 8000));
    }
  }

  @Test
  void aTableWithFewerValuesTellsNothing() throws Exception {
    try (Twin twin = twin()) {
      assertThat(found(twin, BOTH.replace("TABLE", "days"))).isEmpty();
      assertThat(
              found(twin, "SELECT l.id FROM stock.lines l JOIN stock.offers o ON o.part = l.part"))
          .isEmpty();
    }
  }

  @Test
  void aForeignKeyTellsItWithoutAJoin() throws Exception {
    LiveDatabase.execute(
        "ALTER TABLE stock.offers ADD PRIMARY KEY (part, supplier);"
            + " ALTER TABLE stock.lines ADD FOREIGN KEY (part, supplier) REFERENCES stock.offers");
    try (Twin twin = twin()) {
      sizeIsRight(twin);
    }
  }
}
