package dev.hone.layer.host;

import java.nio.file.Path;

/**
 * {@code /proc/PID/io} (proc_pid_io(5)): what a process read and wrote, in its own calls and on
 * disks. Only its owner and root may read it.
 */
final class ProcessIo implements AutoCloseable {
  /** The metrics of the lines in their order. */
  private static final String[] METRICS = {
    "hone_process_read_chars_total",
    "hone_process_written_chars_total",
    "hone_process_read_calls_total",
    "hone_process_write_calls_total",
    "hone_process_read_bytes_total",
    "hone_process_written_bytes_total"
  };

  private final ProcFiles.ProcFile file;
  private final long[] series = new long[METRICS.length];
  private final long[] values = new long[METRICS.length];
  private boolean known;

  ProcessIo(ProcFiles files, Path directory, Samples samples, String... labels) {
    this.file = files.file(directory.resolve("io"));
    for (int i = 0; i < series.length; i++) {
      series[i] = samples.series(METRICS[i], labels);
    }
  }

  /**
   * Puts the numbers.
   *
   * @param fresh whether to read them; else those of the last reading still hold
   */
  void put(Samples samples, boolean fresh) throws InterruptedException {
    if (fresh) {
      read();
    }
    for (int i = 0; known && i < series.length; i++) {
      samples.put(series[i], values[i]);
    }
  }

  private void read() throws InterruptedException {
    Scan scan = file.read();
    known = scan != null;
    for (int i = 0; scan != null && i < values.length; i++) {
      scan.word();
      values[i] = scan.number();
      scan.nextLine();
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
