package dev.hone.layer.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.loop.Probe.ProbeException;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MemoryStore;
import dev.hone.metrics.Series;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probe on recorded files. */
class HostProbeTest {
  private final MemoryStore store = new MemoryStore(10_000, 100);
  private final List<ProtectedProcess> protectedProcesses = new java.util.ArrayList<>();
  private RecordedHost host;
  private HostProbe probe;
  private Instant now = Instant.parse("2026-11-01T12:00:00Z");

  @BeforeEach
  void record(@TempDir Path root) {
    host = new RecordedHost(root);
    probe = new HostProbe(root, store, () -> protectedProcesses);
  }

  @AfterEach
  void close() {
    probe.close();
    store.close();
  }

  /** Takes a round and gives what it put, by series. */
  private Map<String, Double> sample() throws Exception {
    now = now.plusSeconds(1);
    probe.sample(now);
    var values = new TreeMap<String, Double>();
    for (Series series : store.select(List.of(), now.toEpochMilli() - 1, now.toEpochMilli())) {
      values.put(series.labels().toString(), series.values()[0]);
    }
    return values;
  }

  @Test
  void readsProcessorTimesInSecondsByProcessorAndMode() throws Exception {
    host.file(
        "proc/stat",
        """
        cpu  10343 0 3550 188319 510 0 74 68 0 0
        cpu0 4713 0 1341 95284 36 0 11 28 0 0
        cpu1 5630 0 2209 93035 474 0 62 39 0 0
        intr 258260 0 0 15 203
        ctxt 542319
        btime 1795223808
        processes 7002
        procs_running 3
        procs_blocked 1
        softirq 173954 0 19005
        """);
    assertThat(sample())
        .containsEntry("node_cpu_seconds_total{cpu=\"0\",mode=\"user\"}", 47.13)
        .containsEntry("node_cpu_seconds_total{cpu=\"1\",mode=\"steal\"}", 0.39)
        .containsEntry("hone_host_cpu_seconds_total{mode=\"idle\"}", 1883.19)
        .containsEntry("node_intr_total", 258260.0)
        .containsEntry("node_context_switches_total", 542319.0)
        .containsEntry("node_boot_time_seconds", 1795223808.0)
        .containsEntry("node_forks_total", 7002.0)
        .containsEntry("node_procs_running", 3.0)
        .containsEntry("node_procs_blocked", 1.0);
  }

  @Test
  void followsAProcessorThatComesAndGoes() throws Exception {
    host.file("proc/stat", "cpu0 100 0 0 0 0 0 0 0\n");
    assertThat(sample()).doesNotContainKey("node_cpu_seconds_total{cpu=\"1\",mode=\"user\"}");
    host.file("proc/stat", "cpu0 100 0 0 0 0 0 0 0\ncpu1 200 0 0 0 0 0 0 0\n");
    assertThat(sample()).containsEntry("node_cpu_seconds_total{cpu=\"1\",mode=\"user\"}", 2.0);
    host.file("proc/stat", "cpu1 300 0 0 0 0 0 0 0\n");
    assertThat(sample())
        .containsEntry("node_cpu_seconds_total{cpu=\"1\",mode=\"user\"}", 3.0)
        .doesNotContainKey("node_cpu_seconds_total{cpu=\"0\",mode=\"user\"}");
  }

  @Test
  void readsMemoryInBytesAndHugePagesAsCounts() throws Exception {
    host.file(
        "proc/meminfo",
        """
        MemTotal:       24684084 kB
        MemAvailable:   24366456 kB
        Active(anon):       1532 kB
        HugePages_Total:       7
        """);
    assertThat(sample())
        .containsEntry("node_memory_MemTotal_bytes", 24684084.0 * 1024)
        .containsEntry("node_memory_MemAvailable_bytes", 24366456.0 * 1024)
        .containsEntry("node_memory_Active_anon_bytes", 1532.0 * 1024)
        .containsEntry("node_memory_HugePages_Total", 7.0);
  }

  @Test
  void keepsOfVirtualMemoryWhatTellsOfPressure() throws Exception {
    host.file("proc/vmstat", "nr_free_pages 1096091\npgmajfault 1274\noom_kill 2\n");
    assertThat(sample())
        .containsEntry("node_vmstat_pgmajfault", 1274.0)
        .containsEntry("node_vmstat_oom_kill", 2.0)
        .doesNotContainKey("node_vmstat_nr_free_pages");
  }

