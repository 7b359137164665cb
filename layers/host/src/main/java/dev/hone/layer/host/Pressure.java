package dev.hone.layer.host;

import static dev.hone.layer.host.Scan.ascii;

import java.nio.file.Path;

/**
 * {@code /proc/pressure/*}: the time in which some, or all, tasks could not go on for want of a
 * resource (Documentation/accounting/psi.rst).
 */
final class Pressure implements Source {
  /** Rates of it are the share of time in which at least one task waited for a processor. */
  static final String CPU_WAITING = "node_pressure_cpu_waiting_seconds_total";

  private static final double MICROS_PER_SECOND = 1e6;
  private static final double PERCENT = 100;
  private static final byte[] SOME = ascii("some");

  private final ProcFiles.ProcFile file;
  private final Samples samples;
  private final Line some;
  private final Line full;

  private record Line(long avg10, long avg60, long avg300, long total) {}

  Pressure(ProcFiles files, Path proc, String resource, Samples samples) {
    this.file = files.file(proc.resolve("pressure").resolve(resource));
    this.samples = samples;
    this.some = line(resource, "some", "waiting");
    this.full = line(resource, "full", "stalled");
  }

  private Line line(String resource, String kind, String verb) {
    String average = "hone_pressure_ratio";
    return new Line(
        samples.series(average, "resource", resource, "kind", kind, "window", "10s"),
        samples.series(average, "resource", resource, "kind", kind, "window", "60s"),
        samples.series(average, "resource", resource, "kind", kind, "window", "300s"),
        samples.series("node_pressure_" + resource + "_" + verb + "_seconds_total"));
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    if (scan == null) {
      return;
    }
    do {
      if (scan.word()) {
        Line line = scan.wordIs(SOME) ? some : full;
        samples.put(line.avg10, next(scan) / PERCENT);
        samples.put(line.avg60, next(scan) / PERCENT);
        samples.put(line.avg300, next(scan) / PERCENT);
        samples.put(line.total, next(scan) / MICROS_PER_SECOND);
      }
    } while (scan.nextLine());
  }

  private static double next(Scan scan) {
    scan.skipPast('=');
    return scan.decimal();
  }

  @Override
  public void close() {
    file.close();
  }
}
