package dev.hone.layer.database.twin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.LiveDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names and relations that are easily taken for one another. */
class NamesTest {
  private static final List<String> STATEMENTS =
      List.of(
          "SELECT 1 FROM names.\"b.c\" WHERE x = 1",
          "SELECT 1 FROM \"names.b\".c WHERE x = 1",
          "SELECT 1 FROM names.parent WHERE x = 1");

  @Test
  void dotsInNamesAndHeirsOfTablesAreToldApart(@TempDir Path directory) throws Exception {
    try (Connection connection = LiveDatabase.raw();
        Statement sql = connection.createStatement();
        var server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH))) {
      try {
        sql.execute(
            """
            CREATE SCHEMA names;
            CREATE SCHEMA "names.b";
            CREATE TABLE names."b.c" AS SELECT i AS x FROM generate_series(1, 50000) i;
            CREATE TABLE "names.b".c AS SELECT i % 2 AS x FROM generate_series(1, 10) i;
            CREATE TABLE names.parent (x int);
            CREATE TABLE names.child () INHERITS (names.parent);
            INSERT INTO names.parent SELECT 7 FROM generate_series(1, 100) i;
            INSERT INTO names.child SELECT i FROM generate_series(1, 40000) i;
            CREATE INDEX child_x ON names.child (x);
            """);
        sql.execute("ANALYZE names.\"b.c\", \"names.b\".c, names.parent, names.child");
        SchemaCopy schema = SchemaReader.read(connection, 180_000, STATEMENTS);
        try (Twin twin = Twin.of(server, schema)) {
          assertThat(twin.notices()).isEmpty();
          for (String statement : STATEMENTS) {
            PlanNode expected = Plans.explain(connection, 180_000, statement);
            PlanNode plan = twin.plan(statement);
            assertThat(plan.shape()).as(statement).isEqualTo(expected.shape());
            assertThat(plan.cost()).as(statement).isEqualTo(expected.cost());
            assertThat(plan.rows()).as(statement).isEqualTo(expected.rows());
          }
        }
      } finally {
        sql.execute("DROP SCHEMA IF EXISTS names, \"names.b\" CASCADE");
      }
    }
  }

  @Test
  void aCandidateWhoseNameIsTakenIsNamed(@TempDir Path directory) throws Exception {
    var index = IndexSpec.of("public", "orders", List.of("amount"));
    try (Connection connection = LiveDatabase.raw();
        Statement sql = connection.createStatement();
        var server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH))) {
      sql.execute("CREATE INDEX " + index.name() + " ON orders (note)");
      try {
        SchemaCopy schema = SchemaReader.read(connection, 180_000, List.of("SELECT 1 FROM orders"));
        try (Twin twin = Twin.of(server, schema)) {
          assertThat(twin.define(List.of(index))).isEmpty();
          assertThat(twin.notices())
              .singleElement()
              .asString()
              .contains(index.name())
              .contains("rename");
        }
      } finally {
        sql.execute("DROP INDEX " + index.name());
      }
    }
  }

  @Test
  void aTableThatIsLockedIsNamedAndTheOthersAreCopied(@TempDir Path directory) throws Exception {
    try (Connection holder = LiveDatabase.raw();
        Connection connection = LiveDatabase.raw();
        Statement sql = connection.createStatement();
        Statement lock = holder.createStatement()) {
      holder.setAutoCommit(false);
      lock.execute("LOCK TABLE customers IN ACCESS EXCLUSIVE MODE");
      sql.execute("SET lock_timeout = 1000");
      SchemaCopy schema =
          SchemaReader.read(
              connection, 180_000, List.of("SELECT 1 FROM orders", "SELECT 1 FROM customers"));
      assertThat(schema.table("public", "customers")).isEmpty();
      assertThat(schema.table("public", "orders").orElseThrow().indexes()).hasSize(1);
      assertThat(schema.notices()).singleElement().asString().contains("`public.customers`");
      holder.rollback();
    }
  }
}
