package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.loop.Audit;
import dev.hone.loop.BurnWatch;
import dev.hone.loop.ErrorBudget;
import dev.hone.loop.Guardrail;
import dev.hone.loop.LoopState;
import dev.hone.loop.Mode;
import dev.hone.loop.Objective;
import dev.hone.loop.Policy;
import dev.hone.loop.SignalRef;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A burning error budget from the samples to the API, the audit trail and the next start. */
class ErrorBudgetTest {
  private static final Policy POLICY = Policy.observing().withModes(Map.of("host", Mode.APPROVE));
  private static final Objective OBJECTIVE =
      new Objective(
          "shop",
          RunningHone.SIGNAL,
          List.of(new Guardrail(RunningHone.SIGNAL, 0.5, 0)),
          Optional.of(
              new ErrorBudget(
                  0.999,
                  new SignalRef(
                      "failed requests",
                      "ratio",
                      "sum(rate(failed_total[$window])) / sum(rate(requests_total[$window]))",
                      SignalRef.Better.LOWER))),
          Optional.empty());

  @TempDir Path directory;

  /** Half an hour of ten requests a second, of which a share fails. */
  private static void requests(MetricStore store, double failing) {
    Instant now = Instant.now();
    for (int second = -1800; second <= 0; second += 15) {
      long at = now.plusSeconds(second).toEpochMilli();
      store.append(Labels.of(Map.of("__name__", "requests_total")), at, 10 * (1800 + second));
      store.append(
          Labels.of(Map.of("__name__", "failed_total")), at, failing * 10 * (1800 + second));
    }
  }

  private static Map<?, ?> map(@Nullable Object value) {
    assertThat(value).isInstanceOf(Map.class);
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  @Test
  void itHaltsApprovedChangesAndIsToldEverywhere() throws Exception {
    try (var running = RunningHone.start(directory, POLICY, Optional.of(OBJECTIVE));
        var api = new Caller(running)) {
      assertThat(map(api.get("status").get("errorBudget")).get("burning")).isNull();
      requests(running.hone.store(), 0.05);
      RunningHone.await("burn", () -> running.hone.loops().registry().burn() != null);
      Map<String, @Nullable Object> status = api.get("status");
      assertThat(String.valueOf(map(map(status.get("errorBudget")).get("burning")).get("why")))
          .startsWith("the error budget burns too fast: 5.00 % of requests failed in 5 min")
          .contains("a target of 99.9 %");
      assertThat(map(status.get("health")).get("level")).isEqualTo("bad");
      assertThat(String.valueOf(map(status.get("health")).get("sentence")))
          .startsWith("The error budget burns too fast, so Hone changes nothing; ");
      String loop = running.propose();
      running.hone.conductor().approve(loop, running.hone.loops().require(loop).planHash(), "ada");
      RunningHone.await("schedule", () -> running.state(loop) == LoopState.SCHEDULED);
      assertThat(String.valueOf(api.get("loops/" + loop).get("waitsFor")))
          .startsWith("nothing starts: the error budget burns too fast");
      List<Audit.Line> trail = running.hone.audit().find(Audit.Filter.ALL, Long.MAX_VALUE, 100);
      assertThat(trail).extracting(Audit.Line::kind).containsOnlyOnce("BudgetBurning");
    }
    try (var without = RunningHone.start(directory, POLICY);
        var api = new Caller(without)) {
      assertThat(without.hone.loops().registry().burn()).isNull();
      assertThat(api.get("status")).containsEntry("errorBudget", null);
      assertThat(api.answer("audit?kind=BudgetRecovered").body())
          .contains("the configuration has no `objective.errorBudget` any more");
    }
  }

  @Test
  void whatTheTargetAllowsHaltsNothing() throws Exception {
    try (var running = RunningHone.start(directory, POLICY, Optional.of(OBJECTIVE));
        var api = new Caller(running)) {
      requests(running.hone.store(), 0.0005);
      RunningHone.await("a reading", () -> rate(running.hone) > 0);
      assertThat(rate(running.hone)).isCloseTo(0.5, within(0.05));
      assertThat(map(api.get("status").get("errorBudget")).get("burning")).isNull();
    }
  }

  private static double rate(Hone hone) {
    List<BurnWatch.Burn> burns = hone.burnWatch().orElseThrow().burns();
    return burns.isEmpty() ? Double.NaN : burns.getFirst().shortRate();
  }
}
