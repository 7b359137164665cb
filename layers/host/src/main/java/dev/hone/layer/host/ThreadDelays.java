package dev.hone.layer.host;

import java.io.File;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * How long the threads of one process were ready to run but waited for a processor: the second
 * number of {@code /proc/PID/task/TID/schedstat} (Documentation/scheduler/sched-stats.rst), summed
 * over all threads. {@code /proc/PID/schedstat} would tell of the main thread alone. The sum keeps
 * what ended threads had waited, so it never falls.
 */
final class ThreadDelays implements AutoCloseable {
  private static final double NANOS_PER_SECOND = 1e9;

  private final ProcFiles files;
  private final Path tasks;
  private final File directory;
  private final Map<String, Waiter> threads = new HashMap<>();
  private double endedNanos;
  private int round;

  private static final class Waiter {
    private final ProcFiles.ProcFile file;
    private long nanos;
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
   * Reads all threads and gives the sum in seconds. They are listed only when there may be others
   * than before, which shows in their number or in one that cannot be read.
   *
   * @param count how many threads the process has
   */
  double read(int count) throws InterruptedException {
    if (count != threads.size() || !readKnown()) {
      list();
      readKnown();
    }
    double nanos = endedNanos;
    for (Waiter thread : threads.values()) {
      nanos += thread.nanos;
    }
    return nanos / NANOS_PER_SECOND;
  }

  private boolean readKnown() throws InterruptedException {
    boolean all = true;
    for (Waiter thread : threads.values()) {
      Scan scan = thread.file.read();
      if (scan == null) {
        all = false;
      } else {
        scan.number();
        thread.nanos = scan.number();
      }
    }
    return all;
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
    thread.file.close();
    return true;
  }

  @Override
  public void close() {
    threads.values().forEach(thread -> thread.file.close());
    threads.clear();
  }
}
