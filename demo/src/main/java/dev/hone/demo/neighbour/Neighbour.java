package dev.hone.demo.neighbour;

import dev.hone.demo.child.Arguments;
import dev.hone.demo.child.Lifeline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A batch process that keeps every core busy: it counts primes, slice after slice, on one thread
 * more than there are cores.
 *
 * <p>Arguments: {@code --threads N}.
 */
public final class Neighbour implements Lifeline.Running {
  private static final int SLICE = 20_000;

  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong next = new AtomicLong(3);
  private final AtomicLong primes = new AtomicLong();

  private Neighbour(int count) {
    for (int i = 0; i < count; i++) {
      threads.add(Thread.ofPlatform().daemon().name("batch-" + i).start(this::burn));
    }
  }

  /** Runs the batch until standard input ends. */
  public static void main(String[] args) {
    Lifeline.run(
        () ->
            new Neighbour(
                Math.toIntExact(
                    new Arguments(args)
                        .number("threads", Runtime.getRuntime().availableProcessors() + 1L))));
  }

  private void burn() {
    while (!Thread.currentThread().isInterrupted()) {
      long from = next.getAndAdd(SLICE);
      long found = 0;
      for (long candidate = from; candidate < from + SLICE; candidate += 2) {
        if (isPrime(candidate)) {
          found++;
        }
      }
      primes.addAndGet(found);
    }
  }

  private static boolean isPrime(long odd) {
    for (long divisor = 3; divisor * divisor <= odd; divisor += 2) {
      if (odd % divisor == 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String announcement() {
    return "threads=" + threads.size();
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    System.err.println("Counted " + primes.get() + " primes.");
  }
}
