package dev.hone.demo.traffic;

import dev.hone.demo.http.Client;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Sends requests when they are due, whether or not earlier ones were answered, on a bounded number
 * of threads. A request that finds no thread waits in a bounded queue, and its waiting counts; when
 * it has waited for the whole time-out, or the queue is full, it is dropped and counted as an error
 * that took the time-out.
 */
final class Generator implements AutoCloseable {
  private static final long FURTHEST_NAP_NANOS = 50_000_000;

  private final Client client;
  private final long timeoutNanos;
  private final Outcomes outcomes;
  private final ThreadPoolExecutor workers;
  private final Thread dispatcher;
  private volatile boolean closed;

  /** How much a generator sends. */
  record Load(double perSecond, Duration timeout, int inFlight, int queued) {}

  /** Told about every request. */
  @FunctionalInterface
  interface Outcomes {
    /**
     * A request has ended.
     *
     * @param latencyNanos from the intended start to the end
     */
    void ended(Scenario scenario, long latencyNanos, Outcome outcome);
  }

  /** How a request ended. */
  enum Outcome {
    ANSWERED,
    FAILED,
    DROPPED
  }

  Generator(Client client, RandomGenerator random, Load load, Outcomes outcomes) {
    this.client = client;
    this.timeoutNanos = load.timeout().toNanos();
    this.outcomes = outcomes;
    BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(load.queued());
    this.workers =
        new ThreadPoolExecutor(
            load.inFlight(),
            load.inFlight(),
            1,
            TimeUnit.MINUTES,
            queue,
            Thread.ofPlatform().daemon().name("visitor-", 0).stackSize(256 * 1024).factory());
    workers.prestartAllCoreThreads();
    Schedule schedule = new Schedule(random, load.perSecond());
    this.dispatcher =
        Thread.ofPlatform().daemon().name("dispatcher").unstarted(() -> dispatch(schedule, random));
  }

  /** Begins to send. */
  void start() {
    dispatcher.start();
  }

  private void dispatch(Schedule schedule, RandomGenerator random) {
    long began = System.nanoTime();
    while (!closed) {
      long due = began + schedule.next();
      Scenario scenario = Scenario.draw(random);
      String address = scenario.address(random);
      for (long left = due - System.nanoTime(); left > 0 && !closed; ) {
        LockSupport.parkNanos(this, Math.min(left, FURTHEST_NAP_NANOS));
        left = due - System.nanoTime();
      }
      if (closed) {
        return;
      }
      try {
        workers.execute(() -> send(scenario, address, due));
      } catch (java.util.concurrent.RejectedExecutionException e) {
        outcomes.ended(scenario, timeoutNanos, Outcome.DROPPED);
      }
    }
  }

  private void send(Scenario scenario, String address, long due) {
    if (System.nanoTime() - due > timeoutNanos) {
      outcomes.ended(scenario, System.nanoTime() - due, Outcome.DROPPED);
      return;
    }
    Outcome outcome = Outcome.FAILED;
    try {
      if (client.send(scenario.method(), address).status() < 400) {
        outcome = Outcome.ANSWERED;
      }
    } catch (IOException e) {
      outcome = Outcome.FAILED;
    }
    outcomes.ended(scenario, System.nanoTime() - due, outcome);
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(dispatcher);
    workers.shutdownNow();
  }
}
