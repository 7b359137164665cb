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

  /** Well below the usual limit of 4096 open files a process. */
  private static final int MOST_DESCRIPTORS = 1000;

  private final Path proc;
  private final Samples samples;
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
    var files = new ProcFiles(MOST_DESCRIPTORS);
    Path kernel = proc.resolve("sys");
    this.sources =
        List.of(
            new CpuTimes(files, proc, samples),
            NamedNumbers.memory(files, proc, samples),
            NamedNumbers.virtualMemory(files, proc, samples),
            DeviceTable.disks(files, proc, root.resolve("sys"), samples),
            DeviceTable.interfaces(files, proc, samples),
            new ProtocolCounters(files, proc.resolve("net/snmp"), samples),
            new ProtocolCounters(files, proc.resolve("net/netstat"), samples),
            new SocketCounts(files, proc, samples),
            new Pressure(files, proc, "cpu", samples),
            new Pressure(files, proc, "memory", samples),
            new Pressure(files, proc, "io", samples),
            new Numbers(
                files,
                proc.resolve("loadavg"),
                samples,
                List.of("node_load1", "node_load5", "node_load15")),
            new Numbers(
                files, proc.resolve("uptime"), samples, List.of("hone_host_uptime_seconds")),
            new Numbers(
                files,
                kernel.resolve("fs/file-nr"),
                samples,
                List.of("node_filefd_allocated", "", "node_filefd_maximum")),
            new Numbers(
                files,
                kernel.resolve("kernel/random/entropy_avail"),
                samples,
                List.of("node_entropy_available_bits")),
            new Filesystems(files, proc, samples),
            new ProcessMetrics(files, proc, samples, protectedProcesses));
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
    if (!proc.resolve("stat").toFile().exists()) {
      throw new ProbeException(
          "the host cannot be measured: `"
              + proc
              + "/stat` does not exist; Hone measures Linux hosts with /proc mounted");
    }
    samples.begin(now.toEpochMilli());
    for (Source source : sources) {
      source.sample();
    }
  }

  @Override
  public void close() {
    sources.forEach(Source::close);
  }
}
