package dev.hone.layer.database.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatementShapeTest {
  private static void same(String one, String other) {
    assertThat(StatementShape.of(one)).isEqualTo(StatementShape.of(other));
  }

  @Test
  void valuesAndParametersAreTheSame() {
    same("SELECT * FROM t WHERE a = 5 AND b = 'x''y'", "select * from t where a = $1 and b = $2");
    same("SELECT $$it's$$, 1.5e3, E'a'", "SELECT $1, $2, $3");
    same("SELECT a FROM t1 WHERE c2 = .5", "SELECT a FROM t1 WHERE c2 = $1");
  }

  @Test
  void listsOfAnyLengthAreTheSame() {
    same("SELECT 1 FROM t WHERE a IN (1, 2,3)", "SELECT $1 FROM t WHERE a IN ($2, $3)");
    same("SELECT a FROM t WHERE a IN ($1 /*, ... */)", "SELECT a FROM t WHERE a IN (7,8)");
  }

  @Test
  void spaceCommentsAndTheEndDoNotCount() {
    same("SELECT  a\n FROM t -- why\n;", "select a from t");
  }

  @Test
  void namesCount() {
    assertThat(StatementShape.of("SELECT a1 FROM t"))
        .isNotEqualTo(StatementShape.of("SELECT a2 FROM t"));
    assertThat(StatementShape.of("SELECT \"A\" FROM t"))
        .isNotEqualTo(StatementShape.of("SELECT \"a\" FROM t"));
  }
}
