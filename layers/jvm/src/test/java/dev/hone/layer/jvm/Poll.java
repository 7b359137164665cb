package dev.hone.layer.jvm;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for another process to get somewhere. */
final class Poll {
  private Poll() {}

  /** Returns when the condition holds; fails after the deadline. */
  static void until(String what, Duration deadline, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + deadline.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + deadline + ": " + what);
      }
      Thread.sleep(20);
    }
  }
}
