package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.Advisor;
import dev.hone.layer.database.DatabaseConnection;
import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.Workload;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class AdviseCommandTest {
  private final StringWriter errors = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = HoneCommand.commandLine();
    line.setErr(new PrintWriter(errors, true));
    return line.execute(arguments);
  }

  @Test
  void anAddressThatIsNoneIsExplained() {
    assertThat(run("advise", "http://example.org")).isNotZero();
    assertThat(errors.toString())
        .contains("`http://example.org` is no address")
        .contains("postgres://user:password@host:5432/database")
        .doesNotContain("\tat ");
  }

  @Test
  void aServerThatDoesNotAnswerIsNamedWithoutThePassword() {
    assertThat(run("advise", "postgres://hone:secret@127.0.0.1:1/shop")).isNotZero();
    assertThat(errors.toString())
        .contains("127.0.0.1:1/shop")
        .contains("does not answer")
        .doesNotContain("secret");
  }

  @Test
  void aBudgetThatIsNoSizeIsExplained() {
    assertThat(run("advise", "postgres://hone@127.0.0.1:1/shop", "--budget", "lots")).isNotZero();
    assertThat(errors.toString()).contains("--budget is `lots`").contains("2GB");
  }

  @Test
  void limitsAndTimesOutOfBoundsAreExplained() {
    assertThat(run("advise", "postgres://hone@127.0.0.1:1/shop", "--limit", "0")).isNotZero();
    assertThat(errors.toString()).contains("--limit is `0`; write how many");
    assertThat(run("advise", "postgres://hone@127.0.0.1:1/shop", "--watch", "1h")).isNotZero();
    assertThat(errors.toString()).contains("--watch is `1h`; write a time up to 10m");
  }

  @Test
  void toApplyIsNotToPrintJson() {
    assertThat(run("advise", "postgres://hone@127.0.0.1:1/shop", "--apply", "--json")).isNotZero();
    assertThat(errors.toString()).contains("--apply asks and --json does not");
  }

  @Test
  void whatATerminalWouldObeyIsSpelled() {
    assertThat(AdviceText.visible("a\u009b2J")).isEqualTo("a\\u009b2J");
    assertThat(AdviceText.visible("a\u001b[2Kb\rc\u202ed\te"))
        .isEqualTo("a\\u001b[2Kb\\u000dc\\u202ed\te");
  }

  @Test
  void timesAndSizesHaveFittingUnits() {
    assertThat(AdviceText.seconds(0.0125)).isEqualTo("12.5 ms");
    assertThat(AdviceText.seconds(9000)).isEqualTo("2.5 h");
    assertThat(AdviceText.seconds(950_400)).isEqualTo("11.0 d");
    assertThat(AdviceText.seconds(-3e-6)).isEqualTo("-3.0 µs");
    assertThat(AdviceText.size(3 << 20)).isEqualTo("3.0 MiB");
    assertThat(AdviceText.size(-2048)).isEqualTo("-2 KiB");
  }

  @Test
  void aSettingIsPrintedWithWhatItChangesAndHowToTakeItBack() throws Exception {
    var statement = new Workload.Statement("7", "SELECT 1", 10, 5, 10);
    var effect = new Advice.Effect(statement, 10, 5, "Seq Scan", "Index Scan", 0);
    var setting =
        new Advice.Recommended(
            Advice.Kind.SETTING,
            "",
            "",
            "",
            "Price random pages as pages in memory",
            "ALTER DATABASE shop SET random_page_cost = 1.1",
            "ALTER DATABASE shop RESET random_page_cost",
            0,
            0,
            0,
            List.of(effect),
            List.of("All of it is in memory."));
    var advice =
        new Advice(
            new Workload("pg_stat_statements", List.of(statement), List.of()),
            1,
            5,
            5,
            Long.MAX_VALUE,
            List.of(setting),
            List.of());
    var text =
        new AdviceText(
            DatabaseConnection.of("shop", "postgres://hone:x@localhost:5432/shop"),
            new Advisor.Answer(advice, 180006),
            20);
    assertThat(text.lines())
        .containsSubsequence(
            "1. Price random pages as pages in memory",
            "   ALTER DATABASE shop SET random_page_cost = 1.1;",
            "   All of it is in memory.",
            "     otherwise: SELECT 1",
            "   Undo: ALTER DATABASE shop RESET random_page_cost;");
    assertThat(text.json()).contains("\"kind\":\"setting\"").contains("\"table\":\"\"");
  }
}
