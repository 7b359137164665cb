package dev.hone.layer.host;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A file of lines {@code name value}: {@code meminfo}, {@code vmstat}, {@code net/snmp6}. */
final class NamedNumbers implements Source {
  private static final long BYTES_PER_KIB = 1024;

  private static final Set<String> VERSION_6 =
      Set.of(
          "Ip6InReceives",
          "Ip6InDiscards",
          "Ip6OutDiscards",
          "Ip6InOctets",
          "Ip6OutOctets",
          "Icmp6InErrors",
          "Icmp6InMsgs",
          "Icmp6OutMsgs",
          "Udp6InDatagrams",
          "Udp6OutDatagrams",
          "Udp6InErrors",
          "Udp6NoPorts",
          "Udp6RcvbufErrors",
          "Udp6SndbufErrors");

  private final ProcFiles.ProcFile file;
  private final Samples samples;
  private final Function<String, @Nullable Entry> naming;
  private final WordIndex names = new WordIndex();

  /** Of the names by their places; side by side, so that a round touches little memory. */
  private long[] series = new long[64];

  private double[] scales = new double[64];

  private record Entry(long series, double scale) {}

  private NamedNumbers(
      ProcFiles files, Path path, Samples samples, Function<String, @Nullable Entry> naming) {
    this.file = files.file(path);
    this.samples = samples;
    this.naming = naming;
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

  /**
   * {@code /proc/vmstat}: all counts of events. Of the levels, which begin with {@code nr_}, only
   * those are kept that count up or that {@code meminfo} does not have in bytes.
   */
  static NamedNumbers virtualMemory(ProcFiles files, Path proc, Samples samples) {
    return new NamedNumbers(
        files,
        proc.resolve("vmstat"),
        samples,
        key ->
            tellsMoreThanMeminfo(key) ? new Entry(samples.series("node_vmstat_" + key), 1) : null);
  }

  private static boolean tellsMoreThanMeminfo(String key) {
    return switch (key) {
      case "nr_dirtied",
          "nr_written",
          "nr_vmscan_write",
          "nr_vmscan_immediate_reclaim",
          "nr_dirty_threshold",
          "nr_dirty_background_threshold",
          "nr_throttled_written",
          "nr_isolated_anon",
          "nr_isolated_file" ->
          true;
      default -> !key.startsWith("nr_");
    };
  }

  /** The lines of {@code /proc/net/snmp6} that node_exporter keeps, and the discards. */
  static NamedNumbers version6(ProcFiles files, Path proc, Samples samples) {
    return new NamedNumbers(
        files,
        proc.resolve("net/snmp6"),
        samples,
        key -> {
          int six = key.indexOf('6') + 1;
          return VERSION_6.contains(key)
              ? new Entry(
                  samples.series(
                      "node_netstat_" + key.substring(0, six) + "_" + key.substring(six)),
                  1)
              : null;
        });
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    if (scan == null) {
      return;
    }
    do {
      line(scan);
    } while (scan.nextLine());
  }

  /** By itself, because a method is compiled after so many calls and this one has many. */
  private void line(Scan scan) {
    if (!scan.word()) {
      return;
    }
    int known = names.size();
    int place = names.place(scan);
    if (place == WordIndex.NONE) {
      return;
    }
    if (place == known) {
      add(place, naming.apply(scan.wordText()));
    }
    long to = series[place];
    if (to != Samples.REFUSED && scan.atDigit()) {
      samples.put(to, scan.number() * scales[place]);
    }
  }

  private void add(int place, @Nullable Entry entry) {
    if (place == series.length) {
      series = Arrays.copyOf(series, place * 2);
      scales = Arrays.copyOf(scales, place * 2);
    }
    series[place] = entry == null ? Samples.REFUSED : entry.series;
    scales[place] = entry == null ? 0 : entry.scale;
  }

  @Override
  public void close() {
    file.close();
  }
}
