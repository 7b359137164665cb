package dev.hone.layer.database.advisor;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How long and how often the advisor looks at what sessions execute. */
public interface Watch {
  /** Time between two looks. */
  Duration INTERVAL = Duration.ofMillis(25);

  /**
   * Waits until the next look.
   *
   * @return false when there is none
   */
  boolean again();

  /** A single look. */
  static Watch once() {
    return () -> false;
  }

  /** Looks for so long from the first question. An interrupt ends it. */
  static Watch lasting(Duration length) {
    return new Watch() {
      private long end = Long.MIN_VALUE;

      @Override
      public boolean again() {
        long now = System.nanoTime();
        if (end == Long.MIN_VALUE) {
          end = now + length.toNanos();
        }
        if (now + INTERVAL.toNanos() > end) {
          return false;
        }
        try {
          TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
          return true;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
    };
  }
}
