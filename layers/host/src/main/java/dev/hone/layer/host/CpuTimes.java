package dev.hone.layer.host;

import static dev.hone.layer.host.Scan.ascii;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /proc/stat}: where the processors' time went (proc_pid_stat(5), proc_stat(5)). */
final class CpuTimes implements Source {
  /** USER_HZ: the unit of times in /proc, 100 a second on every architecture that runs a JVM. */
  static final double TICKS_PER_SECOND = 100;

  /** On larger machines only the sum over all processors is kept, to bound the series. */
  private static final int MOST_CPUS = 64;

  private static final List<String> MODES =
      List.of("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal");
  private static final List<String> GUESTS = List.of("user", "nice");
  private static final byte[] CPU = ascii("cpu");
  private static final byte[] PROCESSES = ascii("processes");

  private final ProcFiles.ProcFile file;
  private final Samples samples;
  private final WordTable<long[]> cpus;
  private final WordTable<Counter> counters;

  private long forks = -1;
  private boolean present;

  private record Counter(long series) {}

  CpuTimes(ProcFiles files, Path proc, Samples samples) {
    this.file = files.file(proc.resolve("stat"));
    this.samples = samples;
    this.cpus = new WordTable<>(this::modes);
    this.counters = new WordTable<>(this::counter);
  }

  private long @Nullable [] modes(String cpu) {
    String number = cpu.substring(3);
    if (!number.matches("\\d{0,3}")
        || (!number.isEmpty() && Integer.parseInt(number) >= MOST_CPUS)) {
      return null;
    }
    boolean all = number.isEmpty();
    var series = new long[all ? MODES.size() : MODES.size() + GUESTS.size()];
    for (int i = 0; i < series.length; i++) {
      if (all) {
        series[i] = samples.series("hone_host_cpu_seconds_total", "mode", MODES.get(i));
      } else if (i < MODES.size()) {
        series[i] = samples.series("node_cpu_seconds_total", "cpu", number, "mode", MODES.get(i));
      } else {
        String mode = GUESTS.get(i - MODES.size());
        series[i] = samples.series("node_cpu_guest_seconds_total", "cpu", number, "mode", mode);
      }
    }
    return series;
  }

  private @Nullable Counter counter(String word) {
    String name =
        switch (word) {
          case "intr" -> "node_intr_total";
          case "ctxt" -> "node_context_switches_total";
          case "btime" -> "node_boot_time_seconds";
          case "processes" -> "node_forks_total";
          case "procs_running" -> "node_procs_running";
          case "procs_blocked" -> "node_procs_blocked";
          case "softirq" -> "hone_host_softirqs_total";
          default -> "";
        };
    return name.isEmpty() ? null : new Counter(samples.series(name));
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    present = scan != null;
    if (scan == null) {
      return;
    }
    do {
      scan.word();
      if (scan.wordStartsWith(CPU)) {
        times(scan, cpus.get(scan));
      } else {
        count(scan, counters.get(scan));
      }
    } while (scan.nextLine());
  }

  private void times(Scan scan, long @Nullable [] series) {
    for (int i = 0; series != null && i < series.length && !scan.atLineEnd(); i++) {
      samples.put(series[i], scan.number() / TICKS_PER_SECOND);
    }
  }

  private void count(Scan scan, @Nullable Counter counter) {
    if (counter != null && scan.atDigit()) {
      boolean isForks = scan.wordIs(PROCESSES);
      long value = scan.number();
      samples.put(counter.series, value);
      if (isForks) {
        forks = value;
      }
    }
  }

  /** Whether the last round could read the file. */
  boolean present() {
    return present;
  }

  /** How many processes and threads were made since boot, as the last round read it; or -1. */
  long forks() {
    return forks;
  }

  @Override
  public void close() {
    file.close();
  }
}
