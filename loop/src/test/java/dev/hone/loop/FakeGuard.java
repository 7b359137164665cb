package dev.hone.loop;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** A guard that remembers what it holds. */
final class FakeGuard implements Guard {
  private final Map<String, String> held = new LinkedHashMap<>();
  private final Set<String> everHeld = new LinkedHashSet<>();
  boolean refuses;

  @Override
  public synchronized void arm(
      String loop, KnobRef knob, Map<String, String> settings, String prior, String written)
      throws GuardException {
    if (refuses) {
      throw new GuardException("the guard is not there; restart Hone");
    }
    held.put(loop, knob.id() + " " + prior + " " + written);
    everHeld.add(loop);
  }

  @Override
  public synchronized void disarm(String loop) {
    held.remove(loop);
  }

  /** A new guard process, which knows nothing of the one before. */
  synchronized void restart() {
    held.clear();
  }

  synchronized Set<String> held() {
    return Set.copyOf(held.keySet());
  }

  synchronized Set<String> everHeld() {
    return Set.copyOf(everHeld);
  }
}
