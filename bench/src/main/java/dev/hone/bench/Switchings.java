package dev.hone.bench;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** When which changes were put on and taken off. */
final class Switchings {
  private final Map<String, TreeMap<Instant, Boolean>> known = new ConcurrentHashMap<>();

  /** A change was just put on or taken off. */
  void add(String change, boolean on) {
    TreeMap<Instant, Boolean> ofChange = known.computeIfAbsent(change, name -> new TreeMap<>());
    synchronized (ofChange) {
      ofChange.put(InstantSource.system().instant(), on);
    }
  }

  /** Whether a change was on at a time. */
  boolean on(String change, Instant time) {
    TreeMap<Instant, Boolean> ofChange = known.getOrDefault(change, new TreeMap<>());
    synchronized (ofChange) {
      Map.Entry<Instant, Boolean> last = ofChange.floorEntry(time);
      return last != null && last.getValue();
    }
  }
}
