package dev.hone.layer.host;

import java.nio.file.Path;
import java.util.Set;

/**
 * {@code net/stat/nf_conntrack}: what became of packets in the table of connections; a header, then
 * a line for each processor with numbers to base 16, which are summed up
 * (net/netfilter/nf_conntrack_standalone.c).
 */
final class ConnectionTracking implements Source {
  private static final Set<String> KEPT =
      Set.of(
          "found",
          "invalid",
          "ignore",
          "insert",
          "insert_failed",
          "drop",
          "early_drop",
          "search_restart");

  private static final int MOST_COLUMNS = 32;

  private final ProcFiles.ProcFile file;
  private final Samples samples;
  private final long[] series = new long[MOST_COLUMNS];
  private final long[] sums = new long[MOST_COLUMNS];
  private int columns;

  ConnectionTracking(ProcFiles files, Path proc, Samples samples) {
    this.file = files.file(proc.resolve("net/stat/nf_conntrack"));
    this.samples = samples;
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    if (scan == null) {
      return;
    }
    while (columns < MOST_COLUMNS && scan.word()) {
      String column = scan.wordText();
      series[columns++] =
          KEPT.contains(column)
              ? samples.series("node_nf_conntrack_stat_" + column)
              : Samples.REFUSED;
    }
    java.util.Arrays.fill(sums, 0);
    while (scan.nextLine()) {
      for (int i = 0; i < columns && !scan.atLineEnd(); i++) {
        sums[i] += scan.hexadecimal();
      }
    }
    for (int i = 0; i < columns; i++) {
      samples.put(series[i], sums[i]);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
