package dev.hone.layer.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that node_exporter and netdata read too, under the names of node_exporter. */
class HostFilesTest {
  private final MemoryStore store = new MemoryStore(20_000, 100);
  private RecordedHost host;
  private HostProbe probe;
  private Instant now = Instant.parse("2026-11-01T12:00:00Z");

  @BeforeEach
  void record(@TempDir Path root) {
    host = new RecordedHost(root);
    probe = new HostProbe(root, store, List::of);
  }

  @AfterEach
  void close() {
    probe.close();
    store.close();
  }

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
  void readsInterruptsByProcessorWithTheirDevices() throws Exception {
    host.file(
        "proc/interrupts",
        """
                   CPU0       CPU1
         24:          1          7  IO-APIC   5-edge      ACPI:Ged
        LOC:    3530360    3617039   Local timer interrupts
        ERR:          0
        """);
    assertThat(sample())
        .containsEntry(
            "node_interrupts_total{cpu=\"1\",devices=\"5-edge ACPI:Ged\",info=\"IO-APIC\","
                + "type=\"24\"}",
            7.0)
        .containsEntry(
            "node_interrupts_total{cpu=\"0\",info=\"Local timer interrupts\",type=\"LOC\"}",
            3530360.0)
        .allSatisfy((series, value) -> assertThat(series).doesNotContain("ERR"));
  }

  @Test
  void countsInterruptsAnewUnderTheirProcessorsWhenOneGoesOffline() throws Exception {
    host.file("proc/softirqs", "      CPU0       CPU1\n HI:     5          6\n");
    assertThat(sample()).containsEntry("node_softirqs_functions_total{cpu=\"1\",type=\"HI\"}", 6.0);
    host.file("proc/softirqs", "      CPU1\n HI:     9\n");
    assertThat(sample())
        .containsEntry("node_softirqs_functions_total{cpu=\"1\",type=\"HI\"}", 9.0)
        .doesNotContainKey("node_softirqs_functions_total{cpu=\"0\",type=\"HI\"}");
  }

  @Test
  void sumsInterruptsUpOnAMachineWithManyProcessors() throws Exception {
    var header = new StringBuilder();
    var line = new StringBuilder("NMI:");
    for (int cpu = 0; cpu < 96; cpu++) {
      header.append(" CPU").append(cpu);
      line.append(" 2");
    }
    host.file("proc/interrupts", header + "\n" + line + "  Non-maskable interrupts\n");
    assertThat(sample())
        .containsEntry(
            "node_interrupts_total{info=\"Non-maskable interrupts\",type=\"NMI\"}", 192.0);
  }

  @Test
  void readsTheProcessorsPacketQueuesToBaseSixteen() throws Exception {
    host.file(
        "proc/net/softnet_stat",
        """
        004bc8de 00000001 00000017 00000000 00000000 00000000 00000000 00000000 00000000 0000000a
        00000010 00000000 00000025 00000000 00000000 00000000 00000000 00000000 00000000 00000000
        """);
    assertThat(sample())
        .containsEntry("node_softnet_processed_total{cpu=\"0\"}", (double) 0x4bc8de)
        .containsEntry("node_softnet_dropped_total{cpu=\"0\"}", 1.0)
        .containsEntry("node_softnet_received_rps_total{cpu=\"0\"}", 10.0)
        .containsEntry("node_softnet_times_squeezed_total{cpu=\"1\"}", 37.0);
  }

  @Test
  void takesThePacketQueuesProcessorFromItsLineWhereItStandsThere() throws Exception {
    host.file("proc/net/softnet_stat", "00000010 0 0 0 0 0 0 0 0 0 0 0 00000003 0 0\n");
    assertThat(sample())
        .containsEntry("node_softnet_processed_total{cpu=\"3\"}", 16.0)
        .doesNotContainKey("node_softnet_processed_total{cpu=\"0\"}");
  }

