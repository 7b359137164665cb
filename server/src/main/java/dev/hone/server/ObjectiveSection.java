package dev.hone.server;

import dev.hone.loop.ErrorBudget;
import dev.hone.loop.Guardrail;
import dev.hone.loop.Objective;
import dev.hone.loop.SignalRef;
import dev.hone.metrics.WindowQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code objective} of {@code hone.yaml}: what changes of host and JVM are judged by. */
final class ObjectiveSection {
  private static final double DEFAULT_LIMIT = 0.5;
  private static final double LEAST_TARGET = 50;
  private static final String RATIO = "ratio";

  private ObjectiveSection() {}

  /**
   * {@code name, query, unit, better} of the primary signal, {@code guardrails}, {@code
   * errorBudget} and {@code load}.
   */
  static Optional<Objective> read(YamlSection section) {
    Optional<SignalRef> primary = signal(section);
    var guardrails = new ArrayList<Guardrail>();
    for (YamlSection each : section.sections("guardrails")) {
      double limit = each.number("limit").orElse(DEFAULT_LIMIT);
      double floor = each.number("floor").orElse(0.0);
      signal(each).ifPresent(signal -> guardrails.add(new Guardrail(signal, limit, floor)));
      each.end();
    }
    Optional<ErrorBudget> budget =
        section.section("errorBudget").flatMap(each -> errorBudget(each, guardrails));
    Optional<SignalRef> load =
        query(section, "load")
            .map(text -> new SignalRef("offered load", "1/s", text, SignalRef.Better.HIGHER));
    section.end();
    return primary.map(
        signal -> {
          if (guardrails.isEmpty()) {
            guardrails.add(new Guardrail(signal, DEFAULT_LIMIT, 0));
          }
          return new Objective(signal.name(), signal, guardrails, budget, load);
        });
  }

  /** {@code target} in percent, and {@code query} unless one guardrail is a share. */
  private static Optional<ErrorBudget> errorBudget(
      YamlSection section, List<Guardrail> guardrails) {
    section.required("target");
    Optional<Double> target = section.number("target");
    if (target.isPresent() && !(target.get() >= LEAST_TARGET && target.get() < 100)) {
      section.wrong("target", "a percentage from 50 to below 100, like 99.9");
      target = Optional.empty();
    }
    Optional<SignalRef> failed =
        section.has("query")
            ? query(section, "query")
                .map(text -> new SignalRef("failed requests", RATIO, text, SignalRef.Better.LOWER))
            : share(section, guardrails);
    section.end();
    return target.isPresent() && failed.isPresent()
        ? Optional.of(new ErrorBudget(target.get() / 100, failed.get()))
        : Optional.empty();
  }

  private static Optional<SignalRef> share(YamlSection section, List<Guardrail> guardrails) {
    List<SignalRef> shares =
        guardrails.stream()
            .map(Guardrail::signal)
            .filter(s -> s.unit().equals(RATIO) && s.better() == SignalRef.Better.LOWER)
            .toList();
    if (shares.size() == 1) {
      return Optional.of(shares.getFirst());
    }
    section.problem(
        "query",
        "is missing, and "
            + (shares.isEmpty() ? "no guardrail has" : shares.size() + " guardrails have")
            + " `unit: ratio`; write the share of failed requests as a query");
    return Optional.empty();
  }

  private static Optional<SignalRef> signal(YamlSection section) {
    String name = section.required("name");
    String query = section.required("query");
    String unit = section.text("unit").orElse("");
    var better = section.choice("better", SignalRef.Better.class).orElse(SignalRef.Better.LOWER);
    if (name.isEmpty() || query.isEmpty()) {
      return Optional.empty();
    }
    return query(section, "query").map(text -> new SignalRef(name, unit, text, better));
  }

  private static Optional<String> query(YamlSection section, String key) {
    Optional<String> query = section.text(key);
    try {
      query.ifPresent(WindowQuery::parse);
      return query;
    } catch (IllegalArgumentException e) {
      section.wrong(key, "a query Hone can evaluate: " + e.getMessage());
      return Optional.empty();
    }
  }
}
