package dev.hone.bench.loop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Unpacks with the programs of the system. */
final class Command {
  private Command() {}

  /** Reads what a program prints. */
  @FunctionalInterface
  interface Reader<T> {
    T read(BufferedReader output) throws IOException;
  }

  /**
   * Runs a program to its end.
   *
   * @throws IOException when it is absent or fails
   */
  static <T> T run(List<String> words, Reader<T> reader) throws IOException {
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (var output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      T result = reader.read(output);
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IOException(
            "`" + String.join(" ", words) + "` ended with " + exit + "; try it by hand");
      }
      return result;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while `" + words.getFirst() + "` ran", e);
    } finally {
      process.destroy();
    }
  }
}
