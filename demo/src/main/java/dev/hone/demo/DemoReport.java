package dev.hone.demo;

import dev.hone.loop.Json;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Recommendation;
import dev.hone.loop.Verdict;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What Hone did to the demo.
 *
 * @param loops the loops of this run
 * @param planted whether anything was wrong with the shop
 * @param before latency of the shop at the start
 * @param after latency of the shop at the end
 */
record DemoReport(
    List<LoopRecord> loops, boolean planted, DemoSystem.Summary before, DemoSystem.Summary after) {
  private static final int LAYERS = 3;
  private static final String TEMPTED = "host";

  DemoReport {
    loops = List.copyOf(loops);
  }

  /**
   * Whether three layers have a kept change and at least one change was rolled back. A layer in
   * which nothing that was found may be changed by this user does not count, and as the idea that
   * hurts lies in the host layer, nothing need be rolled back without it.
   */
  static boolean closed(Collection<LoopRecord> loops) {
    Set<String> kept = layers(loops, l -> l.state() == LoopState.KEPT);
    Set<String> barred = barred(loops);
    return kept.size() >= LAYERS - barred.size()
        && !kept.isEmpty()
        && (barred.contains(TEMPTED) || loops.stream().anyMatch(DemoReport::rolledBack));
  }

  /** The layers in which there is something to do but nothing that an ordinary user may do. */
  private static Set<String> barred(Collection<LoopRecord> loops) {
    if (System.getProperty("user.name", "").equals("root")) {
      return Set.of();
    }
    Set<String> barred = layers(loops, l -> !l.recommendation().appliable());
    barred.removeAll(layers(loops, l -> l.recommendation().appliable()));
    return barred;
  }

  private static Set<String> layers(Collection<LoopRecord> loops, Predicate<LoopRecord> which) {
    var layers = new TreeSet<String>();
    loops.stream().filter(which).forEach(loop -> layers.add(loop.recommendation().layer()));
    return layers;
  }

  private static boolean rolledBack(LoopRecord loop) {
    Verdict verdict = loop.verdict();
    return loop.state() == LoopState.ROLLED_BACK
        && verdict != null
        && verdict.decision() == Verdict.Decision.ROLL_BACK;
  }

  boolean closed() {
    return closed(loops);
  }

  /** Whether the demo ended as it should: closed, or with nothing planted, nothing kept. */
  boolean good() {
    return planted ? closed() : kept() == 0;
  }

  long kept() {
    return loops.stream().filter(l -> l.state() == LoopState.KEPT).count();
  }

  /** The outcome for people. */
  String sentence() {
    return String.format(
            "%d changes kept, %d rolled back; p95 latency %.0f ms before, %.0f ms after (%.1f times"
                + " lower)%s",
            kept(),
            loops.stream().filter(DemoReport::rolledBack).count(),
            before.p95Ms(),
            after.p95Ms(),
            before.p95Ms() / after.p95Ms(),
            planted && !closed()
                ? "; not closed: three layers with a kept change and one rolled back needed"
                : "")
        + commands();
  }

  /** What this user may not do, as commands for one who may. */
  private String commands() {
    var text = new StringBuilder();
    for (LoopRecord loop : loops) {
      Recommendation recommendation = loop.recommendation();
      if (!recommendation.appliable()) {
        text.append("\n         not applied: " + recommendation.title())
            .append(" (" + recommendation.hindrance() + "); to do it by hand: ")
            .append(recommendation.explanation().applyCommand());
      }
    }
    return text.toString();
  }

  /** The report for machines. */
  String json() {
    var report = new LinkedHashMap<String, @Nullable Object>();
    report.put("closed", closed());
    report.put("barredLayers", List.copyOf(barred(loops)));
    report.put("before", latency(before));
    report.put("after", latency(after));
    report.put("p95Ratio", before.p95Ms() / after.p95Ms());
    report.put(
        "loops", loops.stream().filter(loop -> word(loop) != null).map(DemoReport::loop).toList());
    return Json.write(report) + "\n";
  }

  private static Map<String, @Nullable Object> latency(DemoSystem.Summary summary) {
    var latency = new LinkedHashMap<String, @Nullable Object>();
    latency.put("requests", summary.requests());
    latency.put("errors", summary.errors());
    latency.put("p50Ms", summary.p50Ms());
    latency.put("p95Ms", summary.p95Ms());
    latency.put("p99Ms", summary.p99Ms());
    latency.put("meanMs", summary.meanMs());
    return latency;
  }

  private static Map<String, @Nullable Object> loop(LoopRecord loop) {
    Verdict verdict = loop.verdict();
    var line = new LinkedHashMap<String, @Nullable Object>();
    line.put("id", loop.id());
    line.put("layer", loop.recommendation().layer());
    line.put("technique", loop.recommendation().technique());
    line.put("knob", loop.plan().knob().toString());
    line.put("old", loop.plan().from());
    line.put("new", loop.plan().to());
    line.put("design", loop.plan().design().title());
    line.put("grade", loop.plan().design().grade().name());
    line.put("pairs", verdict == null ? 0 : verdict.pairs());
    line.put("effect", verdict == null ? null : verdict.effect());
    line.put("interval", verdict == null ? null : List.of(verdict.low(), verdict.high()));
    line.put("verdict", word(loop));
    line.put("state", loop.state().name());
    line.put("reasons", verdict == null ? List.of() : verdict.reasons());
    line.put(
        "seconds",
        Duration.between(loop.history().getFirst().at(), loop.updatedAt()).toMillis() / 1000.0);
    return line;
  }

  private static @Nullable String word(LoopRecord loop) {
    Verdict verdict = loop.verdict();
    return switch (loop.state()) {
      case KEPT -> "KEPT";
      case STUCK -> "STUCK";
      case ROLLED_BACK ->
          verdict != null && verdict.decision() == Verdict.Decision.INCONCLUSIVE
              ? "INCONCLUSIVE"
              : "ROLLED_BACK";
      default -> null;
    };
  }
}
