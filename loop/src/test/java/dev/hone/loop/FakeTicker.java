package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Virtual time for one thread: waiting moves the clock and carries out, on the way, what was
 * planned for moments that have come.
 */
final class FakeTicker implements Ticker {
  private final TreeMap<Instant, List<Runnable>> planned = new TreeMap<>();
  private volatile Instant now = Examples.START;

  @Override
  public Instant instant() {
    return now;
  }

  /** Plans something for a moment counted from now. */
  void in(Duration after, Runnable what) {
    planned.computeIfAbsent(now.plus(after), t -> new ArrayList<>()).add(what);
  }

  /** Waits without being interrupted. */
  void pass(Duration duration) {
    Instant end = now.plus(duration);
    boolean more = true;
    while (more) {
      more = advance(end);
    }
  }

  @Override
  public void waitUntil(Instant time) throws InterruptedException {
    do {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    } while (advance(time));
  }

  /** Moves to the next planned moment or to the end; whether something happened there. */
  private boolean advance(Instant end) {
    Map.Entry<Instant, List<Runnable>> next = planned.firstEntry();
    if (next == null || next.getKey().isAfter(end)) {
      now = end.isAfter(now) ? end : now;
      return false;
    }
    planned.pollFirstEntry();
    now = next.getKey().isAfter(now) ? next.getKey() : now;
    next.getValue().forEach(Runnable::run);
    return true;
  }
}
