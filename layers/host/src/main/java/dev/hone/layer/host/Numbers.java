package dev.hone.layer.host;

import java.nio.file.Path;
import java.util.List;

/** A file with one line of numbers, such as {@code loadavg}. */
final class Numbers implements Source {
  private final ProcFiles.ProcFile file;
  private final Samples samples;
  private final long[] series;

  /**
   * A line of numbers.
   *
   * @param names the metrics of the numbers in their order; an empty name leaves one out
   */
  Numbers(ProcFiles files, Path path, Samples samples, List<String> names) {
    this.file = files.file(path);
    this.samples = samples;
    this.series =
        names.stream()
            .mapToLong(name -> name.isEmpty() ? Samples.REFUSED : samples.series(name))
            .toArray();
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    if (scan == null) {
      return;
    }
    for (int i = 0; i < series.length && !scan.atLineEnd(); i++) {
      samples.put(series[i], scan.decimal());
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
