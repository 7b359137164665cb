package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.layer.database.advisor.Advice;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatementRunnerTest {
  private static Advice.Recommended recommended(String ddl) {
    return new Advice.Recommended(
        Advice.Kind.SETTING, "", "", "", "A change", ddl, "", 0, 0, 0, List.of(), List.of());
  }

  @Test
  void aSemicolonInANameDoesNotEndAStatement() {
    assertThat(StatementRunner.statements("ANALYZE \"a\"\"; DROP TABLE b\"; SELECT ';'"))
        .containsExactly("ANALYZE \"a\"\"; DROP TABLE b\"", "SELECT ';'");
  }

  @Test
  void whatCannotRunInATransactionRunsBesideOthers() throws Exception {
    var runner = new StatementRunner(LiveDatabase.connection("postgres"));
    runner.carryOut(
        recommended("ALTER SYSTEM SET log_min_messages = 'error'; SELECT pg_reload_conf()"));
    runner.carryOut(recommended("ALTER SYSTEM RESET log_min_messages; SELECT pg_reload_conf()"));
    runner.carryOut(recommended("VACUUM (FREEZE) public.customers"));
  }

  @Test
  void aRefusalNamesTheStatement() {
    assertThatThrownBy(
            () ->
                new StatementRunner(LiveDatabase.connection("postgres"))
                    .carryOut(recommended("ANALYZE nowhere")))
        .isInstanceOf(DatabaseConnection.Refused.class)
        .hasMessageContaining("`ANALYZE nowhere` failed")
        .hasMessageContaining("does not exist");
  }
}
