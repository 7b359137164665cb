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

  /** Reads all threads and gives the sum in seconds. */
  double read() throws InterruptedException {
    round++;
    String[] names = directory.list();
    double nanos = 0;
    if (names != null) {
      for (String name : names) {
        Waiter thread = threads.get(name);
        if (thread == null) {
          thread = new Waiter(files.file(tasks.resolve(name).resolve("schedstat")));
          threads.put(name, thread);
        }
        thread.round = round;
        Scan scan = thread.file.read();
        if (scan != null) {
          scan.number();
          thread.nanos = scan.number();
        }
        nanos += thread.nanos;
      }
    }
    if (threads.size() > (names == null ? 0 : names.length)) {
      threads.values().removeIf(this::retire);
    }
    return (nanos + endedNanos) / NANOS_PER_SECOND;
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
