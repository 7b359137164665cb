package dev.hone.layer.database.twin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.LiveDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Columns whose type is a domain. A function with the domain as its argument fits them better than
 * one with the type below, so that an expression can mean something else than in the twin.
 */
class DomainTest {
  private static final String STATEMENT = "SELECT id FROM letters WHERE lower(\"to\"\"who\") = $1";

  @TempDir private Path directory;

  @BeforeEach
  void makeLetters() throws SQLException {
    LiveDatabase.execute("CREATE DOMAIN mailbox AS varchar(80) COLLATE \"POSIX\"");
    LiveDatabase.execute("CREATE DOMAIN private_mailbox AS mailbox");
    LiveDatabase.execute("CREATE TYPE weight AS ENUM ('light', 'heavy')");
    LiveDatabase.execute("CREATE DOMAIN known_weight AS weight");
    LiveDatabase.execute(
        "CREATE TABLE letters (id int, \"to\"\"who\" private_mailbox, paid numeric(9,2),"
            + " weight known_weight)");
    LiveDatabase.execute(
        "INSERT INTO letters SELECT i, 'Who' || i, i, 'heavy' FROM generate_series(1, 20000) i");
    LiveDatabase.execute("ANALYZE letters");
  }

  @AfterEach
  void drop() throws SQLException {
    LiveDatabase.execute(
        "DROP TABLE letters; DROP DOMAIN private_mailbox, mailbox, known_weight; DROP TYPE weight");
  }

  private static IndexSpec index(String expression, String column, String predicate) {
    return new IndexSpec(
        "public",
        "letters",
        IndexSpec.Method.BTREE,
        List.of(new IndexSpec.Key(column, expression, "")),
        List.of(),
        predicate);
  }

  @Test
  void theTypeBelowIsCopiedWithItsLengthAndItsCollation() throws Exception {
    try (Connection connection = LiveDatabase.raw()) {
      TableCopy letters =
          SchemaReader.read(connection, 180_000, List.of(STATEMENT))
              .table("public", "letters")
              .orElseThrow();
      TableCopy.Column who = letters.column("to\"who").orElseThrow();
      assertThat(who.domain()).isTrue();
      assertThat(who.known()).isTrue();
      assertThat(who.type()).isEqualTo("character varying(80)");
      assertThat(who.collation()).isEqualTo("pg_catalog.\"POSIX\"");
      assertThat(letters.column("weight").orElseThrow().type()).contains("weight");
      TableCopy.Column paid = letters.column("paid").orElseThrow();
      assertThat(paid.domain()).isFalse();
      assertThat(paid.type()).isEqualTo("numeric(9,2)");
    }
  }

  @Test
  void anExpressionOverOneIsNotIndexedAndTheColumnItselfIs() throws Exception {
    var server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH));
    try (Connection connection = LiveDatabase.raw();
        Twin twin = Twin.of(server, SchemaReader.read(connection, 180_000, List.of(STATEMENT)))) {
      String who = "\"to\"\"who\"";
      assertThat(
              twin.define(
                  List.of(
                      index("lower(" + who + ")", "", ""),
                      index("", "id", who + " = 'x'"),
                      index("", "to\"who", ""),
                      index("abs(paid)", "", ""))))
          .extracting(defined -> defined.spec().title())
          .hasSize(2)
          .noneMatch(title -> title.contains("lower") || title.contains("'x'"));
      assertThat(twin.notices()).anyMatch(notice -> notice.contains("its type is a domain"));
    } finally {
      server.close();
    }
  }
}
