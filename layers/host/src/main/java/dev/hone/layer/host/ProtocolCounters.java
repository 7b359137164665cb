package dev.hone.layer.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code net/snmp} and {@code net/netstat}: pairs of lines {@code Tcp: names} and {@code Tcp:
 * values}. The names never change while the kernel runs, so they are read once and after that a
 * column is known by its place.
 */
final class ProtocolCounters implements Source {
  private static final int MOST_PAIRS = 32;
  private static final int MOST_COLUMNS = 512;

  private final ProcFiles.ProcFile file;
  private final Samples samples;

  /** For each line of values the series of its columns. */
  private final List<long[]> layout = new ArrayList<>();

  ProtocolCounters(ProcFiles files, Path path, Samples samples) {
    this.file = files.file(path);
    this.samples = samples;
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    if (scan == null) {
      return;
    }
    for (int pair = 0; pair < MOST_PAIRS && !scan.atEnd(); pair++) {
      if (pair == layout.size()) {
        layout.add(columns(scan));
      }
      if (!scan.nextLine()) {
        return;
      }
      scan.word();
      values(scan, layout.get(pair));
      scan.nextLine();
    }
  }

  private void values(Scan scan, long[] series) {
    for (int i = 0; i < series.length && !scan.atLineEnd(); i++) {
      samples.put(series[i], scan.number());
    }
  }

  private long[] columns(Scan scan) {
    scan.word();
    String protocol = scan.wordText();
    var series = new long[MOST_COLUMNS];
    int count = 0;
    while (count < series.length && scan.word()) {
      series[count++] = samples.series("node_netstat_" + protocol + "_" + scan.wordText());
    }
    return Arrays.copyOf(series, count);
  }

  @Override
  public void close() {
    file.close();
  }
}
