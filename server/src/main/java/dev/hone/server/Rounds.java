package dev.hone.server;

import dev.hone.loop.Probe;
import dev.hone.loop.Ticker;
import dev.hone.metrics.MetricStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What is done again and again. One that fails is told and comes round again. */
final class Rounds {
  /** Threads for what is no probe: decisions, findings. */
  private static final int OTHERS = 2;

  private final ScheduledExecutorService threads;
  private final Consumer<String> notice;

  /** A task of a round. */
  interface Round {
    void run() throws InterruptedException;
  }

  /**
   * The first round of each begins at once, and each has a thread of its own.
   *
   * @param probes what is sampled as often as they say
   * @param notice takes what went wrong
   */
  Rounds(List<Probe> probes, Ticker ticker, Consumer<String> notice) {
    this.notice = notice;
    this.threads =
        Executors.newScheduledThreadPool(
            probes.size() + OTHERS, Thread.ofPlatform().daemon().name("round-", 0).factory());
    for (Probe probe : probes) {
      every(
          probe.interval(),
          () -> {
            try {
              probe.sample(ticker.instant());
            } catch (Probe.ProbeException e) {
              notice.accept(String.valueOf(e.getMessage()));
            }
          });
    }
  }

  /** From now on, in this interval. */
  void every(Duration interval, Round round) {
    var unused =
        threads.scheduleAtFixedRate(
            () -> make(round), 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void make(Round round) {
    try {
      round.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (MetricStore.UnavailableException e) {
      notice.accept("metrics cannot be read: " + e.getMessage());
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      notice.accept("internal error: " + e);
    }
  }

  /** Nothing begins any more, and what is under way is interrupted. */
  void end() {
    threads.shutdownNow();
  }
}
