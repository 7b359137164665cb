package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Bad input: one clear sentence, exit code 2, and nothing half-done. */
class CommandLineTest {
  @TempDir Path directory;

  private String refused(String... arguments) {
    var errors = new StringWriter();
    var line = HoneCommand.commandLine().setErr(new PrintWriter(errors, true));
    assertThat(line.execute(arguments)).isEqualTo(2);
    assertThat(errors.toString().strip()).startsWith("hone: ").doesNotContain("\tat ");
    return errors.toString();
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  private static void helps(CommandLine command) {
    var told = new StringWriter();
    String name = command.getCommandSpec().qualifiedName();
    String[] words = (name + " --help").substring("hone ".length()).split(" ");
    var line = HoneCommand.commandLine().setOut(new PrintWriter(told, true));
    assertThat(line.execute(words)).as(name).isZero();
    assertThat(told.toString()).startsWith("Usage: " + name);
    command.getSubcommands().values().forEach(CommandLineTest::helps);
  }

  @Test
  void everyCommandTellsWhatItTakes() {
    HoneCommand.commandLine().getSubcommands().values().stream()
        .filter(each -> !(each.getCommand() instanceof CommandLine.HelpCommand))
        .forEach(CommandLineTest::helps);
  }

  @Test
  void unknownFlagsAndCommandsAreNamedWithWhatWasPerhapsMeant() {
    assertThat(refused("serve", "--prot", "1"))
        .contains("--prot")
        .contains("--port")
        .hasLineCount(1);
    assertThat(refused("sreve")).contains("sreve").contains("serve").hasLineCount(1);
    assertThat(refused("serve", "--port", "many")).contains("many").hasLineCount(1);
    assertThat(refused("serve", "--mode", "jvm=SOMETIMES")).contains("OBSERVE").hasLineCount(1);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void valuesOutOfPlaceAreNamedWithTheirRemedy() {
    assertThat(refused("serve", "--port", "70000", "--data-dir", data())).contains("65535");
    assertThat(refused("serve", "--mode", "edge=AUTO", "--data-dir", data()))
        .contains("host, database and jvm");
    assertThat(refused("serve", "--scrape", "metrics", "--data-dir", data()))
        .contains("http://127.0.0.1:9100/metrics");
    assertThat(refused("serve", "--postgres", "mysql://x", "--data-dir", data()))
        .contains("postgres://user:password@host:5432/database");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aTakenPortIsToldBeforeAnythingIsWritten() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(refused("serve", "--port", port, "--data-dir", data()))
          .contains("port " + port)
          .contains("--port");
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aDatabaseThatDoesNotAnswerIsNamedWithoutItsPassword() {
    String url = "postgres://hone:geheim@127.0.0.1:1/shop";
    assertThat(refused("serve", "--postgres", url, "--data-dir", data()))
        .contains("does not answer")
        .doesNotContain("geheim")
        .hasLineCount(1);
  }

  @Test
  void aDataDirectoryThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "in the way");
    assertThat(refused("serve", "--data-dir", file.resolve("data").toString()))
        .contains("cannot be written")
        .contains("--data-dir");
  }

  @Test
  void allMistakesOfAFileAreToldAtOnce() throws IOException {
    Path file =
        Files.writeString(directory.resolve("hone.yaml"), "prot: 1\nmodes:\n  jvm: maybe\n");
    assertThat(refused("serve", "--config", file.toString()))
        .contains("hone.yaml:1: unknown key `prot`; did you mean `port`?")
        .contains("hone.yaml:3: ");
    assertThat(refused("serve", "--config", "nowhere.yaml")).contains("nowhere.yaml");
  }

  @Test
  void decisionsWithoutARunningHoneSayHowElse() throws IOException {
    assertThat(refused("loops", "list", "--data-dir", data())).contains("--data-dir");
    assertThat(refused("loops", "token", "--data-dir", data())).contains("there is no token");
    Files.createDirectories(Path.of(data()));
    Files.writeString(Path.of(data()).resolve("token"), "00");
    assertThat(refused("loops", "stop", "--data-dir", data(), "--server", "http://127.0.0.1:1"))
        .contains("no Hone answers")
        .contains("STOP");
    assertThat(refused("loops", "stop", "--data-dir", data(), "--server", "here"))
        .contains("http://127.0.0.1:8600");
    try (Stream<Path> files = Files.list(Path.of(data()))) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void withoutACommandItTellsWhatThereIs() {
    var out = new StringWriter();
    var line = HoneCommand.commandLine().setOut(new PrintWriter(out, true));
    assertThat(line.execute()).isZero();
    assertThat(out.toString()).contains("serve").contains("loops");
  }
}
