package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Guardrail;
import dev.hone.loop.Mode;
import dev.hone.loop.Objective;
import dev.hone.loop.Policy;
import dev.hone.loop.SignalRef;
import dev.hone.metrics.Labels;
import dev.hone.metrics.engine.Engine;
import dev.hone.metrics.engine.EngineOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another level of the load from the samples to the API and the audit trail. */
class LoadShiftTest {
  private static final Policy POLICY = Policy.observing().withModes(Map.of("host", Mode.APPROVE));
  private static final SignalRef LOAD =
      new SignalRef(
          "requests", "1/s", "sum(rate(requests_total[$window]))", SignalRef.Better.HIGHER);
  private static final Objective OBJECTIVE =
      new Objective(
          "shop",
          RunningHone.SIGNAL,
          List.of(new Guardrail(RunningHone.SIGNAL, 0.5, 0)),
          Optional.empty(),
          Optional.of(LOAD));

  @TempDir Path directory;

  @Test
  void itIsNoticedFromTheSamplesAndStandsInTheStatusAndTheTrail() throws Exception {
    Instant now = Instant.now();
    try (var store =
        Engine.open(
            directory.resolve(StoreRestore.METRICS),
            EngineOptions.standard(),
            InstantSource.fixed(now),
            1,
            notice -> {})) {
      double requests = 0;
      for (int second = -75 * 60; second <= 0; second += 15) {
        requests += 15 * (second < -450 ? 100 : 200);
        long at = now.plusSeconds(second).toEpochMilli();
        store.append(Labels.of(Map.of("__name__", "requests_total")), at, requests);
      }
    }
    try (var running = RunningHone.start(directory, POLICY, Optional.of(OBJECTIVE));
        var api = new Caller(running)) {
      RunningHone.await("shift", () -> running.hone.loops().registry().loadShift().isPresent());
      assertThat(String.valueOf(api.get("status").get("loadShift")))
          .contains("before=100", "after=200", "unusual=false");
      assertThat(api.answer("audit?kind=LoadShifted").body())
          .contains("requests went from 100 to 200 1/s and stays there");
    }
  }
}
