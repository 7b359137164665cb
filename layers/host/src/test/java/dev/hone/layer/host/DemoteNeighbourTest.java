package dev.hone.layer.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Design;
import dev.hone.loop.Finding;
import dev.hone.loop.Guardrail;
import dev.hone.loop.Ids;
import dev.hone.loop.Objective;
import dev.hone.loop.Recommendation;
import dev.hone.loop.SignalRef;
import dev.hone.loop.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The technique on a real process. */
class DemoteNeighbourTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final SignalRef LATENCY =
      new SignalRef("shop p95 latency", "s", "shop_latency", SignalRef.Better.LOWER);

  private final HostProcesses processes = new HostProcesses(Path.of("/"));
  private final DemoteNeighbour technique =
      new DemoteNeighbour(
          new Ids(() -> NOW, new Random(1)), new ProcessSchedulingKnobs(), processes);
  private Process neighbour;

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/stat")), "needs a Linux host");
    neighbour = new ProcessBuilder("sleep", "60").start();
  }

  @AfterEach
  void end() throws Exception {
    if (neighbour != null) {
      neighbour.destroyForcibly().waitFor();
    }
  }

  private Finding finding() {
    var identity = Objects.requireNonNull(processes.identify(neighbour.pid()));
    return new Finding(
        "f1",
        "host",
        CpuContention.KIND,
        new Target("process", "batch " + neighbour.pid()),
        "",
        NOW,
        NOW,
        List.of(),
        new CulpritDetails(identity, "batch", 1.5, 0.8, 0.5, 0.6).asMap(),
        1);
  }

  @Test
  void proposesClassIdleWithProofAndUndo() throws Exception {
    List<Recommendation> all = technique.recommend(finding(), Optional.empty(), NOW);
    assertThat(all).hasSize(1);
    Recommendation one = all.getFirst();
    String pid = Long.toString(neighbour.pid());
    assertThat(one.from()).startsWith("other nice 0");
    assertThat(one.to()).startsWith("idle nice 0");
    assertThat(one.design())
        .isEqualTo(new Design.Switchback(Duration.ofSeconds(5), Duration.ofSeconds(2), 30));
    assertThat(one.primary().query())
        .isEqualTo("sum(rate(hone_protected_run_delay_seconds_total[$window]))");
    assertThat(one.expected()).isEqualTo(new Recommendation.Expected(-0.8, -0.2));
    assertThat(one.explanation().applyCommand())
        .startsWith("chrt --all-tasks --idle --pid 0 " + pid);
    assertThat(one.explanation().undoCommand())
        .startsWith("chrt --all-tasks --other --pid 0 " + pid);
    assertThat(one.explanation().rejected()).hasSize(3);
    assertThat(one.appliable()).isEqualTo(one.hindrance().isEmpty());
  }

  @Test
  void isJudgedByTheOwnersObjectiveAndLeavesTheNeighbourItsShare() throws Exception {
    var errors =
        new Guardrail(new SignalRef("errors", "1/s", "e", SignalRef.Better.LOWER), 0.5, 0.1);
    Recommendation one =
        technique
            .recommend(finding(), Optional.of(new Objective("shop", LATENCY, List.of(errors))), NOW)
            .getFirst();
    assertThat(one.primary()).isEqualTo(LATENCY);
    assertThat(one.expected().low()).isEqualTo(-0.4);
    assertThat(one.guardrails()).hasSize(2).contains(errors);
    Guardrail share = one.guardrails().get(1);
    assertThat(share.trippedBy(0.10, 1.5)).isFalse();
    assertThat(share.trippedBy(0.05, 1.5)).isTrue();
  }

  @Test
  void proposesNothingForAProcessThatHasEnded() throws Exception {
    Finding finding = finding();
    neighbour.destroyForcibly().waitFor();
    assertThat(technique.recommend(finding, Optional.empty(), NOW)).isEmpty();
  }

  @Test
  void writesCommandsForEveryPartOfTheValue() {
    assertThat(
            DemoteNeighbour.command(
                7,
                SchedulingValue.parse("idle nice 0 autogroup 19"),
                SchedulingValue.parse("batch nice 5 autogroup 0")))
        .isEqualTo(
            "chrt --all-tasks --batch --pid 0 7"
                + " && for t in /proc/7/task/*; do renice -n 5 -p ${t##*/}; done"
                + " && echo 0 > /proc/7/autogroup");
  }
}
