package dev.hone.bench.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Plays experiments side by side; the results do not depend on how many at a time. */
final class Lab implements AutoCloseable {
  /** The usual seeds are used as they are. */
  static final long USUAL_SEED = 1;

  private final ExecutorService threads;
  private final long seed;

  /**
   * A lab.
   *
   * @param threads how many experiments at a time
   * @param seed another one than {@link #USUAL_SEED} gives other experiments of the same kind
   */
  Lab(int threads, long seed) {
    this.threads = Executors.newFixedThreadPool(threads);
    this.seed = seed;
  }

  /** Plays all of them; the plays are in their order. */
  Tally play(List<Experiment> usual) {
    List<Experiment> experiments = usual;
    if (seed != USUAL_SEED) {
      experiments = usual.stream().map(each -> each.reseeded(seed)).toList();
    }
    try {
      var tasks = new ArrayList<Callable<Play>>();
      experiments.forEach(each -> tasks.add(each::play));
      var plays = new ArrayList<Play>();
      for (Future<Play> done : threads.invokeAll(tasks)) {
        plays.add(done.get());
      }
      return new Tally(plays);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while experiments ran", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("an experiment failed: " + e.getCause(), e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