  @Test
  void readsWholeDisksButNoPartitionsAndNoLoopDevices() throws Exception {
    host.file("sys/block/vda/size", "1\n").file("sys/block/loop0/size", "0\n");
    host.file(
        "proc/diskstats",
        """
           7       0 loop0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
         254       0 vda 45179 10302 3155154 13574 19512 9799 2665752 5987 3 9496 20167
         254       1 vda1 45179 10302 3155154 13574 19512 9799 2665752 5987 0 9496 20167
        """);
    assertThat(sample())
        .containsEntry("node_disk_reads_completed_total{device=\"vda\"}", 45179.0)
        .containsEntry("node_disk_read_bytes_total{device=\"vda\"}", 3155154.0 * 512)
        .containsEntry("node_disk_io_now{device=\"vda\"}", 3.0)
        .containsEntry("node_disk_io_time_seconds_total{device=\"vda\"}", 9.496)
        .doesNotContainKey("node_disk_reads_completed_total{device=\"vda1\"}")
        .doesNotContainKey("node_disk_reads_completed_total{device=\"loop0\"}");
  }

  @Test
  void readsNetworkInterfacesAndProtocols() throws Exception {
    host.file(
        "proc/net/dev",
        """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes packets errs
          eth0: 539552172   12534    1    2    0     0          0         0   808002    8935  0
        """);
    host.file(
        "proc/net/netstat",
        """
        TcpExt: SyncookiesSent Other ListenOverflows ListenDrops
        TcpExt: 0 9 4 5
        IpExt: InOctets
        IpExt: 77
        """);
    host.file("proc/net/sockstat", "sockets: used 13\nTCP: inuse 1 orphan 0 tw 8\n");
    assertThat(sample())
        .containsEntry("node_network_receive_bytes_total{device=\"eth0\"}", 539552172.0)
        .containsEntry("node_network_transmit_packets_total{device=\"eth0\"}", 8935.0)
        .containsEntry("node_netstat_TcpExt_ListenOverflows", 4.0)
        .containsEntry("node_netstat_TcpExt_ListenDrops", 5.0)
        .containsEntry("node_netstat_IpExt_InOctets", 77.0)
        .containsEntry("node_sockstat_sockets_used", 13.0)
        .containsEntry("node_sockstat_TCP_tw", 8.0);
  }

  @Test
  void readsPressureAndLoad() throws Exception {
    host.file(
        "proc/pressure/cpu",
        """
        some avg10=12.50 avg60=1.36 avg300=1.63 total=21954424
        full avg10=0.00 avg60=0.00 avg300=0.00 total=7
        """);
    host.file("proc/loadavg", "0.25 1.50 12.00 1/123 4711\n");
    assertThat(sample())
        .containsEntry("node_pressure_cpu_waiting_seconds_total", 21.954424)
        .containsEntry("node_pressure_cpu_stalled_seconds_total", 7e-6)
        .containsEntry("hone_pressure_ratio{kind=\"some\",resource=\"cpu\",window=\"10s\"}", 0.125)
        .containsEntry("node_load1", 0.25)
        .containsEntry("node_load15", 12.0);
  }

  @Test
  void sumsTheWaitingTimeOfAllThreadsAndKeepsThatOfEndedOnes() throws Exception {
    host.process(50, "batch", 1, 900, 100).waited(50, 50, 1_000_000_000L);
    host.waited(50, 51, 500_000_000L);
    String series = "hone_process_run_delay_seconds_total{name=\"batch\",pid=\"50\"}";
    assertThat(sample()).containsEntry(series, 1.5);
    host.without("proc/50/task/51").process(50, "batch", 1, 900, 150);
    host.waited(50, 50, 2_000_000_000L);
    assertThat(sample())
        .containsEntry(series, 2.5)
        .containsEntry("hone_process_cpu_seconds_total{name=\"batch\",pid=\"50\"}", 1.5)
        .containsEntry("hone_process_resident_bytes{name=\"batch\",pid=\"50\"}", 256.0 * 4096);
  }

