package dev.hone.bench.database;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Another program, run to its end. */
final class Program {
  private Program() {}

  /** What it wrote on standard output and how long it took. */
  record Answer(String text, double seconds) {}

  /** Runs it; an error with what it said when it fails. */
  static Answer run(List<String> command, Map<String, String> environment, String input)
      throws IOException, InterruptedException {
    Path in = Files.createTempFile("hone-bench-in-", ".txt");
    Path said = Files.createTempFile("hone-bench-said-", ".txt");
    try {
      Files.writeString(in, input);
      var builder =
          new ProcessBuilder(command).redirectInput(in.toFile()).redirectError(said.toFile());
      builder.environment().putAll(environment);
      long began = System.nanoTime();
      Process process = builder.start();
      byte[] out = process.getInputStream().readAllBytes();
      int exit = process.waitFor();
      double seconds = (System.nanoTime() - began) / 1e9;
      String text = new String(out, StandardCharsets.UTF_8);
      if (exit != 0) {
        throw new IOException(
            "`"
                + command.getFirst()
                + "` ended with "
                + exit
                + ": "
                + Files.readString(said)
                + text);
      }
      return new Answer(text, seconds);
    } finally {
      Files.delete(in);
      Files.delete(said);
    }
  }
}
