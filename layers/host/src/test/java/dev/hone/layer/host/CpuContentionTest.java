package dev.hone.layer.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Finding;
import dev.hone.loop.Ids;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MemoryStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The diagnosis on samples made for it. */
class CpuContentionTest {
  private static final Instant START = Instant.parse("2026-11-01T12:00:00Z");

  private final MemoryStore store = new MemoryStore(1000, 1000);
  private RecordedHost host;
  private CpuContention diagnosis;
  private int second;

  /** Totals of counters, in seconds. */
  private double pressure;

  private double delay;
  private double used;
  private double batch;
  private double small;

  @BeforeEach
  void record(@TempDir Path root) {
    host = new RecordedHost(root);
    host.process(1, "init", 0, 1, 0).process(40, "shell", 1, 5, 0).process(41, "java", 40, 9, 0);
    host.process(100, "java", 1, 50, 0);
    host.process(200, "batch", 1, 60, 0).process(201, "small", 1, 61, 0);
    host.process(202, "sshd", 1, 62, 0).process(203, "guard", 1, 63, 0);
    var processes = new HostProcesses(root);
    diagnosis =
        new CpuContention(
            store,
            new Ids(() -> START, new Random(1)),
            processes,
            new UntouchableProcesses(processes, () -> Set.of(203L), 41),
            () -> List.of(new ProtectedProcess(100, "shop", false)));
  }

  /** Lets seconds pass in which things grow at these rates. */
  private void pass(int seconds, double pressureRate, double delayRate, double batchCores) {
    for (int i = 0; i < seconds; i++) {
      second++;
      put("node_pressure_cpu_waiting_seconds_total", pressure += pressureRate);
      put(
          "hone_protected_run_delay_seconds_total",
          delay += delayRate,
          "pid",
          "100",
          "name",
          "shop");
      put("hone_protected_cpu_seconds_total", used += 0.5, "pid", "100", "name", "shop");
      cpu("100", "shop", used);
      cpu("200", "batch", batch += batchCores);
      cpu("201", "small", small += 0.05);
      cpu("202", "sshd", batch);
      cpu("203", "guard", batch);
      cpu("40", "shell", batch);
      cpu("41", "java", batch);
    }
  }

  private void cpu(String pid, String name, double value) {
    put("hone_process_cpu_seconds_total", value, "pid", pid, "name", name);
  }

  private void put(String name, double value, String... labels) {
    store.append(Labels.of(name, labels), now().toEpochMilli(), value);
  }

  private Instant now() {
    return START.plusSeconds(second);
  }

  @Test
  void findsNothingOnAQuietHost() {
    pass(30, 0.01, 0.001, 0.3);
    assertThat(diagnosis.examine(now())).isEmpty();
  }

  @Test
  void blamesTheNeighbourAndNobodyElse() {
    pass(60, 0.8, 0.6, 1.5);
    List<Finding> findings = diagnosis.examine(now());
    assertThat(findings).hasSize(1);
    Finding finding = findings.getFirst();
    assertThat(finding.key()).isEqualTo("host/cpu-contention/process batch 200");
    assertThat(finding.details())
        .containsEntry("pid", "200")
        .containsEntry("startTicks", "60")
        .containsEntry("bootId", RecordedHost.BOOT_ID)
        .containsEntry("name", "batch");
    assertThat(finding.completeness()).isEqualTo(1);
    assertThat(finding.summary()).contains("batch (pid 200) uses 1.5 cores", "55 %");
    assertThat(finding.evidence())
        .extracting(Finding.Evidence::query)
        .contains("sum(rate(hone_process_cpu_seconds_total{pid=\"200\",name=\"batch\"}[$window]))");
    CulpritDetails culprit = CulpritDetails.of(finding.details());
    assertThat(culprit.cores()).isBetween(1.49, 1.51);
    assertThat(culprit.waitShare()).isBetween(0.54, 0.55);
  }

  @Test
  void ordersCulpritsByWhatTheyUse() {
    host.process(300, "indexer", 1, 70, 0);
    for (int i = 0; i < 30; i++) {
      pass(1, 0.8, 0.6, 0.4);
      cpu("300", "indexer", i * 1.0);
    }
    assertThat(diagnosis.examine(now()))
        .extracting(f -> f.target().name())
        .containsExactly("indexer 300", "batch 200");
  }

  @Test
  void findsNothingWhenOnlyOthersWait() {
    pass(30, 0.9, 0.001, 1.9);
    assertThat(diagnosis.examine(now())).isEmpty();
  }

  @Test
  void findsNothingWhenTheProtectedProcessesWaitForEachOtherAlone() {
    pass(30, 0.9, 0.6, 0.01);
    assertThat(diagnosis.examine(now())).isEmpty();
  }

  @Test
  void saysNothingOnTooFewSamples() {
    pass(6, 0.8, 0.6, 1.5);
    assertThat(diagnosis.examine(now())).isEmpty();
    pass(5, 0.8, 0.6, 1.5);
    assertThat(diagnosis.examine(now()))
        .singleElement()
        .satisfies(f -> assertThat(f.completeness()).isBetween(0.7, 0.8));
  }

  @Test
  void goesAwayOnceTheProtectedProcessesNoLongerWait() {
    pass(60, 0.8, 0.6, 1.5);
    assertThat(diagnosis.examine(now())).hasSize(1);
    pass(16, 0.8, 0.002, 1.4);
    assertThat(diagnosis.examine(now())).isEmpty();
  }

  @Test
  void sparesWhatYieldsAlready() {
    host.process(200, "batch", 1, 60, 0, 5);
    pass(30, 0.8, 0.6, 1.5);
    assertThat(diagnosis.examine(now())).isEmpty();
  }

  @Test
  void dropsACulpritThatHasEnded() {
    pass(30, 0.8, 0.6, 1.5);
    host.without("proc/200");
    assertThat(diagnosis.examine(now())).isEmpty();
  }

  @Test
  void saysSinceWhen() {
    pass(60, 0.01, 0.001, 0.0);
    Instant began = now();
    pass(60, 0.8, 0.6, 1.5);
    assertThat(diagnosis.examine(now()).getFirst().since())
        .isBetween(began.minusSeconds(15), began.plusSeconds(15));
  }
}
