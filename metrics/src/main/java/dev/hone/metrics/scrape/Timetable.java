package dev.hone.metrics.scrape;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The time, and who does something at a time. */
public interface Timetable extends InstantSource, AutoCloseable {
  /** Has a task run once, at a time or soon after it. */
  void at(Instant time, Runnable task);

  @Override
  void close();

  /** The system's clock; tasks run on virtual threads, which cost nothing while they wait. */
  static Timetable system() {
    return new Timetable() {
      private final ExecutorService workers =
          Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("scrape-", 0).factory());
      private final ScheduledThreadPoolExecutor clock =
          new ScheduledThreadPoolExecutor(
              1, Thread.ofPlatform().daemon().name("scrape-times").factory());

      @Override
      public Instant instant() {
        return InstantSource.system().instant();
      }

      @Override
      public void at(Instant time, Runnable task) {
        try {
          long nanos = Duration.between(instant(), time).toNanos();
          var unused = clock.schedule(() -> workers.execute(task), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
          // Nothing is done any more after the end.
        }
      }

      @Override
      public void close() {
        clock.shutdownNow();
        workers.shutdownNow();
        workers.close();
      }
    };
  }
}