  @Test
  void sumsConnectionTrackingOverProcessors() throws Exception {
    host.file("proc/sys/net/netfilter/nf_conntrack_count", "17\n");
    host.file("proc/sys/net/netfilter/nf_conntrack_max", "262144\n");
    host.file(
        "proc/net/stat/nf_conntrack",
        """
        entries  clashres found new invalid ignore delete chainlength insert insert_failed drop
        00000011 00000000 00000002 00000000 0000000f 00000000 00000000 00000000 00000000 00000003 1
        00000011 00000000 00000003 00000000 00000001 00000000 00000000 00000000 00000000 00000004 0
        """);
    assertThat(sample())
        .containsEntry("node_nf_conntrack_entries", 17.0)
        .containsEntry("node_nf_conntrack_entries_limit", 262144.0)
        .containsEntry("node_nf_conntrack_stat_found", 5.0)
        .containsEntry("node_nf_conntrack_stat_invalid", 16.0)
        .containsEntry("node_nf_conntrack_stat_insert_failed", 7.0)
        .containsEntry("node_nf_conntrack_stat_drop", 1.0);
  }

  @Test
  void readsHowLongTasksWaitedForEachProcessor() throws Exception {
    host.file(
        "proc/schedstat",
        """
        version 17
        timestamp 4294937296
        cpu0 0 0 0 0 0 0 2000000000 500000000 42
        domain0 MC 3 1 2 3 4 5 6 7 8 9
        cpu1 0 0 0 0 0 0 1000000000 250000000 7
        """);
    assertThat(sample())
        .containsEntry("node_schedstat_running_seconds_total{cpu=\"0\"}", 2.0)
        .containsEntry("node_schedstat_waiting_seconds_total{cpu=\"1\"}", 0.25)
        .containsEntry("node_schedstat_timeslices_total{cpu=\"0\"}", 42.0);
  }

  @Test
  void readsGuestsTimesAndAllEventsOfVirtualMemory() throws Exception {
    host.file("proc/stat", "cpu0 100 0 0 0 0 0 0 0 50 25\n");
    host.file("proc/vmstat", "nr_dirtied 8\nnr_mapped 9\nballoon_inflate 3\nthp_split_page 4\n");
    assertThat(sample())
        .containsEntry("node_cpu_guest_seconds_total{cpu=\"0\",mode=\"user\"}", 0.5)
        .containsEntry("node_cpu_guest_seconds_total{cpu=\"0\",mode=\"nice\"}", 0.25)
        .containsEntry("node_vmstat_nr_dirtied", 8.0)
        .containsEntry("node_vmstat_balloon_inflate", 3.0)
        .containsEntry("node_vmstat_thp_split_page", 4.0)
        .doesNotContainKey("node_vmstat_nr_mapped");
  }

  @Test
  void readsProtocolsWholeAndVersionSixByItsNames() throws Exception {
    host.file("proc/net/snmp", "Tcp: MaxConn RetransSegs\nTcp: -1 77\nUdp: MemErrors\nUdp: 4\n");
    host.file("proc/net/snmp6", "Ip6InReceives                   \t2\nUdp6RcvbufErrors \t9\n");
    host.file("proc/net/sockstat", "TCP: inuse 5 mem 3\n");
    host.file("proc/net/sockstat6", "TCP6: inuse 6\n");
    assertThat(sample())
        .containsEntry("node_netstat_Tcp_RetransSegs", 77.0)
        .containsEntry("node_netstat_Tcp_MaxConn", -1.0)
        .containsEntry("node_netstat_Udp_MemErrors", 4.0)
        .containsEntry("node_netstat_Ip6_InReceives", 2.0)
        .containsEntry("node_netstat_Udp6_RcvbufErrors", 9.0)
        .containsEntry("node_sockstat_TCP_mem", 3.0)
        .containsEntry("node_sockstat_TCP_mem_bytes", 3.0 * 4096)
        .containsEntry("node_sockstat_TCP6_inuse", 6.0);
  }

  @Test
  void readsWhatSysTellsOfInterfacesTemperaturesAndClocks() throws Exception {
    host.file("sys/class/net/eth0/carrier", "1\n").file("sys/class/net/eth0/mtu", "1500\n");
    host.file("sys/class/net/eth0/speed", "1000\n").file("sys/class/net/lo/speed", "-1\n");
    host.file("sys/class/net/veth12/mtu", "1500\n");
    host.file("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp\n");
    host.file("sys/class/thermal/thermal_zone0/temp", "48500\n");
    host.file("sys/class/hwmon/hwmon1/temp2_input", "31250\n");
    host.file("sys/devices/system/cpu/cpu3/cpufreq/scaling_cur_freq", "2400000\n");
    assertThat(sample())
        .containsEntry("node_network_carrier{device=\"eth0\"}", 1.0)
        .containsEntry("node_network_mtu_bytes{device=\"eth0\"}", 1500.0)
        .containsEntry("node_network_speed_bytes{device=\"eth0\"}", 125e6)
        .containsEntry("node_thermal_zone_temp{type=\"x86_pkg_temp\",zone=\"0\"}", 48.5)
        .containsEntry("node_hwmon_temp_celsius{chip=\"hwmon1\",sensor=\"temp2\"}", 31.25)
        .containsEntry("node_cpu_scaling_frequency_hertz{cpu=\"3\"}", 2.4e9)
        .doesNotContainKey("node_network_speed_bytes{device=\"lo\"}")
        .doesNotContainKey("node_network_mtu_bytes{device=\"veth12\"}");
  }

