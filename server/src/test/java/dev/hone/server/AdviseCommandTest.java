package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
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
  void timesAndSizesHaveFittingUnits() {
    assertThat(AdviceText.seconds(0.0125)).isEqualTo("12.5 ms");
    assertThat(AdviceText.seconds(9000)).isEqualTo("2.5 h");
    assertThat(AdviceText.seconds(-3e-6)).isEqualTo("-3.0 µs");
    assertThat(AdviceText.size(3 << 20)).isEqualTo("3.0 MiB");
    assertThat(AdviceText.size(-2048)).isEqualTo("-2 KiB");
  }
}
