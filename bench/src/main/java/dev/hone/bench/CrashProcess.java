package dev.hone.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A {@link CrashChild}, or another program of its kind, as its parent sees it.
 *
 * @param process the JVM
 * @param said its lines, the last one {@link #END}
 * @param began when it was started, in the clock of {@link System#nanoTime}
 */
record CrashProcess(Process process, BlockingQueue<String> said, long began)
    implements AutoCloseable {
  private static final String END = "end";
  private static final long SEED = 7;
  private static final long SEGMENT_BYTES = 60_000;
  private static final long PATIENCE_SECONDS = 30;

  /**
   * Starts one.
   *
   * @param flags for its JVM
   * @param sleepers a process for each fate of the shot
   */
  static CrashProcess start(Path directory, List<String> flags, Shot shot, List<Sleeper> sleepers)
      throws IOException {
    var arguments =
        new ArrayList<>(
            List.of(
                directory.toString(),
                shot.fuse().toString(),
                Long.toString(SEED),
                Long.toString(SEGMENT_BYTES)));
    for (int i = 0; i < shot.fates().size(); i++) {
      arguments.add(shot.fates().get(i) + ":" + sleepers.get(i).pid());
    }
    Files.deleteIfExists(directory.resolve(CrashChild.KILLED));
    return start(directory, flags, CrashChild.class, classPath(), arguments);
  }

  /** Starts another program of the benchmark's in the same way, with all classes there are. */
  static CrashProcess start(Path directory, Class<?> program, List<String> arguments)
      throws IOException {
    String all = System.getProperty("java.class.path");
    return start(directory, List.of(), program, all, arguments);
  }

  private static CrashProcess start(
      Path directory, List<String> flags, Class<?> program, String classes, List<String> arguments)
      throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xms16m",
                "-Xmx64m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
    command.addAll(flags);
    command.addAll(List.of("-cp", classes, program.getName()));
    command.addAll(arguments);
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectError(
                ProcessBuilder.Redirect.appendTo(directory.resolve("child.err").toFile()))
            .start();
    var said = new LinkedBlockingQueue<String>();
    Thread.ofPlatform().daemon().start(() -> listen(process, said));
    return new CrashProcess(process, said, began);
  }

  /** Writes a line to its standard input. */
  void tell(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** Hone's own classes, so that a JVM has few files to open. */
  private static String classPath() {
    String all = System.getProperty("java.class.path");
    String own =
        Arrays.stream(all.split(File.pathSeparator))
            .filter(entry -> entry.contains("hone-") || Files.isDirectory(Path.of(entry)))
            .collect(Collectors.joining(File.pathSeparator));
    return own.isEmpty() ? all : own;
  }

  private static void listen(Process process, BlockingQueue<String> said) {
    try (BufferedReader reader = process.inputReader()) {
      String line;
      while ((line = reader.readLine()) != null) {
        said.add(line);
      }
    } catch (IOException e) {
      // It was killed.
    }
    said.add(END);
  }

  /** It neither said what was waited for nor ended. */
  static final class LateException extends IOException {
    private static final long serialVersionUID = 1;

    LateException(String message) {
      super(message);
    }
  }

  /**
   * Waits for a line that begins with a word and gives the rest; null when it ended before.
   *
   * @throws LateException when it did neither in time
   */
  @Nullable String await(String word) throws InterruptedException, IOException {
    while (true) {
      String line = said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw new LateException("no `" + word + "` in " + PATIENCE_SECONDS + " s");
      } else if (line.equals(END)) {
        said.add(END);
        return null;
      } else if (line.startsWith(word + " ") || line.equals(word)) {
        return line.substring(Math.min(line.length(), word.length() + 1));
      }
    }
  }

  /** Lets it end in order. */
  void leave() throws IOException, InterruptedException {
    try (var out = process.getOutputStream()) {
      out.write('\n');
    }
    process.waitFor();
  }

  /** {@code kill -9}; gives the moment. */
  long kill() throws InterruptedException {
    long now = System.nanoTime();
    process.destroyForcibly();
    process.waitFor();
    return now;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