  @Test
  void namesTheHostAndTheTimeForDashboards() throws Exception {
    host.file("proc/sys/kernel/hostname", "db1\n").file("proc/sys/kernel/osrelease", "6.18\n");
    assertThat(sample())
        .containsEntry("node_uname_info{nodename=\"db1\",release=\"6.18\"}", 1.0)
        .containsEntry("node_time_seconds", now.toEpochMilli() / 1000.0);
  }

  @Test
  void readsFaultsSwitchesAndCallsOfAProcess() throws Exception {
    host.process(50, "a (b) c", 1, 900, 100).waited(50, 50, 5);
    host.file("proc/50/io", "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nw: 6\n");
    String labels = "{name=\"a__b__c\",pid=\"50\"}";
    assertThat(sample())
        .containsEntry("hone_process_minor_faults_total" + labels, 99.0)
        .containsEntry("hone_process_virtual_bytes" + labels, 3133440.0)
        .containsEntry("hone_process_context_switches_total" + labels, 2.0)
        .containsEntry("hone_process_read_calls_total" + labels, 3.0)
        .containsEntry("hone_process_written_chars_total" + labels, 2.0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "\n\n\n",
        ":",
        "cpu",
        "cpu99999999999999999999 1 2",
        "cpux 1 2\nprocesses\nintr -\n",
        "\0\0\0\0 \0",
        "   CPU0\n: 1\nNMI:\n 7: x",
        "Tcp: a b c\n",
        "Tcp: a b c\nTcp: 1\nUdp:\n\n\nx",
        "99999999999999999999999999 88888888888888888888888888888",
        "some avg10= total=\nfull\n",
        "é\u00ff 1 2 3 4 5 6 7 8 9"
      })
  void survivesMalformedFiles(String content) {
    for (String file :
        List.of(
            "stat",
            "meminfo",
            "vmstat",
            "diskstats",
            "net/dev",
            "net/snmp",
            "net/netstat",
            "net/snmp6",
            "net/sockstat",
            "net/softnet_stat",
            "net/stat/nf_conntrack",
            "interrupts",
            "softirqs",
            "schedstat",
            "pressure/cpu",
            "loadavg",
            "uptime",
            "self/mounts",
            "self/limits",
            "sys/fs/file-nr",
            "77/stat",
            "77/io",
            "77/task/77/schedstat")) {
      host.file("proc/" + file, content);
    }
    host.process(50, "batch", 1, 900, 100).file("proc/50/io", content);
    assertThatCode(
            () -> {
              sample();
              assertThat(sample())
                  .containsKey("hone_process_cpu_seconds_total{name=\"batch\",pid=\"50\"}");
            })
        .doesNotThrowAnyException();
  }

  @Test
  void findsNewProcessesWhenSomethingWasForkedAndElseWithinFiveRounds() throws Exception {
    host.file("proc/stat", "cpu 0\nprocesses 10\n").process(50, "old", 1, 900, 100);
    sample();
    host.process(51, "new", 1, 950, 7).file("proc/stat", "cpu 0\nprocesses 11\n");
    Map<String, Double> values = Map.of();
    for (int round = 0; round < 5; round++) {
      values = sample();
    }
    assertThat(values).containsKey("hone_process_cpu_seconds_total{name=\"new\",pid=\"51\"}");
    host.without("proc/51");
    for (int round = 0; round < 5; round++) {
      values = sample();
    }
    assertThat(values)
        .containsKey("hone_process_cpu_seconds_total{name=\"old\",pid=\"50\"}")
        .doesNotContainKey("hone_process_cpu_seconds_total{name=\"new\",pid=\"51\"}");
  }
}
