package dev.hone.server;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** A query that ends when nobody waits for its answer any more. */
final class Evaluation<T> implements Callable<T> {
  private final Callable<T> work;
  private @Nullable Thread thread;
  private boolean cancelled;

  Evaluation(Callable<T> work) {
    this.work = work;
  }

  @Override
  public T call() throws Exception {
    synchronized (this) {
      if (cancelled) {
        throw new CancellationException("nobody waits for the answer");
      }
      thread = Thread.currentThread();
    }
    try {
      return work.call();
    } finally {
      synchronized (this) {
        thread = null;
        boolean unused = Thread.interrupted();
      }
    }
  }

  /** Ends it soon if it runs, or as soon as it would begin. */
  synchronized void cancel() {
    cancelled = true;
    if (thread != null) {
      thread.interrupt();
    }
  }
}
