package dev.hone.layer.host;

import java.io.File;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * How long the threads of one process were ready to run but waited for a processor, and how often
 * they were given one: the second and third number of {@code /proc/PID/task/TID/schedstat}
 * (Documentation/scheduler/sched-stats.rst), summed over all threads. {@code /proc/PID/schedstat}
 * would tell of the main thread alone. The sums keep what ended threads had, so they never fall.
 */
final class ThreadDelays implements AutoCloseable {
  private static final double NANOS_PER_SECOND = 1e9;

  private final ProcFiles files;
  private final Path tasks;
  private final File directory;
  private final Map<String, Waiter> threads = new HashMap<>();
  private double endedNanos;
  private long endedSlices;
  private double seconds;
  private long slices;
  private int round;

  private static final class Waiter {
    private final ProcFiles.ProcFile file;
    private long nanos;
    private long slices;
    private int round;

    Waiter(ProcFiles.ProcFile file) {
      this.file = file;
    }
  }

  ThreadDelays(ProcFiles files, Path process) {
    this.files = files;
    this.tasks = process.resolve("task");
    this.directory = tasks.toFile();
  }

  /**
   * Reads all threads. They are listed only when there may be others than before, which shows in
   * their number or in one that cannot be read.
   *
   * @param count how many threads the process has
   */
  void read(int count) throws InterruptedException {
    if (count != threads.size() || !readKnown()) {
      list();
      readKnown();
    }
    double nanos = endedNanos;
    long taken = endedSlices;
    for (Waiter thread : threads.values()) {
      nanos += thread.nanos;
      taken += thread.slices;
    }
    seconds = nanos / NANOS_PER_SECOND;
    slices = taken;
  }

  /** Time waited for a processor. */
  double seconds() {
    return seconds;
  }

  /** How often a thread was given a processor. */
  long slices() {
    return slices;
  }

  private boolean readKnown() throws InterruptedException {
    boolean all = true;
    for (Waiter thread : threads.values()) {
      Scan scan = thread.file.read();
      if (scan == null) {
        all = false;
      } else {
        take(scan, thread);
      }
    }
    return all;
  }

  private static void take(Scan scan, Waiter thread) {
    scan.number();
    thread.nanos = scan.number();
    thread.slices = scan.number();
  }

  private void list() {
    round++;
    String[] names = directory.list();
    if (names != null) {
      for (String name : names) {
        threads.computeIfAbsent(
                    name, n -> new Waiter(files.file(tasks.resolve(n).resolve("schedstat"))))
                .round =
            round;
      }
    }
    threads.values().removeIf(this::retire);
  }

  private boolean retire(Waiter thread) {
    if (thread.round == round) {
      return false;
    }
    endedNanos += thread.nanos;
    endedSlices += thread.slices;
    thread.file.close();
    return true;
  }

  @Override
  public void close() {
    threads.values().forEach(thread -> thread.file.close());
    threads.clear();
  }
}
