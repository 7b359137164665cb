package dev.hone.metrics.engine;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which blocks readers see. A reader keeps the list it began with; who changes the list can wait
 * until nobody reads the old one any more, and only then delete or unmap.
 */
final class Views {
  /** A list of blocks and how many read it. */
  static final class View implements AutoCloseable {
    private final List<Block> blocks;
    private final CountDownLatch idle = new CountDownLatch(1);
    private volatile @Nullable View before;
    private int readers;
    private boolean replaced;

    private View(List<Block> blocks, @Nullable View before) {
      this.blocks = blocks;
      this.before = before;
    }

    List<Block> blocks() {
      return blocks;
    }

    private synchronized boolean enter() {
      if (replaced) {
        return false;
      }
      readers++;
      return true;
    }

    private synchronized void replace() {
      replaced = true;
      if (readers == 0) {
        idle.countDown();
      }
    }

    @Override
    public synchronized void close() {
      readers--;
      if (replaced && readers == 0) {
        idle.countDown();
      }
    }

    /** Waits until nobody reads this list any more, nor one before it. */
    boolean awaitIdle(long seconds) throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      for (View view = this; view != null; view = view.before) {
        if (!view.idle.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return false;
        }
      }
      before = null;
      return true;
    }

    /** Forgets the lists before this one that nobody reads. */
    private void trim() {
      View older = before;
      if (older != null) {
        older.trim();
        if (older.before == null && older.idle.getCount() == 0) {
          before = null;
        }
      }
    }
  }

  private volatile View current = new View(List.of(), null);

  /** The current list, to be closed after use. */
  View open() {
    while (true) {
      View view = current;
      if (view.enter()) {
        return view;
      }
    }
  }

  List<Block> blocks() {
    return current.blocks;
  }

  /** Puts another list in place; returns the old one, to wait for. */
  synchronized View replace(List<Block> blocks) {
    View old = current;
    old.trim();
    current = new View(List.copyOf(blocks), old);
    old.replace();
    return old;
  }
}
