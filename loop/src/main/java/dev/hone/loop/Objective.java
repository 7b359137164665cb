package dev.hone.loop;

import java.util.List;

/**
 * What the owner of the system cares about: the signal that changes of the host, the JVM or the
 * edge are judged by.
 *
 * @param service the service it belongs to
 * @param primary its main signal, usually a latency
 * @param guardrails what must not get worse whatever is tried
 */
public record Objective(String service, SignalRef primary, List<Guardrail> guardrails) {
  public Objective {
    guardrails = List.copyOf(guardrails);
  }
}
