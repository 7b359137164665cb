package dev.hone.demo.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A Java process of the demo seen from the one that started it: it runs a main class with the class
 * path of this process in a session of its own (so that the kernel's autogroup sees it as a service
 * of its own and a Ctrl-C in the terminal does not reach it), writes its log to a file, and ends by
 * its {@link Lifeline}.
 */
public final class Child implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(8);

  private final String role;
  private final Process process;
  private final Path log;
  private final CompletableFuture<Map<String, String>> announcement = new CompletableFuture<>();

  private Child(String role, Process process, Path log) {
    this.role = role;
    this.process = process;
    this.log = log;
    Thread.ofPlatform().daemon().name("demo-" + role).start(this::listen);
  }

  /**
   * What to start.
   *
   * @param role a word for people, also the name of the log file
   * @param main the class whose main method runs
   * @param jvmOptions options of the Java machine
   * @param arguments {@code --name value} pairs
   * @param environment variables added to the environment; the place for secrets
   */
  public record Command(
      String role,
      Class<?> main,
      List<String> jvmOptions,
      List<String> arguments,
      Map<String, String> environment) {}

  /**
   * Starts a process and returns at once.
   *
   * @param command what to start
   * @param directory where it runs and writes {@code ROLE.log}
   * @throws IOException when the operating system refuses
   */
  public static Child start(Command command, Path directory) throws IOException {
    List<String> words = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      words.add("/usr/bin/setsid");
    }
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(command.jvmOptions());
    words.add(command.main().getName());
    words.addAll(command.arguments());
    Path log = directory.resolve(command.role() + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("CLASSPATH", absoluteClassPath());
    builder.environment().putAll(command.environment());
    return new Child(command.role(), builder.start(), log);
  }

  private static String absoluteClassPath() {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(java.io.File.pathSeparator, entries);
  }

  private void listen() {
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(Lifeline.READY)) {
          announcement.complete(pairs(line));
        } else if (line.startsWith(Lifeline.FAILED)) {
          announcement.completeExceptionally(
              new IOException(line.substring(Lifeline.FAILED.length())));
        }
      }
    } catch (IOException e) {
      announcement.completeExceptionally(e);
    }
    announcement.completeExceptionally(
        new IOException(
            "The process `" + role + "` of the demo ended before it was ready; read " + log + "."));
  }

  private static Map<String, String> pairs(String line) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String word : line.split(" ")) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        pairs.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return Map.copyOf(pairs);
  }

  /** The facts the process announces when it is ready; fails with {@link IOException} otherwise. */
  public CompletableFuture<Map<String, String>> announcement() {
    return announcement;
  }

  /** The word for people. */
  public String role() {
    return role;
  }

  /** The process's id. */
  public long pid() {
    return process.pid();
  }

  /** Whether the process runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Lets go of the process as a parent that dies does: its standard input ends. */
  void abandon() throws IOException {
    process.getOutputStream().close();
  }

  /**
   * Waits for the process to end.
   *
   * @return whether it has ended within the given seconds
   */
  boolean awaitEnd(long seconds) throws InterruptedException {
    return process.waitFor(seconds, TimeUnit.SECONDS);
  }

  /**
   * Asks the process to end, waits, and kills it when it does not. An interrupt does not cut the
   * wait short: a process that is killed cannot stop what it has started itself.
   */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
      in.write(Lifeline.STOP + "\n");
    } catch (IOException e) {
      // The process has ended already: there is nobody to tell.
    }
    try {
      if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
