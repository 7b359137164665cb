package dev.hone.server;

import dev.hone.loop.BurnWatch;
import dev.hone.loop.ErrorBudget;
import dev.hone.loop.Finding;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.RecordCodec;
import dev.hone.loop.Registry;
import dev.hone.loop.Rest;
import dev.hone.loop.SignalRef;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.remote.RemoteStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The state of everything in one object: the first page. */
final class Status {
  private static final Duration WINDOW = Duration.ofSeconds(15);
  private static final int MOST_FINDINGS = 20;

  private final Hone hone;

  Status(Hone hone) {
    this.hone = hone;
  }

  Map<String, @Nullable Object> now() {
    Instant now = Instant.now();
    var stop = hone.loops().killSwitch();
    var counts = new TreeMap<String, @Nullable Object>();
    hone.loops().counts().forEach((state, count) -> counts.put(state.name(), count));
    var modes = new LinkedHashMap<String, @Nullable Object>();
    for (String layer : List.of("host", "database", "jvm")) {
      modes.put(layer, hone.mode(layer).name());
    }
    List<LoopRecord> waiting =
        hone.loops().all().stream().filter(l -> l.state() == LoopState.PROPOSED).toList();
    var status = new LinkedHashMap<String, @Nullable Object>();
    status.put("version", "0.1.0");
    status.put("now", now.toString());
    status.put("startedAt", hone.startedAt().toString());
    status.put("stopped", stop.stopped());
    status.put("stoppedWhy", stop.why());
    status.put("modes", modes);
    List<Map<String, @Nullable Object>> cards = cards(now);
    status.put("health", health(waiting.size(), cards));
    status.put("cards", cards);
    status.put("counts", counts);
    status.put("findings", findings());
    status.put("nextDecision", next(waiting));
    status.put("freeze", hone.loops().registry().freeze(now).map(RecordCodec::toTree).orElse(null));
    status.put("errorBudget", hone.burnWatch().map(this::errorBudget).orElse(null));
    status.put(
        "loadShift", hone.loops().registry().loadShift().map(RecordCodec::toTree).orElse(null));
    status.put("series", hone.store().seriesCount());
    status.put("metricNames", metricNames());
    if (!hone.backends().isEmpty()) {
      status.put("backends", hone.backends().stream().map(Status::backend).toList());
    }
    status.put("notices", hone.notices());
    return status;
  }

  private Map<String, @Nullable Object> errorBudget(BurnWatch watch) {
    Registry.Burn burn = hone.loops().registry().burn();
    var budget = new LinkedHashMap<String, @Nullable Object>();
    budget.put("target", watch.budget().target());
    budget.put("days", ErrorBudget.PERIOD.toDays());
    budget.put("query", watch.budget().failed().query());
    budget.put("burning", burn == null ? null : RecordCodec.toTree(burn));
    budget.put("rules", watch.burns().stream().map(RecordCodec::toTree).toList());
    return budget;
  }

  /** The most promising of the loops that wait for a decision. */
  private @Nullable String next(List<LoopRecord> waiting) {
    if (waiting.size() < 2) {
      return waiting.isEmpty() ? null : waiting.getFirst().id();
    }
    return hone.conductor().ranking().sorted(waiting).getFirst().id();
  }

  /** How many names metrics have, or null when nobody can tell now. */
  private @Nullable Integer metricNames() {
    try {
      return hone.store().telling(lack -> {}).labelValues(Labels.NAME).size();
    } catch (MetricStore.UnavailableException e) {
      return null;
    }
  }

  private static Map<String, Object> backend(RemoteStore.Status backend) {
    var brief = new LinkedHashMap<String, Object>();
    brief.put("name", backend.name());
    brief.put("alive", backend.alive());
    brief.put("waitingBytes", backend.waiting());
    brief.put("sentSamples", backend.sent());
    brief.put("refusedSamples", backend.refused());
    return brief;
  }

  /** What is wrong now, briefly; the evidence is under {@code /api/v1/findings}. */
  private List<Object> findings() {
    var brief = new ArrayList<Object>();
    for (Finding finding : hone.scout().findings()) {
      if (brief.size() < MOST_FINDINGS) {
        var line = new LinkedHashMap<String, @Nullable Object>();
        line.put("key", finding.key());
        line.put("layer", finding.layer());
        line.put("summary", finding.summary());
        line.put("since", finding.since().toString());
        tellWhatIsDone(finding, line);
        brief.add(line);
      }
    }
    return brief;
  }