  @Test
  void noticesWithinFiveRoundsThatAQuietProcessWakesUp() throws Exception {
    host.process(50, "batch", 1, 900, 100);
    host.file(
        "proc/50/io", "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\n");
    for (int i = 0; i < 20; i++) {
      assertThat(sample())
          .containsEntry("hone_process_cpu_seconds_total{name=\"batch\",pid=\"50\"}", 1.0)
          .containsEntry("hone_process_written_bytes_total{name=\"batch\",pid=\"50\"}", 6.0);
    }
    host.process(50, "batch", 1, 900, 300);
    Map<String, Double> after = Map.of();
    for (int i = 0; i < 5; i++) {
      after = sample();
    }
    assertThat(after)
        .containsEntry("hone_process_cpu_seconds_total{name=\"batch\",pid=\"50\"}", 3.0);
  }

  @Test
  void countsChildrenIntoTheirProtectedParentAndNeverFallsWhenTheyEnd() throws Exception {
    protectedProcesses.add(new ProtectedProcess(60, "postgres", true));
    host.process(60, "postgres", 1, 900, 100).waited(60, 60, 0);
    String cpu = "hone_protected_cpu_seconds_total{name=\"postgres\",pid=\"60\"}";
    String delay = "hone_protected_run_delay_seconds_total{name=\"postgres\",pid=\"60\"}";
    assertThat(sample()).containsEntry(cpu, 0.0).containsEntry(delay, 0.0);
    host.process(61, "postgres", 60, 950, 30).waited(61, 61, 4_000_000_000L);
    assertThat(sample()).containsEntry(cpu, 0.3).containsEntry(delay, 4.0);
    host.without("proc/61");
    assertThat(sample()).containsEntry(cpu, 0.3).containsEntry(delay, 4.0);
  }

  @Test
  void tellsAProcessFromAnotherWithTheSameNumber() throws Exception {
    host.process(70, "first", 1, 900, 100);
    assertThat(sample()).containsKey("hone_process_cpu_seconds_total{name=\"first\",pid=\"70\"}");
    host.process(70, "second", 1, 2000, 5);
    Map<String, Double> after = Map.of();
    for (int i = 0; i < 10; i++) {
      after = sample();
    }
    assertThat(after)
        .doesNotContainKey("hone_process_cpu_seconds_total{name=\"first\",pid=\"70\"}")
        .containsKey("hone_process_cpu_seconds_total{name=\"second\",pid=\"70\"}");
  }

  @Test
  void givesNoSeriesToKernelThreadsAndAtMostFiftyProcesses() throws Exception {
    host.process(80, "kworker/0:1", 2, 10, 5000);
    for (int pid = 100; pid < 180; pid++) {
      host.process(pid, "worker", 1, 900, pid);
    }
    sample();
    assertThat(store.labelValues("pid")).hasSize(50).doesNotContain("80");
  }

  @Test
  void boundsTheSeriesOfProcessesThatComeAndGo() throws Exception {
    sample();
    for (int round = 0; round < 120; round++) {
      host.process(1000 + round, "short", 1, 900 + round, 1);
      if (round > 10) {
        host.without("proc/" + (1000 + round - 10));
      }
      sample();
    }
    assertThat(store.labelValues("pid")).hasSizeLessThanOrEqualTo(50 + 120 / 6 + 1);
  }

  @Test
  void goesOnWhenTheStoreTakesNoMoreSeries() throws Exception {
    host.file("proc/loadavg", "0.25 1.50 12.00 1/123 4711\n").process(90, "batch", 1, 1, 1);
    try (var small = new MemoryStore(30, 10);
        var full = new HostProbe(host.root(), small, List::of)) {
      full.sample(now);
      full.sample(now.plusSeconds(1));
      assertThat(small.seriesCount()).isEqualTo(30);
      assertThat(small.labelValues(Labels.NAME)).contains("node_load1");
    }
  }

  @Test
  void saysWhatIsMissingOnAnotherSystem() {
    host.without("proc/stat");
    assertThatThrownBy(() -> probe.sample(now))
        .isInstanceOf(ProbeException.class)
        .hasMessageContaining("/stat` does not exist");
  }

  @Test
  void callsAJavaProgramByItsJarOrClass() {
    assertThat(ProcessName.ofJava(List.of("java", "-Xmx1g", "-jar", "/opt/a/shop-1.2.jar", "x")))
        .isEqualTo("shop-1.2");
    assertThat(ProcessName.ofJava(List.of("java", "-cp", "a:b", "-ea", "com.acme.Batch", "--x")))
        .isEqualTo("Batch");
    assertThat(ProcessName.ofJava(List.of("java", "-p", "mods", "-m", "acme/com.acme.Main")))
        .isEqualTo("Main");
  }
}
