package dev.hone.demo;

import dev.hone.loop.Json;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Hone did to the demo.
 *
 * @param loops all loops that began since the start
 * @param start when the demo began
 * @param before latency of the shop at the start
 * @param after latency of the shop at the end
 */
record DemoReport(
    List<LoopRecord> loops, Instant start, DemoSystem.Summary before, DemoSystem.Summary after) {
  private static final int LAYERS = 3;

  DemoReport(
      Collection<LoopRecord> all,
      Instant start,
      DemoSystem.Summary before,
      DemoSystem.Summary after) {
    this(
        all.stream().filter(l -> !l.finding().at().isBefore(start)).toList(), start, before, after);
  }

  /** Whether three layers have a kept change and at least one change was rolled back. */
  static boolean closed(Collection<LoopRecord> loops) {
    long layers =
        loops.stream()
            .filter(l -> l.state() == LoopState.KEPT)
            .map(l -> l.recommendation().layer())
            .distinct()
            .count();
    return layers >= LAYERS && loops.stream().anyMatch(DemoReport::rolledBack);
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
        closed() ? "" : "; not closed: three layers with a kept change and one rolled back needed");
  }

  /** The report for machines. */
  String json() {
    var report = new LinkedHashMap<String, @Nullable Object>();
    report.put("closed", closed());
    report.put("before", latency(before));
    report.put("after", latency(after));
    report.put("p95Ratio", before.p95Ms() / after.p95Ms());
    report.put("loops", loops.stream().map(DemoReport::loop).toList());
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
