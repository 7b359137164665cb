package dev.hone.layer.host;

import static dev.hone.layer.host.Scan.ascii;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code schedstat}: how long each processor ran tasks and how long tasks waited for it; the
 * seventh to ninth number of a line {@code cpuN} (Documentation/scheduler/sched-stats.rst). Only
 * there when the kernel was built with schedstats.
 */
final class ProcessorQueues implements Source {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int MOST_CPUS = 64;
  private static final byte[] CPU = ascii("cpu");

  private final ProcFiles.ProcFile file;
  private final Samples samples;
  private final WordTable<Processor> processors = new WordTable<>(this::processor);
  private int made;

  private record Processor(long running, long waiting, long timeslices) {}

  ProcessorQueues(ProcFiles files, Path proc, Samples samples) {
    this.file = files.file(proc.resolve("schedstat"));
    this.samples = samples;
  }

  private @Nullable Processor processor(String word) {
    if (++made > MOST_CPUS) {
      return null;
    }
    String cpu = word.substring(CPU.length);
    return new Processor(
        samples.series("node_schedstat_running_seconds_total", "cpu", cpu),
        samples.series("node_schedstat_waiting_seconds_total", "cpu", cpu),
        samples.series("node_schedstat_timeslices_total", "cpu", cpu));
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    if (scan == null) {
      return;
    }
    do {
      scan.word();
      if (scan.wordStartsWith(CPU)) {
        line(scan, processors.get(scan));
      }
    } while (scan.nextLine());
  }

  private void line(Scan scan, @Nullable Processor processor) {
    scan.skipWords(6);
    if (processor != null && scan.atDigit()) {
      samples.put(processor.running, scan.number() / NANOS_PER_SECOND);
      samples.put(processor.waiting, scan.number() / NANOS_PER_SECOND);
      samples.put(processor.timeslices, scan.number());
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
