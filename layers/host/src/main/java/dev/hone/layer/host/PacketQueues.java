package dev.hone.layer.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code net/softnet_stat}: how many packets each processor took from its queue and how many it
 * dropped there; a line for each processor, numbers to base 16 (net/core/net-procfs.c).
 */
final class PacketQueues implements Source {
  /** Columns by their place; those without a name are unused or of no interest. */
  private static final List<String> COLUMNS =
      List.of(
          "node_softnet_processed_total",
          "node_softnet_dropped_total",
          "node_softnet_times_squeezed_total",
          "",
          "",
          "",
          "",
          "",
          "node_softnet_cpu_collision_total",
          "node_softnet_received_rps_total",
          "node_softnet_flow_limit_count_total",
          "node_softnet_backlog_len");

  private static final int MOST_CPUS = 64;

  private final ProcFiles.ProcFile file;
  private final Samples samples;
  private final List<long[]> lines = new ArrayList<>();

  PacketQueues(ProcFiles files, Path proc, Samples samples) {
    this.file = files.file(proc.resolve("net/softnet_stat"));
    this.samples = samples;
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    if (scan == null) {
      return;
    }
    int line = 0;
    do {
      line(scan, line++);
    } while (scan.nextLine() && line < MOST_CPUS);
  }

  private void line(Scan scan, int line) {
    if (scan.atLineEnd()) {
      return;
    }
    if (line == lines.size()) {
      String cpu = Integer.toString(line);
      lines.add(
          COLUMNS.stream()
              .mapToLong(c -> c.isEmpty() ? Samples.REFUSED : samples.series(c, "cpu", cpu))
              .toArray());
    }
    long[] series = lines.get(line);
    for (int i = 0; i < series.length && !scan.atLineEnd(); i++) {
      samples.put(series[i], scan.hexadecimal());
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
