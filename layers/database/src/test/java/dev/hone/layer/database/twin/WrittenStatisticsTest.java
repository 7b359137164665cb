package dev.hone.layer.database.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** A twin of the user's own release, from this machine's packages. */
class WrittenStatisticsTest {
  private static final List<String> STATEMENTS =
      List.of(
          "SELECT sum(amount) FROM orders WHERE customer = 5",
          "SELECT * FROM orders WHERE state = 'open' AND at >= '2025-03-01'",
          "SELECT count(*) FROM orders WHERE note = 'note 7'",
          "SELECT c.name, o.amount FROM customers c JOIN orders o ON o.customer = c.id"
              + " WHERE c.country = 'es' AND o.at < '2025-01-03'");

  private static final String TABLES =
      """
      CREATE TYPE state AS ENUM ('open', 'paid', 'sent');
      CREATE TABLE customers (id int PRIMARY KEY, country char(2), name varchar(40));
      INSERT INTO customers SELECT i, (ARRAY['es', 'de', 'fr'])[1 + i % 3], 'name ' || i
        FROM generate_series(1, 5000) i;
      CREATE TABLE orders (id bigint PRIMARY KEY, customer int NOT NULL, state state NOT NULL,
        amount numeric, at timestamptz NOT NULL, note varchar(20));
      INSERT INTO orders SELECT i, 1 + (i * 7919::bigint) % 5000,
        (ARRAY['open', 'paid', 'sent', 'sent'])[1 + i % 4]::state, (i % 991) / 7.0,
        timestamptz '2025-01-01' + i * interval '1 minute', 'note ' || i % 50
        FROM generate_series(1, 150000) i;
      VACUUM ANALYZE;
      """;

  private static int major() {
    return IntStream.rangeClosed(13, 17)
        .filter(major -> LocalPostgres.programs(major).isPresent())
        .findFirst()
        .orElseThrow(
            () ->
                new TestAbortedException(
                    "no packages of PostgreSQL 13 to 17 are installed here (Debian: postgresql)"));
  }

  @Test
  void itPlansAndCostsLikeAServerOfAnOlderRelease(@TempDir Path directory) throws Exception {
    int major = major();
    Path programs = LocalPostgres.programs(major).orElseThrow();
    try (LocalPostgres user =
            LocalPostgres.start(
                programs, directory.resolve("user"), "released", Map.of("jit", "off"));
        Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://localhost:"
                    + user.port()
                    + "/postgres?user=postgres&password=released&preferQueryMode=simple");
        Statement sql = connection.createStatement();
        var server =
            new TwinServer(directory.resolve("twin"), InstantSource.fixed(Instant.EPOCH))) {
      for (String statement : TABLES.split(";\n")) {
        sql.execute(statement);
      }
      SchemaCopy schema = SchemaReader.read(connection, major * 10_000, STATEMENTS);
      try (Twin twin = Twin.of(server, schema)) {
        assertThat(twin.notices()).isEmpty();
        compare(connection, twin, major);
        var index = IndexSpec.of("public", "orders", List.of("customer"));
        Twin.Defined defined = twin.define(List.of(index)).getFirst();
        twin.show(Set.of(index.name()));
        sql.execute(defined.ddl().replace(" CONCURRENTLY ", " "));
        compare(connection, twin, major);
      }
    }
  }

  private static void compare(Connection connection, Twin twin, int major) throws Exception {
    for (String statement : STATEMENTS) {
      PlanNode expected = Plans.explain(connection, major * 10_000, statement);
      PlanNode plan = twin.plan(statement);
      assertThat(plan.shape()).as(statement).isEqualTo(expected.shape());
      assertThat(plan.cost() / expected.cost()).as(statement).isCloseTo(1, within(0.02));
    }
  }
}
