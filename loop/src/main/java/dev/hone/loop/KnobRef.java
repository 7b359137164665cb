package dev.hone.loop;

import java.util.Map;
import java.util.TreeMap;

/**
 * The address of one adjustable thing, complete enough for another process to find it again: it is
 * journalled and handed to the guard. It never holds a secret.
 *
 * @param kind which {@link KnobFactory} opens it
 * @param target what it belongs to
 * @param parameters identity of the thing, for example pid, start time and boot id of a process
 */
public record KnobRef(String kind, Target target, Map<String, String> parameters) {
  public KnobRef {
    parameters = java.util.Collections.unmodifiableMap(new TreeMap<>(parameters));
  }

  /** A parameter that must be there. */
  public String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("knob `" + id() + "` has no parameter `" + name + "`");
    }
    return value;
  }

  /** A text that is equal exactly for equal addresses. */
  public String id() {
    return kind + ":" + target.kind() + ":" + target.name() + parameters;
  }

  @Override
  public String toString() {
    return kind + " of " + target;
  }
}
