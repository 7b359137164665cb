package dev.hone.layer.host;

import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A file of lines {@code name value}: {@code meminfo}, {@code vmstat}. */
final class NamedNumbers implements Source {
  private static final long BYTES_PER_KIB = 1024;

  private final ProcFiles.ProcFile file;
  private final Samples samples;
  private final WordTable<Entry> entries;

  private record Entry(long series, double scale) {}

  private NamedNumbers(
      ProcFiles files, Path path, Samples samples, Function<String, @Nullable Entry> naming) {
    this.file = files.file(path);
    this.samples = samples;
    this.entries = new WordTable<>(naming::apply);
  }

  /** {@code /proc/meminfo}, in bytes except for the counts of huge pages. */
  static NamedNumbers memory(ProcFiles files, Path proc, Samples samples) {
    return new NamedNumbers(
        files,
        proc.resolve("meminfo"),
        samples,
        key -> {
          String name = "node_memory_" + key.replace("(", "_").replace(")", "");
          return key.startsWith("HugePages_")
              ? new Entry(samples.series(name), 1)
              : new Entry(samples.series(name + "_bytes"), BYTES_PER_KIB);
        });
  }

  /** The lines of {@code /proc/vmstat} that tell of faults, swapping, reclaim and stalls. */
  static NamedNumbers virtualMemory(ProcFiles files, Path proc, Samples samples) {
    return new NamedNumbers(
        files,
        proc.resolve("vmstat"),
        samples,
        key -> tellsOfPressure(key) ? new Entry(samples.series("node_vmstat_" + key), 1) : null);
  }

  private static boolean tellsOfPressure(String key) {
    return switch (key) {
      case "pgfault",
          "pgmajfault",
          "pgpgin",
          "pgpgout",
          "pswpin",
          "pswpout",
          "oom_kill",
          "pgscan_kswapd",
          "pgscan_direct",
          "pgsteal_kswapd",
          "pgsteal_direct",
          "workingset_refault_anon",
          "workingset_refault_file",
          "allocstall_normal",
          "allocstall_movable",
          "compact_stall",
          "thp_fault_alloc",
          "thp_fault_fallback",
          "numa_miss" ->
          true;
      default -> false;
    };
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    if (scan == null) {
      return;
    }
    do {
      if (scan.word()) {
        Entry entry = entries.get(scan);
        if (entry != null) {
          samples.put(entry.series, scan.number() * entry.scale);
        }
      }
    } while (scan.nextLine());
  }

  @Override
  public void close() {
    file.close();
  }
}
