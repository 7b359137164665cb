package dev.hone.layer.host;

import static dev.hone.layer.host.Scan.ascii;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

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
  private final String resource;
  private @Nullable Line some;
  private @Nullable Line full;

  private record Line(long avg10, long avg60, long avg300, long total) {}

  Pressure(ProcFiles files, Path proc, String resource, Samples samples) {
    this.file = files.file(proc.resolve("pressure").resolve(resource));
    this.samples = samples;
    this.resource = resource;
  }

  private Line series(String kind, String verb) {
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
        line(scan, scan.wordIs(SOME) ? some() : full());
      }
    } while (scan.nextLine());
  }

  private Line some() {
    Line line = some;
    if (line == null) {
      line = series("some", "waiting");
      some = line;
    }
    return line;
  }

  private Line full() {
    Line line = full;
    if (line == null) {
      line = series("full", "stalled");
      full = line;
    }
    return line;
  }

  private void line(Scan scan, Line line) {
    samples.put(line.avg10, next(scan) / PERCENT);
    samples.put(line.avg60, next(scan) / PERCENT);
    samples.put(line.avg300, next(scan) / PERCENT);
    samples.put(line.total, next(scan) / MICROS_PER_SECOND);
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
