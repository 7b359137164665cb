package dev.hone.layer.host;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /** Where the processor's number stands; Linux before 5.10 does not tell. */
  private static final int CPU_COLUMN = 12;

  private final ProcFiles.ProcFile file;
  private final Samples samples;
  private final long[] row = new long[CPU_COLUMN + 1];
  private final long[] @Nullable [] cpus = new long[MOST_CPUS][];

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
    } while (scan.nextLine());
  }

  private void line(Scan scan, int line) {
    int columns = 0;
    while (columns < row.length && !scan.atLineEnd()) {
      row[columns++] = scan.hexadecimal();
    }
    long cpu = columns > CPU_COLUMN ? row[CPU_COLUMN] : line;
    if (columns == 0 || cpu < 0 || cpu >= MOST_CPUS) {
      return;
    }
    long[] series = cpus[(int) cpu];
    if (series == null) {
      series = series(Long.toString(cpu));
      cpus[(int) cpu] = series;
    }
    for (int i = 0; i < series.length && i < columns; i++) {
      samples.put(series[i], row[i]);
    }
  }

  private long[] series(String cpu) {
    return COLUMNS.stream()
        .mapToLong(c -> c.isEmpty() ? Samples.REFUSED : samples.series(c, "cpu", cpu))
        .toArray();
  }

  @Override
  public void close() {
    file.close();
  }
}
