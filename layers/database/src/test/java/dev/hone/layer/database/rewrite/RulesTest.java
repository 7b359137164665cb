package dev.hone.layer.database.rewrite;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.LiveDatabase;
import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.ScratchDatabase;
import dev.hone.layer.database.twin.TwinServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule on a real PostgreSQL: what it makes gives the same rows, and when it stays away. */
class RulesTest {
  private static final String TABLES =
      """
      CREATE TABLE part (p_partkey int PRIMARY KEY, p_name text NOT NULL, p_brand char(10) NOT NULL,
        p_container char(10) NOT NULL, p_code text UNIQUE);
      CREATE TABLE supplier (s_suppkey int PRIMARY KEY, s_name char(25) NOT NULL);
      CREATE TABLE partsupp (ps_partkey int NOT NULL REFERENCES part,
        ps_suppkey int NOT NULL REFERENCES supplier, ps_availqty int NOT NULL,
        PRIMARY KEY (ps_partkey, ps_suppkey));
      CREATE TABLE lineitem (l_id bigint PRIMARY KEY, l_partkey int NOT NULL, l_suppkey int NOT NULL,
        l_quantity numeric(15,2) NOT NULL, l_extendedprice numeric(15,2) NOT NULL,
        l_shipdate date NOT NULL, FOREIGN KEY (l_partkey, l_suppkey) REFERENCES partsupp);
      CREATE TABLE author (id int PRIMARY KEY, name text NOT NULL, email text, token uuid,
        born date, joined timestamptz NOT NULL, seen timestamp, visits int, score numeric);
      CREATE TABLE book (id int PRIMARY KEY, author_id int NOT NULL REFERENCES author,
        editor_id int REFERENCES author, title text NOT NULL, pages int NOT NULL, state text,
        price numeric);
      CREATE TABLE loose (id int, author_id int);
      ALTER TABLE loose ADD FOREIGN KEY (author_id) REFERENCES author NOT VALID;
      CREATE UNIQUE INDEX ON loose (id, lower(author_id::text));
      CREATE TABLE reader (id int PRIMARY KEY, author_id int NOT NULL REFERENCES author,
        pages int NOT NULL);
      CREATE TABLE fast_reader () INHERITS (reader);
      CREATE TABLE loan (id int PRIMARY KEY, reader_id int NOT NULL REFERENCES reader);
      """;

  private static final List<Case> CASES = RuleCases.ALL;

  private static TwinServer server;
  private static ScratchDatabase scratch;
  private static Rewriter rewriter;

  /**
   * A statement.
   *
   * @param made a part of what the rule makes of it; empty when it must stay away
   */
  record Case(String rule, String text, String made) {
    @Override
    public String toString() {
      return (made.isEmpty() ? "not " : "") + rule + ": " + text.replaceAll("\\s+", " ").strip();
    }
  }

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    LiveDatabase.execute("CREATE SCHEMA library");
    LiveDatabase.execute("SET search_path = library; " + TABLES);
    SchemaCopy schema;
    try (Connection connection = LiveDatabase.raw();
        Statement sql = connection.createStatement()) {
      sql.execute("SET search_path = library");
      schema = SchemaReader.read(connection, 180000, List.of(TABLES));
    }
    server = new TwinServer(directory, InstantSource.fixed(Instant.EPOCH));
    scratch = ScratchDatabase.of(server, schema);
    rewriter = new Rewriter(schema, scratch);
  }

  @AfterAll
  static void stop() throws SQLException {
    scratch.close();
    server.close();
    LiveDatabase.execute("DROP SCHEMA library CASCADE");
  }

  private static Stream<Case> cases() {
    return CASES.stream();
  }

  private static List<Rewriter.Rewritten> rewritten(String rule, String text) {
    return rewriter.rewritten(
        text, Rules.ALL.stream().filter(each -> each.name().equals(rule)).toList());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aRuleGivesTheSameRowsAndStaysAwayWhereItCannotKnow(Case each) throws SQLException {
    assertThat(rewriter.tree(each.text())).as("understood").isNotNull();
    List<Rewriter.Rewritten> made = rewritten(each.rule(), each.text());
    if (each.made().isEmpty()) {
      assertThat(made).isEmpty();
      return;
    }
    assertThat(made).isNotEmpty();
    String text = made.getFirst().text();
    assertThat(text).contains(each.made());
    SameRows.Answer answer = rewriter.compare(each.text(), text);
    assertThat(answer.why()).as(text).isEmpty();
    assertThat(answer.same()).isTrue();
  }

  @Test
  void everyRuleHasACaseForItAndOneAgainstIt() {
    for (boolean positive : new boolean[] {true, false}) {
      assertThat(
              CASES.stream()
                  .filter(each -> each.made().isEmpty() != positive)
                  .map(Case::rule)
                  .collect(Collectors.toSet()))
          .containsExactlyInAnyOrderElementsOf(Rules.ALL.stream().map(Rule::name).toList());
    }
  }

  @Test
  void aRuleThatStaysAwayHasNotTouchedTheStatement() {
    for (Case each : CASES) {
      Tree tree = requireNonNull(rewriter.fresh(each.text()));
      String before = tree.text();
      for (Rule rule : Rules.ALL) {
        for (int i = 0; i < tree.blocks().size(); i++) {
          if (rule.change().make(tree.blocks().get(i))) {
            tree = requireNonNull(rewriter.fresh(each.text()));
          } else {
            assertThat(tree.text()).as(rule.name()).isEqualTo(before);
          }
        }
      }
    }
  }

  @Test
  void aWrongTextIsFoundOut() throws SQLException {
    String one = "SELECT a.name FROM author a WHERE a.id NOT IN (SELECT editor_id FROM book)";
    String wrong =
        "SELECT a.name FROM author a WHERE NOT EXISTS"
            + " (SELECT 1 FROM book WHERE book.editor_id = a.id)";
    assertThat(rewriter.compare(one, wrong).why()).contains("other rows came");
    assertThat(
            rewriter
                .compare("SELECT title FROM book ORDER BY title", "SELECT title FROM book")
                .same())
        .isFalse();
    assertThat(
            rewriter
                .compare("SELECT DISTINCT author_id FROM book", "SELECT author_id FROM book")
                .same())
        .isFalse();
    assertThat(
            rewriter
                .compare(
                    "SELECT id FROM book WHERE author_id = $1 AND pages > $2",
                    "SELECT id FROM book WHERE author_id = $1 AND pages >= $2")
                .same())
        .isFalse();
  }

  @Test
  void aStatementThatGivesOtherRowsEachTimeIsLeftAlone() {
    assertThat(rewriter.tree("SELECT DISTINCT id FROM book WHERE random() < 0.5")).isNull();
    assertThat(rewriter.tree("WITH RECURSIVE t AS (SELECT 1 AS a) SELECT a FROM t")).isNull();
    assertThat(rewriter.known("SELECT FROM WHERE")).isFalse();
  }
}
