package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time as the loop knows it: to read and to wait for. */
public interface Ticker extends InstantSource {
  /** Waits until the clock has reached {@code time}; returns at once when it has. */
  void waitUntil(Instant time) throws InterruptedException;

  /** The system's clock and sleep. */
  static Ticker system() {
    return new Ticker() {
      @Override
      public Instant instant() {
        return InstantSource.system().instant();
      }

      @Override
      public void waitUntil(Instant time) throws InterruptedException {
        Duration rest = Duration.between(instant(), time);
        if (rest.isPositive()) {
          Thread.sleep(rest);
        }
      }
    };
  }
}
