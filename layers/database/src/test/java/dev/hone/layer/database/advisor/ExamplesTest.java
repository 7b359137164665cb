package dev.hone.layer.database.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExamplesTest {
  private final Examples examples = new Examples();

  private void seen(String... queries) {
    int start = 0;
    for (String query : queries) {
      examples.note(7, "t" + start++, true, query);
    }
  }

  @Test
  void patternsPathsAndOffsetsGetTheValuesThatWereSeen() {
    seen("SELECT id FROM products WHERE title LIKE 'ab%' ORDER BY id LIMIT 5 OFFSET 9000;");
    assertThat(
            examples.of(
                "SELECT id FROM products WHERE title LIKE $1 ORDER BY id LIMIT $2 OFFSET $3"))
        .isEqualTo(
            "SELECT id FROM products WHERE title LIKE 'ab%' ORDER BY id LIMIT 5 OFFSET 9000");
  }

  @Test
  void whatAColumnIsEqualToStaysAParameterUnlessItIsAlwaysTheSame() {
    seen("SELECT 1 FROM a WHERE d ->> 'code' = '17' AND state = 'open' AND n > 3");
    String kept = "SELECT $1 FROM a WHERE d ->> $2 = $3 AND state = $4 AND n > $5";
    assertThat(examples.of(kept))
        .isEqualTo("SELECT 1 FROM a WHERE d ->> 'code' = $1 AND state = $2 AND n > 3");
    seen("SELECT 1 FROM a WHERE d ->> 'code' = '18' AND state = 'open' AND n > 4");
    examples.note(
        8, "t9", true, "SELECT 1 FROM a WHERE d ->> 'code' = '19' AND state = 'open' AND n > 4");
    assertThat(examples.of(kept))
        .isEqualTo("SELECT 1 FROM a WHERE d ->> 'code' = $1 AND state = 'open' AND n > 4");
  }

  @Test
  void whatAFunctionOfAColumnIsEqualToIsSeen() {
    seen("SELECT 1 FROM t WHERE a::date = '2025-01-01' AND lower(b) = 'x' AND c = 'y'");
    assertThat(examples.of("SELECT $1 FROM t WHERE a::date = $2 AND lower(b) = $3 AND c = $4"))
        .isEqualTo("SELECT 1 FROM t WHERE a::date = '2025-01-01' AND lower(b) = 'x' AND c = $1");
  }

  @Test
  void oneExecutionThatIsMetTwiceCountsOnce() {
    examples.note(1, "10:00", true, "SELECT 1 FROM t WHERE a = 5");
    examples.note(1, "10:00", true, "SELECT 1 FROM t WHERE a = 5");
    examples.note(1, "10:00", false, "SELECT 1 FROM t WHERE a = 5");
    assertThat(examples.all())
        .containsExactly(new Examples.Observed("SELECT 1 FROM t WHERE a = 5", 1, 2));
    assertThat(examples.of("SELECT $1 FROM t WHERE a = $2"))
        .isEqualTo("SELECT 1 FROM t WHERE a = $1");
  }

  @Test
  void parametersOfPreparedStatementsStay() {
    seen("SELECT 1 FROM t WHERE a > $1 AND b LIKE $2");
    assertThat(examples.of("SELECT $3 FROM t WHERE a > $1 AND b LIKE $2"))
        .isEqualTo("SELECT 1 FROM t WHERE a > $1 AND b LIKE $2");
  }

  @Test
  void aListOfAnotherLengthGivesTheWholeExample() {
    seen("SELECT 1 FROM t WHERE a IN (1, 2, 3)");
    assertThat(examples.of("SELECT $1 FROM t WHERE a IN ($2, $3)"))
        .isEqualTo("SELECT 1 FROM t WHERE a IN (1, 2, 3)");
  }

  @Test
  void onlyWhatDependsOnValuesIsWaitedFor() {
    assertThat(examples.lacking(List.of("SELECT a FROM t WHERE b = $1 AND c IN ($2, $3)")))
        .isZero();
    for (String telling :
        List.of("b LIKE $1", "b >= $1", "date_trunc($1, b) = $2", "d ->> $1 = $2", "b != $1")) {
      assertThat(examples.lacking(List.of("SELECT a FROM t WHERE " + telling))).isOne();
    }
    seen("SELECT a FROM t WHERE b LIKE 'x'");
    assertThat(examples.lacking(List.of("SELECT a FROM t WHERE b LIKE $1"))).isZero();
  }
}