  /** The loop that deals with a finding, or why none does and when that is looked at again. */
  private void tellWhatIsDone(Finding finding, Map<String, @Nullable Object> line) {
    Optional<LoopRecord> open = openLoop(finding);
    if (open.isPresent()) {
      LoopRecord loop = open.get();
      boolean waits = loop.state() == LoopState.APPROVED || loop.state() == LoopState.SCHEDULED;
      line.put("loop", loop.id());
      line.put("note", waits ? "waits: " + waitsFor(loop) : null);
      line.put("again", null);
    } else {
      Optional<Rest> rest = hone.conductor().rest(finding);
      line.put("loop", rest.map(r -> r.loop().id()).orElse(null));
      line.put("note", rest.map(Rest::why).orElse(null));
      line.put("again", rest.map(r -> r.until().toString()).orElse(null));
    }
  }

  private String waitsFor(LoopRecord loop) {
    return hone.conductor().waitsFor(loop).orElse("its turn comes next");
  }

  private Optional<LoopRecord> openLoop(Finding finding) {
    return hone.loops().all().stream()
        .filter(l -> !l.state().isFinal() && l.finding().key().equals(finding.key()))
        .findFirst();
  }

  private Map<String, @Nullable Object> health(
      int decisions, List<Map<String, @Nullable Object>> cards) {
    List<Finding> known = hone.scout().findings();
    int findings = known.size();
    boolean stuck = hone.loops().all().stream().anyMatch(loop -> loop.state() == LoopState.STUCK);
    List<String> silent =
        hone.backends().stream().filter(b -> !b.alive()).map(RemoteStore.Status::name).toList();
    String offTarget =
        cards.stream()
            .filter(card -> "attention".equals(card.get("status")))
            .map(card -> String.valueOf(card.get("title")))
            .collect(Collectors.joining(", "));
    boolean wrong = findings > 0 || decisions > 0 || !silent.isEmpty() || !offTarget.isEmpty();
    boolean burning = hone.loops().registry().burn() != null;
    String level = stuck || burning ? "bad" : wrong ? "attention" : "good";
    String found =
        switch (findings) {
          case 0 ->
              offTarget.isEmpty()
                  ? "Nothing is wrong as far as Hone can see"
                  : "Off target, and no cause is known: " + offTarget;
          case 1 -> known.getFirst().summary();
          default -> findings + " things are wrong";
        };
    String decide =
        switch (decisions) {
          case 0 -> "no decision waits for you";
          case 1 -> "1 decision waits for you";
          default -> decisions + " decisions wait for you";
        };
    var health = new LinkedHashMap<String, @Nullable Object>();
    health.put("level", level);
    health.put(
        "sentence",
        (stuck ? "An undo failed and needs a person; " : "")
            + (silent.isEmpty()
                ? ""
                : "No answer from metrics backends " + String.join(", ", silent) + "; ")
            + (burning ? "The error budget burns too fast, so Hone changes nothing; " : "")
            + found.replaceAll("\\.$", "")
            + "; "
            + decide
            + ".");
    return health;
  }

  private List<Map<String, @Nullable Object>> cards(Instant now) {
    var cards = new ArrayList<Map<String, @Nullable Object>>();
    hone.settings()
        .objective()
        .ifPresent(o -> cards.add(card("objective", o.primary(), now, Optional.empty())));
    cards.add(
        card(
            "cpu",
            lower(
                "Processor in use",
                "ratio",
                "1 - sum(rate(node_cpu_seconds_total{mode=\"idle\"}[$window]))"
                    + " / sum(rate(node_cpu_seconds_total[$window]))"),
            now,
            Optional.of(0.85)));
    cards.add(
        card(
            "pressure",
            lower(
                "Time some task waits for a processor",
                "ratio",
                "rate(node_pressure_cpu_waiting_seconds_total[$window])"),
            now,
            Optional.of(0.25)));
    cards.add(
        card(
            "memory",
            lower(
                "Memory in use",
                "ratio",
                "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"),
            now,
            Optional.of(0.9)));
    cards.add(
        card(
            "statements",
            lower(
                "Mean time of a statement",
                "s",
                "sum(rate(pg_statement_seconds_total[$window]))"
                    + " / sum(rate(pg_statement_calls_total[$window]))"),
            now,
            Optional.empty()));
    cards.removeIf(card -> card.get("value") == null);
    return cards;
  }

  private static SignalRef lower(String name, String unit, String query) {
    return new SignalRef(name, unit, query, SignalRef.Better.LOWER);
  }

  private Map<String, @Nullable Object> card(
      String id, SignalRef signal, Instant now, Optional<Double> target) {
    double value = new MetricSignals(hone.store()).read(signal, now.minus(WINDOW), now).value();
    var card = new LinkedHashMap<String, @Nullable Object>();
    card.put("id", id);
    card.put("title", signal.name());
    card.put("value", Double.isNaN(value) ? null : value);
    card.put("unit", signal.unit());
    card.put("query", signal.query());
    card.put("target", target.orElse(null));
    card.put("status", target.map(t -> value <= t ? "good" : "attention").orElse("unknown"));
    card.put("note", "over the last " + WINDOW.toSeconds() + " s");
    card.put("better", signal.better().name());
    return card;
  }
}
