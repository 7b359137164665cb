package dev.hone.demo.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The tie between a process of the demo and the one that started it: standard input.
 *
 * <p>The line {@code stop} ends the process at once. End-of-file means that the parent is gone; the
 * process then lives on for {@link #LINGER} so that whoever watches it can still see it, and ends.
 */
public final class Lifeline {
  /** How long a process outlives its parent. */
  public static final Duration LINGER = Duration.ofSeconds(10);

  static final String READY = "ready";
  static final String FAILED = "failed ";
  static final String STOP = "stop";

  private Lifeline() {}

  /** What a process does: it starts, prints nothing, and returns how to stop it. */
  @FunctionalInterface
  public interface Work {
    /**
     * Starts the work.
     *
     * @return the running work
     * @throws Exception when it cannot start; the message is passed to the parent
     */
    Running start() throws Exception;
  }

  /** Work that has started. */
  public interface Running extends AutoCloseable {
    /** Facts for the parent, as {@code key=value} pairs parted by blanks; may be empty. */
    String announcement();

    /** Ends the work; must be quick and may be called twice. */
    @Override
    void close();
  }

  /**
   * Runs the work until standard input or a signal says to stop, then ends the process: status 0,
   * or 2 when the work could not start.
   *
   * @param work what to run
   */
  @SuppressWarnings("SystemExitOutsideMain")
  public static void run(Work work) {
    Thread.ofPlatform().daemon().name("lifeline").start(Lifeline::endWithParent);
    try {
      Running running = work.start();
      atEnd(running::close);
      say((READY + " " + running.announcement()).strip());
    } catch (Exception e) {
      say(FAILED + oneLine(e));
      System.exit(2);
    }
    while (true) {
      LockSupport.park();
    }
  }

  /** Registers what must be done before this process ends, also while the work still starts. */
  public static void atEnd(Runnable task) {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("end").unstarted(task));
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  @SuppressWarnings("SystemExitOutsideMain")
  private static void endWithParent() {
    try {
      var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      String line = in.readLine();
      while (line != null && !line.equals(STOP)) {
        line = in.readLine();
      }
      if (line == null) {
        Thread.sleep(LINGER);
      }
    } catch (IOException | InterruptedException e) {
      System.err.println("The tie to the parent process broke: " + oneLine(e));
    }
    System.exit(0);
  }

  private static String oneLine(Exception e) {
    String message = e.getMessage();
    return (message == null ? e.toString() : message).replaceAll("\\s*\\R\\s*", " ").strip();
  }
}
