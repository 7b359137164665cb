package dev.hone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.server.HoneCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input to the demo: one clear sentence, exit code 2, and nothing started. */
class DemoCommandTest {
  @TempDir Path directory;

  private String refused(String... arguments) {
    var errors = new StringWriter();
    var line =
        HoneCommand.commandLine()
            .addSubcommand(new DemoCommand())
            .setErr(new PrintWriter(errors, true));
    assertThat(line.execute(arguments)).isEqualTo(2);
    assertThat(errors.toString().strip()).startsWith("hone: ").hasLineCount(1);
    return errors.toString();
  }

  @Test
  void flagsThatMeanNothingAreRefused() {
    assertThat(refused("demo", "--headles")).contains("--headless");
    assertThat(refused("demo", "--faults", "some")).contains("use all or none");
    assertThat(refused("demo", "--duration", "soon")).contains("90s, 10m or 1h30m");
    assertThat(refused("demo", "--duration", "-5m")).contains("90s, 10m or 1h30m");
    assertThat(refused("demo", "--port", "-1")).contains("65535");
  }

  @Test
  void aTakenPortIsToldBeforeAnythingIsStarted() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(refused("demo", "--port", port, "--data-dir", directory.toString()))
          .contains("port " + port)
          .contains("--port");
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void directoriesAndReportsThatCannotBeWrittenAreToldBeforeAnythingIsStarted() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "in the way");
    assertThat(refused("demo", "--port", "0", "--data-dir", file.resolve("d").toString()))
        .contains("cannot be written");
    assertThat(
            refused(
                "demo",
                "--port",
                "0",
                "--data-dir",
                directory.resolve("d").toString(),
                "--report",
                file.resolve("r.json").toString()))
        .contains("--report");
    assertThat(
            refused(
                "demo",
                "--port",
                "0",
                "--data-dir",
                directory.resolve("d").toString(),
                "--record",
                file.resolve("r").toString()))
        .contains("--record");
    assertThat(directory.resolve("d")).doesNotExist();
  }
}
