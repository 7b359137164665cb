package dev.hone.layer.host;

import dev.hone.loop.Probe;
import dev.hone.metrics.MetricStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * Measures a Linux host once a second straight from {@code /proc} and {@code /sys}. Metrics are
 * named as node_exporter names them where it has them. What this kernel or container does not show
 * is left out.
 */
final class HostProbe implements Probe {
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Path proc;
  private final Samples samples;
  private final CpuTimes cpuTimes;
  private final List<Source> sources;

  /**
   * A probe.
   *
   * @param root the directory that {@code proc} and {@code sys} are in, {@code /} but for tests
   * @param protectedProcesses asked each round
   */
  HostProbe(Path root, MetricStore store, Supplier<List<ProtectedProcess>> protectedProcesses) {
    this.proc = root.resolve("proc");
    this.samples = new Samples(store);
    var files = new ProcFiles(ProcFiles.budget(proc));
    Path kernel = proc.resolve("sys");
    Path sys = root.resolve("sys");
    Path random = kernel.resolve("kernel/random");
    Path tracking = kernel.resolve("net/netfilter");
    long pageBytes = ProcessMetrics.pageBytes(proc);
    this.cpuTimes = new CpuTimes(files, proc, samples);
    this.sources =
        List.of(
            new HostIdentity(proc, samples),
            NamedNumbers.memory(files, proc, samples),
            NamedNumbers.virtualMemory(files, proc, samples),
            DeviceTable.disks(files, proc, sys, samples),
            DeviceTable.interfaces(files, proc, samples),
            new ProtocolCounters(files, proc.resolve("net/snmp"), samples),
            new ProtocolCounters(files, proc.resolve("net/netstat"), samples),
            NamedNumbers.version6(files, proc, samples),
            new SocketCounts(files, proc.resolve("net/sockstat"), samples, pageBytes),
            new SocketCounts(files, proc.resolve("net/sockstat6"), samples, pageBytes),
            new PacketQueues(files, proc, samples),
            new ConnectionTracking(files, proc, samples),
            number(files, tracking.resolve("nf_conntrack_count"), "node_nf_conntrack_entries"),
            InterruptCounts.hard(files, proc, samples),
            InterruptCounts.soft(files, proc, samples),
            new ProcessorQueues(files, proc, samples),
            new Pressure(files, proc, "cpu", samples),
            new Pressure(files, proc, "memory", samples),
            new Pressure(files, proc, "io", samples),
            new Numbers(
                files,
                proc.resolve("loadavg"),
                samples,
                List.of("node_load1", "node_load5", "node_load15")),
            number(files, proc.resolve("uptime"), "hone_host_uptime_seconds"),
            new Numbers(
                files,
                kernel.resolve("fs/file-nr"),
                samples,
                List.of("node_filefd_allocated", "", "node_filefd_maximum")),
            number(files, random.resolve("entropy_avail"), "node_entropy_available_bits"),
            new SysNumbers(files, root, samples),
            new Filesystems(files, proc, samples),
            new ProcessMetrics(
                files, proc, samples, pageBytes, cpuTimes::forks, protectedProcesses));
  }

  private Source number(ProcFiles files, Path file, String metric) {
    return new Numbers(files, file, samples, List.of(metric));
  }

  @Override
  public String name() {
    return "host";
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public void sample(Instant now) throws ProbeException, InterruptedException {
    samples.begin(now.toEpochMilli());
    cpuTimes.sample();
    if (!cpuTimes.present()) {
      throw new ProbeException(
          "the host cannot be measured: `"
              + proc
              + "/stat` does not exist; Hone measures Linux hosts with /proc mounted");
    }
    for (Source source : sources) {
      source.sample();
    }
  }

  @Override
  public void close() {
    cpuTimes.close();
    sources.forEach(Source::close);
  }
}
