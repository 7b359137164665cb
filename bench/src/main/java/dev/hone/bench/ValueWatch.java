package dev.hone.bench;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Reads the values of some processes again and again and remembers when each became the old. */
final class ValueWatch implements AutoCloseable {
  private static final long PAUSE_MILLIS = 2;

  private final List<Sleeper> sleepers;
  private final Map<Sleeper, Long> restoredAt = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean closed;

  ValueWatch(List<Sleeper> sleepers) {
    this.sleepers = new ArrayList<>(sleepers);
    this.thread = Thread.ofPlatform().daemon().name("value-watch").start(this::watch);
  }

  private void watch() {
    var changed = new HashSet<Sleeper>();
    try {
      while (!closed) {
        for (Sleeper sleeper : sleepers) {
          boolean old = sleeper.value().equals(Sleeper.OFF);
          if (!old) {
            changed.add(sleeper);
            restoredAt.remove(sleeper);
          } else if (changed.remove(sleeper)) {
            restoredAt.put(sleeper, System.nanoTime());
          }
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** When the last of the values became the old one again; {@code otherwise} if none did later. */
  long lastRestored(long otherwise) {
    return restoredAt.values().stream().mapToLong(Long::longValue).reduce(otherwise, Math::max);
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
