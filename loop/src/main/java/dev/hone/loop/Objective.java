package dev.hone.loop;

import java.util.List;
import java.util.Optional;

/**
 * What the owner of the system cares about: the signal that changes of the host, the JVM or the
 * edge are judged by.
 *
 * @param service the service it belongs to
 * @param primary its main signal, usually a latency
 * @param guardrails what must not get worse whatever is tried
 * @param errorBudget how many requests may fail; nothing is tried while it burns too fast
 * @param load what is asked of the service, requests a second for example
 */
public record Objective(
    String service,
    SignalRef primary,
    List<Guardrail> guardrails,
    Optional<ErrorBudget> errorBudget,
    Optional<SignalRef> load) {
  public Objective {
    guardrails = List.copyOf(guardrails);
  }

  /** An objective that guardrails alone protect. */
  public Objective(String service, SignalRef primary, List<Guardrail> guardrails) {
    this(service, primary, guardrails, Optional.empty(), Optional.empty());
  }
}
