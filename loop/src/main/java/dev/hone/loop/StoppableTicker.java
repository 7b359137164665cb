package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Time that ends at a stop, and when the clock is set back: what was to be waited for would then
 * come late by as much, with a change on and nobody watching. For one thread.
 */
final class StoppableTicker implements Ticker {
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  private final Ticker ticker;
  private final Go go;
  private final Consumer<String> stop;
  private Instant latest = Instant.MIN;

  /** Whether there is no stop. */
  interface Go {
    /** Returns when there is none. */
    void require() throws InterruptedException;
  }

  /**
   * A ticker that has seen no time.
   *
   * @param stop asks for a stop, with the reason
   */
  StoppableTicker(Ticker ticker, Go go, Consumer<String> stop) {
    this.ticker = ticker;
    this.go = go;
    this.stop = stop;
  }

  @Override
  public Instant instant() {
    return ticker.instant();
  }

  @Override
  public void waitUntil(Instant time) throws InterruptedException {
    go.require();
    Instant now = ticker.instant();
    if (latest.isAfter(now.plus(TOLERANCE))) {
      stop.accept("the clock was set back from " + latest + " to " + now);
      go.require();
    }
    ticker.waitUntil(time);
    latest = time.isAfter(now) ? time : now;
    go.require();
  }
}
