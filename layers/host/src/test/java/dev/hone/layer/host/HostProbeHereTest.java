package dev.hone.layer.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MemoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The probe on the host that the tests run on. */
class HostProbeHereTest {
  private static final Instant START = Instant.parse("2026-11-01T12:00:00Z");

  @BeforeAll
  static void needsLinux() {
    Assumptions.assumeTrue(
        Files.exists(Path.of("/proc/stat")), "needs a Linux host with /proc mounted");
  }

  @Test
  void keepsAtLeastAHundredMetrics() throws Exception {
    try (var store = new MemoryStore(20_000, 100);
        var probe = new HostProbe(Path.of("/"), store, List::of)) {
      probe.sample(START);
      probe.sample(START.plusSeconds(1));
      assertThat(store.labelValues(Labels.NAME)).hasSizeGreaterThanOrEqualTo(100);
      assertThat(
              store.select(
                  List.of(Matcher.equal(Labels.NAME, "node_cpu_seconds_total")),
                  START.toEpochMilli(),
                  START.toEpochMilli() + 1000))
          .hasSize(8 * Runtime.getRuntime().availableProcessors());
    }
  }

  @Test
  void keepsItsOwnProcessWithNameAndMemory() throws Exception {
    String pid = Long.toString(ProcessHandle.current().pid());
    try (var store = new MemoryStore(20_000, 100);
        var probe = new HostProbe(Path.of("/"), store, List::of)) {
      probe.sample(START);
      var found =
          store.select(
              List.of(
                  Matcher.equal(Labels.NAME, "hone_process_resident_bytes"),
                  Matcher.equal("pid", pid)),
              0,
              START.toEpochMilli());
      assertThat(found).hasSize(1);
      assertThat(found.getFirst().labels().get("name")).isNotEqualTo("?");
      assertThat(found.getFirst().values()[0]).isGreaterThan(10e6);
    }
  }
}
